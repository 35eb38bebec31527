-- What the audit log is asked for: by user, action, time, and a session's
-- rows in order.
DROP INDEX audit_by_session;
CREATE INDEX audit_by_session ON audit (session, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_user ON audit (user_id, seq);
CREATE INDEX audit_by_time ON audit (time_ms);

PRAGMA user_version = 4;
