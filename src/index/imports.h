/* Which file of the repository an import means: by the end of its path, near
 * files first. What is imported from elsewhere means none.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_INDEX_IMPORTS_H
#define FRIDAY_INDEX_IMPORTS_H

#include "index/reader.h"

struct imports;

enum { IMPORT_FILES_MAX = 8 };

/* The reader must outlive it. */
struct imports *imports_create(const struct index_reader *r);
void imports_destroy(struct imports *im);
DEFINE_CLEANUP(imports_destroy, struct imports);

/* Whether code of one language can mean names of another: C and C++, Java and
 * Kotlin. By the languages' names. */
bool imports_are_related(const char *a, const char *b);
/* Numbers of files for what file number `file` imports; how many there are.
 * A package may be several. */
size_t imports_resolve(const struct imports *im, size_t file,
    struct str text, uint32_t ret[IMPORT_FILES_MAX]);

#endif
