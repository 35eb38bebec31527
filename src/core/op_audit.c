/* Operations on the audit log: checking it and naming its key. */
#include "audit/heads.h"
#include "audit/verify.h"
#include "base/clock.h"
#include "base/mem.h"
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

const struct operation op_audit_rows[] = {
	OPERATION("audit.key", "read",
	    "The public key that signs the audit log", ARGS_NONE, key),
	OPERATION_SLOW("audit.verify", "read",
	    "Check the whole audit log; key: the one that must have signed it",
	    ARGS("\"key\":{\"type\":\"string\",\"pattern\":"
		 "\"^[0-9a-f]{64}$\"}"), verify),
	{ .face = { .name = NULL } },
};
