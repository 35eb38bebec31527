/* audit: events become rows, the chain verifies, and every change of any byte
 * of any row is found and placed. */
#include "audit/actions.h"
#include "audit/audit_key.h"
#include "audit/verify.h"
#include "base/file.h"
#include "base/units.h"
#include "store/db.h"
#include "tests/unit/store_fixture.h"

struct scene {
	struct fixture f; /* its folder, store, reader, session */
	struct audit_key *key;
	struct audit_fault faults[AUDIT_FAULTS_MAX];
	size_t n;
};

static void
open_scene(struct scene *s)
{
	struct store_audit audit = { .rows = audit_rows_of_event,
		.sign = audit_key_sign, .change = audit_row_of_change,
		.ends = audit_ends, .seal_every = 8,
		.seal_after_ms = 3600 * 1000 };
	struct store_opts opts = { .folder = s->f.folder, .audit = &audit };
	CLEANUP(free_ptr) char *path = file_join(s->f.folder, "audit.key");
	struct error err;

	assert_ok(audit_key_open(path, &s->key, &err));
	audit.ctx = s->key;
	assert_ok(store_open(&opts, &s->f.store, &err));
	assert_ok(store_reader_open(s->f.store, &s->f.reader, &err));
}

static void
close_scene(struct scene *s)
{
	store_reader_close(s->f.reader);
	store_close(s->f.store);
	audit_key_destroy(s->key);
	s->f.reader = NULL;
	s->f.store = NULL;
	s->key = NULL;
}

static void
say(struct scene *s, enum event_type type, const char *members)
{
	struct event *ev = event_create(type, s->f.session, "run1",
	    str_from(members));
	struct error err;

	assert_ok(store_append(s->f.store, &ev, 1, NULL, 0, &err));
	event_unref(ev);
}

/* The file "a.c" is about to change; `done`: it does. */
static void
change(struct scene *s, bool done)
{
	static const struct undo_entry nothing[1];
	struct undo_point point = { .source = UNDO_BY_FILES, .run = "run1",
		.call_id = "c1", .label = "edit" };
	char root[] = "/w", path[] = "a.c";
	struct undo_entry entry = { .root = root, .path = path,
		.before = { .kind = UNDO_ABSENT },
		.after = { .kind = UNDO_FILE, .mode = 0644, .bytes = 2 } };
	struct error err;
	int64_t num;

	id_make(point.id);
	memcpy(point.session, s->f.session, sizeof(point.session));
	hash_blake2b(STR("b\n"), entry.after.hash);
	assert_ok(store_undo_begin(s->f.store, &point, &entry, 1, NULL, 0,
	    &num, &err));
	assert_ok(store_undo_finish(s->f.store, num, done ? NULL : nothing, 0,
	    &err));
}

/* A run with a call that changes a file. */
static void
live(struct scene *s)
{
	struct error err;

	say(s, EVENT_RUN_STARTED, "\"schema\":1,\"prompt\":\"fix it\","
	    "\"provider\":\"p\",\"model\":\"m\",\"mode\":\"ask\","
	    "\"cwd\":\"/w\"");
	say(s, EVENT_TEXT_DELTA, "\"message_id\":\"1\",\"offset_bytes\":0,"
	    "\"text\":\"x\"");
	say(s, EVENT_TOOL_STARTED, "\"call_id\":\"c1\",\"name\":\"edit\","
	    "\"arguments\":{\"path\":\"a.c\"}");
	say(s, EVENT_APPROVAL_RESOLVED, "\"call_id\":\"c1\","
	    "\"decision\":\"yes\",\"scope\":\"once\"");
	change(s, true);
	say(s, EVENT_TOOL_FINISHED, "\"call_id\":\"c1\",\"name\":\"edit\","
	    "\"ok\":true,\"result\":\"done\",\"duration_ms\":3,"
	    "\"files\":[\"a.c\",\"b\\n.c\"],\"diff\":\"-a\\n+b\\n\"");
	say(s, EVENT_RUN_FINISHED, "\"stop_reason\":\"end_turn\"");
	assert_ok(store_flush(s->f.store, true, 5000, &err));
}

static int
setup(void **state)
{
	struct scene *s = mem_new(struct scene);
	struct session_row row = { .folder = "/w" };
	struct error err;

	snprintf(s->f.folder, sizeof(s->f.folder),
	    "/tmp/friday-audit-XXXXXX");
	assert_non_null(mkdtemp(s->f.folder));
	open_scene(s);
	id_make(s->f.session);
	memcpy(row.id, s->f.session, sizeof(row.id));
	assert_ok(store_session_create(s->f.store, &row, &err));
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;

	close_scene(s);
	file_remove_tree(s->f.folder);
	free(s);
	return 0;
}

