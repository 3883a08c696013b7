-- For the same problem soon after its end.
CREATE INDEX incidents_by_correlation_key ON incidents (correlation_key);

-- What sources told of each alert and group, changed in the transaction that marks their deliveries as handled.
CREATE TABLE alert_memory (
  source      TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  last_start  TEXT,
  last_end    TEXT,
  last_seen   TEXT NOT NULL,
  firing      INTEGER NOT NULL CHECK (firing IN (0, 1)),
  PRIMARY KEY (source, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE INDEX alert_memory_unseen ON alert_memory (source, last_seen) WHERE firing = 1;

CREATE TABLE group_memory (
  source    TEXT NOT NULL,
  group_key TEXT NOT NULL,
  hidden    INTEGER NOT NULL,
  as_of     TEXT NOT NULL,
  PRIMARY KEY (source, group_key)
) STRICT, WITHOUT ROWID;
