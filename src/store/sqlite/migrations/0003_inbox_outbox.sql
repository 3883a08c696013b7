-- What webhooks brought, in the order in which it came. Rows are only added: what is handled is told by one number,
-- so that a delivery costs one write of its page and not two.
CREATE TABLE inbox (
  position    INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  source      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  received_at TEXT NOT NULL,
  body        TEXT NOT NULL
) STRICT;

-- All deliveries up to this position are handled. Who deletes old rows keeps the last: positions go on from it.
CREATE TABLE inbox_handled (
  only     INTEGER PRIMARY KEY CHECK (only = 1),
  position INTEGER NOT NULL
) STRICT;
INSERT INTO inbox_handled (only, position) VALUES (1, 0);

-- Deliveries that could not be understood.
CREATE TABLE inbox_faults (
  id    TEXT PRIMARY KEY,
  at    TEXT NOT NULL,
  fault TEXT NOT NULL
) STRICT;

-- What must leave, in order within its lane. `sending` without an end: it may have arrived, look before sending again.
CREATE TABLE outbox (
  position   INTEGER PRIMARY KEY,
  key        TEXT    NOT NULL UNIQUE,
  lane       TEXT    NOT NULL,
  incident   TEXT    REFERENCES incidents (id),
  intent     TEXT    NOT NULL,
  state      TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'dropped')),
  attempts   INTEGER NOT NULL DEFAULT 0,
  not_before TEXT,
  put_at     TEXT    NOT NULL,
  claimed_at TEXT,
  ended_at   TEXT,
  result     TEXT,
  says       TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (lane, position) WHERE state IN ('pending', 'sending');
