/* Credentials of documentation and tests: "user:pass@example.com". What goes to
 * a model is scrubbed of them too, since a look-alike costs nothing there; a
 * commit is not refused for them. Of this room only. */
#ifndef FRIDAY_CHECKS_SECRET_SAMPLE_H
#define FRIDAY_CHECKS_SECRET_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Whether what secret_scan() found by `rule` at text[start, start + len) is a
 * sample. in_tests: the file belongs to tests, examples or documentation,
 * where a password of plain words is none. Tokens with a shape of their own
 * are never samples. */
bool secret_sample_is(struct str text, size_t start, size_t len,
    const char *rule, bool in_tests);

#endif
