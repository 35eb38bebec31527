/* Signing seals with Ed25519 (RFC 8032, libsodium); see audit_key.h. */
#include "audit/audit_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

struct audit_key {
	unsigned char *secret; /* sodium_malloc */
	char public[HASH_SIZE];
};

enum { TEXT_MAX = 256 };

/* What is signed: "friday audit seal 1 SEQ TIME_MS HASH". */
static size_t
print_seal(const struct audit_seal *seal, char out[TEXT_MAX])
{
	return (size_t)snprintf(out, TEXT_MAX,
	    "friday audit seal 1 %" PRId64 " %" PRId64 " %s", seal->seq,
	    seal->time_ms, seal->hash);
}

static int
read_key(int fd, const char *path, unsigned char *secret, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != crypto_sign_SECRETKEYBYTES)
		return error_set(err, ERR_INVALID,
		    "this is no key of the audit log: %s", path);
	if (st.st_mode & 077 || st.st_uid != geteuid())
		return error_set(err, ERR_PERMISSION,
		    "others may read the audit log's key: chmod 600 %s", path);
	if (read(fd, secret, crypto_sign_SECRETKEYBYTES) !=
	    crypto_sign_SECRETKEYBYTES)
		return error_set(err, ERR_IO, "cannot read %s", path);
	return 0;
}

/* Written beside and linked into place: of two processes that begin at once,
 * one makes the key and both use it. */
static int
make_key(const char *path, unsigned char *secret, struct error *err)
{
	CLEANUP(free_ptr) char *draft = mem_printf("%s.%ld", path,
	    (long)getpid());
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	int rc;

	crypto_sign_keypair(public, secret);
	rc = file_write_atomic(draft, str_make((const char *)secret,
	    crypto_sign_SECRETKEYBYTES), 0600, err);
	if (rc == 0 && link(draft, path) != 0 && errno != EEXIST)
		rc = error_errno(err, errno, "cannot make %s", path);
	unlink(draft);
	return rc;
}

int
audit_key_open(const char *path, struct audit_key **ret, struct error *err)
{
	CLEANUP(audit_key_destroyp) struct audit_key *k = NULL;
	CLEANUP(close_fd) int fd = -1;
	int rc = 0;

	if (sodium_init() < 0)
		abort();
	k = mem_new(struct audit_key);
	k->secret = sodium_malloc(crypto_sign_SECRETKEYBYTES);
	if (k->secret == NULL)
		return error_set(err, ERR_NO_MEMORY, "no memory for a key");
	if (!file_exists(path))
		rc = make_key(path, k->secret, err);
	if (rc != 0)
		return rc;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	rc = read_key(fd, path, k->secret, err);
	if (rc != 0)
		return rc;
	/* The second half of an Ed25519 secret key is the public one. */
	sodium_bin2hex(k->public, sizeof(k->public),
	    k->secret + crypto_sign_SECRETKEYBYTES -
	    crypto_sign_PUBLICKEYBYTES, crypto_sign_PUBLICKEYBYTES);
	*ret = steal(k);
	return 0;
}

void
audit_key_destroy(struct audit_key *k)
{
	if (k == NULL)
		return;
	sodium_free(k->secret);
	free(k);
}

const char *
audit_key_public(const struct audit_key *k)
{
	return k->public;
}

int
audit_key_sign(struct audit_seal *seal, void *ctx, struct error *err)
{
	const struct audit_key *k = ctx;
	unsigned char signature[crypto_sign_BYTES];
	char text[TEXT_MAX];
	size_t len = print_seal(seal, text);

	if (crypto_sign_detached(signature, NULL, (unsigned char *)text, len,
	    k->secret) != 0)
		return error_set(err, ERR_INTERNAL, "cannot sign");
	sodium_bin2hex(seal->signature, sizeof(seal->signature), signature,
	    sizeof(signature));
	memcpy(seal->key, k->public, sizeof(seal->key));
	return 0;
}

static bool
from_hex(const char *hex, unsigned char *out, size_t size)
{
	size_t len;

	return sodium_hex2bin(out, size, hex, strlen(hex), NULL, &len,
	    NULL) == 0 && len == size;
}

bool
audit_seal_is_right(const struct audit_seal *seal)
{
	unsigned char signature[crypto_sign_BYTES];
	unsigned char public[crypto_sign_PUBLICKEYBYTES];
	char text[TEXT_MAX];
	size_t len = print_seal(seal, text);

	return from_hex(seal->signature, signature, sizeof(signature)) &&
	    from_hex(seal->key, public, sizeof(public)) &&
	    crypto_sign_verify_detached(signature, (unsigned char *)text, len,
	    public) == 0;
}
