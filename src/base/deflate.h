/* Bytes made smaller (RFC 1951, by zlib), with their length before them.
 *
 * Thread: any. */
#ifndef FRIDAY_BASE_DEFLATE_H
#define FRIDAY_BASE_DEFLATE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Appends the packed form of `raw`: never more than ten bytes longer. */
int deflate_pack(struct str raw, struct buf *out, struct error *err);
/* Appends what was packed. The bytes may be damaged. Errors: ERR_INVALID,
 * ERR_TOO_LARGE (more than `out` may hold), ERR_NO_MEMORY, ERR_UNSUPPORTED
 * (zlib is not there). */
int deflate_unpack(struct str packed, struct buf *out, struct error *err);

#endif
