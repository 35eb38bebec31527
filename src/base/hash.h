/* Digests as lower-case hex, for checksums and content identity. */
#ifndef FRIDAY_BASE_HASH_H
#define FRIDAY_BASE_HASH_H

#include "base/error.h"
#include "base/str.h"

#define HASH_SIZE 65 /* 64 hex digits and the NUL */

/* SHA-256: where the format is fixed outside (migrations, PKCE). */
void hash_sha256(struct str bytes, char out[HASH_SIZE]);
/* Of a file of any size. */
int hash_sha256_file(const char *path, char out[HASH_SIZE],
    struct error *err);
/* BLAKE2b-256: everywhere else. */
void hash_blake2b(struct str bytes, char out[HASH_SIZE]);

#endif
