-- Policies limit how many changes an hour may have.
CREATE INDEX executions_started ON executions (started_at);
