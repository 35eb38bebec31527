-- The audit log (store/audit.h): a chain of rows that are only appended, and
-- seals, signatures over its head. One chain a database. A deleted session
-- takes salt and body of its rows with it.
CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	time_ms INTEGER NOT NULL,
	action TEXT NOT NULL,
	resource TEXT NOT NULL,
	resource_id TEXT NOT NULL,
	session TEXT NOT NULL,
	run TEXT NOT NULL,
	salt TEXT,
	body TEXT,
	body_hash TEXT NOT NULL,
	hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_resource ON audit (resource, resource_id, seq);
CREATE INDEX audit_by_session ON audit (session);
CREATE TABLE audit_seal (
	seq INTEGER PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	time_ms INTEGER NOT NULL,
	hash TEXT NOT NULL,
	key TEXT NOT NULL,
	signature TEXT NOT NULL
) STRICT;

PRAGMA user_version = 3;
