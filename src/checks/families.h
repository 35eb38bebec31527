/* The families of checks, each in a file of its name. Of this room only. */
#ifndef FRIDAY_CHECKS_FAMILIES_H
#define FRIDAY_CHECKS_FAMILIES_H

#include "checks/check.h"

extern const struct check_family check_secret;
extern const struct check_family check_conflict;
extern const struct check_family check_text;

/* NULL past the last. */
const struct check_family *check_family_at(size_t index);
/* Of a row of the table. */
size_t check_index(const struct check_row *row);

#endif
