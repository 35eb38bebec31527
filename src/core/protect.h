/* What of this machine the agent never reads: the deny list, filled in with
 * the folders of this workspace and this user. */
#ifndef FRIDAY_CORE_PROTECT_H
#define FRIDAY_CORE_PROTECT_H

#include "core/host.h"
#include "safety/deny_list.h"

/* After the folder, the state folder and the configuration are known. The
 * caller's. */
struct deny_list *protect_make_list(const struct friday *f);

#endif
