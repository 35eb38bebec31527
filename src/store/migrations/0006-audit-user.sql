-- Each index costs each call a page: one for users and times is enough.
DROP INDEX audit_by_time;
DROP INDEX audit_by_user;
CREATE INDEX audit_by_user ON audit (user_id, time_ms);

PRAGMA user_version = 6;