static void
on_fault(const struct audit_fault *fault, void *ctx)
{
	struct scene *s = ctx;

	s->faults[s->n++] = *fault;
}

static struct audit_verdict
verify(struct scene *s, const char *key, const struct audit_head *heads,
    size_t n_heads)
{
	struct audit_verify_opts opts = { .key = key, .heads = heads,
		.n_heads = n_heads, .fault = on_fault, .ctx = s };
	struct audit_verdict verdict;
	struct error err;

	s->n = 0;
	assert_ok(audit_verify(s->f.reader, &opts, &verdict, &err));
	return verdict;
}

/* Runs SQL on the database, as somebody who has the account could. */
static void
tamper(struct scene *s, const char *sql)
{
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = 5000 };
	CLEANUP(db_closep) struct db *db = NULL;
	struct error err;

	assert_ok(db_open(store_path(s->f.store), &opts, &db, &err));
	assert_ok(db_script(db, sql, &err));
}

static int
note_action(const struct audit_row *row, void *ctx)
{
	return buf_printf(ctx, "%.*s:%.*s ", STR_ARG(row->action),
	    STR_ARG(row->resource_id));
}

static void
test_events_become_rows(void **state)
{
	struct scene *s = *state;
	struct audit_filter all = { .limit = 0 };
	struct audit_filter file = { .resource = "file",
		.resource_id = "/w/a.c" };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct error err;

	live(s);
	assert_ok(store_audit_walk(s->f.reader, &all, note_action, &text,
	    &err));
	assert_string_equal(buf_text(&text), "run.start:run1 tool.call:edit "
	    "approval.answer:c1 file.change:/w/a.c tool.result:edit "
	    "run.end:run1 ");
	buf_clear(&text);
	assert_ok(store_audit_walk(s->f.reader, &file, note_action, &text,
	    &err));
	assert_string_equal(buf_text(&text), "file.change:/w/a.c ");
}

static void
test_a_change_that_did_not_happen_is_said_to_be_so(void **state)
{
	struct scene *s = *state;
	struct audit_filter cancels = { .action = "change.cancel" };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	struct error err;

	change(s, true);
	assert_ok(store_audit_walk(s->f.reader, &cancels, note_action, &text,
	    &err));
	assert_int_equal(text.len, 0);
	change(s, false);
	assert_ok(store_audit_walk(s->f.reader, &cancels, note_action, &text,
	    &err));
	assert_true(text.len > 0);
}

static int
copy_body(const struct audit_row *row, void *ctx)
{
	return buf_add_str(ctx, row->body);
}

static void
test_long_members_are_kept_as_hashes(void **state)
{
	struct scene *s = *state;
	struct audit_filter calls = { .action = "tool.call" };
	CLEANUP_BUF struct buf body = BUF_INIT(64 * KIB);
	char hash[HASH_SIZE];
	struct error err;

	live(s);
	assert_ok(store_audit_walk(s->f.reader, &calls, copy_body, &body,
	    &err));
	hash_blake2b(STR("{\"path\":\"a.c\"}"), hash);
	assert_non_null(strstr(buf_text(&body), hash));
	assert_non_null(strstr(buf_text(&body), "\"call_id\":\"c1\""));
	assert_null(strstr(buf_text(&body), "path"));
}

static void
test_an_untouched_log_verifies(void **state)
{
	struct scene *s = *state;
	struct audit_verdict v;

	live(s);
	live(s);
	v = verify(s, audit_key_public(s->key), NULL, 0);
	assert_int_equal(v.faults, 0);
	assert_int_equal(v.rows, 12);
	assert_int_equal(v.seals, 3); /* the first row has its own */
	assert_int_equal(v.unsealed, 0);
}

/* Another digit in the first place, whatever stood there. */
#define OTHER(column)                                                         \
	"CASE substr(" column ", 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END "       \
	"|| substr(" column ", 2)"

