/* Packing with zlib; see deflate.h.
 *
 *	length << 1 | whether it is deflated, as a varint; the bytes
 *
 * No checksum: whoever keeps these keeps them in a database that has its own
 * ways to find out. The window is small, because what is packed is a few
 * kilobytes, and a large one costs more to clear than to use.
 *
 * zlib is loaded when it is first needed: most commands never do. Where it is
 * not there, nothing becomes smaller. */
#include "base/deflate.h"

#include <limits.h>
#include <zlib.h>

#include "base/late_library.h"
#include "base/varint.h"

enum { WINDOW_BITS = -13, MEMORY_LEVEL = 5, LEVEL = 6 };

/* Each member has the name and type of the library's function. */
struct zlib_api {
	__typeof__(deflateInit2_) *deflateInit2_;
	__typeof__(deflate) *deflate;
	__typeof__(deflateEnd) *deflateEnd;
	__typeof__(inflateInit2_) *inflateInit2_;
	__typeof__(inflate) *inflate;
	__typeof__(inflateEnd) *inflateEnd;
};

static const char *const sonames[] = { "libz.so.1", "libz.so", NULL };

static const struct late_symbol symbols[] = {
	{ "deflateInit2_", offsetof(struct zlib_api, deflateInit2_) },
	{ "deflate", offsetof(struct zlib_api, deflate) },
	{ "deflateEnd", offsetof(struct zlib_api, deflateEnd) },
	{ "inflateInit2_", offsetof(struct zlib_api, inflateInit2_) },
	{ "inflate", offsetof(struct zlib_api, inflate) },
	{ "inflateEnd", offsetof(struct zlib_api, inflateEnd) },
};

static struct zlib_api api;
static struct late_library library = LATE_LIBRARY("zlib", sonames, symbols,
    &api);

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
	const struct zlib_api *lib = late_library_get(&library, NULL);
	z_stream z = { 0 };
	size_t n = 0;

	if (lib == NULL || raw.len > UINT_MAX || room > UINT_MAX ||
	    lib->deflateInit2_(&z, LEVEL, Z_DEFLATED, WINDOW_BITS,
		MEMORY_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
		(int)sizeof(z)) != Z_OK)
		return 0;
	z.next_in = (unsigned char *)raw.ptr;
	z.avail_in = (unsigned)raw.len;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)room;
	if (lib->deflate(&z, Z_FINISH) == Z_STREAM_END)
		n = z.total_out;
	lib->deflateEnd(&z);
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
	const struct zlib_api *lib = late_library_get(&library, err);
	z_stream z = { 0 };
	int rc;

	if (lib == NULL)
		return -ERR_UNSUPPORTED;
	if (packed.len > UINT_MAX || len > UINT_MAX)
		return error_set(err, ERR_TOO_LARGE, "packed bytes: too many");
	if (lib->inflateInit2_(&z, WINDOW_BITS, ZLIB_VERSION,
		(int)sizeof(z)) != Z_OK)
		return no_memory(err);
	z.next_in = (unsigned char *)packed.ptr;
	z.avail_in = (unsigned)packed.len;
	z.next_out = (unsigned char *)to;
	z.avail_out = (unsigned)len;
	rc = lib->inflate(&z, Z_FINISH);
	lib->inflateEnd(&z);
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
