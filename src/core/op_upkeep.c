/* Operations of upkeep: cost, sizes, backups, the doctor. */
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/host_secrets.h"
#include "core/host_session.h"
#include "core/host_undo.h"
#include "core/operation.h"
#include "core/secret_source.h"
#include "safety/launcher.h"

static int
write_cost(const struct cost_row *row, void *ctx)
{
	struct json_writer *w = ctx;

	jw_object(w);
	if (row->period[0] != '\0')
		jw_key_cstr(w, "period", row->period);
	if (row->model[0] != '\0') {
		jw_key_cstr(w, "provider", row->provider);
		jw_key_cstr(w, "model", row->model);
	}
	jw_key_int(w, "calls", row->calls);
	jw_key_int(w, "input_tokens", row->input_tokens);
	jw_key_int(w, "cached_tokens", row->cached_tokens);
	jw_key_int(w, "output_tokens", row->output_tokens);
	jw_key_int(w, "cost_microusd", row->cost_microusd);
	jw_end(w);
	return 0;
}

static int
cost(struct op_call *call, struct error *err)
{
	static const struct {
		enum cost_group group;
		const char *key;
	} groups[] = {
		{ COST_DAY, "days" },
		{ COST_MONTH, "months" },
		{ COST_MODEL, "models" },
	};
	const struct config *c = call->host->config;
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(groups); i++) {
		jw_key(call->out, groups[i].key);
		jw_array(call->out);
		rc = store_cost(reader, groups[i].group, write_cost, call->out,
		    err);
		jw_end(call->out);
	}
	jw_key(call->out, "caps_usd");
	jw_object(call->out);
	jw_key(call->out, "run");
	jw_double(call->out, config_number(c, "budget.run_usd", 0));
	jw_key(call->out, "day");
	jw_double(call->out, config_number(c, "budget.day_usd", 0));
	jw_key(call->out, "month");
	jw_double(call->out, config_number(c, "budget.month_usd", 0));
	jw_end(call->out);
	return rc;
}

static int
gc(struct op_call *call, struct error *err)
{
	int64_t days = json_get_int(call->args, "days", 30);
	struct gc_opts opts = { .older_than_ms = days * 24 * 3600 * 1000,
		.keep_bytes = json_get_int(call->args, "keep_bytes", 0),
		.dry_run = json_get_bool(call->args, "dry_run", false) };
	struct gc_result result = { 0 };
	struct store *store;
	int rc = host_store(call->host, &store, err);

	if (rc == 0)
		rc = store_gc(store, &opts, &result, err);
	/* What undo kept for sessions that are gone now goes too. */
	if (rc == 0)
		rc = host_undo_gc(call, opts.dry_run, err);
	if (rc != 0)
		return rc;
	jw_key_int(call->out, "sessions", result.sessions);
	jw_key_int(call->out, "events", result.events);
	jw_key_int(call->out, "bytes_before", result.bytes_before);
	jw_key_int(call->out, "bytes_after", result.bytes_after);
	return 0;
}

static int
backup(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *path = str_dup(
	    json_get_str(call->args, "path"));
	struct store *store;
	int rc = host_store(call->host, &store, err);

	return rc == 0 ? store_backup(store, path, err) : rc;
}

/* Only while nothing of this process uses the database. */
static int
restore(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *path = str_dup(
	    json_get_str(call->args, "path"));
	struct friday *f = call->host;

	monitor_enter(&f->lock);
	if (f->store != NULL) {
		monitor_leave(&f->lock);
		return error_set(err, ERR_BUSY,
		    "the database is in use; restore before anything else");
	}
	monitor_leave(&f->lock);
	return store_restore(f->state_dir, path, err);
}

/* --- doctor -------------------------------------------------------------- */

static void
check(struct json_writer *w, const char *name, bool ok, const char *found,
    const char *advice)
{
	jw_object(w);
	jw_key_cstr(w, "check", name);
	jw_key_bool(w, "ok", ok);
	jw_key_cstr(w, "found", found);
	if (!ok && advice != NULL)
		jw_key_cstr(w, "advice", advice);
	jw_end(w);
}

static void
check_data(struct json_writer *w, const char *kind, const char *name,
    const char *advice)
{
	CLEANUP(free_ptr) char *path = file_data_path(kind, name);

	check(w, kind, path != NULL, path ? path : "not found", advice);
}

static void
check_program(struct json_writer *w, const char *name, const char *advice)
{
	struct str rest = str_from(getenv("PATH")), folder;

	while (rest.ptr != NULL && str_next_field(&rest, ':', &folder)) {
		CLEANUP(free_ptr) char *dir = str_dup(folder);
		CLEANUP(free_ptr) char *path = file_join(dir, name);

		if (dir[0] == '/' && file_exists(path)) {
			check(w, name, true, path, NULL);
			return;
		}
	}
	check(w, name, false, "not on PATH", advice);
}