static void
test_each_kind_of_change_is_found(void **state)
{
	static const struct {
		const char *sql;
		int64_t seq; /* where it is said to be */
	} cases[] = {
		{ "UPDATE audit SET body = replace(body, 'c1', 'c2') "
		    "WHERE seq = 2", 2 },
		{ "UPDATE audit SET time_ms = time_ms + 1 WHERE seq = 5", 5 },
		{ "UPDATE audit SET user_id = 'eve' WHERE seq = 2", 2 },
		{ "UPDATE audit SET resource_id = 'z.c' WHERE seq = 5", 5 },
		{ "UPDATE audit SET hash = " OTHER("hash") " WHERE seq = 4",
		    4 },
		{ "DELETE FROM audit WHERE seq = 4", 4 },
		{ "DELETE FROM audit WHERE seq = 1", 1 },
		{ "DELETE FROM audit WHERE seq >= 6", 6 },
		{ "UPDATE audit SET seq = 99 WHERE seq = 2; UPDATE audit SET "
		    "seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE "
		    "seq = 99", 2 },
		{ "UPDATE audit SET seq = -seq WHERE seq >= 3; UPDATE audit "
		    "SET seq = 1 - seq WHERE seq < 0; INSERT INTO audit "
		    "SELECT 3, tenant_id, user_id, time_ms, action, resource, "
		    "resource_id, session, run, salt, body, body_hash, hash "
		    "FROM audit WHERE seq = 2", 3 },
		{ "UPDATE audit SET body = NULL, salt = NULL WHERE seq = 2",
		    2 },
		{ "UPDATE audit_seal SET signature = " OTHER("signature")
		    " WHERE seq = 6", 6 },
		{ "UPDATE audit_seal SET hash = " OTHER("hash")
		    " WHERE seq = 6", 6 },
		{ "DELETE FROM audit_seal", 6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scene *s;
		struct audit_verdict v;

		if (i > 0) {
			teardown(state);
			setup(state);
		}
		s = *state;
		live(s);
		tamper(s, cases[i].sql);
		v = verify(s, NULL, NULL, 0);
		if (v.faults == 0)
			fail_msg("not found: %s", cases[i].sql);
		if (s->faults[0].seq != cases[i].seq)
			fail_msg("%s: said to be at %lld", cases[i].sql,
			    (long long)s->faults[0].seq);
	}
}

/* --- every byte ---------------------------------------------------------- */

struct bytes {
	struct buf sql;
	int n;
};

/* One statement for each byte of each column of a row: the byte is another. */
static void
add_column(struct bytes *b, const char *table, const char *column,
    int64_t seq, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char other = value.ptr[i] == '7' ? '8' : '7';

		buf_printf(&b->sql, "UPDATE %s SET %s = substr(%s, 1, %zu) "
		    "|| '%c' || substr(%s, %zu) WHERE seq = %lld\n", table,
		    column, column, i, other, column, i + 2,
		    (long long)seq);
		b->n++;
	}
}

static int
add_row(const struct audit_row *row, void *ctx)
{
	struct bytes *b = ctx;
	const struct {
		const char *column;
		struct str value;
	} texts[] = { { "user_id", row->user }, { "action", row->action },
		{ "resource", row->resource },
		{ "resource_id", row->resource_id },
		{ "session", row->session }, { "run", row->run },
		{ "salt", row->salt }, { "body", row->body },
		{ "body_hash", row->body_hash }, { "hash", row->hash } };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		add_column(b, "audit", texts[i].column, row->seq,
		    texts[i].value);
	for (int bit = 0; bit < 48; bit++, b->n++)
		buf_printf(&b->sql, "UPDATE audit SET time_ms = "
		    "(time_ms | %lld) - (time_ms & %lld) WHERE seq = %lld\n",
		    1LL << bit, 1LL << bit, (long long)row->seq);
	return 0;
}

static int
add_seal(const struct audit_seal *seal, void *ctx)
{
	struct bytes *b = ctx;

	add_column(b, "audit_seal", "hash", seal->seq,
	    str_from(seal->hash));
	add_column(b, "audit_seal", "key", seal->seq, str_from(seal->key));
	add_column(b, "audit_seal", "signature", seal->seq,
	    str_from(seal->signature));
	for (int bit = 0; bit < 48; bit++, b->n++)
		buf_printf(&b->sql, "UPDATE audit_seal SET time_ms = "
		    "(time_ms | %lld) - (time_ms & %lld) WHERE seq = %lld\n",
		    1LL << bit, 1LL << bit, (long long)seal->seq);
	return 0;
}

static int64_t
seq_of(struct str statement)
{
	size_t at = str_find(statement, STR("seq = "), 0);
	int64_t seq = 0;

	assert_true(str_to_int(str_sub(statement, at + 6, SIZE_MAX), 1,
	    INT64_MAX, &seq));
	return seq;
}

