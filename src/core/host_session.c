/* Open sessions: their options are put together here, from the configuration
 * and the store's small state. */
#include "core/host_session.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/host_audit.h"
#include "core/host_calls.h"
#include "core/host_hooks.h"
#include "core/host_secrets.h"
#include "core/host_undo.h"
#include "core/remembered.h"
#include "core/rules.h"
#include "core/trust.h"

struct host_session {
	struct host_session *next;
	struct friday *host;
	struct session *session;
	struct agent_opts opts;
	struct target_set main, small;
	/* Models that were switched away from: a call may still use them. */
	struct target_set *former;
	size_t n_former;
	struct rule_list rules;
	struct hook_list hooks;
	struct edit_commands edits;
	char **roots;
	char *config_dir;
	char *output_schema;
	struct host_calls calls;
};

/* "Always" was answered: the rule is kept for this folder. Called on the run's
 * thread. */
static void
remember(const struct policy_rule *rule, void *ctx)
{
	struct host_session *hs = ctx;
	struct worker own = { .host = hs->host };
	struct error err = ERROR_INIT;

	if (remembered_add(&own, rule, &err) != 0)
		log_error(&err, NULL);
	store_reader_close(own.reader);
}

static int
load_rules(struct worker *w, struct host_session *hs, struct error *err)
{
	int rc = rule_list_from_config(w->host->config, &hs->rules, err);

	if (rc == 0)
		rc = remembered_load(w, &hs->rules, err);
	hs->opts.rules = hs->rules.rules;
	hs->opts.n_rules = hs->rules.n;
	return rc;
}

static int
load_hooks(struct friday *f, struct host_session *hs, struct error *err)
{
	int rc = hook_list_from_config(f->config, &hs->hooks, err);

	if (rc == 0)
		rc = edit_commands_from_config(f->config, &hs->edits, err);
	hs->opts.hooks = hs->hooks.hooks;
	hs->opts.n_hooks = hs->hooks.n;
	if (hs->edits.n_format + hs->edits.n_test > 0)
		hs->opts.after_edit = &hs->edits;
	return rc;
}

static void
load_roots(struct friday *f, struct host_session *hs)
{
	const struct json *dirs = config_get(f->config, "add_dirs", NULL);

	hs->roots = mem_alloc(json_count(dirs) + 1, sizeof(*hs->roots));
	hs->roots[hs->opts.n_roots++] = mem_strdup(f->folder);
	for (const struct json *d = json_first(dirs); d; d = json_next(d)) {
		CLEANUP(free_ptr) char *path = str_dup(json_str(d));

		hs->roots[hs->opts.n_roots++] = path[0] == '/' ?
		    mem_strdup(path) :
		    file_join(f->folder, path);
	}
	hs->opts.roots = (const char *const *)hs->roots;
}

static void
load_opts(struct friday *f, struct host_session *hs)
{
	const struct config *c = f->config;
	struct agent_opts *o = &hs->opts;

	o->store = hs->calls.store;
	o->bus = f->bus;
	o->catalog = f->catalog;
	o->registry = f->registry;
	hs->config_dir = file_config_dir();
	o->config_dir = hs->config_dir;
	o->state_dir = f->state_dir;
	o->interactive = f->flags & FRIDAY_INTERACTIVE;
	o->max_turns = (int)config_int(c, "max_turns");
	o->max_tokens = config_int(c, "budget.run_tokens");
	o->max_wall_ms = config_int(c, "budget.run_seconds") * 1000;
	o->caps = host_calls_caps(c);
	o->compact_at = config_number(c, "compact_at", 0.8);
	o->temperature = config_number(c, "temperature", -1);
	o->extra_system = config_cstr(c, "system");
	o->max_output_tokens = config_int(c, "max_output_tokens");
	o->launcher = f->launcher;
	o->index = f->index;
	o->context_tokens = config_int(c, "context_tokens");
	o->fetch_allow_private = config_bool(c, "fetch.allow_private");
	o->shell = config_cstr(c, "shell");
	o->deny = f->deny;
	o->undo = f->undo;
	o->output_schema = hs->output_schema;
}

static struct agent_model
model_of(const struct target_set *set)
{
	return (struct agent_model){ set->targets, set->n_targets,
		set->effort };
}

static void
init_choice(struct friday *f, struct str provider, struct str model,
    struct target_choice *ret)
{
	*ret = (struct target_choice){ .config = f->config,
		.catalog = f->catalog, .keys = f->keys, .provider = provider,
		.model = model };
	if (provider.len == 0 && targets_undecided(f->config) &&
	    f->discovered_provider == NULL)
		targets_discover(ret, &f->discovered_provider,
		    &f->discovered_model);
	ret->found_provider = f->discovered_provider;
	ret->found_model = f->discovered_model;
}

static void
destroy(struct host_session *hs)
{
	if (hs == NULL)
		return;
	session_destroy(hs->session);
	target_set_release(&hs->main);
	target_set_release(&hs->small);
	for (size_t i = 0; i < hs->n_former; i++)
		target_set_release(&hs->former[i]);
	free(hs->former);
	for (size_t i = 0; i < hs->opts.n_roots; i++)
		free(hs->roots[i]);
	free(hs->roots);
	rule_list_release(&hs->rules);
	hook_list_release(&hs->hooks);
	edit_commands_release(&hs->edits);
	free(hs->config_dir);
	free(hs->output_schema);
	host_calls_release(&hs->calls);
	free(hs);
}

