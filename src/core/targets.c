/* Choosing targets; see targets.h. */
#include "core/targets.h"

#include "base/mem.h"

enum { DISCOVER_MS = 200, LIST_MS = 3000 };

/* Whether there is a key for one of the row's variables. */
static bool
has_key(const struct target_choice *c, const struct provider *p)
{
	struct str rest = str_from(p->key_variables), name;

	while (rest.ptr != NULL && str_next_field(&rest, ' ', &name)) {
		CLEANUP(free_ptr) char *text = str_dup(name);
		struct key_query query = { .config = c->config,
			.name = text };

		if (name.len > 0 &&
		    keyring_where(c->keys, &query) != KEY_NOWHERE)
			return true;
	}
	return false;
}

/* Scheme, host and port; what a key belongs to. */
static struct str
origin_of(struct str url)
{
	size_t scheme = str_find(url, STR("://"), 0);
	size_t slash;

	if (scheme == SIZE_MAX)
		return url;
	slash = str_find_char(url, '/', scheme + 3);
	return str_sub(url, 0, slash);
}

static int
get_key(const struct target_choice *c, const char *name, bool not_vault,
    const struct provider *p, const char *base_url, struct secret **ret,
    struct error *err)
{
	struct str origin = origin_of(str_from(base_url != NULL ? base_url :
	    p->base_url));
	CLEANUP(free_ptr) char *purpose = mem_printf("provider %s at %.*s",
	    p->name, STR_ARG(origin));
	struct key_query query = { .config = c->config, .name = name,
		.purpose = purpose, .not_vault = not_vault };

	return keyring_get(c->keys, &query, ret, err);
}

static bool
needs_key(const struct provider *p)
{
	return p->auth != AUTH_NONE &&
	    !(p->flags & (PROVIDER_LOCAL | PROVIDER_OFFLINE |
		PROVIDER_KEY_OPTIONAL));
}

/* The key for a target; *ret stays NULL where there is none. A row's own key
 * goes to the row's own origin only; what FRIDAY_API_KEY holds was given for
 * the server that is configured, and the vault knows no server. */
static int
choose_key(const struct target_choice *c, const struct provider *p,
    const char *base_url, bool is_main, struct secret **ret,
    struct error *err)
{
	struct str rest = str_from(p->key_variables), name;
	int rc = -ERR_NOT_FOUND;

	if (p->auth == AUTH_NONE)
		return 0;
	if (is_main)
		rc = get_key(c, "FRIDAY_API_KEY", true, p, base_url, ret, err);
	if (base_url != NULL && (p->base_url == NULL ||
	    !str_eq_nocase(origin_of(str_from(base_url)),
		origin_of(str_from(p->base_url)))))
		rest = STR_NONE;
	while (rc == -ERR_NOT_FOUND && rest.ptr != NULL &&
	    str_next_field(&rest, ' ', &name)) {
		CLEANUP(free_ptr) char *text = str_dup(name);

		if (name.len > 0)
			rc = get_key(c, text, false, p, base_url, ret, err);
	}
	/* A vault that is locked is no reason not to ask a server that wants
	 * no key. */
	if (rc == -ERR_NOT_FOUND ||
	    ((rc == -ERR_VAULT_KEY || rc == -ERR_VAULT_DAMAGED) &&
	    !needs_key(p)))
		return 0;
	return rc;
}

static struct llm_target *
add_target(struct target_set *set, const struct provider *p)
{
	set->targets = mem_resize(set->targets, set->n_targets + 1,
	    sizeof(*set->targets));
	set->targets[set->n_targets] = (struct llm_target){ .provider = p };
	return &set->targets[set->n_targets++];
}

void
target_set_release(struct target_set *set)
{
	for (size_t i = 0; i < set->n_targets; i++) {
		free((char *)(uintptr_t)set->targets[i].base_url);
		free((char *)(uintptr_t)set->targets[i].model);
		secret_destroy((struct secret *)(uintptr_t)set->targets[i].key);
	}
	free(set->targets);
	*set = (struct target_set){ 0 };
}

bool
targets_configured(const struct target_choice *c, const struct provider *p)
{
	if (p->flags & PROVIDER_OFFLINE)
		return true;
	if (str_eq_c(config_str(c->config, "provider"), p->name))
		return true;
	return p->base_url != NULL && has_key(c, p);
}

bool
targets_undecided(const struct config *config)
{
	return config_str(config, "provider").len == 0 &&
	    config_str(config, "base_url").len == 0;
}

