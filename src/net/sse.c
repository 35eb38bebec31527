/* Server-sent events; see sse.h.
 *
 * A long answer is tens of thousands of small events, so nothing is copied on
 * the usual way: the lines and the data of an event that lies whole in the
 * bytes fed are pointers into them. Only what straddles two feeds, and data of
 * several lines, goes through a buf. */
#include "net/sse.h"

static void
text_init(struct sse_text *t, size_t max)
{
	*t = (struct sse_text){ .copy = BUF_INIT(max) };
}

static void
text_clear(struct sse_text *t)
{
	t->here = STR_NONE;
	t->copied = false;
	buf_clear(&t->copy);
}

static int
text_copy(struct sse_text *t)
{
	if (t->copied)
		return 0;
	t->copied = true;
	return buf_add_str(&t->copy, t->here);
}

static struct str
text_get(const struct sse_text *t)
{
	return t->copied ? buf_str(&t->copy) : t->here;
}

void
sse_init(struct sse *p, struct sse_opts opts, sse_event_fn *on_event, void *ctx)
{
	*p = (struct sse){ .on_event = on_event, .ctx = ctx };
	buf_init(&p->line, opts.line_max);
	text_init(&p->event, opts.line_max);
	text_init(&p->data, opts.event_max);
}

void
sse_release(struct sse *p)
{
	buf_release(&p->line);
	buf_release(&p->event.copy);
	buf_release(&p->data.copy);
}

static int
fail(struct sse *p, int rc, struct error *err)
{
	p->failed = rc;
	return error_set(err, (enum error_code)-rc,
	    rc == -ERR_TOO_LARGE ? "the server sent an event that is too long" :
				   "no memory for an event of the server");
}

static int
dispatch(struct sse *p)
{
	int rc = 0;

	if (p->has_data)
		rc = p->on_event(text_get(&p->event), text_get(&p->data),
		    p->ctx);
	text_clear(&p->event);
	text_clear(&p->data);
	p->has_data = false;
	if (rc != 0)
		p->failed = rc;
	return rc;
}

static int
add_data(struct sse *p, struct str value, struct error *err)
{
	int rc;

	if (!p->has_data) {
		if (value.len > p->data.copy.max)
			return fail(p, -ERR_TOO_LARGE, err);
		p->data.here = value;
		p->has_data = true;
		return 0;
	}
	rc = text_copy(&p->data);
	if (rc == 0)
		rc = buf_add_char(&p->data.copy, '\n');
	if (rc == 0)
		rc = buf_add_str(&p->data.copy, value);
	return rc == 0 ? 0 : fail(p, rc, err);
}

static int
take_line(struct sse *p, struct str line, struct error *err)
{
	struct str name = line, value = STR_NONE;
	size_t colon;

	if (!p->not_first) {
		p->not_first = true;
		if (str_starts(line, STR("\xef\xbb\xbf")))
			line = str_sub(line, 3, SIZE_MAX);
		name = line;
	}
	if (line.len == 0)
		return dispatch(p);
	colon = str_find_char(line, ':', 0);
	if (colon != SIZE_MAX) {
		name = str_sub(line, 0, colon);
		value = str_sub(line, colon + 1, SIZE_MAX);
		if (value.len > 0 && value.ptr[0] == ' ')
			value = str_sub(value, 1, SIZE_MAX);
	}
	if (str_eq(name, STR("data")))
		return add_data(p, value, err);
	if (str_eq(name, STR("event"))) {
		text_clear(&p->event);
		p->event.here = value;
	}
	/* llama.cpp and what is built on it: "error: {…}", no field of the
	 * standard, for an event of that name. */
	if (str_eq(name, STR("error")) && value.len > 0 && !p->has_data) {
		text_clear(&p->event);
		p->event.here = STR("error");
		return add_data(p, value, err);
	}
	return 0;
}

/* A line whose first part may have come with an earlier feed. */
static int
end_line(struct sse *p, struct str tail, struct error *err)
{
	int rc;

	if (p->line.len == 0 && tail.len <= p->line.max)
		return take_line(p, tail, err);
	rc = buf_add_str(&p->line, tail);
	if (rc != 0)
		return fail(p, rc, err);
	rc = take_line(p, buf_str(&p->line), err);
	/* What points into the line must not outlive it. */
	if (rc == 0) {
		int event = p->event.here.len > 0 ? text_copy(&p->event) : 0;
		int data = p->has_data ? text_copy(&p->data) : 0;

		rc = event != 0 ? event : data;
		if (rc != 0)
			return fail(p, rc, err);
	}
	buf_clear(&p->line);
	return rc;
}

/* The bytes are about to go: keep what still points into them. */
static int
keep(struct sse *p, struct str rest, struct error *err)
{
	int rc = buf_add_str(&p->line, rest);

	if (rc == 0 && p->has_data)
		rc = text_copy(&p->data);
	if (rc == 0 && p->event.here.len > 0)
		rc = text_copy(&p->event);
	return rc == 0 ? 0 : fail(p, rc, err);
}

static const char *
find(const char *at, const char *end, char c)
{
	const char *found = memchr(at, c, (size_t)(end - at));

	return found == NULL ? end : found;
}

int
sse_feed(struct sse *p, const char *bytes, size_t len, struct error *err)
{
	const char *at = bytes, *end, *lf = NULL, *cr = NULL;

	if (p->failed != 0)
		return error_set(err, (enum error_code)-p->failed,
		    "the stream has failed before");
	if (len == 0)
		return 0;
	end = bytes + len;
	if (p->after_cr) {
		p->after_cr = false;
		if (*at == '\n')
			at++;
	}
	while (at < end) {
		const char *stop;
		int rc;

		/* Each byte is looked at once for LF and once for CR, however
		 * the two are mixed. */
		if (lf == NULL || lf < at)
			lf = find(at, end, '\n');
		if (cr == NULL || cr < at)
			cr = find(at, end, '\r');
		stop = lf < cr ? lf : cr;
		if (stop == end)
			break;
		rc = end_line(p, str_make(at, (size_t)(stop - at)), err);
		if (rc != 0)
			return rc;
		at = stop + 1;
		if (*stop == '\r') {
			if (at == end)
				p->after_cr = true;
			else if (*at == '\n')
				at++;
		}
	}
	return keep(p, str_make(at, (size_t)(end - at)), err);
}

int
sse_finish(struct sse *p, struct error *err)
{
	int rc = 0;

	if (p->failed != 0)
		return error_set(err, (enum error_code)-p->failed,
		    "the stream has failed before");
	if (p->line.len > 0)
		rc = end_line(p, STR_NONE, err);
	return rc != 0 ? rc : dispatch(p);
}
