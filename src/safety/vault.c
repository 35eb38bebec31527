/* The vault; see vault.h for the file's layout. */
#include "safety/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"

enum {
	HEAD_SIZE = 88,
	KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
	NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	SALT_SIZE = crypto_pwhash_SALTBYTES,
	KEY_ID_SIZE = 16,
	ENTRY_HEAD = 24,
	ORIGIN_MAX = 31,
	FILE_MAX = 8 * 1024 * 1024,
	OPERATIONS_MAX = 20,
};

/* More would let a planted file exhaust the memory. */
#define ARGON_MEMORY_MAX (1024ull * 1024 * 1024)

static const char magic[8] = { 'F', 'R', 'I', 'V', 'A', 'U', 'L', 'T' };
static const char key_label[] = "friday vault";

enum { BY_KEY_FILE, BY_PASSPHRASE };

struct head {
	unsigned char by;
	uint32_t operations;
	uint64_t memory;
	unsigned char salt[SALT_SIZE];
	int64_t made_ms;
	unsigned char key_id[KEY_ID_SIZE];
};

struct entry {
	struct vault_entry shown;
	struct secret *value;
};

struct vault {
	char *path, *key_path;
	struct head head;
	unsigned char *key; /* sodium_malloc, KEY_SIZE; NULL: none yet */
	struct secret *passphrase; /* for a vault that is not there yet */
	struct entry *entries;
	size_t n, cap;
	bool exists;
};

static void
put_number(unsigned char *out, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t
get_number(const unsigned char *in, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | in[i - 1];
	return value;
}

static void
print_head(const struct head *h, const unsigned char *nonce,
    unsigned char out[HEAD_SIZE])
{
	memset(out, 0, HEAD_SIZE);
	memcpy(out, magic, sizeof(magic));
	out[8] = 1;
	out[9] = h->by;
	put_number(out + 12, h->operations, 4);
	put_number(out + 16, h->memory, 8);
	memcpy(out + 24, h->salt, SALT_SIZE);
	put_number(out + 40, (uint64_t)h->made_ms, 8);
	memcpy(out + 48, h->key_id, KEY_ID_SIZE);
	memcpy(out + 64, nonce, NONCE_SIZE);
}

static bool
parse_head(const unsigned char *in, size_t len, struct head *ret)
{
	if (len < HEAD_SIZE + TAG_SIZE || memcmp(in, magic, sizeof(magic)) != 0
	    || in[8] != 1 || in[9] > BY_PASSPHRASE)
		return false;
	ret->by = in[9];
	ret->operations = (uint32_t)get_number(in + 12, 4);
	ret->memory = get_number(in + 16, 8);
	memcpy(ret->salt, in + 24, SALT_SIZE);
	ret->made_ms = (int64_t)get_number(in + 40, 8);
	memcpy(ret->key_id, in + 48, KEY_ID_SIZE);
	return ret->by == BY_KEY_FILE || (ret->operations > 0 &&
	    ret->operations <= OPERATIONS_MAX &&
	    ret->memory >= crypto_pwhash_MEMLIMIT_MIN &&
	    ret->memory <= ARGON_MEMORY_MAX);
}

static void
identify_key(const unsigned char *key, unsigned char out[KEY_ID_SIZE])
{
	crypto_generichash(out, KEY_ID_SIZE,
	    (const unsigned char *)key_label, sizeof(key_label) - 1, key,
	    KEY_SIZE);
}

static unsigned char *
new_key(void)
{
	unsigned char *key = sodium_malloc(KEY_SIZE);

	if (key == NULL)
		abort();
	return key;
}

static int
derive_key(const struct head *h, const struct secret *passphrase,
    unsigned char *key, struct error *err)
{
	struct str text = secret_reveal(passphrase);

	if (crypto_pwhash(key, KEY_SIZE, text.ptr, text.len, h->salt,
	    h->operations, (size_t)h->memory,
	    crypto_pwhash_ALG_ARGON2ID13) != 0)
		return error_set(err, ERR_NO_MEMORY,
		    "not enough memory for the vault's passphrase");
	return 0;
}

/* A key file that others may read has stopped being a secret: it is refused
 * as ssh refuses such keys. */
static int
read_key_file(const char *path, unsigned char *key, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC |
	    O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return error_set(err, ERR_VAULT_KEY,
		    "the vault's key file cannot be read: %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size != KEY_SIZE)
		return error_set(err, ERR_VAULT_KEY,
		    "this is no key file of a vault: %s", path);
	if (st.st_mode & 077 || st.st_uid != geteuid())
		return error_set(err, ERR_VAULT_KEY,
		    "others may read the vault's key file: chmod 600 %s",
		    path);
	if (read(fd, key, KEY_SIZE) != KEY_SIZE)
		return error_set(err, ERR_IO, "cannot read %s", path);
	return 0;
}

static bool
is_key_of(const struct head *h, const unsigned char *key)
{
	unsigned char id[KEY_ID_SIZE];

	identify_key(key, id);
	return sodium_memcmp(id, h->key_id, KEY_ID_SIZE) == 0;
}

/* A new key file that did not come to its place (see vault_rekey) does now. */
static bool
finish_rekey(const struct vault *v, const struct head *h, unsigned char *key)
{
	CLEANUP(free_ptr) char *next = mem_printf("%s.next", v->key_path);

	return read_key_file(next, key, NULL) == 0 && is_key_of(h, key) &&
	    rename(next, v->key_path) == 0;
}

static int
find_key(const struct vault *v, const struct head *h,
    const struct secret *passphrase, unsigned char *key, struct error *err)
{
	int rc;

	if (h->by == BY_PASSPHRASE) {
		if (passphrase == NULL)
			return error_set(err, ERR_VAULT_KEY,
			    "the vault wants its passphrase");
		rc = derive_key(h, passphrase, key, err);
		if (rc == 0 && !is_key_of(h, key))
			rc = error_set(err, ERR_VAULT_KEY,
			    "the passphrase is wrong");
		return rc;
	}
	rc = read_key_file(v->key_path, key, err);
	if (rc == 0 && !is_key_of(h, key))
		rc = error_set(err, ERR_VAULT_KEY,
		    "the key file belongs to another vault: %s", v->key_path);
	return rc != 0 && finish_rekey(v, h, key) ? 0 : rc;
}

static void
drop_entries(struct vault *v)
{
	for (size_t i = 0; i < v->n; i++)
		secret_destroy(v->entries[i].value);
	v->n = 0;
}

static struct entry *
find_entry(const struct vault *v, struct str name)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq_c(name, v->entries[i].shown.name))
			return &v->entries[i];
	return NULL;
}

