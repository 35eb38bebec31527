/* Events; the table is in event.h. */
#include "event/event.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"

/* Bigger than any message: a whole answer is one event. */
#define EVENT_BYTES_MAX (64 * MIB)

const struct event_row event_table[EVENT_TYPE_COUNT] = {
#define X(enumerator, name, sync, fields) [enumerator] = { name, sync, fields },
	EVENT_TABLE(X)
#undef X
};

struct event *
event_create(enum event_type type, const char *session, const char *run,
    struct str members)
{
	struct event *ev = mem_new(struct event);

	atomic_init(&ev->refs, 1);
	ev->type = type;
	ev->time_ms = clock_wall_ms();
	snprintf(ev->session, sizeof(ev->session), "%s", session);
	snprintf(ev->run, sizeof(ev->run), "%s", run == NULL ? "" : run);
	buf_init(&ev->members, EVENT_BYTES_MAX);
	buf_add_str(&ev->members, members);
	return ev;
}

struct event *
event_ref(struct event *ev)
{
	atomic_fetch_add(&ev->refs, 1);
	return ev;
}

void
event_unref(struct event *ev)
{
	if (ev == NULL || atomic_fetch_sub(&ev->refs, 1) != 1)
		return;
	buf_release(&ev->members);
	free(ev);
}

int
event_print(const struct event *ev, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);
	char time[CLOCK_ISO_SIZE];

	clock_iso(ev->time_ms, time);
	jw_object(&w);
	jw_key_cstr(&w, "type", event_table[ev->type].name);
	jw_key_cstr(&w, "session", ev->session);
	if (ev->run[0] != '\0')
		jw_key_cstr(&w, "run", ev->run);
	jw_key_int(&w, "seq", ev->seq);
	jw_key_cstr(&w, "time", time);
	if (ev->parent_call[0] != '\0')
		jw_key_cstr(&w, "parent_call", ev->parent_call);
	jw_members(&w, buf_str(&ev->members));
	jw_end(&w);
	return out->failed;
}

bool
event_type_by_name(struct str name, enum event_type *ret)
{
	for (size_t i = 0; i < EVENT_TYPE_COUNT; i++) {
		if (str_eq_c(name, event_table[i].name)) {
			*ret = (enum event_type)i;
			return true;
		}
	}
	return false;
}

static enum json_type
type_of_kind(char kind)
{
	switch (kind) {
	case 's':
		return JSON_STRING;
	case 'i':
		return JSON_NUMBER;
	case 'b':
		return JSON_BOOL;
	case 'o':
		return JSON_OBJECT;
	default:
		return JSON_ARRAY;
	}
}

int
event_check(const struct json *object, struct error *err)
{
	struct str name = json_get_str(object, "type");
	enum event_type type;
	struct str rest, field;

	if (!event_type_by_name(name, &type))
		return error_set(err, ERR_INVALID, "no event type \"%.*s\"",
		    STR_ARG(name));
	rest = str_from(event_table[type].fields);
	while (str_next_field(&rest, ' ', &field)) {
		size_t colon = str_find_char(field, ':', 0);
		bool optional = str_ends(field, STR("?"));
		const struct json *value;

		if (colon == SIZE_MAX)
			continue;
		value = json_get_n(object, str_sub(field, 0, colon));
		if (value == NULL && optional)
			continue;
		if (!json_is(value, type_of_kind(field.ptr[colon + 1])))
			return error_set(err, ERR_INVALID,
			    "event %.*s: member %.*s is missing or of the "
			    "wrong kind",
			    STR_ARG(name), (int)colon, field.ptr);
	}
	return 0;
}
