/* Tokens of known shape: a prefix that its issuer gives to nothing else, and a
 * body of certain characters and length. One row each; sorted by the first
 * byte of the prefix (a test says so). */
#ifndef FRIDAY_SAFETY_SECRET_RULES_H
#define FRIDAY_SAFETY_SECRET_RULES_H

#include "safety/secret_scan.h"
#include "safety/secret_shape.h"

struct secret_rule {
	const char *id, *prefix;
	unsigned set;	  /* enum secret_set, of the body */
	unsigned min, max; /* bytes of the body; a longer run is no match */
	enum secret_severity severity;
	/* Of the body without the prefix; NULL: the shape says enough. */
	bool (*check)(struct str body);
	/* Of prefix and body together; NULL. */
	bool (*check_whole)(struct str token);
};

extern const struct secret_rule secret_rules[];
extern const size_t secret_rule_count;

#endif
