/* The checks, one row each. Codes are stable names: configuration, marks in
 * sources and baselines use them. The documentation comes out of this table
 * (docs/checks.md). */
#ifndef FRIDAY_CHECKS_CHECK_TABLE_H
#define FRIDAY_CHECKS_CHECK_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "checks/finding.h"

struct check_row {
	const char *code; /* "secret" */
	const char *name; /* "Secrets": for people */
	enum finding_severity severity; /* by default */
	const char *explanation; /* what is found and why it matters */
	const char *fix;	 /* what to do about it */
	bool fixable;		 /* checks_fix() can do it */
};

/* In the order of the documentation; NULL past the last. */
const struct check_row *check_at(size_t index);
size_t check_count(void);
/* NULL: none has this code. */
const struct check_row *check_by_code(struct str code);
/* check_at() in the form that a SARIF log wants. */
bool check_rule(size_t index, struct finding_rule *ret);

#endif
