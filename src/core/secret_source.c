/* Secrets from elsewhere; see secret_source.h. */
#include "core/secret_source.h"

#include "base/mem.h"
#include "base/proc.h"
#include "net/http.h"
#include "safety/vault.h"
#include "tools/child_env.h"

enum { WORDS_MAX = 64, DEPTH_MAX = 3, REPLY_MAX = 64 * 1024 };

/* --- commands ----------------------------------------------------------- */

static int
read_argv(const struct json *argv, const char *words[WORDS_MAX + 1],
    struct error *err)
{
	size_t n = 0;

	for (const struct json *w = json_first(argv); w != NULL;
	    w = json_next(w)) {
		if (n == WORDS_MAX || !json_is(w, JSON_STRING))
			return error_set(err, ERR_SECRET_SOURCE,
			    "a command for a secret is an array of at most %d "
			    "strings", WORDS_MAX);
		words[n++] = json_str(w).ptr;
	}
	words[n] = NULL;
	return n > 0 ? 0 : error_set(err, ERR_SECRET_SOURCE,
	    "a command for a secret is empty");
}

int
secret_source_run(const struct json *argv, struct str input, int timeout_ms,
    struct secret **ret, struct error *err)
{
	const char *words[WORDS_MAX + 1];
	CLEANUP(free_ptr) const char **environment = NULL;
	CLEANUP_WIPE struct buf out = BUF_INIT(VAULT_VALUE_MAX + 1);
	struct proc_opts opts = PROC_OPTS_INIT;
	struct proc_status status;
	struct str value;
	size_t dropped = 0;
	int rc = read_argv(argv, words, err);

	if (rc != 0)
		return rc;
	/* In one piece from the start: a buffer that grows leaves copies. */
	buf_reserve(&out, VAULT_VALUE_MAX);
	environment = child_env_make(NULL);
	opts.argv = words;
	opts.environ_ = environment;
	opts.input = input;
	opts.timeout_ms = timeout_ms;
	rc = proc_capture(&opts, &out, NULL, &dropped, &status, err);
	if (rc != 0)
		return error_wrap(err, ERR_SECRET_SOURCE,
		    "cannot run %.64s for a secret", words[0]);
	value = buf_str(&out);
	if (str_ends(value, STR("\n")))
		value.len--;
	if (str_ends(value, STR("\r")))
		value.len--;
	/* What it said is not repeated: it may hold what must not be told. */
	if (status.timed_out)
		return error_set(err, ERR_SECRET_SOURCE,
		    "%.64s gave no secret within %d s", words[0],
		    timeout_ms / 1000);
	if (!status.exited || status.exit_status != 0)
		return error_set(err, ERR_SECRET_SOURCE,
		    "%.64s failed (status %d) and gave no secret", words[0],
		    status.exit_status);
	if (value.len == 0 || dropped > 0)
		return error_set(err, ERR_SECRET_SOURCE,
		    "%.64s printed %s instead of a secret", words[0],
		    dropped > 0 ? "too much" : "nothing");
	*ret = secret_create(value);
	return 0;
}

/* --- the environment ---------------------------------------------------- */

static int
from_environment(struct str name, const struct config *config,
    struct secret **ret, struct error *err)
{
	CLEANUP(free_ptr) char *variable = str_dup(name);
	const char *value = getenv(variable);

	if (value == NULL || value[0] == '\0')
		return error_set(err, ERR_NOT_FOUND,
		    "the variable %.64s is not set", variable);
	if (config_bool(config, "secrets.strict"))
		return error_set(err, ERR_SECRET_STRICT,
		    "%.64s is in the environment, which secrets.strict "
		    "refuses", variable);
	*ret = secret_create(str_from(value));
	return 0;
}

/* --- HashiCorp Vault, KV version 2 --------------------------------------
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 * GET /v1/MOUNT/data/PATH with X-Vault-Token; the answer has the fields in
 * data.data. */

