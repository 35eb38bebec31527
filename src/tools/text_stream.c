/* Output bytes to text; see text_stream.h. */
#include "tools/text_stream.h"

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static int
add_text(struct str bytes, struct buf *out)
{
	struct str piece;
	int rc = 0;

	while (rc == 0 && str_next_field(&bytes, '\0', &piece)) {
		rc = utf8_repair(piece, out);
		if (rc == 0 && bytes.ptr != NULL)
			rc = buf_add_cstr(out, REPLACEMENT);
	}
	return rc;
}

int
text_stream_feed(struct text_stream *t, struct str bytes, struct buf *out)
{
	size_t tail;
	int rc = 0;

	/* At most three bytes wait: complete that character first. */
	while (t->n_pending > 0 && bytes.len > 0) {
		struct str start;

		t->pending[t->n_pending++] = bytes.ptr[0];
		bytes = str_sub(bytes, 1, SIZE_MAX);
		start = str_make(t->pending, t->n_pending);
		if (utf8_incomplete_tail(start) == t->n_pending)
			continue;
		t->n_pending = 0;
		tail = utf8_incomplete_tail(start);
		rc = add_text(str_sub(start, 0, start.len - tail), out);
		if (rc != 0)
			return rc;
		if (tail > 0) { /* the next one begins with the last byte */
			t->pending[0] = start.ptr[start.len - 1];
			t->n_pending = 1;
		}
	}
	if (bytes.len == 0)
		return 0;
	tail = utf8_incomplete_tail(bytes);
	memcpy(t->pending, bytes.ptr + bytes.len - tail, tail);
	t->n_pending = tail;
	return add_text(str_sub(bytes, 0, bytes.len - tail), out);
}

int
text_stream_end(struct text_stream *t, struct buf *out)
{
	size_t n = t->n_pending;

	t->n_pending = 0;
	return n > 0 ? buf_add_cstr(out, REPLACEMENT) : 0;
}
