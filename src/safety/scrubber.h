/* Keeps credentials from leaving: what goes to a model, a log, an export or
 * the audit log passes through here, and each one found is replaced by a
 * placeholder that says what it was:
 *
 *	[secret:github-token:8c0f2a51]
 *
 * The last part is a keyed hash of the value (BLAKE2b, 32 bits): equal values
 * have equal placeholders as long as the key is the same, and nothing leads
 * back. Only this object can put a value back, and only into the file that it
 * was read from: so an edit whose text was copied from a scrubbed file fits
 * the file, and a value cannot be carried elsewhere.
 *
 * Thread: any. Values are kept as struct secret, at most SCRUBBER_MAX. */
#ifndef FRIDAY_SAFETY_SCRUBBER_H
#define FRIDAY_SAFETY_SCRUBBER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define SCRUBBER_KEY_SIZE 32
#define SCRUBBER_MAX 10000

struct scrubber;

/* key: SCRUBBER_KEY_SIZE bytes, kept with the session, so that a resumed one
 * gives the same placeholders; copied. */
struct scrubber *scrubber_create(const unsigned char *key);
void scrubber_destroy(struct scrubber *s);
DEFINE_CLEANUP(scrubber_destroy, struct scrubber);

/* Appends text with its secrets replaced. path: the file that it came from,
 * which may get them back; NULL: none. *ret_count (may be NULL) is how many
 * were replaced. Errors: out's. */
int scrubber_clean(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_count);
/* Appends text with the placeholders put back that belong to this file.
 * *ret_unknown (may be NULL): placeholders that stay, since they belong to
 * another file or to nothing; a write must then be refused. Errors: out's. */
int scrubber_restore(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_unknown);
/* Whether anything in text has the form of a placeholder. */
bool scrubber_has_placeholder(struct str text);

#endif