/* Each is undone before the next. */
static void
test_every_single_byte_counts(void **state)
{
	static const char restore_rows[] = "UPDATE audit AS a SET "
	    "time_ms = w.time_ms, user_id = w.user_id, action = w.action, "
	    "resource = w.resource, resource_id = w.resource_id, "
	    "session = w.session, run = w.run, salt = w.salt, body = w.body, "
	    "body_hash = w.body_hash, hash = w.hash FROM was AS w "
	    "WHERE w.seq = a.seq";
	static const char restore_seals[] = "UPDATE audit_seal AS a SET "
	    "time_ms = w.time_ms, hash = w.hash, key = w.key, "
	    "signature = w.signature FROM was_seal AS w WHERE w.seq = a.seq";
	struct scene *s = *state;
	struct audit_filter all = { .limit = 0 };
	struct bytes b = { .sql = BUF_INIT(32 * MIB) };
	struct db_opts opts = { .access = DB_WRITER, .busy_ms = 5000 };
	CLEANUP(db_closep) struct db *db = NULL;
	struct str rest, statement;
	struct error err;

	live(s);
	assert_ok(store_audit_walk(s->f.reader, &all, add_row, &b, &err));
	assert_ok(store_audit_seals(s->f.reader, 0, add_seal, &b, &err));
	assert_true(b.n > 2000);
	assert_ok(db_open(store_path(s->f.store), &opts, &db, &err));
	assert_ok(db_script(db, "PRAGMA synchronous = OFF; "
	    "PRAGMA wal_autocheckpoint = 0; "
	    "CREATE TABLE was AS SELECT * FROM audit; "
	    "CREATE TABLE was_seal AS SELECT * FROM audit_seal", &err));
	rest = buf_str(&b.sql);
	while (str_next_line(&rest, &statement)) {
		CLEANUP(free_ptr) char *sql = str_dup(statement);

		assert_ok(db_script(db, sql, &err));
		if (verify(s, NULL, NULL, 0).faults == 0)
			fail_msg("not found: %s", sql);
		if (s->faults[0].seq != seq_of(statement))
			fail_msg("%s: said to be at %lld", sql,
			    (long long)s->faults[0].seq);
		assert_ok(db_script(db, str_starts(statement,
		    STR("UPDATE audit_seal")) ? restore_seals : restore_rows,
		    &err));
	}
	assert_int_equal(verify(s, NULL, NULL, 0).faults, 0);
	buf_release(&b.sql);
}

/* Each entry deleted, doubled and swapped with its neighbour; each end. */
static void
test_every_entry_has_its_place(void **state)
{
	static const char *const changes[] = {
		"DELETE FROM audit WHERE seq = %d",
		"UPDATE audit SET seq = -seq WHERE seq > %1$d; UPDATE audit "
		"SET seq = 1 - seq WHERE seq < 0; INSERT INTO audit SELECT "
		"%1$d + 1, tenant_id, user_id, time_ms, action, resource, "
		"resource_id, session, run, salt, body, body_hash, hash FROM "
		"audit WHERE seq = %1$d",
		"UPDATE audit SET seq = -1 WHERE seq = %1$d; UPDATE audit SET "
		"seq = %1$d WHERE seq = %1$d + 1; UPDATE audit SET seq = "
		"%1$d + 1 WHERE seq = -1",
		"DELETE FROM audit WHERE seq >= %d",
		"UPDATE audit SET seq = seq + 1 WHERE seq = (SELECT max(seq) "
		"FROM audit) AND %d > 0",
	};
	struct scene *s = *state;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		for (int seq = 1; seq <= 5; seq++) {
			CLEANUP_BUF struct buf sql = BUF_INIT(4 * KIB);

			teardown(state);
			setup(state);
			s = *state;
			live(s);
			buf_printf(&sql, changes[i], seq);
			tamper(s, buf_text(&sql));
			if (verify(s, NULL, NULL, 0).faults == 0)
				fail_msg("not found: %s", buf_text(&sql));
			if (i < 4 && s->faults[0].seq != seq &&
			    s->faults[0].seq != seq + 1)
				fail_msg("%s: said to be at %lld",
				    buf_text(&sql),
				    (long long)s->faults[0].seq);
		}
}

/* Rewriting what follows with right hashes does not help: the seal knows. */
static int
rechain(const struct audit_row *row, void *ctx)
{
	struct buf *sql = ctx;
	static char before[HASH_SIZE];
	char hash[HASH_SIZE], body_hash[HASH_SIZE];
	struct audit_row forged = *row;

	if (row->seq == 1)
		before[0] = '\0';
	if (row->seq == 3)
		forged.body = STR("{\"forged\":true}");
	audit_hash_body(&forged, body_hash);
	forged.body_hash = str_from(body_hash);
	audit_hash_row(&forged, str_from(before), hash);
	buf_printf(sql, "UPDATE audit SET hash = '%s', body_hash = '%s'%s "
	    "WHERE seq = %lld;", hash, body_hash, row->seq == 3 ?
	    ", body = '{\"forged\":true}'" : "", (long long)row->seq);
	memcpy(before, hash, sizeof(hash));
	return 0;
}

