/* Numbers in packed bytes: seven bits a byte, the low ones first, the high bit
 * on all but the last. What is read may be damaged.
 *
 * Thread: any. */
#ifndef FRIDAY_BASE_VARINT_H
#define FRIDAY_BASE_VARINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

static inline void
varint_add(struct buf *out, uint64_t n)
{
	while (n >= 0x80) {
		buf_add_char(out, (char)(n | 0x80));
		n >>= 7;
	}
	buf_add_char(out, (char)n);
}

/* Cuts the next number off *rest. False: at the end, or damaged. */
static inline bool
varint_take(struct str *rest, uint64_t *ret)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64 && rest->len > 0; shift += 7) {
		unsigned char c = (unsigned char)*rest->ptr;

		rest->ptr++;
		rest->len--;
		n |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80) {
			*ret = n;
			return true;
		}
	}
	return false;
}

/* Bytes with their number before them. */
static inline void
varint_add_bytes(struct buf *out, struct str bytes)
{
	varint_add(out, bytes.len);
	buf_add_str(out, bytes);
}

static inline bool
varint_take_bytes(struct str *rest, struct str *ret)
{
	uint64_t len;

	if (!varint_take(rest, &len) || len > rest->len)
		return false;
	*ret = str_sub(*rest, 0, (size_t)len);
	*rest = str_sub(*rest, (size_t)len, SIZE_MAX);
	return true;
}

/* A number of either sign: small ones take few bytes. */
static inline void
varint_add_signed(struct buf *out, int64_t n)
{
	varint_add(out, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

static inline bool
varint_take_signed(struct str *rest, int64_t *ret)
{
	uint64_t n;

	if (!varint_take(rest, &n))
		return false;
	*ret = (int64_t)(n >> 1 ^ ((n & 1) != 0 ? UINT64_MAX : 0));
	return true;
}

#endif