static void
check_store(struct op_call *call)
{
	struct store_reader *reader;
	struct store_stats stats = { 0 };
	struct error err = ERROR_INIT;
	CLEANUP(free_ptr) char *text = NULL;
	int rc = host_reader(call->worker, &reader, &err);

	if (rc == 0)
		rc = store_check(reader, &err);
	if (rc == 0)
		rc = store_stats(reader, &stats, &err);
	text = rc == 0 ?
	    mem_printf("%lld sessions, %lld events, %lld in the trash, "
		       "%.1f MiB, schema %d",
		(long long)stats.sessions, (long long)stats.events,
		(long long)stats.trash, (double)stats.bytes / (double)MIB,
		stats.schema) :
	    mem_strdup(err.message);
	check(call->out, "database", rc == 0, text, error_hint(err.code));
}

static char *
landlock_text(int version)
{
	return mem_printf("version %d%s", version, version >= 6 ? "" :
	    " (newer ones also hold truncation, controls of devices, abstract "
	    "sockets and signals; here only the other layers do)");
}

/* One row for each layer, and what a missing one leads to. */
static void
check_sandbox(struct op_call *call)
{
	static const char *const advice[] = {
		[LAUNCHER_REQUIRED] = "Commands are refused "
				      "(sandbox.mode is required).",
		[LAUNCHER_ASK] = "Each command is asked about, in every mode; "
				 "rules do not answer for you.",
		[LAUNCHER_OFF] = "sandbox.mode is off: commands run without a "
				 "sandbox and are asked about unless a rule "
				 "allows them.",
	};
	struct launcher *l = call->host->launcher;
	enum launcher_mode mode = launcher_mode_of(l);
	unsigned missing = launcher_missing(l);

	check_data(call->out, "libexec", SANDBOX_PROGRAM,
	    "Install friday again: commands cannot run without it.");
	for (unsigned layer = 1; layer <= SANDBOX_ALL_LAYERS; layer <<= 1) {
		CLEANUP_BUF struct buf name = BUF_INIT(128);
		CLEANUP(free_ptr) char *found = NULL;
		bool here = (missing & layer) == 0;

		buf_add_cstr(&name, "sandbox: ");
		sandbox_layers_print(layer, &name);
		found = layer == SANDBOX_LANDLOCK && here ?
		    landlock_text(launcher_landlock_abi(l)) :
		    mem_strdup(here		  ? "yes" :
				mode == LAUNCHER_OFF ? "switched off" :
						       "missing here");
		check(call->out, buf_text(&name), here, found, advice[mode]);
	}
}

/* How memory and processes are limited; both ways hold, one at once. Asked
 * anew: it depends on the session that friday is started from. */
static void
check_limits(struct op_call *call)
{
	struct sandbox_layers layers;

	if (launcher_mode_of(call->host->launcher) == LAUNCHER_OFF ||
	    sandbox_layers_find(&layers, NULL) != 0)
		return;
	check(call->out, "sandbox: limits", true, layers.cgroup ?
	    "by a control group of each command" :
	    "by looking every 50 ms (no control group is delegated)", NULL);
}

static void
check_undo(struct op_call *call)
{
	const struct undo_opts *limits;
	struct store_reader *reader;
	struct undo_size size = { 0 };
	struct error err = ERROR_INIT;
	CLEANUP(free_ptr) char *text = NULL;
	char since[CLOCK_ISO_SIZE] = "";
	int rc = host_reader(call->worker, &reader, &err);

	if (rc == 0)
		rc = undo_size(call->host->undo, reader, &size, &err);
	if (rc != 0) {
		check(call->out, "undo", false, err.message,
		    error_hint(err.code));
		return;
	}
	limits = undo_opts_of(call->host->undo);
	if (size.oldest_ms > 0)
		clock_iso(size.oldest_ms, since);
	text = mem_printf("%lld changes%s%.10s, %lld contents, %.1f of %.0f "
			  "MiB, kept %lld days",
	    (long long)size.points, since[0] ? " since " : "", since,
	    (long long)size.objects, (double)size.bytes / (double)MIB,
	    (double)limits->max_bytes / (double)MIB,
	    (long long)(limits->max_age_ms / (24 * 3600 * 1000)));
	check(call->out, "undo", true, text, NULL);
}

/* --- keys --------------------------------------------------------------- */

struct keys_seen {
	struct json_writer *w;
	size_t n;
	struct buf in_environment;
	struct buf due;
};

static void
see_entry(const struct keyring_entry *e, void *ctx)
{
	struct keys_seen *seen = ctx;

	seen->n++;
	if (e->due)
		buf_printf(&seen->due, "%s%s (%lld days)",
		    seen->due.len > 0 ? ", " : "", e->shown.name,
		    (long long)e->age_days);
}

