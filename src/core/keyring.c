/* The keys of this host; see keyring.h. */
#include "core/keyring.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "core/secret_source.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
enum { ROTATE_MS = 60 * 1000, PASSPHRASE_MS = 60 * 1000 };

struct cached {
	struct secret *value;
	int64_t at_ms; /* clock_now_ms() */
};

struct keyring {
	struct monitor monitor; /* of all below */
	struct keyring_opts opts;
	char *vault_path, *key_path;
	struct vault *vault;  /* NULL: not open, or there is none */
	struct stat seen;     /* of the file that is open */
	struct secret *passphrase; /* NULL: not given */
	struct map *cache;    /* source as JSON -> struct cached */
};

static void
destroy_cached(void *value)
{
	struct cached *c = value;

	secret_destroy(c->value);
	free(c);
}

struct keyring *
keyring_create(const struct keyring_opts *opts)
{
	struct keyring *k = mem_new(struct keyring);

	monitor_init(&k->monitor);
	k->opts = *opts;
	k->vault_path = mem_strdup(opts->vault_path);
	k->key_path = mem_strdup(opts->key_path);
	k->cache = map_create(destroy_cached);
	return k;
}

void
keyring_destroy(struct keyring *k)
{
	if (k == NULL)
		return;
	vault_destroy(k->vault);
	secret_destroy(k->passphrase);
	map_destroy(k->cache);
	free(k->vault_path);
	free(k->key_path);
	monitor_release(&k->monitor);
	free(k);
}

const char *
keyring_vault_path(const struct keyring *k)
{
	return k->vault_path;
}

/* --- the record --------------------------------------------------------- */

static int
record(struct keyring *k, const char *action, const char *name,
    const char *source, const char *purpose, int result, struct error *err)
{
	struct secret_access access = { action, name, source, purpose,
		(enum error_code)-result };
	int rc = 0;

	if (k->opts.on_access != NULL)
		rc = k->opts.on_access(&access, k->opts.ctx,
		    result == 0 ? err : NULL);
	return result != 0 ? result : rc;
}

/* --- the open vault; all inside the monitor ------------------------------ */

static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int
find_passphrase(struct keyring *k, const struct config *config,
    struct error *err)
{
	const struct json *command = config_get(config,
	    "secrets.passphrase_command", NULL);

	if (k->passphrase != NULL || !vault_wants_passphrase(k->vault_path))
		return 0;
	if (json_count(command) == 0)
		return error_set(err, ERR_VAULT_KEY,
		    "the vault is locked: it wants its passphrase "
		    "(secrets.passphrase_command can give it)");
	return secret_source_run(command, STR_NONE, PASSPHRASE_MS,
	    &k->passphrase, err);
}

static int
open_vault(struct keyring *k, struct vault **ret, struct error *err)
{
	struct vault_opts opts = { .path = k->vault_path,
		.key_path = k->key_path, .passphrase = k->passphrase,
		.now_ms = clock_wall_ms() };

	return vault_open(&opts, ret, err);
}

/* *ret NULL: there is no vault. */
static int
ready(struct keyring *k, const struct config *config, struct vault **ret,
    struct error *err)
{
	struct vault *vault = NULL;
	struct stat st;
	int rc;

	*ret = NULL;
	if (stat(k->vault_path, &st) != 0) {
		vault_destroy(steal(k->vault));
		return 0;
	}
	if (k->vault != NULL && !is_same_file(&st, &k->seen) &&
	    vault_reload(k->vault, NULL) == 0)
		k->seen = st;
	if (k->vault == NULL || !is_same_file(&st, &k->seen)) {
		vault_destroy(steal(k->vault));
		rc = find_passphrase(k, config, err);
		if (rc == 0)
			rc = open_vault(k, &vault, err);
		if (rc != 0)
			return rc;
		k->vault = vault;
		k->seen = st;
	}
	*ret = k->vault;
	return 0;
}

/* For a change: made when there is none. */
static int
ready_to_change(struct keyring *k, const struct config *config,
    struct vault **ret, struct error *err)
{
	int rc = ready(k, config, ret, err);

	if (rc == 0 && *ret == NULL) {
		rc = open_vault(k, &k->vault, err);
		*ret = k->vault;
	}
	return rc;
}

static void
changed(struct keyring *k)
{
	/* Opened again when next asked for. */
	memset(&k->seen, 0, sizeof(k->seen));
	map_destroy(k->cache);
	k->cache = map_create(destroy_cached);
}

