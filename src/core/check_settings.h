/* The settings of the checks: checks.* of all layers, put into what the room
 * `checks` takes. */
#ifndef FRIDAY_CORE_CHECK_SETTINGS_H
#define FRIDAY_CORE_CHECK_SETTINGS_H

#include "checks/check_config.h"
#include "core/config.h"

/* A new one. Rules of a project that is not trusted count as far as they make
 * checks stricter; *ret_ignored (initialised) gets the others, separated by
 * ", ". Errors: ERR_CONFIG_INVALID. */
int check_settings_read(const struct config *c, struct check_config **ret,
    struct buf *ret_ignored, struct error *err);

#endif
