/* Folders that builds fill (node_modules, target …): known by their names, and
 * worth a look only where they are large. */
#ifndef FRIDAY_UNDO_BUILD_FOLDER_H
#define FRIDAY_UNDO_BUILD_FOLDER_H

#include <stdbool.h>

#include "base/str.h"

bool build_folder_named(struct str name);
/* More than 2,000 files or 32 MiB are below it. parent: an open folder. */
bool build_folder_is_large(int parent, const char *name);

#endif
