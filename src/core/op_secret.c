/* Operations on secrets: the vault's, and what was hidden from models. Values
 * travel in arguments and results that are wiped (OPERATION_PRIVATE), and are
 * given out by secret.get alone. */
#include "agent/hide.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/host_secrets.h"
#include "core/operation.h"

enum { FOUND_MAX = 10000 };

struct found {
	struct json_writer *out;
	size_t count, listed;
};

static void
write_place(struct found *f, const struct event *ev, const struct json *place)
{
	if (f->listed++ >= FOUND_MAX)
		return;
	jw_object(f->out);
	jw_key_int(f->out, "seq", ev->seq);
	jw_key_cstr(f->out, "run", ev->run);
	for (const struct json *m = json_first(place); m; m = json_next(m)) {
		jw_key_n(f->out, json_key(m));
		jw_json(f->out, m);
	}
	jw_end(f->out);
}

static int
see_notice(struct event *ev, void *ctx)
{
	struct found *f = ctx;
	CLEANUP_BUF struct buf text = BUF_INIT(ev->members.max + KIB);
	CLEANUP_JSON struct json *j = NULL;

	if (ev->type != EVENT_NOTICE ||
	    str_find(buf_str(&ev->members), STR(HIDE_NOTICE), 0) == SIZE_MAX)
		return 0;
	event_print(ev, &text);
	if (json_parse(buf_str(&text), NULL, &j, NULL) != 0 ||
	    !str_eq(json_get_str(j, "code"), STR(HIDE_NOTICE)))
		return 0;
	f->count += (size_t)json_get_int(j, "count", 0);
	for (const struct json *p = json_first(json_get(j, "places")); p;
	    p = json_next(p))
		write_place(f, ev, p);
	return f->out->out->failed;
}

static int
found(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *id = str_dup(
	    json_get_str(call->args, "session"));
	struct found f = { .out = call->out };
	struct store_reader *reader;
	struct session_row row;
	int rc = host_reader(call->worker, &reader, err);

	if (rc == 0)
		rc = store_session_get(reader, id, &row, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "places");
	jw_array(call->out);
	rc = store_events(reader, row.id, 0, 0, 0, see_notice, &f, err);
	jw_end(call->out);
	jw_key_int(call->out, "count", (int64_t)f.count);
	return rc;
}

/* --- the vault ---------------------------------------------------------- */

static int
set(struct op_call *call, struct error *err)
{
	struct str name = json_get_str(call->args, "name");
	struct str value = json_get_str(call->args, "value");

	return keyring_set(call->host->keys, call->host->config, name, value,
	    "set", err);
}

static int
get(struct op_call *call, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	struct str name = json_get_str(call->args, "name");
	int rc = keyring_reveal(call->host->keys, call->host->config, name,
	    &value, err);

	if (rc == 0)
		jw_key_str(call->out, "value", secret_reveal(value));
	return rc;
}

static int
delete(struct op_call *call, struct error *err)
{
	return keyring_remove(call->host->keys, call->host->config,
	    json_get_str(call->args, "name"), err);
}

static void
write_entry(const struct keyring_entry *e, void *ctx)
{
	struct json_writer *w = ctx;
	char time[CLOCK_ISO_SIZE];

	jw_object(w);
	jw_key_cstr(w, "name", e->shown.name);
	jw_key_cstr(w, "origin", e->shown.origin);
	clock_iso(e->shown.created_ms, time);
	jw_key_cstr(w, "created", time);
	clock_iso(e->shown.changed_ms, time);
	jw_key_cstr(w, "changed", time);
	jw_key_int(w, "age_days", e->age_days);
	jw_key_bool(w, "due", e->due);
	jw_key_bool(w, "rotates", e->has_command);
	jw_end(w);
}

static void
write_variable(const char *name, void *ctx)
{
	const char *value = getenv(name);

	if (value != NULL && value[0] != '\0')
		jw_cstr(ctx, name);
}

