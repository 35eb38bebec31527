/* Numbers in packed bytes: seven bits a byte, the low ones first, the high bit
 * on all but the last. */
#ifndef FRIDAY_INDEX_VARINT_H
#define FRIDAY_INDEX_VARINT_H

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

#endif
