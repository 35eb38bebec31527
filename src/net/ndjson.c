/* Lines of JSON; see ndjson.h. A line that lies whole in the bytes fed is not
 * copied. */
#include "net/ndjson.h"

void
ndjson_init(struct ndjson *p, size_t line_max, ndjson_line_fn *on_line,
    void *ctx)
{
	*p = (struct ndjson){ .on_line = on_line, .ctx = ctx };
	buf_init(&p->line, line_max);
}

void
ndjson_release(struct ndjson *p)
{
	buf_release(&p->line);
}

static int
fail(struct ndjson *p, int rc, struct error *err)
{
	p->failed = rc;
	return error_set(err, (enum error_code)-rc,
	    rc == -ERR_TOO_LARGE ? "the server sent a line that is too long" :
				   "no memory for a line of the server");
}

static int
take_line(struct ndjson *p, struct str line)
{
	int rc;

	line = str_trim(line);
	if (line.len == 0)
		return 0;
	rc = p->on_line(line, p->ctx);
	if (rc != 0)
		p->failed = rc;
	return rc;
}

static int
end_line(struct ndjson *p, struct str tail, struct error *err)
{
	int rc;

	if (p->line.len == 0 && tail.len <= p->line.max)
		return take_line(p, tail);
	rc = buf_add_str(&p->line, tail);
	if (rc != 0)
		return fail(p, rc, err);
	rc = take_line(p, buf_str(&p->line));
	buf_clear(&p->line);
	return rc;
}

int
ndjson_feed(struct ndjson *p, const char *bytes, size_t len, struct error *err)
{
	struct str rest = str_make(bytes, len);
	size_t lf;
	int rc;

	if (p->failed != 0)
		return error_set(err, (enum error_code)-p->failed,
		    "the stream has failed before");
	while ((lf = str_find_char(rest, '\n', 0)) != SIZE_MAX) {
		rc = end_line(p, str_sub(rest, 0, lf), err);
		if (rc != 0)
			return rc;
		rest = str_sub(rest, lf + 1, SIZE_MAX);
	}
	rc = buf_add_str(&p->line, rest);
	return rc == 0 ? 0 : fail(p, rc, err);
}

int
ndjson_finish(struct ndjson *p, struct error *err)
{
	if (p->failed != 0)
		return error_set(err, (enum error_code)-p->failed,
		    "the stream has failed before");
	return end_line(p, STR_NONE, err);
}
