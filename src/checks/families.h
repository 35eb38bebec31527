/* The families of checks, each in a file of its name. Of this room only. */
#ifndef FRIDAY_CHECKS_FAMILIES_H
#define FRIDAY_CHECKS_FAMILIES_H

#include "checks/check.h"

extern const struct check_family check_conflict;
extern const struct check_family check_data;
extern const struct check_family check_debug;
extern const struct check_family check_generated;
extern const struct check_family check_inject;
extern const struct check_family check_lock;
extern const struct check_family check_mode;
extern const struct check_family check_names;
extern const struct check_family check_secret;
extern const struct check_family check_size;
extern const struct check_family check_syntax;
extern const struct check_family check_text;
extern const struct check_family check_todo;

/* Whether a file lies in a folder of samples, which are broken on purpose or
 * still to be filled in. */
bool check_is_sample(const struct check_file *file);

/* NULL past the last. */
const struct check_family *check_family_at(size_t index);
/* Of a row of the table. */
size_t check_index(const struct check_row *row);

#endif
