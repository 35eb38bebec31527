/* Finds credentials in text, in one pass: tokens of known shape (with their
 * checksums where the issuer put one in), private keys, passwords in URLs,
 * authorization headers, and random-looking values beside telling names.
 *
 * One engine for the scrubber (what goes to a model, a log, an export) and for
 * the checks of a commit. It keeps nothing and allocates nothing.
 *
 * Thread: any. */
#ifndef FRIDAY_SAFETY_SECRET_SCAN_H
#define FRIDAY_SAFETY_SECRET_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum secret_severity {
	SECRET_LIKELY,	/* a random value beside a telling name, a test key */
	SECRET_CERTAIN, /* a known shape, whose checksum is right if any */
};

struct secret_finding {
	const char *rule;  /* "github-token"; static */
	enum secret_severity severity;
	size_t start, len; /* bytes of the secret itself in the text */
	size_t line;	   /* from 1 */
};

/* Calls `found` for each, in order, never overlapping; false ends the scan. */
void secret_scan(struct str text,
    bool (*found)(const struct secret_finding *finding, void *ctx),
    void *ctx);
/* How many there are, at most `most`. */
size_t secret_count(struct str text, size_t most);

#endif
