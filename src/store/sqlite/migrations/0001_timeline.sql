-- The truth: what happened, chained. Rows are only ever added; retention may empty a payload, never a row.
CREATE TABLE events (
  position     INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT    NOT NULL UNIQUE,
  stream       TEXT    NOT NULL,
  seq          INTEGER NOT NULL CHECK (seq > 0),
  type         TEXT    NOT NULL,
  v            INTEGER NOT NULL CHECK (v > 0),
  recorded_at  TEXT    NOT NULL,
  occurred_at  TEXT    NOT NULL,
  actor        TEXT    NOT NULL,
  cause        TEXT,
  payload      TEXT,
  salt         TEXT,
  payload_hash TEXT    NOT NULL,
  hash         TEXT    NOT NULL,
  erased       INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  UNIQUE (stream, seq),
  CHECK ((payload IS NULL) = (erased = 1) AND (salt IS NULL) = (erased = 1))
) STRICT;

CREATE INDEX events_pauses ON events (seq)
  WHERE stream = 'system' AND type IN ('writes.paused', 'writes.resumed');

-- Chained heads of all streams. The last one's hash is what gets published.
CREATE TABLE checkpoints (
  n          INTEGER PRIMARY KEY,
  at         TEXT    NOT NULL,
  position   INTEGER NOT NULL,
  heads      TEXT    NOT NULL,
  tombstones TEXT    NOT NULL,
  prev       TEXT,
  hash       TEXT    NOT NULL UNIQUE
) STRICT;
