/* The embedder that the configuration names, for the host's index. */
#ifndef FRIDAY_CORE_HOST_EMBEDDER_H
#define FRIDAY_CORE_HOST_EMBEDDER_H

#include "core/host.h"

struct embedder;

/* NULL: the local one. Nothing is looked up or sent yet. f outlives it. */
struct embedder *host_embedder_create(struct friday *f);

#endif
