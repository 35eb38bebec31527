/* The keyring of this host; see host_secrets.h. */
#include "core/host_secrets.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "core/host_audit.h"

/* No access without its record. */
static int
record(const struct secret_access *access, void *ctx, struct error *err)
{
	CLEANUP_BUF struct buf body = BUF_INIT(8 * KIB);
	struct json_writer w = JSON_WRITER(&body);

	jw_object(&w);
	jw_key_cstr(&w, "name", access->name);
	jw_key_cstr(&w, "source", access->source);
	jw_key_cstr(&w, "purpose", access->purpose);
	jw_key_cstr(&w, "result", access->result == ERR_NONE ? "ok" :
	    error_name(access->result));
	jw_end(&w);
	{
		CLEANUP(free_ptr) char *action =
		    mem_printf("secret.%s", access->action);

		return host_audit_note(ctx, action, "secret",
		    str_from(access->name), buf_str(&body), err);
	}
}

int
host_secrets_open(struct friday *f, struct error *err)
{
	CLEANUP(free_ptr) char *config = file_config_dir();
	CLEANUP(free_ptr) char *state = file_state_dir();
	CLEANUP(free_ptr) char *vault = NULL;
	CLEANUP(free_ptr) char *key = NULL;

	if (config == NULL || state == NULL)
		return error_set(err, ERR_USAGE,
		    "no home folder: set HOME or XDG_STATE_HOME");
	vault = file_join(config, KEYRING_VAULT);
	key = file_join(state, KEYRING_KEY);
	f->keys = keyring_create(&(struct keyring_opts){
	    .vault_path = vault, .key_path = key, .on_access = record,
	    .ctx = f });
	return 0;
}

/* --- upkeep ------------------------------------------------------------- */

#define UPKEEP_KEY "secrets/upkeep"
#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void
warn(const char *text, void *ctx)
{
	session_notice(ctx, "warning", "secrets.due", text);
}

void
host_secrets_upkeep(struct worker *w, struct session *s)
{
	CLEANUP_BUF struct buf last = BUF_INIT(64);
	CLEANUP(free_ptr) char *now = NULL;
	struct store_reader *reader;
	struct store *store;
	int64_t last_ms = 0;

	if (!file_exists(keyring_vault_path(w->host->keys)) ||
	    host_store(w->host, &store, NULL) != 0 ||
	    host_reader(w, &reader, NULL) != 0)
		return;
	if (store_state_get(reader, UPKEEP_KEY, &last) &&
	    str_to_int(buf_str(&last), 0, INT64_MAX, &last_ms) &&
	    clock_wall_ms() - last_ms < DAY_MS)
		return;
	now = mem_printf("%lld", (long long)clock_wall_ms());
	store_state_set(store, UPKEEP_KEY, str_from(now), NULL);
	keyring_upkeep(w->host->keys, w->host->config, warn, s);
}

/* --- variables ---------------------------------------------------------- */

void
host_secrets_variables(const struct friday *f,
    void (*each)(const char *name, void *ctx), void *ctx)
{
	const struct catalog *catalog = f->catalog;
	CLEANUP(map_destroyp) struct map *seen = map_create(NULL);

	for (size_t i = 0; i < catalog_provider_count(catalog); i++) {
		const struct provider *p = catalog_provider_at(catalog, i);
		struct str rest = str_from(p->key_variables), name;

		while (rest.ptr != NULL &&
		    str_next_field(&rest, ' ', &name)) {
			CLEANUP(free_ptr) char *text = str_dup(name);

			if (name.len == 0 || map_has(seen, name))
				continue;
			map_set(seen, name, seen);
			each(text, ctx);
		}
	}
}
