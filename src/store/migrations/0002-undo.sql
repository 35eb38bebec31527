-- Undo points: what a call changed, by content. They go with their session.
-- state: open (the change is being made), done. undone_by: the point of the
-- undo that took it back; 0: none. seq: the session's last event before it.
CREATE TABLE undo_point (
	num INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	session INTEGER NOT NULL REFERENCES session (num) ON DELETE CASCADE,
	run TEXT NOT NULL,
	call_id TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('files', 'command', 'background',
		'undo', 'redo', 'revert')),
	label TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'done')),
	seq INTEGER NOT NULL,
	time_ms INTEGER NOT NULL,
	undone_by INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX undo_point_by_session ON undo_point (session, num);
CREATE INDEX undo_point_by_time
	ON undo_point (tenant_id, user_id, time_ms);
CREATE INDEX undo_point_open ON undo_point (state) WHERE state = 'open';
CREATE INDEX undo_point_undone ON undo_point (undone_by)
	WHERE undone_by <> 0;

-- One path of a point, before and after. kind: 0 absent, 1 file, 2 link,
-- 3 folder, 4 another kind. hash: the object with the content ('': it was not
-- kept); of a link its target.
CREATE TABLE undo_entry (
	point INTEGER NOT NULL REFERENCES undo_point (num) ON DELETE CASCADE,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	root TEXT NOT NULL,
	path TEXT NOT NULL,
	before_kind INTEGER NOT NULL,
	before_mode INTEGER NOT NULL,
	before_bytes INTEGER NOT NULL,
	before_hash TEXT NOT NULL,
	after_kind INTEGER NOT NULL,
	after_mode INTEGER NOT NULL,
	after_bytes INTEGER NOT NULL,
	after_hash TEXT NOT NULL,
	PRIMARY KEY (point, root, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX undo_entry_by_path ON undo_entry (root, path);

PRAGMA user_version = 2;
