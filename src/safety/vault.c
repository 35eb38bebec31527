/* The vault; see vault.h for the file's layout. */
#include "safety/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>

#include "base/file.h"
#include "base/mem.h"
#include "safety/vault_entries.h"
#include "safety/vault_head.h"
#include "safety/vault_key.h"

enum { FILE_MAX = 8 * 1024 * 1024 };

struct vault {
	char *path, *key_path;
	struct vault_head head;
	unsigned char *key; /* sodium_malloc, VAULT_KEY_SIZE; NULL: none yet */
	struct secret *passphrase; /* for a vault that is not there yet */
	struct vault_entries entries;
	bool exists;
};

static int
decrypt(struct vault *v, const unsigned char *in, size_t len,
    struct error *err)
{
	size_t size = len - VAULT_HEAD_SIZE - VAULT_TAG_SIZE;
	unsigned char *plain = sodium_malloc(size > 0 ? size : 1);
	int rc = 0;

	if (plain == NULL)
		return error_set(err, ERR_NO_MEMORY, "no memory");
	vault_entries_clear(&v->entries);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
	    in + VAULT_HEAD_SIZE, len - VAULT_HEAD_SIZE, in,
	    VAULT_HEAD_SIZE, in + 64, v->key) != 0 ||
	    !vault_entries_parse(&v->entries, plain, size)) {
		vault_entries_clear(&v->entries);
		rc = error_set(err, ERR_VAULT_DAMAGED,
		    "the vault was changed or cut: %s", v->path);
	}
	sodium_free(plain);
	return rc;
}

/* Reads the file as it is now. Where there is none the vault is empty. */
static int
load(struct vault *v, const struct secret *passphrase, struct error *err)
{
	CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
	struct vault_head head;
	int rc;

	if (!file_exists(v->path)) {
		v->exists = false;
		vault_entries_clear(&v->entries);
		return 0;
	}
	rc = file_read(v->path, &file, err);
	if (rc != 0)
		return rc;
	if (!vault_head_parse((const unsigned char *)buf_text(&file), file.len,
	    &head))
		return error_set(err, ERR_VAULT_DAMAGED,
		    "this is no vault, or it was cut: %s", v->path);
	if (v->key == NULL || !vault_key_fits(&head, v->key)) {
		unsigned char *key = vault_key_create();

		rc = vault_key_find(v->key_path, &head, passphrase, key, err);
		if (rc != 0) {
			sodium_free(key);
			return rc;
		}
		sodium_free(v->key);
		v->key = key;
	}
	v->head = head;
	v->exists = true;
	return decrypt(v, (const unsigned char *)file.ptr, file.len, err);
}

bool
vault_wants_passphrase(const char *path)
{
	CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
	struct vault_head head;

	return file_read(path, &file, NULL) == 0 &&
	    vault_head_parse((const unsigned char *)buf_text(&file), file.len,
	    &head) && head.by == VAULT_BY_PASSPHRASE;
}

int
vault_open(const struct vault_opts *opts, struct vault **ret,
    struct error *err)
{
	struct vault *v;
	int rc;

	if (sodium_init() < 0)
		abort();
	v = mem_new(struct vault);
	v->path = mem_strdup(opts->path);
	v->key_path = mem_strdup(opts->key_path);
	v->passphrase = opts->passphrase == NULL ? NULL :
	    secret_create(secret_reveal(opts->passphrase));
	rc = load(v, v->passphrase, err);
	if (rc != 0) {
		vault_destroy(v);
		return rc;
	}
	*ret = v;
	return 0;
}

int
vault_reload(struct vault *v, struct error *err)
{
	return load(v, v->passphrase, err);
}

void
vault_destroy(struct vault *v)
{
	if (v == NULL)
		return;
	vault_entries_release(&v->entries);
	sodium_free(v->key);
	secret_destroy(v->passphrase);
	free(v->path);
	free(v->key_path);
	free(v);
}

