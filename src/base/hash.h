/* Digests as lower-case hex, for checksums and content identity. */
#ifndef FRIDAY_BASE_HASH_H
#define FRIDAY_BASE_HASH_H

#include "base/cleanup.h"
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
/* BLAKE2b-256 of several texts, each with its length in front (4 bytes,
 * little-endian), so that no two lists look alike. */
void hash_texts(const struct str *texts, size_t n, char out[HASH_SIZE]);

/* BLAKE2b-256 of what comes in pieces. */
struct hash_stream;
struct hash_stream *hash_stream_create(void);
void hash_stream_add(struct hash_stream *h, struct str bytes);
/* The digest of all that was added; the stream is ready for the next. */
void hash_stream_end(struct hash_stream *h, char out[HASH_SIZE]);
void hash_stream_destroy(struct hash_stream *h);
DEFINE_CLEANUP(hash_stream_destroy, struct hash_stream);

#endif
