/* Events as log lines; see journal.h. */
#include "core/journal.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"

static void
note_usage(const struct json *j, struct log_fields *f)
{
	f->tokens = json_get_int(j, "input_tokens", 0) +
	    json_get_int(j, "output_tokens", 0);
	f->cost_microusd = json_get_int(j, "cost_microusd", 0);
	log_write(LOG_INFO, f, "model call %.*s/%.*s",
	    STR_ARG(json_get_str(j, "provider")),
	    STR_ARG(json_get_str(j, "model")));
}

static void
note_tool(const struct json *j, struct log_fields *f)
{
	CLEANUP(free_ptr) char *code = str_dup(
	    json_get_str(json_get(j, "error"), "code"));

	f->duration_ms = json_get_int(j, "duration_ms", -1);
	f->status = json_get_bool(j, "ok", false) ? "ok" : "failed";
	if (code[0] != '\0')
		f->code = code;
	log_write(LOG_INFO, f, "tool %.*s", STR_ARG(json_get_str(j, "name")));
}

static void
note_retry(const struct json *j, struct log_fields *f)
{
	log_write(LOG_WARN, f, "retry %lld: %.*s",
	    (long long)json_get_int(j, "attempt", 0),
	    STR_ARG(json_get_str(j, "reason")));
}

static void
note_error(const struct json *j, struct log_fields *f)
{
	CLEANUP(free_ptr) char *code = str_dup(json_get_str(j, "code"));
	CLEANUP(free_ptr) char *trace = str_dup(json_get_str(j, "trace_id"));

	f->code = code;
	f->trace = trace;
	log_write(LOG_ERROR, f, "%.*s", STR_ARG(json_get_str(j, "message")));
}

static void
note_started(const struct json *j, struct log_fields *f)
{
	log_write(LOG_INFO, f, "run started, %.*s/%.*s, mode %.*s",
	    STR_ARG(json_get_str(j, "provider")),
	    STR_ARG(json_get_str(j, "model")),
	    STR_ARG(json_get_str(j, "mode")));
}

static void
note_finished(const struct json *j, struct log_fields *f)
{
	CLEANUP(free_ptr) char *reason = str_dup(
	    json_get_str(j, "stop_reason"));

	f->status = reason;
	log_write(LOG_INFO, f, "run finished");
}

static const struct {
	enum event_type type;
	enum log_level level;
	void (*note)(const struct json *j, struct log_fields *f);
} journal_table[] = {
	{ EVENT_RUN_STARTED, LOG_INFO, note_started },
	{ EVENT_USAGE, LOG_INFO, note_usage },
	{ EVENT_TOOL_FINISHED, LOG_INFO, note_tool },
	{ EVENT_RETRY, LOG_WARN, note_retry },
	{ EVENT_ERROR, LOG_ERROR, note_error },
	{ EVENT_RUN_FINISHED, LOG_INFO, note_finished },
};

void
journal_note(const struct event *ev)
{
	for (size_t i = 0; i < ARRAY_LEN(journal_table); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(ev->members.max + 1024);
		CLEANUP_JSON struct json *j = NULL;
		struct log_fields fields = LOG_FIELDS_INIT;

		if (journal_table[i].type != ev->type ||
		    !log_enabled(journal_table[i].level))
			continue;
		event_print(ev, &text);
		if (json_parse(buf_str(&text), NULL, &j, NULL) != 0)
			continue;
		fields.run = ev->run;
		journal_table[i].note(j, &fields);
	}
}