/* --- looking up; inside the monitor --------------------------------------- */

struct lookup {
	struct keyring *keyring;
	const struct config *config;
};

static int
lend_vault(void *ctx, struct vault **ret, struct error *err)
{
	const struct lookup *l = ctx;

	return ready(l->keyring, l->config, ret, err);
}

static const struct json *
source_of(const struct key_query *q)
{
	return json_get(config_get(q->config, "secrets.sources", NULL),
	    q->name);
}

static struct secret *
copy_of(const struct secret *s)
{
	return secret_create(secret_reveal(s));
}

static int
from_source(struct keyring *k, const struct key_query *q,
    const struct json *source, struct secret **ret, const char **ret_kind,
    struct error *err)
{
	struct lookup lookup = { k, q->config };
	struct secret_source_env env = { q->config, lend_vault, &lookup };
	CLEANUP_BUF struct buf key = BUF_INIT(64 * KIB);
	const char *kind = secret_source_kind(source);
	const struct cached *old;
	struct cached *fresh;
	bool keep = kind != NULL && (strcmp(kind, "command") == 0 ||
	    strcmp(kind, "hashicorp") == 0);
	int rc;

	*ret_kind = kind == NULL ? "unknown" : kind;
	json_print(source, &key);
	old = keep ? map_get(k->cache, buf_str(&key)) : NULL;
	if (old != NULL && clock_now_ms() - old->at_ms < KEYRING_CACHE_MS) {
		*ret = copy_of(old->value);
		*ret_kind = "cache";
		return 0;
	}
	map_remove(k->cache, buf_str(&key));
	rc = secret_source_fetch(source, &env, ret, err);
	/* Where a source is named, its silence is a fault. */
	if (rc == -ERR_NOT_FOUND && err != NULL)
		err->code = ERR_SECRET_SOURCE;
	if (rc == -ERR_NOT_FOUND)
		rc = -ERR_SECRET_SOURCE;
	if (rc != 0 || !keep)
		return rc;
	fresh = mem_new(struct cached);
	*fresh = (struct cached){ copy_of(*ret), clock_now_ms() };
	map_set(k->cache, buf_str(&key), fresh);
	return 0;
}

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool
vault_has(struct keyring *k, const struct key_query *q)
{
	struct vault *vault = NULL;
	struct vault_entry entry;

	if (q->not_vault || ready(k, q->config, &vault, NULL) != 0 ||
	    vault == NULL)
		return false;
	for (size_t i = 0; vault_at(vault, i, &entry); i++)
		if (strcmp(entry.name, q->name) == 0)
			return true;
	return false;
}

static int
look_up(struct keyring *k, const struct key_query *q, struct secret **ret,
    const char **ret_kind, struct error *err)
{
	const struct json *source = source_of(q);
	const char *value = variable(q->name);
	bool strict = config_bool(q->config, "secrets.strict");
	struct vault *vault = NULL;
	int rc;

	*ret_kind = "environment";
	if (source != NULL)
		return from_source(k, q, source, ret, ret_kind, err);
	if (value != NULL && !strict) {
		*ret = secret_create(str_from(value));
		return 0;
	}
	if (!q->not_vault) {
		*ret_kind = "vault";
		rc = ready(k, q->config, &vault, err);
		if (rc != 0)
			return rc;
		if (vault != NULL && vault_get(vault, str_from(q->name), ret,
		    NULL) == 0)
			return 0;
	}
	if (value != NULL)
		return error_set(err, ERR_SECRET_STRICT,
		    "%.64s is in the environment, which secrets.strict "
		    "refuses", q->name);
	return error_set(err, ERR_NOT_FOUND, "there is no key %.64s",
	    q->name);
}

enum key_place
keyring_where(struct keyring *k, const struct key_query *q)
{
	bool strict = config_bool(q->config, "secrets.strict");
	enum key_place place = KEY_NOWHERE;

	if (source_of(q) != NULL)
		return KEY_SOURCE;
	if (variable(q->name) != NULL && !strict)
		return KEY_ENVIRONMENT;
	monitor_enter(&k->monitor);
	if (vault_has(k, q))
		place = KEY_VAULT;
	monitor_leave(&k->monitor);
	return place == KEY_NOWHERE && variable(q->name) != NULL ?
	    KEY_ENVIRONMENT : place;
}

