/* The launcher of commands of this host, filled in from its configuration. */
#ifndef FRIDAY_CORE_CONFINE_H
#define FRIDAY_CORE_CONFINE_H

#include "core/host.h"
#include "safety/launcher.h"

/* After the configuration and the deny list. The caller's. Errors:
 * ERR_CONFIG_INVALID (a size that is none). */
int confine_make_launcher(struct friday *f, struct launcher **ret,
    struct error *err);
/* "512M", "2G", "1000": bytes. False: it is no size. */
bool confine_parse_size(struct str text, uint64_t *ret);

#endif
