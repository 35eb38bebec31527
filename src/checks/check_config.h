/* How strict each check is and what is let through: rules of the
 * configuration and what is skipped this once, put together by core.
 *
 *	off|note|warning|error CODE	how bad a finding is
 *	allow CODE PATTERN		paths in which it is none; wildmatch()
 *	allow-line CODE TEXT		lines in which it is none: TEXT is in
 *					them, '*' is any run of bytes
 *
 * CODE "*" stands for all checks. A later rule on a severity wins.
 *
 * Thread: one at a time while it is made, then any. */
#ifndef FRIDAY_CHECKS_CHECK_CONFIG_H
#define FRIDAY_CHECKS_CHECK_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "checks/check_table.h"
#include "checks/finding.h"

struct check_config;

enum check_rule_flags {
	/* The rule comes from a project that nobody trusts yet: it may make
	 * a check stricter, nothing else. */
	CHECK_RULE_NARROW = 1,
};

/* The severities of the table, nothing let through. */
struct check_config *check_config_create(void);
void check_config_destroy(struct check_config *c);
DEFINE_CLEANUP(check_config_destroy, struct check_config);

/* *ret_counts: false where it was left aside for CHECK_RULE_NARROW; may be
 * NULL. Errors: ERR_INVALID (says what is wrong with the rule). */
int check_config_rule(struct check_config *c, struct str rule, unsigned flags,
    bool *ret_counts, struct error *err);
enum finding_severity check_config_severity(const struct check_config *c,
    const struct check_row *row);
/* Of FRIDAY_SKIP: "code" or "all". False: no such check. */
bool check_config_skip(struct check_config *c, struct str code);
bool check_config_skips(const struct check_config *c,
    const struct check_row *row);
bool check_config_allows(const struct check_config *c,
    const struct check_row *row, struct str path, struct str line);
/* From how many bytes on a file is large. */
void check_config_set_large(struct check_config *c, size_t bytes);
size_t check_config_large(const struct check_config *c);

#endif