/* Holds the lock of the vault; close the descriptor to let go. */
static int
take_lock(const struct vault *v, int *ret_fd, struct error *err)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s.lock", v->path);
	char *slash;
	CLEANUP(close_fd) int fd = -1;
	int rc;

	slash = strrchr(path, '/');
	if (slash != NULL && slash != path) {
		*slash = '\0';
		rc = file_make_dirs(path, err);
		*slash = '/';
		if (rc != 0)
			return rc;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		return error_errno(err, errno, "cannot lock %s", path);
	*ret_fd = steal_fd(&fd);
	return 0;
}

/* A key for a vault that is made now, or made new: of the passphrase, else
 * `key` (NULL: at random). The key file is written by the caller, when the
 * time has come. */
static int
make_key(struct vault *v, const struct secret *passphrase,
    unsigned char *key, int64_t now_ms, struct error *err)
{
	struct vault_head head = {
		.by = passphrase == NULL ? VAULT_BY_KEY_FILE :
					   VAULT_BY_PASSPHRASE,
		.made_ms = now_ms,
	};
	int rc = 0;

	randombytes_buf(head.salt, sizeof(head.salt));
	if (key == NULL) {
		key = vault_key_create();
		randombytes_buf(key, VAULT_KEY_SIZE);
	}
	if (passphrase != NULL) {
		head.operations = (uint32_t)crypto_pwhash_OPSLIMIT_MODERATE;
		head.memory = crypto_pwhash_MEMLIMIT_MODERATE;
		rc = vault_key_derive(&head, passphrase, key, err);
	}
	if (rc != 0) {
		sodium_free(key);
		return rc;
	}
	vault_key_identify(key, head.key_id);
	sodium_free(v->key);
	v->key = key;
	v->head = head;
	return 0;
}

/* The former file stays as PATH.bak: it was read, so it is a good one. */
static void
keep_copy(const struct vault *v)
{
	CLEANUP(free_ptr) char *copy = mem_printf("%s.bak", v->path);
	CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);

	if (v->exists && file_read(v->path, &file, NULL) == 0)
		file_write_atomic(copy, buf_str(&file), 0600, NULL);
}

/* Encrypts all entries into the file. */
static int
store(struct vault *v, struct error *err)
{
	size_t size = vault_entries_size(&v->entries);
	unsigned char nonce[VAULT_NONCE_SIZE];
	unsigned char *plain = sodium_malloc(size);
	CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
	unsigned char *out = (unsigned char *)buf_reserve(&file,
	    VAULT_HEAD_SIZE + size + VAULT_TAG_SIZE);
	int rc;

	if (plain == NULL || out == NULL) {
		sodium_free(plain);
		return error_set(err, ERR_TOO_LARGE,
		    "the vault would become too large");
	}
	vault_entries_print(&v->entries, plain);
	randombytes_buf(nonce, sizeof(nonce));
	vault_head_print(&v->head, nonce, out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + VAULT_HEAD_SIZE, NULL,
	    plain, size, out, VAULT_HEAD_SIZE, NULL, nonce, v->key);
	sodium_free(plain);
	buf_added(&file, VAULT_HEAD_SIZE + size + VAULT_TAG_SIZE);
	keep_copy(v);
	rc = file_write_atomic(v->path, buf_str(&file), 0600, err);
	if (rc == 0)
		v->exists = true;
	return rc;
}

/* The first key. A key file without a vault is used and not written over: the
 * vault that it belongs to may come back from a backup. */
static int
make_first_key(struct vault *v, int64_t now_ms, struct error *err)
{
	unsigned char *key;
	int rc;

	if (v->passphrase != NULL)
		return make_key(v, v->passphrase, NULL, now_ms, err);
	if (!file_exists(v->key_path)) {
		rc = make_key(v, NULL, NULL, now_ms, err);
		return rc != 0 ? rc : vault_key_write(v->key_path, v->key, err);
	}
	key = vault_key_create();
	rc = vault_key_read(v->key_path, key, err);
	if (rc != 0) {
		sodium_free(key);
		return rc;
	}
	return make_key(v, NULL, key, now_ms, err);
}

/* Before a change: the lock, the file as it is now, a key. */
static int
begin_change(struct vault *v, int64_t now_ms, int *ret_lock,
    struct error *err)
{
	CLEANUP(close_fd) int lock = -1;
	int rc = take_lock(v, &lock, err);