static int
list(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	const struct json *sources = config_get(f->config, "secrets.sources",
	    NULL);
	struct keyring_state state = { .exists = false };
	int rc;

	jw_key(call->out, "secrets");
	jw_array(call->out);
	rc = keyring_list(f->keys, f->config, write_entry, call->out, &state,
	    err);
	jw_end(call->out);
	jw_key(call->out, "sources");
	jw_array(call->out);
	for (const struct json *s = json_first(sources); s; s = json_next(s))
		jw_str(call->out, json_key(s));
	jw_end(call->out);
	jw_key(call->out, "environment");
	jw_array(call->out);
	host_secrets_variables(f, write_variable, call->out);
	jw_end(call->out);
	jw_key_cstr(call->out, "vault", keyring_vault_path(f->keys));
	jw_key_bool(call->out, "exists", state.exists);
	jw_key_bool(call->out, "passphrase", state.by_passphrase);
	jw_key_int(call->out, "key_age_days", state.key_age_days);
	return rc;
}

static int
rotate(struct op_call *call, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *passphrase = NULL;
	struct str name = json_get_str(call->args, "name");
	struct str text = json_get_str(call->args, "passphrase");
	struct friday *f = call->host;

	if (name.len > 0)
		return keyring_rotate(f->keys, f->config, name, err);
	if (text.ptr != NULL && text.len == 0)
		return error_set(err, ERR_INVALID, "the passphrase is empty");
	if (text.ptr != NULL)
		passphrase = secret_create(text);
	/* Where there is a passphrase, a key file is a step back that must be
	 * asked for. */
	if (text.ptr == NULL &&
	    vault_wants_passphrase(keyring_vault_path(f->keys)) &&
	    !json_get_bool(call->args, "key_file", false))
		return error_set(err, ERR_INVALID, "the vault has a "
		    "passphrase: give a new one, or ask for a key file");
	return keyring_rekey(f->keys, f->config, passphrase, err);
}

static int
unlock(struct op_call *call, struct error *err)
{
	return keyring_unlock(call->host->keys, call->host->config,
	    json_get_str(call->args, "passphrase"), err);
}

static int
status(struct op_call *call, struct error *err)
{
	struct keyring *keys = call->host->keys;

	jw_key_cstr(call->out, "vault", keyring_vault_path(keys));
	jw_key_bool(call->out, "exists",
	    file_exists(keyring_vault_path(keys)));
	jw_key_bool(call->out, "locked",
	    keyring_is_locked(keys, call->host->config));
	return 0;
}

/* --- import ------------------------------------------------------------- */

struct import {
	struct op_call *call;
	struct error *err;
	int rc;
	struct buf names; /* imported, separated by blanks */
};

static void
import_one(const char *name, void *ctx)
{
	struct import *i = ctx;
	struct friday *f = i->call->host;
	const char *value = getenv(name);

	if (i->rc != 0 || value == NULL || value[0] == '\0')
		return;
	i->rc = keyring_set(f->keys, f->config, str_from(name),
	    str_from(value), "import", i->err);
	if (i->rc == 0)
		buf_printf(&i->names, "%s%s", i->names.len > 0 ? " " : "",
		    name);
}

static bool
sets_variable(struct str line, struct str name)
{
	size_t at = str_find(line, name, 0), end = at + name.len;

	line = str_trim(line);
	if (at == SIZE_MAX || str_starts(line, STR("#")))
		return false;
	at = str_find(line, name, 0);
	end = at + name.len;
	return (at == 0 || strchr(" \t;", line.ptr[at - 1]) != NULL) &&
	    end < line.len && strchr("= \t", line.ptr[end]) != NULL;
}

/* Where a shell sets what is in the vault now. Names of files and lines only:
 * the user takes them out. */
