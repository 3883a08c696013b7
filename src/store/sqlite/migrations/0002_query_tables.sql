-- For people with sqlite3 and for finding things; every row follows from the events.
CREATE TABLE incidents (
  id              TEXT    PRIMARY KEY,
  year            INTEGER NOT NULL,
  number          INTEGER NOT NULL,
  seq             INTEGER NOT NULL,
  status          TEXT    NOT NULL,
  severity        TEXT    NOT NULL,
  title           TEXT    NOT NULL,
  cluster         TEXT    NOT NULL,
  source          TEXT    NOT NULL,
  correlation_key TEXT    NOT NULL,
  service         TEXT,
  owner           TEXT,
  namespace       TEXT,
  workload        TEXT,
  visibility      TEXT    NOT NULL,
  opened_at       TEXT    NOT NULL,
  clear_since     TEXT,
  resolved_at     TEXT,
  resolved_because TEXT,
  channel_team    TEXT,
  channel_id      TEXT,
  channel_name    TEXT,
  runbook         TEXT,
  diagnosis       TEXT,
  lead            TEXT,
  person_acted    INTEGER NOT NULL CHECK (person_acted IN (0, 1)),
  reviewed        INTEGER NOT NULL CHECK (reviewed IN (0, 1)),
  wake_at         TEXT,
  UNIQUE (year, number)
) STRICT;

-- One open incident per problem.
CREATE UNIQUE INDEX incidents_open_key ON incidents (correlation_key) WHERE status <> 'resolved';
CREATE INDEX incidents_unfinished ON incidents (year, number) WHERE status <> 'resolved' OR reviewed = 0;
CREATE INDEX incidents_wake ON incidents (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX incidents_channel ON incidents (channel_id, channel_team) WHERE channel_id IS NOT NULL;

CREATE TABLE alerts (
  incident      TEXT NOT NULL REFERENCES incidents (id),
  source        TEXT NOT NULL,
  fingerprint   TEXT NOT NULL,
  name          TEXT,
  status        TEXT NOT NULL,
  starts_at     TEXT NOT NULL,
  ends_at       TEXT,
  labels        TEXT NOT NULL,
  annotations   TEXT NOT NULL,
  generator_url TEXT,
  PRIMARY KEY (incident, source, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX alerts_of_source ON alerts (source, fingerprint);

CREATE TABLE plans (
  id           TEXT    PRIMARY KEY,
  incident     TEXT    NOT NULL REFERENCES incidents (id),
  hash         TEXT    NOT NULL,
  cluster      TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  action       TEXT    NOT NULL,
  command      TEXT    NOT NULL,
  target       TEXT    NOT NULL,
  from_version TEXT    NOT NULL,
  to_version   TEXT    NOT NULL,
  reason       TEXT    NOT NULL,
  policy       TEXT,
  allowed      INTEGER NOT NULL CHECK (allowed IN (0, 1)),
  status       TEXT    NOT NULL,
  requested_by TEXT    NOT NULL,
  proposed_at  TEXT    NOT NULL,
  expires_at   TEXT,
  decided_at   TEXT,
  says         TEXT    NOT NULL
) STRICT;
CREATE INDEX plans_of_incident ON plans (incident);

CREATE TABLE votes (
  plan       TEXT    NOT NULL REFERENCES plans (id),
  n          INTEGER NOT NULL,
  incident   TEXT    NOT NULL REFERENCES incidents (id),
  vote       TEXT    NOT NULL,
  voter_team TEXT    NOT NULL,
  voter      TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  teams      TEXT    NOT NULL,
  reason     TEXT,
  at         TEXT    NOT NULL,
  PRIMARY KEY (plan, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX votes_of_incident ON votes (incident);

CREATE TABLE executions (
  plan            TEXT PRIMARY KEY REFERENCES plans (id),
  incident        TEXT NOT NULL REFERENCES incidents (id),
  status          TEXT NOT NULL,
  started_at      TEXT NOT NULL,
  finished_at     TEXT,
  requests        INTEGER NOT NULL,
  writes          TEXT NOT NULL,
  says            TEXT NOT NULL,
  validation      TEXT,
  validation_says TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX executions_of_incident ON executions (incident);