static struct entry *
add_entry(struct vault *v)
{
	v->entries = mem_grow(v->entries, &v->cap, v->n + 1,
	    sizeof(*v->entries));
	v->entries[v->n] = (struct entry){ .value = NULL };
	return &v->entries[v->n++];
}

static void
copy_text(char *out, const unsigned char *text, size_t len)
{
	memcpy(out, text, len);
	out[len] = '\0';
}

/* The plain text was authenticated; its form is checked all the same. */
static bool
parse_entries(struct vault *v, const unsigned char *in, size_t len)
{
	size_t at = 4, count;

	if (len < 4)
		return false;
	count = (size_t)get_number(in, 4);
	if (count > VAULT_ENTRIES_MAX)
		return false;
	while (count-- > 0) {
		size_t name, origin, value;
		struct entry *e;

		if (len - at < ENTRY_HEAD)
			return false;
		name = (size_t)get_number(in + at, 2);
		origin = (size_t)get_number(in + at + 2, 2);
		value = (size_t)get_number(in + at + 4, 4);
		if (name == 0 || name > VAULT_NAME_MAX || origin > ORIGIN_MAX
		    || value > VAULT_VALUE_MAX ||
		    len - at - ENTRY_HEAD < name + origin + value)
			return false;
		e = add_entry(v);
		e->shown.created_ms = (int64_t)get_number(in + at + 8, 8);
		e->shown.changed_ms = (int64_t)get_number(in + at + 16, 8);
		at += ENTRY_HEAD;
		copy_text(e->shown.name, in + at, name);
		copy_text(e->shown.origin, in + at + name, origin);
		at += name + origin;
		e->value = secret_create(str_make((const char *)in + at,
		    value));
		at += value;
	}
	return at == len;
}

static int
decrypt(struct vault *v, const unsigned char *in, size_t len,
    struct error *err)
{
	size_t size = len - HEAD_SIZE - TAG_SIZE;
	unsigned char *plain = sodium_malloc(size > 0 ? size : 1);
	int rc = 0;

