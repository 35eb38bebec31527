/* Marks in sources that let a finding through:
 *
 *	password = "hunter22"  # friday:allow secret test account
 *
 * in the line itself, or alone in the line above it. Several codes are
 * separated by commas; the words behind them say why and must not be missing.
 *
 * Thread: any. */
#ifndef FRIDAY_CHECKS_MARK_H
#define FRIDAY_CHECKS_MARK_H

#include <stdbool.h>

#include "base/str.h"

/* Whether a line has a mark for this code. *ret_reason: the words. */
bool mark_allows(struct str line, struct str code, struct str *ret_reason);
/* Whether the line is a mark and nothing else: it counts for the next one. */
bool mark_is_alone(struct str line);

#endif
