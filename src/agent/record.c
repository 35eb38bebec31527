/* Going on record; see record.h. */
#include "agent/record.h"

#include "store/audit.h"

struct record {
	struct buf body, id;
	struct json_writer w;
};

static void
begin(struct record *r)
{
	buf_init(&r->body, AUDIT_BODY_MAX);
	buf_init(&r->id, 16 * KIB);
	r->w = JSON_WRITER(&r->body);
	jw_object(&r->w);
}

static int
put(struct record *r, const struct emit_to *to, const char *action,
    const char *resource, struct error *err)
{
	struct audit_draft draft = { .action = action, .resource = resource,
		.session = to->session, .run = to->run };
	int rc;

	jw_end(&r->w);
	rc = buf_check(&r->body, err);
	if (rc == 0)
		rc = buf_check(&r->id, err);
	if (rc == 0) {
		draft.resource_id = buf_str(&r->id);
		draft.body = buf_str(&r->body);
		rc = store_audit_append(to->store, &draft, err);
	}
	buf_release(&r->body);
	buf_release(&r->id);
	return rc;
}

int
record_target(const struct run *r, const char *call_id, const char *host,
    unsigned port, struct error *err)
{
	struct record record;

	begin(&record);
	jw_key_cstr(&record.w, "call_id", call_id);
	jw_key_cstr(&record.w, "purpose", "tool");
	buf_printf(&record.id, "%s:%u", host, port);
	return put(&record, &r->to, "network.connect", "host", err);
}

int
record_server(const struct session *s, const struct llm_target *target,
    const char *host, unsigned port, struct error *err)
{
	const struct emit_to *to = s->speaking == NULL ? &s->to :
	    &s->speaking->to;
	struct record record;

	begin(&record);
	jw_key_cstr(&record.w, "purpose", "model");
	jw_key_cstr(&record.w, "provider", target->provider->name);
	jw_key_cstr(&record.w, "model", target->model);
	buf_printf(&record.id, "%s:%u", host, port);
	return put(&record, to, "network.connect", "host", err);
}

int
record_permit(const struct run *r, const char *call_id, struct str path,
    struct error *err)
{
	struct record record;

	begin(&record);
	jw_key_cstr(&record.w, "call_id", call_id);
	jw_key_cstr(&record.w, "by", "user");
	buf_add_str(&record.id, path);
	return put(&record, &r->to, "path.permit", "file", err);
}