static void
test_a_rewritten_chain_does_not_fit_its_seal(void **state)
{
	struct scene *s = *state;
	struct audit_filter all = { .limit = 0 };
	CLEANUP_BUF struct buf sql = BUF_INIT(MIB);
	struct audit_verdict v;
	struct error err;

	live(s);
	assert_ok(store_audit_walk(s->f.reader, &all, rechain, &sql, &err));
	tamper(s, buf_text(&sql));
	v = verify(s, NULL, NULL, 0);
	assert_int_equal(v.faults, 1);
	assert_int_equal(s->faults[0].kind, AUDIT_SEAL);
}

static void
test_a_seal_by_another_key_is_found_when_one_is_pinned(void **state)
{
	struct scene *s = *state;
	char other[HASH_SIZE];

	live(s);
	memset(other, 'a', sizeof(other) - 1);
	other[HASH_SIZE - 1] = '\0';
	assert_int_equal(verify(s, other, NULL, 0).faults, 2);
	assert_int_equal(s->faults[0].kind, AUDIT_OTHER_KEY);
}

static void
test_a_cut_end_is_found_by_a_head_that_was_kept(void **state)
{
	struct scene *s = *state;
	struct audit_head head = { .seq = 0 };
	struct error err;

	live(s);
	live(s);
	assert_ok(store_audit_head(s->f.reader, &head.seq, head.hash, &err));
	assert_int_equal(verify(s, NULL, &head, 1).faults, 0);
	tamper(s, "DELETE FROM audit WHERE seq > 6; DELETE FROM audit_seal "
	    "WHERE seq > 6");
	assert_int_equal(verify(s, NULL, NULL, 0).faults, 0);
	assert_int_equal(verify(s, NULL, &head, 1).faults, 1);
	assert_int_equal(s->faults[0].kind, AUDIT_CUT);
}

static void
test_a_deleted_session_leaves_a_log_that_verifies(void **state)
{
	struct scene *s = *state;
	struct gc_opts gc = { .older_than_ms = 0 };
	struct gc_result result;
	struct audit_verdict v;
	struct error err;

	live(s);
	assert_ok(store_session_trash(s->f.store, s->f.session, true, &err));
	assert_ok(store_gc(s->f.store, &gc, &result, &err));
	assert_int_equal(result.sessions, 1);
	v = verify(s, NULL, NULL, 0);
	assert_int_equal(v.faults, 0);
	assert_int_equal(v.erased, 6);
	assert_int_equal(v.rows, 7);
}

static void
test_rows_without_an_event(void **state)
{
	struct scene *s = *state;
	struct audit_draft draft = { .action = "secret.read",
		.resource = "secret", .resource_id = STR("openai"),
		.body = STR("{}") };
	struct audit_verdict v;
	struct error err;

	for (int i = 0; i < 10; i++)
		assert_ok(store_audit_append(s->f.store, &draft, &err));
	v = verify(s, NULL, NULL, 0);
	assert_int_equal(v.rows, 10);
	assert_int_equal(v.unsealed, 1);
	assert_ok(store_audit_seal(s->f.store, &err));
	v = verify(s, NULL, NULL, 0);
	assert_int_equal(v.unsealed, 0);
	assert_int_equal(v.faults, 0);
}

static void
test_the_key_stays_the_same(void **state)
{
	struct scene *s = *state;
	char public[HASH_SIZE];

	live(s);
	snprintf(public, sizeof(public), "%s", audit_key_public(s->key));
	close_scene(s);
	open_scene(s);
	assert_string_equal(public, audit_key_public(s->key));
	live(s);
	assert_int_equal(verify(s, public, NULL, 0).faults, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_events_become_rows),
		TEST(test_a_change_that_did_not_happen_is_said_to_be_so),
		TEST(test_long_members_are_kept_as_hashes),
		TEST(test_an_untouched_log_verifies),
		TEST(test_each_kind_of_change_is_found),
		TEST(test_every_single_byte_counts),
		TEST(test_every_entry_has_its_place),
		TEST(test_a_rewritten_chain_does_not_fit_its_seal),
		TEST(test_a_seal_by_another_key_is_found_when_one_is_pinned),
		TEST(test_a_cut_end_is_found_by_a_head_that_was_kept),
		TEST(test_a_deleted_session_leaves_a_log_that_verifies),
		TEST(test_rows_without_an_event),
		TEST(test_the_key_stays_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
