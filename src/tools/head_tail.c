/* Head and tail of long output; see head_tail.h. */
#include "tools/head_tail.h"

#include <inttypes.h>

#include "base/utf8.h"

void
head_tail_init(struct head_tail *h, size_t head_max, size_t tail_max)
{
	*h = (struct head_tail){ .head = BUF_INIT(head_max),
		.ring = BUF_INIT(tail_max) };
}

void
head_tail_release(struct head_tail *h)
{
	buf_release(&h->head);
	buf_release(&h->ring);
	h->ring_at = 0;
	h->total = 0;
}

/* Adds as much as fits below the ceiling; what does not stays in *bytes. */
static void
fill(struct buf *b, struct str *bytes)
{
	size_t room = b->max - b->len;
	size_t n = bytes->len < room ? bytes->len : room;

	if (n > 0 && buf_add(b, bytes->ptr, n) != 0) {
		/* Out of memory: what is there is what will be shown. */
		b->max = b->len;
		b->failed = 0;
		return;
	}
	*bytes = str_sub(*bytes, n, SIZE_MAX);
}

void
head_tail_add(struct head_tail *h, struct str bytes)
{
	h->total += bytes.len;
	if (h->ring.len == 0)
		fill(&h->head, &bytes);
	fill(&h->ring, &bytes);
	if (h->ring.len == 0)
		return;
	if (bytes.len > h->ring.len)
		bytes = str_sub(bytes, bytes.len - h->ring.len, SIZE_MAX);
	while (bytes.len > 0) {
		size_t room = h->ring.len - h->ring_at;
		size_t n = bytes.len < room ? bytes.len : room;

		memcpy(h->ring.ptr + h->ring_at, bytes.ptr, n);
		h->ring_at = (h->ring_at + n) % h->ring.len;
		bytes = str_sub(bytes, n, SIZE_MAX);
	}
}

/* The tail from its byte `skip` on, in order. */
static void
print_tail(const struct head_tail *h, size_t skip, struct buf *out)
{
	struct str old = str_sub(buf_str(&h->ring), h->ring_at, SIZE_MAX);
	struct str fresh = str_sub(buf_str(&h->ring), 0, h->ring_at);

	buf_add_str(out, str_sub(old, skip, SIZE_MAX));
	buf_add_str(out,
	    str_sub(fresh, skip > old.len ? skip - old.len : 0, SIZE_MAX));
}

/* Bytes at the tail's start that are the rest of a cut character. */
static size_t
continuation(const struct head_tail *h)
{
	size_t n = 0;

	while (n < 3 && n < h->ring.len &&
	    ((unsigned char)h->ring.ptr[(h->ring_at + n) % h->ring.len] &
		0xc0) == 0x80)
		n++;
	return n;
}

void
head_tail_print(const struct head_tail *h, uint64_t from, struct buf *out)
{
	uint64_t tail_from = h->total - h->ring.len;
	struct str head = STR_NONE;
	uint64_t gap = 0;
	size_t skip;

	if (from < h->head.len)
		head = str_sub(buf_str(&h->head), (size_t)from, SIZE_MAX);
	if (from < h->head.len)
		from = h->head.len;
	if (from < tail_from) {
		gap = tail_from - from;
		head.len -= utf8_incomplete_tail(head);
	}
	buf_add_str(out, head);
	if (gap > 0)
		buf_printf(out, "%s[… %" PRIu64 " bytes left out …]\n",
		    str_ends(head, STR("\n")) || head.len == 0 ? "" : "\n",
		    gap);
	skip = gap > 0 ? continuation(h) : (size_t)(from - tail_from);
	print_tail(h, skip, out);
}
