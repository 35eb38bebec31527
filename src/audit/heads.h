/* Heads kept apart: each seal is also a line of a small file in another
 * folder, so that cutting off the end of the log, or putting an older database
 * in its place, is noticed. A line:
 *
 *	friday-audit-head 1 SEQ TIME_MS HASH KEY SIGNATURE
 *
 * The signature is the seal's, so a line cannot be made without the key. Lines
 * are only added; when they are many, the oldest go, since a head vouches for
 * all rows before it.
 *
 * Thread: any; several processes may add to one file. */
#ifndef FRIDAY_AUDIT_HEADS_H
#define FRIDAY_AUDIT_HEADS_H

#include "audit/verify.h"

#define AUDIT_HEADS_KEPT 500

/* Appends the line of a seal, without a line feed. */
void audit_head_print(const struct audit_seal *seal, struct buf *out);
/* Adds a line to the file, 0600, made with its folder when missing. Errors:
 * ERR_IO, ERR_PERMISSION, ERR_NO_SPACE. */
int audit_heads_add(const char *path, const struct audit_seal *seal,
    struct error *err);

struct audit_heads {
	struct audit_head *items; /* by seq, without twins */
	size_t n;
	size_t wrong; /* lines that no key has signed, or that are none */
};
void audit_heads_release(struct audit_heads *h);
#define CLEANUP_AUDIT_HEADS CLEANUP(audit_heads_release)
/* A file that is missing has no heads. Release ret, also after an error.
 * Errors: ERR_IO, ERR_TOO_LARGE. */
int audit_heads_read(const char *path, struct audit_heads *ret,
    struct error *err);

#endif