static void
write_lines_of(const char *path, struct str names, struct json_writer *w)
{
	CLEANUP_WIPE struct buf text = BUF_INIT(1 * MIB);
	struct str rest, line;
	int64_t number = 0;

	buf_reserve(&text, 1 * MIB);
	if (file_read(path, &text, NULL) != 0)
		return;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		struct str left = names, name;

		number++;
		while (str_next_field(&left, ' ', &name)) {
			if (!sets_variable(line, name))
				continue;
			jw_object(w);
			jw_key_cstr(w, "path", path);
			jw_key_int(w, "line", number);
			jw_key_str(w, "name", name);
			jw_end(w);
		}
	}
}

static void
write_shell_files(struct str names, struct json_writer *w)
{
	static const char *const files[] = { ".bashrc", ".bash_profile",
		".profile", ".zshrc", ".zshenv", ".zprofile",
		".config/fish/config.fish", ".pam_environment" };
	const char *home = getenv("HOME");

	jw_key(w, "set_in");
	jw_array(w);
	for (size_t i = 0; home != NULL && i < ARRAY_LEN(files); i++) {
		CLEANUP(free_ptr) char *path = file_join(home, files[i]);

		write_lines_of(path, names, w);
	}
	jw_end(w);
}

static int
import(struct op_call *call, struct error *err)
{
	struct import i = { .call = call, .err = err,
		.names = BUF_INIT(64 * KIB) };
	const struct json *names = json_get(call->args, "names");
	struct str rest, name;

	for (const struct json *n = json_first(names); n; n = json_next(n)) {
		CLEANUP(free_ptr) char *text = str_dup(json_str(n));

		import_one(text, &i);
	}
	if (json_count(names) == 0)
		host_secrets_variables(call->host, import_one, &i);
	jw_key(call->out, "imported");
	jw_array(call->out);
	rest = buf_str(&i.names);
	while (rest.ptr != NULL && str_next_field(&rest, ' ', &name))
		if (name.len > 0)
			jw_str(call->out, name);
	jw_end(call->out);
	write_shell_files(buf_str(&i.names), call->out);
	buf_release(&i.names);
	return i.rc;
}

#define NAME "\"name\":{\"type\":\"string\",\"minLength\":1}"
#define PASSPHRASE "\"passphrase\":{\"type\":\"string\"}"

const struct operation op_secret_rows[] = {
	OPERATION_SLOW("secrets.found", "read",
	    "Where secrets were kept from the model in a session, without "
	    "their values",
	    ARGS_WITH("\"session\"", "\"session\":{\"type\":\"string\"}"),
	    found),
	OPERATION_SLOW("secret.list", "admin",
	    "Names, ages and origins in the vault; keys that are in the "
	    "environment", ARGS_NONE, list),
	OPERATION_SLOW("secret.status", "read",
	    "Whether there is a vault, and whether it wants its passphrase",
	    ARGS_NONE, status),
	OPERATION_PRIVATE("secret.unlock", "admin",
	    "Open the vault with its passphrase, for as long as friday runs",
	    ARGS_WITH("\"passphrase\"", PASSPHRASE), unlock),
	OPERATION_PRIVATE("secret.set", "admin", "Keep a secret in the vault",
	    ARGS_WITH("\"name\",\"value\"",
		NAME ",\"value\":{\"type\":\"string\",\"minLength\":1}"),
	    set),
	OPERATION_PRIVATE("secret.get", "admin",
	    "A secret of the vault, in the clear",
	    ARGS_WITH("\"name\"", NAME), get),
	OPERATION_SLOW("secret.delete", "admin",
	    "Remove a secret from the vault", ARGS_WITH("\"name\"", NAME),
	    delete),
	OPERATION_PRIVATE("secret.rotate", "admin",
	    "A new value by the configured command; without a name a new key "
	    "for the vault itself",
	    ARGS(NAME "," PASSPHRASE ",\"key_file\":{\"type\":\"boolean\"}"),
	    rotate),
	OPERATION_SLOW("secret.import", "admin",
	    "Keys of the environment into the vault, and where shells set "
	    "them",
	    ARGS("\"names\":{\"type\":\"array\",\"items\":{\"type\":"
		"\"string\",\"minLength\":1}}"), import),
	{ .face = { .name = NULL } },
};
