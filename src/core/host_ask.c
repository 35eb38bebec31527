/* Asking a model outside of a session; see host_ask.h. */
#include "core/host_ask.h"

#include "base/mem.h"
#include "core/host_audit.h"
#include "core/host_calls.h"
#include "core/targets.h"

#define KEY_NAME "scrubber/%s"
enum { KEY_BYTES = 32, KEY_NAME_SIZE = 64 };

struct host_ask {
	struct host_calls calls;
	struct target_set targets;
	char *found_provider, *found_model;
	struct asker *asker;
};

bool
host_ask_configured(const struct friday *f, const char *role)
{
	const struct config *c = f->config;

	if (config_str(c, role).len > 0)
		return !str_eq_c(config_str(c, role), "offline");
	if (str_eq_c(config_str(c, "provider"), "offline"))
		return false;
	return !targets_undecided(c) || config_str(c, "model").len > 0;
}

static int
find_targets(struct friday *f, const struct host_ask_opts *opts,
    struct host_ask *a, struct error *err)
{
	struct target_choice choice = { .config = f->config,
		.catalog = f->catalog, .keys = f->keys,
		.provider = opts->provider, .model = opts->model };
	bool given = opts->provider.len > 0 || opts->model.len > 0;
	int rc = 0;

	if (!given)
		rc = targets_role(&choice, opts->role, &a->targets, err);
	if (rc != 0 || a->targets.n_targets > 0)
		return rc;
	if (!given && targets_undecided(f->config))
		targets_discover(&choice, &a->found_provider, &a->found_model);
	choice.found_provider = a->found_provider;
	choice.found_model = a->found_model;
	return targets_main(&choice, &a->targets, err);
}

/* "offline" talks, and knows nothing of code. As main model it is refused; as
 * a fall-back it is left out. */
static int
model_of(const struct target_set *set, struct agent_model *ret,
    struct error *err)
{
	size_t n = set->n_targets;

	while (n > 0 &&
	    (set->targets[n - 1].provider->flags & PROVIDER_OFFLINE))
		n--;
	if (n == 0)
		return error_set(err, ERR_LLM_UNAVAILABLE,
		    "this needs a language model, and none is configured: "
		    "see friday model list");
	*ret = (struct agent_model){ set->targets, n, set->effort };
	return 0;
}

/* One key for each purpose, so that a text that is sent again has the same
 * placeholders as before. */
static int
find_key(struct worker *w, struct store *store, const char *purpose,
    struct buf *key, struct error *err)
{
	char name[KEY_NAME_SIZE], hex[2 * KEY_BYTES + 1];
	struct store_reader *reader;
	int rc = host_reader(w, &reader, err);

	if (rc != 0)
		return rc;
	snprintf(name, sizeof(name), KEY_NAME, purpose);
	if (store_state_get(reader, name, key))
		return 0;
	id_hex(hex, KEY_BYTES);
	buf_printf(key, "\"%s\"", hex);
	return store_state_set(store, name, buf_str(key), err);
}

int
host_ask_open(struct worker *w, const struct host_ask_opts *opts,
    struct host_ask **ret, struct error *err)
{
	struct friday *f = w->host;
	CLEANUP(host_ask_closep) struct host_ask *a = mem_new(struct host_ask);
	CLEANUP_BUF struct buf key = BUF_INIT(1 * KIB);
	struct asker_opts asker = { .catalog = f->catalog,
		.caps = host_calls_caps(f->config),
		.max_tokens = config_int(f->config, "budget.run_tokens"),
		.purpose = opts->purpose, .cancel = opts->cancel,
		.deadline_ms = opts->deadline_ms };
	int rc = host_store(f, &a->calls.store, err);

	if (rc == 0)
		rc = host_audit_note_files(w, err);
	if (rc == 0)
		rc = find_targets(f, opts, a, err);
	if (rc == 0)
		rc = model_of(&a->targets, &asker.model, err);
	if (rc == 0)
		rc = find_key(w, a->calls.store, opts->purpose, &key, err);
	if (rc != 0)
		return rc;
	host_calls_fill(f, &a->calls, &asker.client);
	asker.store = a->calls.store;
	asker.scrub_key = buf_str(&key);
	rc = asker_create(&asker, &a->asker, err);
	if (rc == 0)
		*ret = steal(a);
	return rc;
}

void
host_ask_close(struct host_ask *a)
{
	if (a == NULL)
		return;
	asker_destroy(a->asker);
	host_calls_release(&a->calls);
	target_set_release(&a->targets);
	free(a->found_provider);
	free(a->found_model);
	free(a);
}

struct asker *
host_ask_asker(struct host_ask *a)
{
	return a->asker;
}