static int
add_body(const struct http_response *response, struct str bytes, void *ctx)
{
	return buf_add_str(ctx, bytes);
}

/* A token must not cross a network in the clear. */
static int
check_server(const struct url_guard *guard, struct error *err)
{
	if (guard->https || strcmp(guard->host, "localhost") == 0 ||
	    strncmp(guard->host, "127.", 4) == 0 ||
	    strcmp(guard->host, "::1") == 0)
		return 0;
	return error_set(err, ERR_SECRET_SOURCE,
	    "secrets.hashicorp_url must be https (or this machine)");
}

static bool
is_path(struct str path)
{
	if (str_find(path, STR(".."), 0) != SIZE_MAX ||
	    str_find_char(path, '/', 0) == SIZE_MAX)
		return false;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && (c == '\0' ||
		    strchr("_-./", c) == NULL))
			return false;
	}
	return true;
}

static int
ask(const struct config *config, struct str path, const struct secret *token,
    struct buf *body, struct error *err)
{
	struct str base = config_str(config, "secrets.hashicorp_url");
	struct str space = config_str(config, "secrets.hashicorp_namespace");
	CLEANUP_BUF struct buf url = BUF_INIT(4 * KIB);
	CLEANUP_BUF struct buf headers = BUF_INIT(4 * KIB);
	CLEANUP(http_destroyp) struct http *http = NULL;
	size_t slash = str_find_char(path, '/', 0);
	struct http_response response;
	struct http_request request = {
		.secret_prefix = "X-Vault-Token: ", .secret = token,
		.connect_timeout_ms = SECRET_SOURCE_MS,
		.total_timeout_ms = SECRET_SOURCE_MS, .body_max = REPLY_MAX,
		.on_body = add_body, .ctx = body };
	struct url_guard guard;
	int rc = url_guard_origin(&guard, base, err);

	if (rc == 0)
		rc = check_server(&guard, err);
	if (rc == 0)
		rc = http_create(&guard, &http, err);
	if (rc != 0)
		return rc;
	while (str_ends(base, STR("/")))
		base.len--;
	buf_printf(&url, "%.*s/v1/%.*s/data/%.*s", STR_ARG(base),
	    (int)slash, path.ptr,
	    STR_ARG(str_sub(path, slash + 1, SIZE_MAX)));
	buf_add_cstr(&headers, "X-Vault-Request: true\n");
	if (space.len > 0)
		buf_printf(&headers, "X-Vault-Namespace: %.*s\n",
		    STR_ARG(space));
	request.url = buf_str(&url);
	request.headers = buf_text(&headers);
	rc = http_perform(http, &request, &response, err);
	if (rc != 0)
		return rc;
	if (response.status == 404)
		return error_set(err, ERR_NOT_FOUND,
		    "HashiCorp Vault has nothing at %.*s", STR_ARG(path));
	if (response.status != 200)
		return error_set(err, ERR_SECRET_SOURCE,
		    "HashiCorp Vault answered %d for %.*s%s", response.status,
		    STR_ARG(path), response.status == 403 ?
		    ": the token has no right to it" : "");
	return 0;
}

static int
fetch(const struct json *source, const struct secret_source_env *env,
    unsigned depth, struct secret **ret, struct error *err);

static int
get_token(const struct secret_source_env *env, unsigned depth,
    struct secret **ret, struct error *err)
{
	const struct json *source = config_get(env->config,
	    "secrets.hashicorp_token", NULL);

	if (str_starts(json_str(source), STR("hashicorp:")))
		return error_set(err, ERR_SECRET_SOURCE,
		    "secrets.hashicorp_token cannot come from HashiCorp "
		    "Vault itself");
	return fetch(source, env, depth + 1, ret, err);
}

