/* A secret value (an API key). It lives only here: no printf form, wiped on
 * release, compared in constant time, kept out of core dumps where the system
 * can (sodium_malloc). */
#ifndef FRIDAY_BASE_SECRET_H
#define FRIDAY_BASE_SECRET_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/str.h"

struct secret;

/* Copies. The caller wipes its own copy where it has one. */
struct secret *secret_create(struct str value);
void secret_destroy(struct secret *s);
DEFINE_CLEANUP(secret_destroy, struct secret);
/* The value, for the one place that sends it. Never log or store it. NULL
 * gives an empty str. */
struct str secret_reveal(const struct secret *s);
bool secret_equal(const struct secret *a, const struct secret *b);

#endif
