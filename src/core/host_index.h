/* The index of the repository around the host's folder. */
#ifndef FRIDAY_CORE_HOST_INDEX_H
#define FRIDAY_CORE_HOST_INDEX_H

#include "core/host.h"

struct code_index;

/* Of the top of the repository, or of the host's folder where there is none.
 * Nothing is read yet. NULL: there is no folder for caches. */
struct code_index *host_index_create(struct friday *f);
/* The index of the repository around a folder, which need not be there any
 * more; no deny list. NULL: as above. */
struct code_index *host_index_of(const char *folder);
/* The folder of all indexes; a new string, or NULL. */
char *host_index_folder(void);

#endif
