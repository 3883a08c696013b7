-- Each alert's state, of all that sources told; changed in the transaction that marks their deliveries as handled.
-- An incident names its first alerts in its events and counts the rest here.
DROP INDEX alerts_of_source;
ALTER TABLE alerts RENAME TO alerts_of_incidents;

CREATE TABLE alerts (
  source      TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  name        TEXT NOT NULL,
  last_start  TEXT,
  last_end    TEXT,
  last_seen   TEXT NOT NULL,
  firing      INTEGER NOT NULL CHECK (firing IN (0, 1)),
  severity    TEXT,
  problem     TEXT,
  link        TEXT,
  incident    TEXT,
  PRIMARY KEY (source, fingerprint)
) STRICT, WITHOUT ROWID;

INSERT INTO alerts (source, fingerprint, name, last_start, last_end, last_seen, firing, severity, problem, incident)
SELECT m.source, m.fingerprint, coalesce(a.name, ''), m.last_start, m.last_end, m.last_seen, m.firing,
       i.severity, i.correlation_key, i.id
FROM alert_memory m
LEFT JOIN alerts_of_incidents a ON a.source = m.source AND a.fingerprint = m.fingerprint
  AND a.incident = (
    SELECT o.incident FROM alerts_of_incidents o JOIN incidents n ON n.id = o.incident
    WHERE o.source = m.source AND o.fingerprint = m.fingerprint
    ORDER BY n.year DESC, n.number DESC LIMIT 1)
LEFT JOIN incidents i ON i.id = a.incident;

DROP TABLE alerts_of_incidents;
DROP TABLE alert_memory;

CREATE INDEX alerts_of_incident ON alerts (incident, firing, problem) WHERE incident IS NOT NULL;
CREATE INDEX alerts_of_problem ON alerts (problem, incident) WHERE incident IS NOT NULL;
CREATE INDEX alerts_linked ON alerts (link) WHERE link IS NOT NULL;
CREATE INDEX alerts_unreported ON alerts (source, last_seen) WHERE firing = 1;
CREATE INDEX alerts_watchdog ON alerts (source) WHERE name = 'Watchdog';
