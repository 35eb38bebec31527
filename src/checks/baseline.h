/* A baseline: findings that are known and are not told again, as fingerprints
 * (finding.h) in a JSON file of the repository:
 *
 *	{"version": 1, "findings": [
 *	    {"code": "secret", "path": "a.c", "fingerprint": "…"}]}
 *
 * It is read from the commit before the one that is judged: a commit cannot
 * excuse itself.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_CHECKS_BASELINE_H
#define FRIDAY_CHECKS_BASELINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/units.h"
#include "checks/finding.h"

#define BASELINE_PATH ".friday/checks-baseline.json"
#define BASELINE_BYTES_MAX (16 * MIB)

struct baseline;

/* Errors: ERR_PARSE, ERR_TOO_LARGE. */
int baseline_parse(struct str text, struct baseline **ret, struct error *err);
void baseline_destroy(struct baseline *b);
DEFINE_CLEANUP(baseline_destroy, struct baseline);
bool baseline_has(const struct baseline *b, const char *fingerprint);
/* Appends the file that lets these findings through; those without a
 * fingerprint are left out. */
void baseline_write(const struct findings *f, struct buf *out);

#endif
