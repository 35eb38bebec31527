/* Operations on the audit log: its key, checking it, reading it. */
#include "audit/heads.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "base/mem.h"
#include "core/audit_entry.h"
#include "core/host_audit.h"

enum { FAULTS_SHOWN = 100 };

static int
key(struct op_call *call, struct error *err)
{
	const struct host_audit *a;
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc != 0)
		return rc;
	a = call->host->audit;
	jw_key_cstr(call->out, "key", audit_key_public(host_audit_key(a)));
	jw_key_cstr(call->out, "heads", host_audit_heads(a));
	return 0;
}

/* --- verify ------------------------------------------------------------- */

struct verifying {
	struct json_writer *out;
	size_t n;
};

static void
write_time(struct json_writer *w, const char *name, int64_t time_ms)
{
	char text[CLOCK_ISO_SIZE];

	if (time_ms <= 0)
		return;
	clock_iso(time_ms, text);
	jw_key_cstr(w, name, text);
}

static void
write_fault(const struct audit_fault *fault, void *ctx)
{
	struct verifying *v = ctx;

	if (v->n++ >= FAULTS_SHOWN)
		return;
	jw_object(v->out);
	jw_key_cstr(v->out, "kind", audit_fault_name(fault->kind));
	jw_key_int(v->out, "seq", fault->seq);
	write_time(v->out, "time", fault->time_ms);
	jw_key_cstr(v->out, "text", fault->text);
	jw_end(v->out);
}

static void
write_heads(struct json_writer *w, const char *path,
    const struct audit_heads *heads)
{
	jw_key(w, "heads");
	jw_object(w);
	jw_key_cstr(w, "file", path);
	jw_key_int(w, "kept", (int64_t)heads->n);
	jw_key_int(w, "wrong", (int64_t)heads->wrong);
	jw_end(w);
}

static void
write_verdict(struct json_writer *w, const struct audit_verdict *v,
    bool sound)
{
	jw_key_bool(w, "ok", sound);
	jw_key_int(w, "fault_count", v->faults);
	jw_key_int(w, "entries", v->rows);
	jw_key_int(w, "seals", v->seals);
	jw_key_int(w, "erased", v->erased);
	jw_key_int(w, "unsealed", v->unsealed);
	jw_key_cstr(w, "head", v->head);
}

static int
verify(struct op_call *call, struct error *err)
{
	CLEANUP_AUDIT_HEADS struct audit_heads heads = { .n = 0 };
	CLEANUP(free_ptr) char *pinned = str_dup(str_trim(
	    json_get_str(call->args, "key")));
	struct verifying verifying = { .out = call->out };
	struct audit_verify_opts opts = { .fault = write_fault,
		.ctx = &verifying };
	struct audit_verdict verdict;
	struct store_reader *reader;
	const char *path;
	int rc = host_reader(call->worker, &reader, err);

	if (rc != 0)
		return rc;
	path = host_audit_heads(call->host->audit);
	if (path != NULL)
		rc = audit_heads_read(path, &heads, err);
	if (rc != 0)
		return rc;
	opts.key = pinned[0] != '\0' ? pinned : NULL;
	opts.heads = heads.items;
	opts.n_heads = heads.n;
	jw_key(call->out, "faults");
	jw_array(call->out);
	rc = audit_verify(reader, &opts, &verdict, err);
	jw_end(call->out);
	if (rc != 0)
		return rc;
	write_verdict(call->out, &verdict,
	    verdict.faults == 0 && heads.wrong == 0);
	if (path != NULL)
		write_heads(call->out, path, &heads);
	jw_key_cstr(call->out, "key",
	    audit_key_public(host_audit_key(call->host->audit)));
	return 0;
}

/* --- list --------------------------------------------------------------- */

enum { LIST_DEFAULT = 200, LIST_MAX = 10000 };
#define LIST_BYTES_MAX (32 * MIB)

struct listing {
	struct op_call *call;
	struct audit_entries entries;
	struct audit_seal *seals; /* none where rows are left out */
	size_t n_seals, cap_seals, next_seal;
	int64_t last;  /* row written */
	size_t n;
	struct error *err;
};

static int
take_seal(const struct audit_seal *seal, void *ctx)
{
	struct listing *l = ctx;

	if (l->n_seals == LIST_MAX)
		return 1;
	l->seals = mem_grow(l->seals, &l->cap_seals, l->n_seals + 1,
	    sizeof(*l->seals));
	l->seals[l->n_seals++] = *seal;
	return 0;
}