static int
from_hashicorp(struct str rest, const struct secret_source_env *env,
    unsigned depth, struct secret **ret, struct error *err)
{
	CLEANUP(secret_destroyp) struct secret *token = NULL;
	CLEANUP_WIPE struct buf body = BUF_INIT(REPLY_MAX);
	CLEANUP(json_wipep) struct json *reply = NULL;
	size_t hash = str_find_char(rest, '#', 0);
	struct str path = str_sub(rest, 0, hash);
	CLEANUP(free_ptr) char *field = str_dup(hash == SIZE_MAX ?
	    STR("value") : str_sub(rest, hash + 1, SIZE_MAX));
	struct str value;
	int rc;

	if (!is_path(path))
		return error_set(err, ERR_SECRET_SOURCE, "\"hashicorp:%.*s\" "
		    "is not hashicorp:MOUNT/PATH#FIELD", STR_ARG(rest));
	if (config_str(env->config, "secrets.hashicorp_url").len == 0)
		return error_set(err, ERR_SECRET_SOURCE,
		    "set secrets.hashicorp_url (or VAULT_ADDR)");
	buf_reserve(&body, REPLY_MAX);
	rc = get_token(env, depth, &token, err);
	if (rc == 0)
		rc = ask(env->config, path, token, &body, err);
	if (rc == 0 && json_parse(buf_str(&body), NULL, &reply, NULL) != 0)
		rc = error_set(err, ERR_SECRET_SOURCE,
		    "HashiCorp Vault gave no JSON for %.*s", STR_ARG(path));
	if (rc != 0)
		return rc;
	value = json_get_str(json_get(json_get(reply, "data"), "data"),
	    field);
	if (value.len == 0)
		return error_set(err, ERR_NOT_FOUND,
		    "HashiCorp Vault has no field %.64s in %.*s", field,
		    STR_ARG(path));
	*ret = secret_create(value);
	return 0;
}

/* --- all of them -------------------------------------------------------- */

static int
from_vault(struct str name, const struct secret_source_env *env,
    struct secret **ret, struct error *err)
{
	struct vault *vault = NULL;
	int rc = env->vault(env->ctx, &vault, err);

	if (rc != 0)
		return rc;
	if (vault == NULL)
		return error_set(err, ERR_NOT_FOUND,
		    "there is no vault yet: friday secret set %.*s",
		    STR_ARG(name));
	return vault_get(vault, name, ret, err);
}

const char *
secret_source_kind(const struct json *source)
{
	static const char *const kinds[][2] = { { "vault:", "vault" },
		{ "env:", "environment" }, { "hashicorp:", "hashicorp" } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts(json_str(source), str_from(kinds[i][0])))
			return kinds[i][1];
	return json_is(json_get(source, "command"), JSON_ARRAY) ? "command" :
								  NULL;
}

/* depth: a token has a source too. */
static int
fetch(const struct json *source, const struct secret_source_env *env,
    unsigned depth, struct secret **ret, struct error *err)
{
	struct str text = json_str(source);

	if (depth > DEPTH_MAX)
		return error_set(err, ERR_SECRET_SOURCE,
		    "sources of secrets lead to one another");
	if (str_starts(text, STR("vault:")))
		return from_vault(str_sub(text, 6, SIZE_MAX), env, ret, err);
	if (str_starts(text, STR("env:")))
		return from_environment(str_sub(text, 4, SIZE_MAX),
		    env->config, ret, err);
	if (str_starts(text, STR("hashicorp:")))
		return from_hashicorp(str_sub(text, 10, SIZE_MAX), env, depth,
		    ret, err);
	if (json_is(json_get(source, "command"), JSON_ARRAY))
		return secret_source_run(json_get(source, "command"),
		    STR_NONE, SECRET_SOURCE_MS, ret, err);
	return error_set(err, ERR_SECRET_SOURCE,
	    "a source of a secret is \"vault:NAME\", \"env:NAME\", "
	    "\"hashicorp:MOUNT/PATH#FIELD\" or {\"command\": […]}");
}

int
secret_source_fetch(const struct json *source,
    const struct secret_source_env *env, struct secret **ret,
    struct error *err)
{
	return fetch(source, env, 0, ret, err);
}
