/* A compiled pattern that is looked for line by line. Perl's syntax (PCRE2),
 * with Unicode; work on one line is bounded. Thread: one. */
#ifndef FRIDAY_TOOLS_GREP_ENGINE_H
#define FRIDAY_TOOLS_GREP_ENGINE_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/units.h"
#include "tools/text_lines.h"

#define GREP_FILE_MAX (32 * MIB)

enum grep_flags { GREP_IGNORE_CASE = 1, GREP_LITERAL = 2 };

struct grep_engine;

/* Lines that fit, from 0; free() lines. */
struct grep_hits {
	size_t *lines;
	size_t n;
};

/* Errors: ERR_INVALID (the pattern, with the place of the mistake). */
int grep_engine_create(struct str pattern, unsigned flags,
    struct grep_engine **ret, struct error *err);
void grep_engine_destroy(struct grep_engine *e);
DEFINE_CLEANUP(grep_engine_destroy, struct grep_engine);
/* Errors: ERR_INVALID (the pattern needs too much work). */
int grep_engine_search(struct grep_engine *e, const struct text_lines *lines,
    struct grep_hits *ret, struct error *err);

#endif
