/* Opening and closing what stands behind a struct friday. Private to core. */
#ifndef FRIDAY_CORE_HOST_OPEN_H
#define FRIDAY_CORE_HOST_OPEN_H

#include "base/error.h"
#include "core/friday.h"

/* f: all zero. On failure host_close() frees what there is. */
int host_open(struct friday *f, const struct friday_options *o,
    struct error *err);
/* Waits for the requests, and frees f. */
void host_close(struct friday *f);

#endif
