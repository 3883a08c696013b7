-- What people said of an alert that was not told yet: senders deliver in any order.
CREATE TABLE early_remarks (
  source      TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  id          TEXT NOT NULL,
  at          TEXT NOT NULL,
  by          TEXT,
  text        TEXT NOT NULL,
  PRIMARY KEY (source, fingerprint, id)
) STRICT, WITHOUT ROWID;