	if (plain == NULL)
		return error_set(err, ERR_NO_MEMORY, "no memory");
	drop_entries(v);
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL,
	    in + HEAD_SIZE, len - HEAD_SIZE, in, HEAD_SIZE, in + 64,
	    v->key) != 0 || !parse_entries(v, plain, size)) {
		drop_entries(v);
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
	struct head head;
	int rc;

	if (!file_exists(v->path)) {
		v->exists = false;
		drop_entries(v);
		return 0;
	}
	rc = file_read(v->path, &file, err);
	if (rc != 0)
		return rc;
	if (!parse_head((const unsigned char *)buf_text(&file), file.len,
	    &head))
		return error_set(err, ERR_VAULT_DAMAGED,
		    "this is no vault, or it was cut: %s", v->path);
	if (v->key == NULL || !is_key_of(&head, v->key)) {
		unsigned char *key = new_key();

		rc = find_key(v, &head, passphrase, key, err);
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
	struct head head;

	return file_read(path, &file, NULL) == 0 &&
	    parse_head((const unsigned char *)buf_text(&file), file.len,
	    &head) && head.by == BY_PASSPHRASE;
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
	drop_entries(v);
	free(v->entries);
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

static int
write_key_file(const char *path, const unsigned char *key, struct error *err)
{
	return file_write_atomic(path, str_make((const char *)key, KEY_SIZE),
	    0600, err);
}

/* A key for a vault that is made now, or made new: of the passphrase, else
 * `key` (NULL: at random). The key file is written by the caller, when the
 * time has come. */
static int
make_key(struct vault *v, const struct secret *passphrase,
    unsigned char *key, int64_t now_ms, struct error *err)
{
	struct head head = { .by = passphrase == NULL ? BY_KEY_FILE :
		BY_PASSPHRASE, .made_ms = now_ms };
	int rc = 0;

	randombytes_buf(head.salt, sizeof(head.salt));
	if (key == NULL) {
		key = new_key();
		randombytes_buf(key, KEY_SIZE);
	}
	if (passphrase != NULL) {
		head.operations = (uint32_t)crypto_pwhash_OPSLIMIT_MODERATE;
		head.memory = crypto_pwhash_MEMLIMIT_MODERATE;
		rc = derive_key(&head, passphrase, key, err);
	}
	if (rc != 0) {
		sodium_free(key);
		return rc;
	}
	identify_key(key, head.key_id);
	sodium_free(v->key);
	v->key = key;
	v->head = head;
	return 0;
}

static size_t
plain_size(const struct vault *v)
{
	size_t size = 4;

	for (size_t i = 0; i < v->n; i++)
		size += ENTRY_HEAD + strlen(v->entries[i].shown.name) +
		    strlen(v->entries[i].shown.origin) +
		    secret_reveal(v->entries[i].value).len;
	return size;
}

static void
print_entries(const struct vault *v, unsigned char *out)
{
	put_number(out, v->n, 4);
	out += 4;
	for (size_t i = 0; i < v->n; i++) {
		const struct entry *e = &v->entries[i];
		struct str parts[] = { str_from(e->shown.name),
			str_from(e->shown.origin), secret_reveal(e->value) };

		put_number(out, parts[0].len, 2);
		put_number(out + 2, parts[1].len, 2);
		put_number(out + 4, parts[2].len, 4);
		put_number(out + 8, (uint64_t)e->shown.created_ms, 8);
		put_number(out + 16, (uint64_t)e->shown.changed_ms, 8);
		out += ENTRY_HEAD;
		for (size_t k = 0; k < 3; k++) {
			if (parts[k].len > 0)
				memcpy(out, parts[k].ptr, parts[k].len);
			out += parts[k].len;
		}
	}
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
	size_t size = plain_size(v);
	unsigned char nonce[NONCE_SIZE];
	unsigned char *plain = sodium_malloc(size);
	CLEANUP_BUF struct buf file = BUF_INIT(FILE_MAX);
	unsigned char *out = (unsigned char *)buf_reserve(&file, HEAD_SIZE +
	    size + TAG_SIZE);
	int rc;

	if (plain == NULL || out == NULL) {
		sodium_free(plain);
		return error_set(err, ERR_TOO_LARGE,
		    "the vault would become too large");
	}
	print_entries(v, plain);
	randombytes_buf(nonce, sizeof(nonce));
	print_head(&v->head, nonce, out);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD_SIZE, NULL,
	    plain, size, out, HEAD_SIZE, NULL, nonce, v->key);
	sodium_free(plain);
	buf_added(&file, HEAD_SIZE + size + TAG_SIZE);
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
		return rc != 0 ? rc : write_key_file(v->key_path, v->key, err);
	}
	key = new_key();
	rc = read_key_file(v->key_path, key, err);
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
	struct entry *e;
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
	e = find_entry(v, name);
	if (e == NULL && v->n == VAULT_ENTRIES_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "the vault has %d secrets already", VAULT_ENTRIES_MAX);
	if (e == NULL) {
		e = add_entry(v);
		copy_text(e->shown.name, (const unsigned char *)name.ptr,
		    name.len);
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
	struct entry *e;
	int rc = begin_change(v, 0, &lock, err);

	if (rc != 0)
		return rc;
	e = find_entry(v, name);
	if (e == NULL)
		return error_set(err, ERR_NOT_FOUND, "no such secret: %.*s",
		    STR_ARG(name));
	secret_destroy(e->value);
	memmove(e, e + 1, (size_t)(v->entries + v->n - e - 1) * sizeof(*e));
	v->n--;
	return store(v, err);
}

int
vault_get(const struct vault *v, struct str name, struct secret **ret,
    struct error *err)
{
	const struct entry *e = find_entry(v, name);

	if (e == NULL)
		return error_set(err, ERR_NOT_FOUND, "no such secret: %.*s",
		    STR_ARG(name));
	*ret = secret_create(secret_reveal(e->value));
	return 0;
}

size_t
vault_count(const struct vault *v)
{
	return v->n;
}

bool
vault_at(const struct vault *v, size_t index, struct vault_entry *ret)
{
	if (index >= v->n)
		return false;
	*ret = v->entries[index].shown;
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
		rc = write_key_file(next, v->key, err);
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