static void
see_variable(const char *name, void *ctx)
{
	struct keys_seen *seen = ctx;
	const char *value = getenv(name);

	if (value != NULL && value[0] != '\0')
		buf_printf(&seen->in_environment, "%s%s",
		    seen->in_environment.len > 0 ? ", " : "", name);
}

static void
check_sources(struct op_call *call)
{
	const struct json *sources = config_get(call->host->config,
	    "secrets.sources", NULL);

	for (const struct json *s = json_first(sources); s; s = json_next(s)) {
		const char *kind = secret_source_kind(s);
		CLEANUP(free_ptr) char *name = mem_printf("key %.*s",
		    STR_ARG(json_key(s)));

		check(call->out, name, kind != NULL,
		    kind != NULL ? kind : "no source that is known",
		    "See secrets.sources in man friday-config.");
	}
}

static void
check_keys(struct op_call *call)
{
	struct friday *f = call->host;
	struct keys_seen seen = { .w = call->out,
		.in_environment = BUF_INIT(4 * KIB), .due = BUF_INIT(4 * KIB) };
	struct keyring_state state = { .exists = false };
	struct error err = ERROR_INIT;
	CLEANUP(free_ptr) char *text = NULL;
	int rc = keyring_list(f->keys, f->config, see_entry, &seen, &state,
	    &err);

	if (rc == 0)
		text = !state.exists ? mem_strdup("none yet") :
		    mem_printf("%zu keys, %s, %lld days old", seen.n,
			state.by_passphrase ? "passphrase" : "key file",
			(long long)state.key_age_days);
	check(call->out, "vault", rc == 0, rc == 0 ? text : err.message,
	    rc == -ERR_VAULT_KEY ? "friday secret list asks for it." :
				   error_hint(err.code));
	host_secrets_variables(f, see_variable, &seen);
	check(call->out, "environment keys", seen.in_environment.len == 0,
	    seen.in_environment.len > 0 ? buf_text(&seen.in_environment) :
					  "none",
	    "friday secret import --env moves them into the vault.");
	if (seen.due.len > 0)
		check(call->out, "old keys", false, buf_text(&seen.due),
		    "Make new ones; friday secret set or rotate NAME.");
	check_sources(call);
	buf_release(&seen.in_environment);
	buf_release(&seen.due);
}

static int
doctor(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	struct utsname system;
	CLEANUP(free_ptr) char *version = NULL;

	uname(&system);
	version = mem_printf("friday %s, %s %s %s", friday_version(),
	    system.sysname, system.release, system.machine);
	jw_key_cstr(call->out, "version", version);
	jw_key_cstr(call->out, "folder", f->folder);
	jw_key_cstr(call->out, "state", f->state_dir);
	jw_key(call->out, "checks");
	jw_array(call->out);
	check_store(call);
	check_undo(call);
	check_keys(call);
	check_data(call->out, "libexec", "friday-supervise",
	    "Install friday again: commands cannot run without it.");
	check_sandbox(call);
	check_limits(call);
	check_data(call->out, "grammars", "",
	    "Run script/bootstrap, then build again: outlines need them.");
	check_data(call->out, "themes", "", "Install friday again.");
	check_data(call->out, "terminfo", "", "Install friday again.");
	check_program(call->out, "git", "Install git.");
	check_program(call->out, "rg",
	    "Optional: with ripgrep, searches are faster.");
	jw_end(call->out);
	return 0;
}

#define PATH                                                                  \
	"{\"type\":\"object\",\"required\":[\"path\"],\"properties\":"        \
	"{\"path\":{\"type\":\"string\"}},\"additionalProperties\":false}"

const struct operation op_upkeep_rows[] = {
	OPERATION("cost", "read", "What was spent, by day, month and model",
	    ARGS_NONE, cost),
	OPERATION("session.gc", "admin",
	    "Empty the trash, fold old deltas, give space back",
	    "{\"type\":\"object\",\"properties\":{\"days\":{\"type\":"
	    "\"integer\",\"minimum\":0},\"keep_bytes\":{\"type\":"
	    "\"integer\"},\"dry_run\":{\"type\":\"boolean\"}},"
	    "\"additionalProperties\":false}",
	    gc),
	OPERATION_SLOW("store.backup", "admin",
	    "A consistent copy of the database, with its checksum", PATH,
	    backup),
	OPERATION_SLOW("store.restore", "admin",
	    "Put a backup in place of the database", PATH, restore),
	OPERATION_SLOW("doctor", "read", "What works, what does not, and why",
	    ARGS_NONE, doctor),
	{ .face = { .name = NULL } },
};