void
targets_discover(const struct target_choice *c, char **ret_provider,
    char **ret_model)
{
	const struct catalog *catalog = c->catalog;
	const struct provider *local;
	char *model = NULL;

	*ret_model = NULL;
	for (size_t i = 0; i < catalog_provider_count(catalog); i++) {
		const struct provider *p = catalog_provider_at(catalog, i);

		/* A row that needs more than a key (Azure's resource) is not
		 * chosen unasked. */
		if (!needs_key(p) || p->base_url == NULL ||
		    p->default_model == NULL ||
		    strstr(p->base_url, "${") != NULL || !has_key(c, p))
			continue;
		*ret_provider = mem_strdup(p->name);
		return;
	}
	if (config_bool(c->config, "discover")) {
		local = llm_discover_local(catalog, DISCOVER_MS, NULL, &model);
		if (local != NULL) {
			*ret_provider = mem_strdup(local->name);
			*ret_model = model;
			return;
		}
	}
	*ret_provider = mem_strdup("offline");
}

static void
first_model(struct str id, int64_t context_tokens, void *ctx)
{
	char **model = ctx;

	if (*model == NULL)
		*model = str_dup(id);
}

/* The model where none is named: the row's default, else the server's first. */
static int
default_model(struct llm_target *t, struct error *err)
{
	char *model = NULL;
	int rc;

	if (t->provider->flags & PROVIDER_OFFLINE) {
		t->model = mem_strdup("offline");
		return 0;
	}
	if (t->provider->default_model != NULL && t->base_url == NULL) {
		t->model = mem_strdup(t->provider->default_model);
		return 0;
	}
	rc = llm_list_models(t, LIST_MS, NULL, first_model, &model, err);
	if (model == NULL && t->provider->default_model != NULL) {
		t->model = mem_strdup(t->provider->default_model);
		return 0;
	}
	if (rc == 0 && model == NULL)
		return error_set(err, ERR_CONFIG_INVALID,
		    "provider %s needs a model: set \"model\" or --model",
		    t->provider->name);
	t->model = model;
	return rc;
}

/* "${NAME}" in a row's URL from the environment. New string. */
static int
expand_url(const char *url, char **ret, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(4 * KIB);
	struct str rest = str_from(url);
	size_t at;

	while ((at = str_find(rest, STR("${"), 0)) != SIZE_MAX) {
		size_t end = str_find_char(rest, '}', at);
		CLEANUP(free_ptr) char *name = NULL;
		const char *value;

		if (end == SIZE_MAX)
			break;
		name = str_dup(str_sub(rest, at + 2, end - at - 2));
		value = getenv(name);
		if (value == NULL)
			return error_set(err, ERR_CONFIG_INVALID,
			    "this provider needs the variable %s", name);
		buf_add_str(&out, str_sub(rest, 0, at));
		buf_add_cstr(&out, value);
		rest = str_sub(rest, end + 1, SIZE_MAX);
	}
	buf_add_str(&out, rest);
	*ret = buf_steal(&out);
	return 0;
}

static int
fill_target(const struct target_choice *c, struct llm_target *t,
    const char *base_url, struct str model, bool is_main, struct error *err)
{
	const struct provider *p = t->provider;
	struct secret *key = NULL;
	int rc;

	if (base_url != NULL) {
		struct str url = str_from(base_url);

		while (str_ends(url, STR("/")))
			url.len--;
		t->base_url = str_dup(url);
	} else if (p->base_url != NULL && strstr(p->base_url, "${") != NULL) {
		char *url = NULL;

		rc = expand_url(p->base_url, &url, err);
		if (rc != 0)
			return rc;
		t->base_url = url;
	} else if (p->base_url == NULL && !(p->flags & PROVIDER_OFFLINE)) {
		return error_set(err, ERR_CONFIG_INVALID,
		    "provider %s needs --base-url", p->name);
	}
	rc = choose_key(c, p, base_url, is_main, &key, err);
	if (rc != 0)
		return rc;
	t->key = key;
	if (t->key == NULL && needs_key(p) && base_url == NULL)
		return error_set(err, ERR_LLM_AUTH,
		    "provider %s needs a key: friday secret set NAME keeps it "
		    "in the vault; NAME, or a variable, is %s",
		    p->name, p->key_variables && p->key_variables[0] ?
		    p->key_variables : "FRIDAY_API_KEY");
	if (model.len > 0) {
		t->model = str_dup(model);
		return 0;
	}
	return default_model(t, err);
}