static int
take_entry(const struct audit_row *row, void *ctx)
{
	struct listing *l = ctx;
	int rc = audit_entry_write(&l->entries, row, l->call->out, l->err);

	if (rc != 0)
		return rc;
	l->n++;
	l->last = row->seq;
	for (; l->next_seal < l->n_seals &&
	    l->seals[l->next_seal].seq <= row->seq; l->next_seal++)
		audit_seal_write(&l->seals[l->next_seal], l->call->out);
	return l->call->out->out->len > LIST_BYTES_MAX ? 1 : 0;
}

static bool
take_time(const struct json *args, const char *name, int64_t *ret,
    struct error *err)
{
	CLEANUP(free_ptr) char *text = str_dup(json_get_str(args, name));
	CLEANUP(free_ptr) char *day = mem_printf("%sT00:00:00.000Z", text);

	if (text[0] == '\0' || clock_parse_iso(text, ret) ||
	    clock_parse_iso(day, ret))
		return true;
	error_set(err, ERR_USAGE, "%s is no time: 2026-11-21 or "
	    "2026-11-21T09:00:00.000Z", text);
	return false;
}

/* Strings of a filter, by the names of its members. */
static char *
take_name(const struct json *args, const char *name)
{
	struct str text = json_get_str(args, name);

	return text.len == 0 ? NULL : str_dup(text);
}

static int
list(struct op_call *call, struct error *err)
{
	const struct json *args = call->args;
	CLEANUP(free_ptr) char *user = take_name(args, "user");
	CLEANUP(free_ptr) char *action = take_name(args, "action");
	CLEANUP(free_ptr) char *resource = take_name(args, "resource");
	CLEANUP(free_ptr) char *id = take_name(args, "resource_id");
	CLEANUP(free_ptr) char *session = take_name(args, "session");
	CLEANUP(free_ptr) char *run = take_name(args, "run");
	struct audit_filter filter = { .user = user, .action = action,
		.resource = resource, .resource_id = id, .session = session,
		.run = run, .after_seq = json_get_int(args, "after", 0),
		.limit = (size_t)json_get_int(args, "limit", LIST_DEFAULT) };
	struct listing l = { .call = call, .last = filter.after_seq,
		.err = err };
	struct store_reader *reader;
	bool all = !user && !action && !resource && !id && !session && !run;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0 && (!take_time(args, "since", &filter.from_ms, err) ||
	    !take_time(args, "until", &filter.until_ms, err)))
		rc = -ERR_USAGE;
	all = all && filter.from_ms == 0 && filter.until_ms == 0;
	if (rc == 0 && all)
		rc = store_audit_seals(reader, filter.after_seq, take_seal,
		    &l, err);
	if (rc < 0)
		return rc;
	audit_entries_init(&l.entries, reader,
	    json_get_bool(args, "content", false));
	jw_key(call->out, "items");
	jw_array(call->out);
	rc = store_audit_walk(reader, &filter, take_entry, &l, err);
	jw_end(call->out);
	jw_key_int(call->out, "last", l.last);
	/* There may be more behind it. */
	jw_key_bool(call->out, "more", rc == 1 || l.n == filter.limit);
	audit_entries_release(&l.entries);
	free(l.seals);
	return rc < 0 ? rc : 0;
}

#define TEXT_ARGUMENT(name) "\"" name "\":{\"type\":\"string\"}"

const struct operation op_audit_rows[] = {
	OPERATION("audit.key", "read",
	    "The public key that signs the audit log", ARGS_NONE, key),
	OPERATION_SLOW("audit.verify", "read",
	    "Check the whole audit log; key: the one that must have signed it",
	    ARGS("\"key\":{\"type\":\"string\",\"pattern\":"
		 "\"^[0-9a-f]{64}$\"}"), verify),
	OPERATION_SLOW("audit.list", "read",
	    "Entries of the audit log, oldest first; without a filter, its "
	    "seals too; content: with the texts that hashes stand for",
	    ARGS(TEXT_ARGUMENT("user") "," TEXT_ARGUMENT("action") ","
		TEXT_ARGUMENT("resource") "," TEXT_ARGUMENT("resource_id") ","
		TEXT_ARGUMENT("session") "," TEXT_ARGUMENT("run") ","
		TEXT_ARGUMENT("since") "," TEXT_ARGUMENT("until") ","
		"\"after\":{\"type\":\"integer\",\"minimum\":0},"
		"\"limit\":{\"type\":\"integer\",\"minimum\":1,"
		"\"maximum\":10000},\"content\":{\"type\":\"boolean\"}"),
	    list),
	{ .face = { .name = NULL } },
};