int
keyring_get(struct keyring *k, const struct key_query *q,
    struct secret **ret, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	const char *kind;
	int rc;

	monitor_enter(&k->monitor);
	rc = look_up(k, q, &value, &kind, err);
	monitor_leave(&k->monitor);
	/* That there is no key is no access to one. */
	if (rc == -ERR_NOT_FOUND)
		return rc;
	rc = record(k, "read", q->name, kind, q->purpose, rc, err);
	if (rc == 0)
		*ret = steal(value);
	return rc;
}

/* --- the vault itself ---------------------------------------------------- */

bool
keyring_is_locked(struct keyring *k, const struct config *config)
{
	bool locked;

	monitor_enter(&k->monitor);
	locked = k->passphrase == NULL &&
	    json_count(config_get(config, "secrets.passphrase_command",
		NULL)) == 0 && vault_wants_passphrase(k->vault_path);
	monitor_leave(&k->monitor);
	return locked;
}

bool
keyring_user_is_locked(const struct config *config)
{
	CLEANUP(free_ptr) char *folder = file_config_dir();
	CLEANUP(free_ptr) char *path = folder == NULL ? NULL :
	    file_join(folder, KEYRING_VAULT);

	return path != NULL && json_count(config_get(config,
	    "secrets.passphrase_command", NULL)) == 0 &&
	    vault_wants_passphrase(path);
}

int
keyring_unlock(struct keyring *k, const struct config *config,
    struct str passphrase, struct error *err)
{
	struct vault *vault;
	int rc;

	monitor_enter(&k->monitor);
	secret_destroy(k->passphrase);
	k->passphrase = secret_create(passphrase);
	vault_destroy(steal(k->vault));
	changed(k);
	rc = ready(k, config, &vault, err);
	if (rc != 0)
		secret_destroy(steal(k->passphrase));
	monitor_leave(&k->monitor);
	return record(k, "unlock", "", "vault", "secret unlock", rc, err);
}

int
keyring_set(struct keyring *k, const struct config *config, struct str name,
    struct str value, const char *origin, struct error *err)
{
	CLEANUP(free_ptr) char *shown = str_dup(name);
	struct vault *vault;
	int rc;

	/* Recorded first: what cannot be is not done. */
	rc = record(k, origin, shown, "vault", "secret", 0, err);
	if (rc != 0)
		return rc;
	monitor_enter(&k->monitor);
	rc = ready_to_change(k, config, &vault, err);
	if (rc == 0)
		rc = vault_set(vault, name, value, origin, clock_wall_ms(),
		    err);
	changed(k);
	monitor_leave(&k->monitor);
	return rc;
}

int
keyring_remove(struct keyring *k, const struct config *config,
    struct str name, struct error *err)
{
	CLEANUP(free_ptr) char *shown = str_dup(name);
	struct vault *vault;
	int rc;

	monitor_enter(&k->monitor);
	rc = ready(k, config, &vault, err);
	if (rc == 0)
		rc = vault == NULL ?
		    error_set(err, ERR_NOT_FOUND, "there is no vault") :
		    vault_remove(vault, name, err);
	changed(k);
	monitor_leave(&k->monitor);
	return record(k, "delete", shown, "vault", "secret", rc, err);
}

int
keyring_reveal(struct keyring *k, const struct config *config,
    struct str name, struct secret **ret, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	CLEANUP(free_ptr) char *shown = str_dup(name);
	struct vault *vault;
	int rc;

	monitor_enter(&k->monitor);
	rc = ready(k, config, &vault, err);
	if (rc == 0)
		rc = vault == NULL ?
		    error_set(err, ERR_NOT_FOUND, "there is no vault") :
		    vault_get(vault, name, &value, err);
	monitor_leave(&k->monitor);
	rc = record(k, "read", shown, "vault", "shown to the user", rc, err);
	if (rc == 0)
		*ret = steal(value);
	return rc;
}

int
keyring_rekey(struct keyring *k, const struct config *config,
    const struct secret *passphrase, struct error *err)
{
	struct vault *vault;
	int rc;

	monitor_enter(&k->monitor);
	rc = ready_to_change(k, config, &vault, err);
	if (rc == 0)
		rc = vault_rekey(vault, passphrase, clock_wall_ms(), err);
	if (rc == 0) {
		secret_destroy(k->passphrase);
		k->passphrase = passphrase == NULL ? NULL :
						     copy_of(passphrase);
	}
	changed(k);
	monitor_leave(&k->monitor);
	return record(k, "rotate", "", "vault", "key of the vault", rc, err);
}