static int
open_agent(struct worker *w, struct host_session *hs,
    const struct host_session_opts *opts, struct error *err)
{
	struct friday *f = w->host;
	struct target_choice choice;
	enum policy_mode mode = MODE_ASK;
	struct str mode_name = opts->mode.len ? opts->mode :
						config_str(f->config, "mode");
	int rc;

	if (!policy_mode_by_name(mode_name, &mode))
		return error_set(err, ERR_USAGE,
		    "there is no mode \"%.*s\"; there are plan, ask, edit and "
		    "auto", STR_ARG(mode_name));
	if ((rc = host_store(f, &hs->calls.store, err)) != 0)
		return rc;
	init_choice(f, opts->provider, opts->model, &choice);
	if ((rc = host_audit_note_files(w, err)) != 0 ||
	    (rc = targets_main(&choice, &hs->main, err)) != 0 ||
	    (rc = targets_role(&choice, "small", &hs->small, err)) != 0 ||
	    (rc = load_rules(w, hs, err)) != 0 ||
	    (rc = load_hooks(f, hs, err)) != 0)
		return rc;
	if (opts->output_schema.len > 0)
		hs->output_schema = str_dup(opts->output_schema);
	load_roots(f, hs);
	host_calls_fill(f, &hs->calls, &hs->opts.client);
	load_opts(f, hs);
	hs->opts.trusted = trust_of_folder(w) == TRUST_YES;
	hs->opts.main = model_of(&hs->main);
	hs->opts.small = model_of(&hs->small);
	if (opts->id.len == 0) {
		rc = session_create(&hs->opts, mode, &hs->session, err);
	} else {
		CLEANUP(free_ptr) char *id = str_dup(opts->id);

		rc = session_open(&hs->opts, id, &hs->session, err);
		/* The mode of the session is kept unless one is asked for. */
		if (rc == 0 && (opts->mode.len > 0))
			rc = session_set_mode(hs->session, mode, err);
	}
	if (rc == 0)
		session_on_remember(hs->session, remember, hs);
	if (rc == 0)
		host_secrets_upkeep(w, hs->session);
	return rc;
}

int
host_session_open(struct worker *w, const struct host_session_opts *opts,
    struct session **ret, struct error *err)
{
	struct friday *f = w->host;
	struct host_session *hs;
	int rc;

	if (opts->id.len > 0 &&
	    host_session_find(f, opts->id, ret, NULL) == 0)
		return 0;
	hs = mem_new(struct host_session);
	hs->host = f;
	rc = open_agent(w, hs, opts, err);
	if (rc != 0) {
		destroy(hs);
		return rc;
	}
	hs->next = f->sessions;
	f->sessions = hs;
	*ret = hs->session;
	host_undo_gc_if_due(w);
	return 0;
}

static struct host_session **
find(struct friday *f, struct str id)
{
	struct host_session **at = &f->sessions;

	while (*at != NULL && !str_eq_c(id, session_id((*at)->session)))
		at = &(*at)->next;
	return at;
}

int
host_session_find(struct friday *f, struct str id, struct session **ret,
    struct error *err)
{
	struct host_session *hs = *find(f, id);

	if (hs == NULL)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "session %.*s is not open here", STR_ARG(id));
	*ret = hs->session;
	return 0;
}

const struct agent_opts *
host_session_agent_opts(struct friday *f, struct str id)
{
	const struct host_session *hs = *find(f, id);

	return hs == NULL ? NULL : &hs->opts;
}

int
host_session_set_model(struct friday *f, struct str id, struct str provider,
    struct str model, struct str effort, struct error *err)
{
	struct host_session *hs = *find(f, id);
	struct target_set set = { 0 };
	struct target_choice choice;
	struct agent_model next;
	int rc;

	if (hs == NULL)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "session %.*s is not open here", STR_ARG(id));
	if (provider.len == 0 && model.len == 0) {
		provider = str_from(hs->main.targets[0].provider->name);
		model = str_from(hs->main.targets[0].model);
	}
	init_choice(f, provider, model, &choice);
	rc = targets_main(&choice, &set, err);
	if (rc != 0)
		return rc;
	set.effort = hs->main.effort;
	if (effort.len > 0)
		targets_effort(effort, &set.effort);
	next = model_of(&set);
	rc = session_set_model(hs->session, &next, err);
	if (rc != 0) {
		target_set_release(&set);
		return rc;
	}
	hs->former = mem_resize(hs->former, hs->n_former + 1,
	    sizeof(*hs->former));
	hs->former[hs->n_former++] = hs->main;
	hs->main = set;
	return 0;
}

void
host_sessions_each(struct friday *f,
    void (*fn)(struct session *s, const void *ctx), const void *ctx)
{
	for (struct host_session *hs = f->sessions; hs != NULL; hs = hs->next)
		fn(hs->session, ctx);
}

const char *
host_session_effort(struct friday *f, struct str id)
{
	const struct host_session *hs = *find(f, id);

	return hs == NULL ? "" : targets_effort_name(hs->main.effort);
}

bool
host_session_close(struct friday *f, struct str id)
{
	struct host_session **at = find(f, id);
	struct host_session *hs = *at;

	if (hs == NULL)
		return false;
	*at = hs->next;
	destroy(hs);
	return true;
}

void
host_sessions_close(struct friday *f)
{
	while (f->sessions != NULL) {
		struct host_session *hs = f->sessions;

		f->sessions = hs->next;
		destroy(hs);
	}
}
