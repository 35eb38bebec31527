/* The keys of this host: where a key comes from, asked in this order:
 *
 *	1. the setting secrets.sources, by the key's name
 *	2. the environment, unless secrets.strict refuses it
 *	3. the vault, by the same name
 *
 * The vault stays open while its file is the same; what comes from a command
 * or a server is kept for KEYRING_CACHE_MS. All of it in guarded memory.
 *
 * The vault is in the configuration's folder, its key file in the state
 * folder: who copies one of them has nothing yet.
 *
 * Thread: any. Waits for a command or a server (secret_source.h). */
#ifndef FRIDAY_CORE_KEYRING_H
#define FRIDAY_CORE_KEYRING_H

#include "base/secret.h"
#include "core/config.h"
#include "safety/secret_access.h"
#include "safety/vault.h"

/* In the configuration's folder, and in the state folder. */
#define KEYRING_VAULT "vault"
#define KEYRING_KEY "vault.key"
enum { KEYRING_CACHE_MS = 5 * 60 * 1000 };

struct keyring;

struct keyring_opts {
	const char *vault_path, *key_path;
	secret_access_fn *on_access; /* NULL: nobody records */
	void *ctx;
};

struct keyring *keyring_create(const struct keyring_opts *opts);
void keyring_destroy(struct keyring *k);
DEFINE_CLEANUP(keyring_destroy, struct keyring);

/* Where a key would come from. */
enum key_place { KEY_NOWHERE, KEY_SOURCE, KEY_ENVIRONMENT, KEY_VAULT };

struct key_query {
	const struct config *config;
	const char *name;    /* "OPENAI_API_KEY" */
	const char *purpose; /* for the record: "provider openai" */
	bool not_vault;	     /* the vault does not count */
};

/* Fetches no value and records nothing. With secrets.strict a variable is
 * KEY_ENVIRONMENT only where nothing else has the key. */
enum key_place keyring_where(struct keyring *k, const struct key_query *q);
/* The value is the caller's. Errors: ERR_NOT_FOUND, ERR_SECRET_STRICT,
 * ERR_SECRET_SOURCE, those of the vault and of on_access. */
int keyring_get(struct keyring *k, const struct key_query *q,
    struct secret **ret, struct error *err);

/* Whether the user's own vault wants a passphrase that no command gives: for
 * a face that must ask before it opens friday. */
bool keyring_user_is_locked(const struct config *config);

/* --- the vault itself ---------------------------------------------------- */

/* Whether it wants a passphrase that nobody has given yet. */
bool keyring_is_locked(struct keyring *k, const struct config *config);
/* Opens it with this passphrase, and keeps it as long as the keyring. */
int keyring_unlock(struct keyring *k, const struct config *config,
    struct str passphrase, struct error *err);
int keyring_set(struct keyring *k, const struct config *config,
    struct str name, struct str value, const char *origin,
    struct error *err);
int keyring_remove(struct keyring *k, const struct config *config,
    struct str name, struct error *err);
/* From the vault alone, for the user's eyes. */
int keyring_reveal(struct keyring *k, const struct config *config,
    struct str name, struct secret **ret, struct error *err);
/* A new key for the vault: of a passphrase, or (NULL) a key file. */
int keyring_rekey(struct keyring *k, const struct config *config,
    const struct secret *passphrase, struct error *err);
/* Runs the command of secrets.rotate for this name, which gets the old value
 * on stdin and prints the new one; keeps that. Errors: ERR_INVALID (no
 * command), ERR_SECRET_SOURCE. */
int keyring_rotate(struct keyring *k, const struct config *config,
    struct str name, struct error *err);

struct keyring_entry {
	struct vault_entry shown;
	int64_t age_days; /* since it was changed */
	bool due;	  /* older than secrets.rotate_days */
	bool has_command; /* secrets.rotate knows how */
};
struct keyring_state {
	bool exists, by_passphrase;
	int64_t key_age_days; /* of the vault's own key */
};
/* Calls `each` for the entries of the vault, which may not use the keyring.
 * ret may be NULL. */
int keyring_list(struct keyring *k, const struct config *config,
    void (*each)(const struct keyring_entry *entry, void *ctx), void *ctx,
    struct keyring_state *ret, struct error *err);
/* What is due is done: the vault gets a new key file, keys with a command are
 * rotated. `warn` hears of what is due and cannot be done here. */
void keyring_upkeep(struct keyring *k, const struct config *config,
    void (*warn)(const char *text, void *ctx), void *ctx);
const char *keyring_vault_path(const struct keyring *k);

#endif