static const struct json *
rotate_command(const struct config *config, const char *name)
{
	return json_get(config_get(config, "secrets.rotate", NULL), name);
}

int
keyring_rotate(struct keyring *k, const struct config *config,
    struct str name, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *old = NULL;
	CLEANUP(secret_destroyp) struct secret *fresh = NULL;
	CLEANUP(free_ptr) char *shown = str_dup(name);
	const struct json *command = rotate_command(config, shown);
	int rc;

	if (!json_is(command, JSON_ARRAY))
		return error_set(err, ERR_INVALID,
		    "no command rotates %.64s: set secrets.rotate, or set "
		    "the new value by hand", shown);
	rc = keyring_reveal(k, config, name, &old, err);
	if (rc == 0)
		rc = secret_source_run(command, secret_reveal(old), ROTATE_MS,
		    &fresh, err);
	if (rc == 0)
		rc = keyring_set(k, config, name, secret_reveal(fresh),
		    "rotate", err);
	return rc;
}

/* --- lists and upkeep ----------------------------------------------------- */

static int64_t
days_since(int64_t then_ms)
{
	int64_t age = clock_wall_ms() - then_ms;

	return then_ms <= 0 || age < 0 ? 0 : age / DAY_MS;
}

int
keyring_list(struct keyring *k, const struct config *config,
    void (*each)(const struct keyring_entry *entry, void *ctx), void *ctx,
    struct keyring_state *ret, struct error *err)
{
	int64_t due = config_int(config, "secrets.rotate_days");
	struct keyring_entry e;
	struct vault *vault;
	int rc;

	monitor_enter(&k->monitor);
	rc = ready(k, config, &vault, err);
	for (size_t i = 0; rc == 0 && vault != NULL &&
	    vault_at(vault, i, &e.shown); i++) {
		e.age_days = days_since(e.shown.changed_ms);
		e.due = e.age_days >= due;
		e.has_command = json_is(rotate_command(config, e.shown.name),
		    JSON_ARRAY);
		each(&e, ctx);
	}
	if (rc == 0 && ret != NULL)
		*ret = (struct keyring_state){ .exists = vault != NULL,
			.by_passphrase = vault_wants_passphrase(
			    k->vault_path),
			.key_age_days = vault == NULL ? 0 :
			    days_since(vault_key_made_ms(vault)) };
	monitor_leave(&k->monitor);
	return rc;
}

enum { DUE_MAX = 32 };

struct due {
	struct keyring_entry entries[DUE_MAX];
	size_t n;
};

static void
note_due(const struct keyring_entry *entry, void *ctx)
{
	struct due *due = ctx;

	if (entry->due && due->n < DUE_MAX)
		due->entries[due->n++] = *entry;
}

static void
warn_about(const struct keyring_entry *e, const struct error *err,
    void (*warn)(const char *text, void *ctx), void *ctx)
{
	CLEANUP(free_ptr) char *text = err->code == ERR_NONE ?
	    mem_printf("the key %s is %lld days old: make a new one and run "
		       "friday secret set %s", e->shown.name,
		(long long)e->age_days, e->shown.name) :
	    mem_printf("the key %s is %lld days old and could not be "
		       "rotated: %s", e->shown.name,
		(long long)e->age_days, err->message);

	warn(text, ctx);
}

void
keyring_upkeep(struct keyring *k, const struct config *config,
    void (*warn)(const char *text, void *ctx), void *ctx)
{
	struct due due = { .n = 0 };
	struct keyring_state state = { .exists = false };
	struct error err = ERROR_INIT;

	if (keyring_list(k, config, note_due, &due, &state, NULL) != 0 ||
	    !state.exists)
		return; /* whoever needs a key hears why */
	if (state.key_age_days >= config_int(config, "secrets.rotate_days")) {
		if (state.by_passphrase)
			warn("the vault's passphrase is old: friday secret "
			     "rotate --passphrase", ctx);
		else if (keyring_rekey(k, config, NULL, &err) != 0)
			warn(err.message, ctx);
	}
	for (size_t i = 0; i < due.n; i++) {
		const struct keyring_entry *e = &due.entries[i];

		err = (struct error)ERROR_INIT;
		if (!e->has_command || keyring_rotate(k, config,
		    str_from(e->shown.name), &err) != 0)
			warn_about(e, &err, warn, ctx);
	}
}
