/* Digests by libsodium; see hash.h. */
#include "base/hash.h"

#include <sodium.h>

static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)(s.ptr == NULL ? "" : s.ptr);
}

void
hash_sha256(struct str bytes, char out[HASH_SIZE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, bytes_of(bytes), bytes.len);
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
}

void
hash_blake2b(struct str bytes, char out[HASH_SIZE])
{
	unsigned char digest[32];

	crypto_generichash(digest, sizeof(digest), bytes_of(bytes), bytes.len,
	    NULL, 0);
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
}
