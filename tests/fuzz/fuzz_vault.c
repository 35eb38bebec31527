/* The vault's file: what was not written by us is refused, whatever it is.
 * After a first byte of 'p' the rest is what stands inside a file that is
 * properly encrypted, so that its parser is reached; else it is the file. */
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "safety/vault.h"

enum { HEAD = 88, KEY = 32, ID = 16 };

static char folder[] = "/tmp/friday-fuzz-vault-XXXXXX";
static unsigned char key[KEY];

static void
remove_folder(void)
{
	file_remove_tree(folder);
}

static void
set_up(void)
{
	CLEANUP(free_ptr) char *path = NULL;

	if (key[0] != 0)
		return;
	memset(key, 7, sizeof(key));
	if (sodium_init() < 0 || mkdtemp(folder) == NULL)
		abort();
	atexit(remove_folder);
	path = file_join(folder, "key");
	if (file_write_atomic(path, str_make((char *)key, KEY), 0600, NULL) !=
	    0)
		abort();
}

static void
seal(const uint8_t *plain, size_t size, struct buf *out)
{
	static const char label[] = "friday vault";
	unsigned char head[HEAD] = "FRIVAULT\1";
	unsigned char *room;
	unsigned long long len;

	crypto_generichash(head + 48, ID, (const unsigned char *)label,
	    sizeof(label) - 1, key, KEY);
	buf_add(out, head, HEAD);
	room = (unsigned char *)buf_reserve(out, size + 16);
	crypto_aead_xchacha20poly1305_ietf_encrypt(room, &len, plain, size,
	    head, HEAD, NULL, head + 64, key);
	buf_added(out, (size_t)len);
}

static void
look_at(struct vault *v)
{
	struct vault_entry e;

	for (size_t i = 0; vault_at(v, i, &e); i++) {
		CLEANUP(secret_destroyp) struct secret *value = NULL;

		if (strlen(e.name) > VAULT_NAME_MAX)
			abort();
		vault_get(v, str_from(e.name), &value, NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf file = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *path = NULL;
	CLEANUP(free_ptr) char *key_path = NULL;
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	struct vault_opts opts = { .path = NULL };
	bool inside = size > 0 && data[0] == 'p';

	if (size > 64 * KIB)
		return 0;
	set_up();
	path = file_join(folder, "vault");
	key_path = file_join(folder, "key");
	opts.path = path;
	opts.key_path = key_path;
	if (inside)
		seal(data + 1, size - 1, &file);
	else
		buf_add(&file, data, size);
	if (file_write_atomic(path, buf_str(&file), 0600, NULL) != 0)
		abort();
	/* Nobody but the seal above knows the key. */
	if (vault_open(&opts, &v, NULL) == 0 && !inside)
		abort();
	if (v != NULL)
		look_at(v);
	return 0;
}
