/* Digests by libsodium; see hash.h. */
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/units.h"

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

int
hash_sha256_file(const char *path, char out[HASH_SIZE], struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char chunk[64 * KIB], digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	ssize_t n;

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	crypto_hash_sha256_init(&state);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "cannot read %s", path);
		crypto_hash_sha256_update(&state, chunk, (size_t)n);
	}
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
	return 0;
}

void
hash_blake2b(struct str bytes, char out[HASH_SIZE])
{
	unsigned char digest[32];

	crypto_generichash(digest, sizeof(digest), bytes_of(bytes), bytes.len,
	    NULL, 0);
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
}

struct hash_stream {
	crypto_generichash_state *state; /* aligned by libsodium's own type */
};

static void
restart(struct hash_stream *h)
{
	crypto_generichash_init(h->state, NULL, 0, 32);
}

struct hash_stream *
hash_stream_create(void)
{
	struct hash_stream *h = mem_new(struct hash_stream);

	h->state = aligned_alloc(64, (sizeof(*h->state) + 63) / 64 * 64);
	if (h->state == NULL)
		abort();
	restart(h);
	return h;
}

void
hash_stream_add(struct hash_stream *h, struct str bytes)
{
	crypto_generichash_update(h->state, bytes_of(bytes), bytes.len);
}

void
hash_stream_end(struct hash_stream *h, char out[HASH_SIZE])
{
	unsigned char digest[32];

	crypto_generichash_final(h->state, digest, sizeof(digest));
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
	restart(h);
}

void
hash_stream_destroy(struct hash_stream *h)
{
	if (h == NULL)
		return;
	free(h->state);
	free(h);
}

void
hash_texts(const struct str *texts, size_t n, char out[HASH_SIZE])
{
	crypto_generichash_state state;
	unsigned char digest[32];

	crypto_generichash_init(&state, NULL, 0, sizeof(digest));
	for (size_t i = 0; i < n; i++) {
		unsigned char len[4];

		for (int k = 0; k < 4; k++)
			len[k] = (unsigned char)(texts[i].len >> 8 * k);
		crypto_generichash_update(&state, len, sizeof(len));
		crypto_generichash_update(&state, bytes_of(texts[i]),
		    texts[i].len);
	}
	crypto_generichash_final(&state, digest, sizeof(digest));
	sodium_bin2hex(out, HASH_SIZE, digest, sizeof(digest));
}
