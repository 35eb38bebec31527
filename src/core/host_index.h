/* The index of the repository around the host's folder. */
#ifndef FRIDAY_CORE_HOST_INDEX_H
#define FRIDAY_CORE_HOST_INDEX_H

#include "core/host.h"

struct code_index;

/* Of the top of the repository, or of the host's folder where there is none.
 * Nothing is read yet. NULL: there is no folder for caches. */
struct code_index *host_index_create(struct friday *f);

#endif
