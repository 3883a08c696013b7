-- What webhooks brought, in the order in which it came.
CREATE TABLE inbox (
  position    INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  source      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  received_at TEXT NOT NULL,
  body        TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'faulty')),
  done_at     TEXT,
  fault       TEXT
) STRICT;
CREATE INDEX inbox_pending ON inbox (position) WHERE state = 'pending';

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
