-- The first schema: sessions, their events and messages, leases, budgets,
-- small state. Every table names the tenant and the user it belongs to, so
-- that a shared deployment needs no other tables.

-- Which migrations ran here; migrate.c refuses a checksum that changed.
CREATE TABLE migration (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	applied_ms INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL
) STRICT;

-- Counters are kept in the transaction that changes what they count.
CREATE TABLE session (
	num INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	title TEXT NOT NULL DEFAULT '',
	folder TEXT NOT NULL DEFAULT '',
	provider TEXT NOT NULL DEFAULT '',
	model TEXT NOT NULL DEFAULT '',
	mode TEXT NOT NULL DEFAULT '',
	parent TEXT NOT NULL DEFAULT '',
	forked_at INTEGER NOT NULL DEFAULT 0,
	created_ms INTEGER NOT NULL,
	updated_ms INTEGER NOT NULL,
	deleted_ms INTEGER NOT NULL DEFAULT 0,
	last_seq INTEGER NOT NULL DEFAULT 0,
	n_messages INTEGER NOT NULL DEFAULT 0,
	cost_microusd INTEGER NOT NULL DEFAULT 0,
	size_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX session_by_time
	ON session (tenant_id, user_id, updated_ms) WHERE deleted_ms = 0;
CREATE INDEX session_by_folder
	ON session (tenant_id, user_id, folder, updated_ms)
	WHERE deleted_ms = 0;
CREATE INDEX session_in_trash
	ON session (tenant_id, user_id, updated_ms) WHERE deleted_ms <> 0;

-- members: JSON members without braces. message_id: of deltas and of the
-- message.finished that holds their whole text.
CREATE TABLE event (
	num INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES session (num) ON DELETE CASCADE,
	seq INTEGER NOT NULL,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	type TEXT NOT NULL,
	time_ms INTEGER NOT NULL,
	run TEXT NOT NULL DEFAULT '',
	parent_call TEXT NOT NULL DEFAULT '',
	message_id TEXT,
	members TEXT NOT NULL,
	UNIQUE (session, seq)
) STRICT;
CREATE INDEX event_finished
	ON event (session, message_id) WHERE type = 'message.finished';

-- seq: the last event of the unit that it was stored with. position: its
-- place in the context. replaced_seq, replaced_by: when and by which summary
-- it was replaced there ('' by none: rewound).
CREATE TABLE message (
	num INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES session (num) ON DELETE CASCADE,
	id TEXT NOT NULL,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	seq INTEGER NOT NULL,
	run TEXT NOT NULL DEFAULT '',
	role TEXT NOT NULL,
	position INTEGER NOT NULL,
	replaced_seq INTEGER,
	replaced_by TEXT,
	json TEXT NOT NULL,
	UNIQUE (session, id)
) STRICT;
CREATE INDEX message_by_position ON message (session, position);

-- A process that holds leases or reservations. Who it is: its number and
-- start time within one boot and one process namespace.
CREATE TABLE holder (
	id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	pid INTEGER NOT NULL,
	started INTEGER NOT NULL,
	boot TEXT NOT NULL,
	pid_space TEXT NOT NULL,
	beat_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE lease (
	session INTEGER PRIMARY KEY
		REFERENCES session (num) ON DELETE CASCADE,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	holder TEXT NOT NULL REFERENCES holder (id) ON DELETE CASCADE,
	taken_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX lease_by_holder ON lease (holder);

-- One row a model call. It outlives its session: costs stay known. amount is
-- what counts against budgets: the estimate, then the cost, or nothing.
CREATE TABLE spend (
	call_id TEXT PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	session TEXT NOT NULL,
	root_run TEXT NOT NULL,
	day TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN
		('reserved', 'committed', 'released', 'dropped')),
	amount INTEGER NOT NULL CHECK (amount >= 0),
	holder TEXT NOT NULL,
	created_ms INTEGER NOT NULL,
	finished_ms INTEGER NOT NULL DEFAULT 0,
	provider TEXT NOT NULL DEFAULT '',
	model TEXT NOT NULL DEFAULT '',
	input_tokens INTEGER NOT NULL DEFAULT 0,
	cached_tokens INTEGER NOT NULL DEFAULT 0,
	cache_write_tokens INTEGER NOT NULL DEFAULT 0,
	output_tokens INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX spend_by_day ON spend (tenant_id, user_id, day, amount);
CREATE INDEX spend_by_run ON spend (root_run, amount);
CREATE INDEX spend_reserved ON spend (holder, created_ms)
	WHERE state = 'reserved';

CREATE TABLE state (
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	key TEXT NOT NULL,
	json TEXT NOT NULL,
	updated_ms INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, user_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	key TEXT NOT NULL,
	minute INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, user_id, key, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (
	num INTEGER PRIMARY KEY,
	tenant_id TEXT NOT NULL DEFAULT 'local',
	user_id TEXT NOT NULL DEFAULT 'local',
	folder TEXT NOT NULL,
	time_ms INTEGER NOT NULL,
	text TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_folder ON history (tenant_id, user_id, folder);

PRAGMA user_version = 1;
