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
#include "safety/secret_scan.h"

#define SCRUBBER_KEY_SIZE 32
/* Each value has guarded pages of its own, and a process has only so many
 * mappings. */
#define SCRUBBER_MAX 2000
#define SCRUBBER_PLACEHOLDER_MAX 80 /* bytes, with the NUL */

/* What a placeholder stands for, without the value. Borrowed. */
struct scrubber_place {
	struct str placeholder;
	const char *rule; /* "github-token"; static */
	enum secret_severity severity;
	const char *path; /* the file that it was first found in; NULL: none */
	size_t line;	  /* in that file, or that text; from 1 */
};

struct scrubber;

/* key: SCRUBBER_KEY_SIZE bytes, kept with the session, so that a resumed one
 * gives the same placeholders; copied. */
struct scrubber *scrubber_create(const unsigned char *key);
/* The same with a key that is kept as text, of any length. */
struct scrubber *scrubber_create_by_text(struct str key);
void scrubber_destroy(struct scrubber *s);
DEFINE_CLEANUP(scrubber_destroy, struct scrubber);

/* A value that is replaced wherever it stands, whatever it looks like: a key
 * that friday itself uses. Short ones and obvious dummies are left alone.
 * Copied; at most SCRUBBER_KNOWN_MAX. */
#define SCRUBBER_KNOWN_MAX 32
void scrubber_know(struct scrubber *s, struct str value);
/* Appends text with its secrets replaced. path: the file that it came from,
 * which may get them back, line by line, so that lines keep their numbers;
 * NULL: none. *ret_count (may be NULL) is how many were replaced. Text that
 * was cleaned before stays as it is. Errors: out's. */
int scrubber_clean(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_count);
/* Appends text with the placeholders put back that belong to this file.
 * *ret_unknown (may be NULL): placeholders that stay, since they belong to
 * another file or to nothing; a write must then be refused. Errors: out's. */
int scrubber_restore(struct scrubber *s, const char *path, struct str text,
    struct buf *out, size_t *ret_unknown);
/* Whether anything in text has the form of a placeholder. */
bool scrubber_has_placeholder(struct str text);
/* The first placeholder in text that is not in `former`: a file that spoke of
 * placeholders before may go on doing so. Length 0: there is none. */
struct str scrubber_foreign(struct str text, struct str former);
/* Finds the next placeholder, from *at on, that this object made; moves *at
 * behind it. False: there is none. *ret lives as long as the object, its
 * placeholder as long as text. */
bool scrubber_next(struct scrubber *s, struct str text, size_t *at,
    struct scrubber_place *ret);

#endif
