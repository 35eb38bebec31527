/* The scrubber over JSON; see scrub_json.h. */
#include "safety/scrub_json.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "safety/scrubber.h"

/* The writer has 64. */
enum { DEPTH_MAX = 60, NAMED_MAX = 4096 };

/* {"password": "…"}: the value alone tells nothing. It is looked at as an
 * assignment; what comes back is cut out of that again. */
static bool
write_named(struct scrubber *s, struct str name, struct str value,
    struct json_writer *w)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * NAMED_MAX);
	CLEANUP_BUF struct buf clean = BUF_INIT(8 * NAMED_MAX);
	size_t head, count = 0;

	if (name.len == 0 || name.len + value.len > NAMED_MAX ||
	    str_find_char(value, '"', 0) != SIZE_MAX)
		return false;
	buf_printf(&text, "%.*s=\"", STR_ARG(name));
	head = text.len;
	buf_add_str(&text, value);
	buf_add_char(&text, '"');
	if (scrubber_clean(s, NULL, buf_str(&text), &clean, &count) != 0 ||
	    count == 0 || !str_starts(buf_str(&clean),
	    str_sub(buf_str(&text), 0, head)))
		return false;
	jw_str(w, str_sub(buf_str(&clean), head, clean.len - head - 1));
	return true;
}

static void
write_string(struct scrubber *s, struct str name, struct str value,
    struct json_writer *w)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * value.len + 4 * KIB);
	size_t count = 0;

	if (scrubber_clean(s, NULL, value, &clean, &count) != 0)
		jw_cstr(w, "[left out: too large]");
	else if (count > 0 || !write_named(s, name, value, w))
		jw_str(w, buf_str(&clean));
}

/* Depth is bounded by DEPTH_MAX. */
static void
write_value(struct scrubber *s, const struct json *j, struct str name,
    unsigned depth, struct json_writer *w)
{
	bool object = json_is(j, JSON_OBJECT);

	if (json_is(j, JSON_STRING)) {
		write_string(s, name, json_str(j), w);
		return;
	}
	if (!object && !json_is(j, JSON_ARRAY)) {
		jw_json(w, j);
		return;
	}
	if (depth == DEPTH_MAX) {
		jw_null(w);
		return;
	}
	if (object)
		jw_object(w);
	else
		jw_array(w);
	for (const struct json *i = json_first(j); i != NULL;
	    i = json_next(i)) {
		if (object)
			jw_key_n(w, json_key(i));
		write_value(s, i, object ? json_key(i) : name, depth + 1, w);
	}
	jw_end(w);
}

void
scrub_json(struct scrubber *s, const struct json *j, struct json_writer *w)
{
	write_value(s, j, STR_NONE, w->depth, w);
}