	if (rc == 0)
		rc = load(v, v->passphrase, err);
	if (rc == 0 && !v->exists)
		rc = make_first_key(v, now_ms, err);
	if (rc == 0)
		*ret_lock = steal_fd(&lock);
	return rc;
}

static bool
is_name(struct str name)
{
	if (name.len == 0 || name.len > VAULT_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && (c == '\0' ||
		    strchr("_-./", c) == NULL))
			return false;
	}
	return true;
}

int
vault_set(struct vault *v, struct str name, struct str value,
    const char *origin, int64_t now_ms, struct error *err)
{
	CLEANUP(close_fd) int lock = -1;
	struct vault_secret *e;
	int rc;

	if (!is_name(name))
		return error_set(err, ERR_INVALID, "a secret's name has "
		    "letters, digits, '_', '-', '.' and '/'");
	if (value.len > VAULT_VALUE_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "a secret has at most %d bytes", VAULT_VALUE_MAX);
	rc = begin_change(v, now_ms, &lock, err);
	if (rc != 0)
		return rc;
	e = vault_entries_find(&v->entries, name);
	if (e == NULL && v->entries.n == VAULT_ENTRIES_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "the vault has %d secrets already", VAULT_ENTRIES_MAX);
	if (e == NULL) {
		e = vault_entries_add(&v->entries, name);
		e->shown.created_ms = now_ms;
	}
	secret_destroy(e->value);
	e->value = secret_create(value);
	e->shown.changed_ms = now_ms;
	snprintf(e->shown.origin, sizeof(e->shown.origin), "%s", origin);
	return store(v, err);
}

int
vault_remove(struct vault *v, struct str name, struct error *err)
{
	CLEANUP(close_fd) int lock = -1;
	struct vault_secret *e;
	int rc = begin_change(v, 0, &lock, err);

	if (rc != 0)
		return rc;
	e = vault_entries_find(&v->entries, name);
	if (e == NULL)
		return error_set(err, ERR_NOT_FOUND, "no such secret: %.*s",
		    STR_ARG(name));
	vault_entries_remove(&v->entries, e);
	return store(v, err);
}

int
vault_get(const struct vault *v, struct str name, struct secret **ret,
    struct error *err)
{
	const struct vault_secret *e = vault_entries_find(&v->entries, name);

	if (e == NULL)
		return error_set(err, ERR_NOT_FOUND, "no such secret: %.*s",
		    STR_ARG(name));
	*ret = secret_create(secret_reveal(e->value));
	return 0;
}

size_t
vault_count(const struct vault *v)
{
	return v->entries.n;
}

bool
vault_at(const struct vault *v, size_t index, struct vault_entry *ret)
{
	if (index >= v->entries.n)
		return false;
	*ret = v->entries.items[index].shown;
	return true;
}

int
vault_rekey(struct vault *v, const struct secret *passphrase, int64_t now_ms,
    struct error *err)
{
	CLEANUP(close_fd) int lock = -1;
	CLEANUP(free_ptr) char *next = mem_printf("%s.next", v->key_path);
	int rc = begin_change(v, now_ms, &lock, err);

	if (rc == 0)
		rc = make_key(v, passphrase, NULL, now_ms, err);
	/* The new key is on the disk before the vault needs it; a crash
	 * between the two renames leaves it there as .next. */
	if (rc == 0 && passphrase == NULL)
		rc = vault_key_write(next, v->key, err);
	if (rc == 0)
		rc = store(v, err);
	/* Another process that met the new vault may have done it. */
	if (rc == 0 && passphrase == NULL && rename(next, v->key_path) != 0 &&
	    errno != ENOENT)
		rc = error_errno(err, errno, "cannot replace %s",
		    v->key_path);
	if (rc == 0) {
		secret_destroy(v->passphrase);
		v->passphrase = passphrase == NULL ? NULL :
		    secret_create(secret_reveal(passphrase));
		/* The copy in the former key could never be read again. */
		keep_copy(v);
	}
	return rc;
}

int64_t
vault_key_made_ms(const struct vault *v)
{
	return v->exists ? v->head.made_ms : 0;
}
