/* The key of a vault; see vault_key.h. */
#include "safety/vault_key.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/mem.h"

static const char key_label[] = "friday vault";

void
vault_key_identify(const unsigned char *key,
    unsigned char out[VAULT_KEY_ID_SIZE])
{
	crypto_generichash(out, VAULT_KEY_ID_SIZE,
	    (const unsigned char *)key_label, sizeof(key_label) - 1, key,
	    VAULT_KEY_SIZE);
}

unsigned char *
vault_key_create(void)
{
	unsigned char *key = sodium_malloc(VAULT_KEY_SIZE);

	if (key == NULL)
		abort();
	return key;
}

int
vault_key_derive(const struct vault_head *h, const struct secret *passphrase,
    unsigned char *key, struct error *err)
{
	struct str text = secret_reveal(passphrase);

	if (crypto_pwhash(key, VAULT_KEY_SIZE, text.ptr, text.len, h->salt,
	    h->operations, (size_t)h->memory,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(err, ERR_NO_MEMORY,
		    "not enough memory for the vault's passphrase");
	return 0;
}

/* A key file that others may read has stopped being a secret: it is refused
 * as ssh refuses such keys. */
int
vault_key_read(const char *path, unsigned char *key, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC |
	    O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return error_set(err, ERR_VAULT_KEY,
		    "the vault's key file cannot be read: %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != VAULT_KEY_SIZE)
		return error_set(err, ERR_VAULT_KEY,
		    "this is no key file of a vault: %s", path);
	if (st.st_mode & 077 || st.st_uid != geteuid())
		return error_set(err, ERR_VAULT_KEY,
		    "others may read the vault's key file: chmod 600 %s",
		    path);
	if (read(fd, key, VAULT_KEY_SIZE) != VAULT_KEY_SIZE)
		return error_set(err, ERR_IO, "cannot read %s", path);
	return 0;
}

int
vault_key_write(const char *path, const unsigned char *key, struct error *err)
{
	return file_write_atomic(path,
	    str_make((const char *)key, VAULT_KEY_SIZE), 0600, err);
}

bool
vault_key_fits(const struct vault_head *h, const unsigned char *key)
{
	unsigned char id[VAULT_KEY_ID_SIZE];

	vault_key_identify(key, id);
	return sodium_memcmp(id, h->key_id, VAULT_KEY_ID_SIZE) == 0;
}

/* A new key file that did not come to its place (see vault_rekey) does now. */
static bool
finish_rekey(const char *key_path, const struct vault_head *h,
    unsigned char *key)
{
	CLEANUP(free_ptr) char *next = mem_printf("%s.next", key_path);

	return vault_key_read(next, key, NULL) == 0 && vault_key_fits(h, key) &&
	    rename(next, key_path) == 0;
}

int
vault_key_find(const char *key_path, const struct vault_head *h,
    const struct secret *passphrase, unsigned char *key, struct error *err)
{
	int rc;

	if (h->by == VAULT_BY_PASSPHRASE) {
		if (passphrase == NULL)
			return error_set(err, ERR_VAULT_KEY,
			    "the vault wants its passphrase");
		rc = vault_key_derive(h, passphrase, key, err);
		if (rc == 0 && !vault_key_fits(h, key))
			rc = error_set(err, ERR_VAULT_KEY,
			    "the passphrase is wrong");
		return rc;
	}
	rc = vault_key_read(key_path, key, err);
	if (rc == 0 && !vault_key_fits(h, key))
		rc = error_set(err, ERR_VAULT_KEY,
		    "the key file belongs to another vault: %s", key_path);
	return rc != 0 && finish_rekey(key_path, h, key) ? 0 : rc;
}
