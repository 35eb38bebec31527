/* Answers that must fit a schema; see answer.h. */
#include "agent/answer.h"

#include "base/json.h"
#include "base/json_repair.h"
#include "base/json_schema.h"

enum { AGAIN_MAX = 2 };
#define COOLER_STEP 0.2

int
answer_fit(const char *schema_text, struct str text, struct buf *out,
    struct error *err)
{
	const struct json_limits limits = { .bytes_max = 32 * MIB,
		.depth_max = 64 };
	CLEANUP_JSON struct json *schema = NULL;
	CLEANUP_JSON struct json *value = NULL;
	int rc = json_parse(str_from(schema_text), NULL, &schema, err);

	if (rc != 0)
		return error_wrap(err, ERR_CONFIG_INVALID,
		    "the output schema is not valid JSON");
	rc = json_parse_lenient(text, &limits, &value, err);
	if (rc != 0)
		return error_wrap(err, ERR_SCHEMA_MISMATCH,
		    "the answer is not one JSON value");
	json_schema_coerce(schema, &value);
	rc = json_schema_check(schema, value, NULL, err);
	if (rc != 0)
		return rc;
	json_print(value, out);
	return buf_check(out, err);
}

void
answer_write_demand(const char *schema, struct buf *out)
{
	buf_printf(out,
	    "<output_schema>\n%s\n</output_schema>\n"
	    "Your last answer must be exactly one JSON value that fits this "
	    "JSON Schema: no words around it, no code fence.", schema);
}

/* Whether the text is the value as it stands, however it is spaced. */
static bool
same_value(struct str text, struct str value)
{
	CLEANUP_JSON struct json *a = NULL;
	CLEANUP_JSON struct json *b = NULL;

	return json_parse(text, NULL, &a, NULL) == 0 &&
	    json_parse(value, NULL, &b, NULL) == 0 && json_equal(a, b);
}

/* The value alone, as the answer that counts. */
static int
tell_repaired(struct run *r, struct str value, struct error *err)
{
	char id[ID_SIZE];
	struct emit e;

	id_make(id);
	emit_begin(&e);
	jw_key_cstr(&e.w, "message_id", id);
	jw_key_str(&e.w, "text", value);
	jw_key_cstr(&e.w, "stop_reason", stop_reason_name(STOP_END_TURN));
	return emit_end(&e, &r->to, EVENT_MESSAGE_FINISHED, err);
}

static int
ask_again(struct run *r, const struct error *why, struct error *err)
{
	struct message *m = message_create(ROLE_USER);
	CLEANUP_BUF struct buf text = BUF_INIT(8 * KIB);
	struct emit e;

	buf_printf(&text,
	    "That answer does not fit the output schema: %s. Give the whole "
	    "answer again, as one JSON value that fits, and nothing else.",
	    why->message);
	message_add_text(m, buf_str(&text));
	emit_begin(&e);
	jw_key_int(&e.w, "attempt", r->schema_tries);
	jw_key_int(&e.w, "delay_ms", 0);
	jw_key_cstr(&e.w, "reason", why->message);
	return run_keep(r, emit_event(&e, &r->to, EVENT_RETRY), m, err);
}

int
answer_settle(struct run *r, const struct message *m, enum answer_next *ret,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf value = BUF_INIT(64 * MIB);
	struct error why = ERROR_INIT;
	int rc;

	*ret = ANSWER_DONE;
	if (m != NULL)
		message_text(m, &text);
	rc = answer_fit(r->session->opts.output_schema, buf_str(&text), &value,
	    &why);
	if (rc == 0 && same_value(buf_str(&text), buf_str(&value)))
		return 0;
	if (rc == 0)
		return tell_repaired(r, buf_str(&value), err);
	if (rc != -ERR_SCHEMA_MISMATCH || r->schema_tries == AGAIN_MAX) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	r->schema_tries++;
	r->cooler = COOLER_STEP * r->schema_tries;
	*ret = ANSWER_ASK_AGAIN;
	return ask_again(r, &why, err);
}
