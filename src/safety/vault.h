/* The vault: credentials at rest, in one small file that is readable with a
 * passphrase or, by default, with a key file that only its owner may read.
 *
 * Layout, integers little-endian:
 *
 *	 0   8	"FRIVAULT"
 *	 8   1	version: 1
 *	 9   1	0: key file, 1: passphrase (Argon2id 1.3)
 *	10   2	zero
 *	12   4	Argon2id's operations, 0 with a key file
 *	16   8	Argon2id's memory in bytes
 *	24  16	salt
 *	40   8	when this key was made, milliseconds since 1970
 *	48  16	which key: BLAKE2b of "friday vault", keyed with it
 *	64  24	nonce
 *	88   …	XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha), with the 88
 *		bytes above as additional data
 *
 * and inside: a count (4), then for each entry the lengths of name (2), origin
 * (2) and value (4), made and changed (8, 8), then those three texts. One
 * authenticated whole: no change, cut or swap goes unnoticed.
 *
 * A write replaces the file in one step and keeps the former one as PATH.bak;
 * a file that cannot be read is never written over.
 *
 * Thread: one at a time. Processes exclude each other by a lock on PATH.lock.
 * Values are only ever in guarded memory (sodium_malloc). */
#ifndef FRIDAY_SAFETY_VAULT_H
#define FRIDAY_SAFETY_VAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/str.h"

#define VAULT_NAME_MAX 128		/* bytes */
#define VAULT_VALUE_MAX (64 * 1024)	/* bytes */
#define VAULT_ENTRIES_MAX 1000

struct vault;

struct vault_opts {
	const char *path;
	const char *key_path; /* made with the vault, 0600 */
	/* Not NULL: the key comes from it, not from key_path. */
	const struct secret *passphrase;
	int64_t now_ms; /* wall clock; for a vault that is made now */
};

struct vault_entry {
	char name[VAULT_NAME_MAX + 1];
	char origin[32]; /* "set", "import", "rotate" */
	int64_t created_ms, changed_ms; /* wall clock */
};

/* What kind of key an existing vault wants. False: there is none, or it is not
 * readable. */
bool vault_wants_passphrase(const char *path);
/* Opens it; where there is none it is empty, and made by the first set.
 * Errors: ERR_VAULT_KEY (wrong passphrase, missing or other key file, a key
 * file that others may read), ERR_VAULT_DAMAGED, ERR_PERMISSION, ERR_IO. */
int vault_open(const struct vault_opts *opts, struct vault **ret,
    struct error *err);
/* The file as it is now, without asking Argon2id again where the key is still
 * the same. Errors: those of vault_open(); the vault is to be closed then. */
int vault_reload(struct vault *v, struct error *err);
void vault_destroy(struct vault *v);
DEFINE_CLEANUP(vault_destroy, struct vault);

/* The value is the caller's. Errors: ERR_NOT_FOUND. */
int vault_get(const struct vault *v, struct str name, struct secret **ret,
    struct error *err);
/* Adds or replaces, on the file as it is now. name: letters, digits, '_', '-',
 * '.', '/'. Errors: ERR_INVALID, ERR_TOO_LARGE, and those of vault_open(). */
int vault_set(struct vault *v, struct str name, struct str value,
    const char *origin, int64_t now_ms, struct error *err);
/* Errors: ERR_NOT_FOUND, and those of vault_open(). */
int vault_remove(struct vault *v, struct str name, struct error *err);
size_t vault_count(const struct vault *v);
/* False past the last. Names in the order in which they were added. */
bool vault_at(const struct vault *v, size_t index, struct vault_entry *ret);

/* All entries under a new key: with `passphrase`, or a new key file (NULL).
 * The former key file is overwritten only after the new vault is on the disk.
 * Errors: those of vault_open(). */
int vault_rekey(struct vault *v, const struct secret *passphrase,
    int64_t now_ms, struct error *err);
/* When the key was made; 0: there is no vault yet. */
int64_t vault_key_made_ms(const struct vault *v);

#endif
