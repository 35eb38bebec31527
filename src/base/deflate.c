/* Packing with zlib; see deflate.h.
 *
 *	length << 1 | whether it is deflated, as a varint; the bytes
 *
 * No checksum: whoever keeps these keeps them in a database that has its own
 * ways to find out. The window is small, because what is packed is a few
 * kilobytes, and a large one costs more to clear than to use. */
#include "base/deflate.h"

#include <limits.h>
#include <zlib.h>

#include "base/varint.h"

enum { WINDOW_BITS = -13, MEMORY_LEVEL = 5, LEVEL = 6 };

static int
no_memory(struct error *err)
{
	return error_set(err, ERR_NO_MEMORY, "out of memory");
}

/* The bytes written to `to`, of at most `room`; 0: they do not fit, or there is
 * no memory. */
static size_t
deflate_into(struct str raw, char *to, size_t room)
{
	z_stream z = { 0 };
	size_t n = 0;

	if (raw.len > UINT_MAX || room > UINT_MAX ||
	    deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	z.next_in = (unsigned char *)raw.ptr;
	z.avail_in = (unsigned)raw.len;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)room;
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		n = z.total_out;
	deflateEnd(&z);
	return n;
}

int
deflate_pack(struct str raw, struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf small = BUF_INIT(raw.len + 1);
	char *to = raw.len < 2 ? NULL : buf_reserve(&small, raw.len);
	size_t n = to == NULL ? 0 : deflate_into(raw, to, raw.len - 1);

	varint_add(out, (uint64_t)raw.len << 1 | (n > 0));
	if (n > 0)
		buf_add(out, to, n);
	else
		buf_add_str(out, raw);
	return buf_check(out, err);
}

static int
inflate_into(struct str packed, char *to, size_t len, struct error *err)
{
	z_stream z = { 0 };
	int rc;

	if (packed.len > UINT_MAX || len > UINT_MAX)
		return error_set(err, ERR_TOO_LARGE, "packed bytes: too many");
	if (inflateInit2(&z, WINDOW_BITS) != Z_OK)
		return no_memory(err);
	z.next_in = (unsigned char *)packed.ptr;
	z.avail_in = (unsigned)packed.len;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)len;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	if (rc == Z_MEM_ERROR)
		return no_memory(err);
	return rc == Z_STREAM_END && z.total_out == len ? 0 :
	    error_set(err, ERR_INVALID, "packed bytes: damaged");
}

int
deflate_unpack(struct str packed, struct buf *out, struct error *err)
{
	uint64_t head;
	size_t len;
	char *to;
	int rc;

	if (!varint_take(&packed, &head))
		return error_set(err, ERR_INVALID, "packed bytes: damaged");
	len = (size_t)(head >> 1);
	if ((head & 1) == 0)
		return len != packed.len ?
		    error_set(err, ERR_INVALID, "packed bytes: damaged") :
		    buf_add_str(out, packed);
	if (out->len > out->max || len > out->max - out->len)
		return error_set(err, ERR_TOO_LARGE, "packed bytes: too many");
	to = buf_reserve(out, len);
	if (to == NULL)
		return buf_check(out, err);
	rc = inflate_into(packed, to, len, err);
	if (rc == 0)
		buf_added(out, len);
	return rc;
}