static int
find_provider(const struct catalog *catalog, struct str name,
    const struct provider **ret, struct error *err)
{
	*ret = catalog_provider(catalog, name);
	if (*ret == NULL)
		return error_set(err, ERR_CONFIG_INVALID,
		    "there is no provider \"%.*s\"; see friday model list",
		    STR_ARG(name));
	return 0;
}

/* "provider/model" or "provider" as a further target. */
static int
add_named(const struct target_choice *c, struct str name,
    struct target_set *set, struct error *err)
{
	size_t slash = str_find_char(name, '/', 0);
	struct str model = slash == SIZE_MAX ? STR_NONE :
					       str_sub(name, slash + 1,
						   SIZE_MAX);
	const struct provider *p;
	int rc;

	rc = find_provider(c->catalog, str_sub(name, 0, slash), &p, err);
	if (rc != 0)
		return rc;
	return fill_target(c, add_target(set, p), NULL, model, false, err);
}

static const char *const efforts[] = { [EFFORT_DEFAULT] = "default",
	[EFFORT_NONE] = "none", [EFFORT_LOW] = "low",
	[EFFORT_MEDIUM] = "medium", [EFFORT_HIGH] = "high" };

void
targets_effort(struct str name, enum llm_effort *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(efforts); i++)
		if (str_eq_c(name, efforts[i]))
			*ret = (enum llm_effort)i;
}

const char *
targets_effort_name(enum llm_effort effort)
{
	return efforts[effort];
}

/* What the user asked for, in words: provider (may be empty) and model. A
 * model "openai/gpt-5" without a provider names both. */
static void
requested(const struct target_choice *c, struct str *provider,
    struct str *model)
{
	size_t slash;

	*provider = c->provider.len ? c->provider :
				      config_str(c->config, "provider");
	*model = c->model.len ? c->model :
	    c->provider.len   ? STR_NONE :
				config_str(c->config, "model");
	slash = str_find_char(*model, '/', 0);
	if (slash != SIZE_MAX && (provider->len == 0 || c->model.len) &&
	    catalog_provider(c->catalog, str_sub(*model, 0, slash)) != NULL &&
	    c->provider.len == 0) {
		*provider = str_sub(*model, 0, slash);
		*model = str_sub(*model, slash + 1, SIZE_MAX);
	}
}

int
targets_main(const struct target_choice *c, struct target_set *ret,
    struct error *err)
{
	const char *base_url = config_cstr(c->config, "base_url");
	const struct json *fallback = config_get(c->config, "fallback", NULL);
	struct target_set set = { 0 };
	struct str provider, model;
	const struct provider *p = NULL;
	int rc;

	requested(c, &provider, &model);
	/* Another provider than the configured one has its own server. */
	if (provider.len > 0 && config_str(c->config, "provider").len > 0 &&
	    !str_eq(provider, config_str(c->config, "provider")))
		base_url = NULL;
	if (provider.len == 0 && base_url != NULL)
		provider = STR("openai-chat");
	if (provider.len == 0 && c->found_provider != NULL) {
		provider = str_from(c->found_provider);
		if (model.len == 0 && c->found_model != NULL)
			model = str_from(c->found_model);
	}
	rc = find_provider(c->catalog, provider, &p, err);
	if (rc == 0)
		rc = fill_target(c, add_target(&set, p), base_url, model, true,
		    err);
	for (const struct json *f = json_first(fallback); rc == 0 && f;
	    f = json_next(f))
		rc = add_named(c, json_str(f), &set, err);
	if (rc != 0) {
		target_set_release(&set);
		return rc;
	}
	targets_effort(config_str(c->config, "effort"), &set.effort);
	*ret = set;
	return 0;
}

int
targets_role(const struct target_choice *c, const char *role,
    struct target_set *ret, struct error *err)
{
	struct str name = config_str(c->config, role);
	struct target_set set = { 0 };
	int rc = 0;

	if (name.len > 0)
		rc = add_named(c, name, &set, err);
	if (rc != 0) {
		target_set_release(&set);
		return rc;
	}
	*ret = set;
	return 0;
}

int
targets_provider(const struct target_choice *c, const struct provider *p,
    struct target_set *ret, struct error *err)
{
	bool chosen = str_eq_c(config_str(c->config, "provider"), p->name);
	const char *base_url = chosen ? config_cstr(c->config, "base_url") :
					NULL;
	struct target_set set = { 0 };
	int rc = fill_target(c, add_target(&set, p), base_url, STR("?"), chosen,
	    err);

	if (rc != 0) {
		target_set_release(&set);
		return rc;
	}
	*ret = set;
	return 0;
}
