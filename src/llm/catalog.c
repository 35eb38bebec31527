/* The catalog: built-in rows, changed and extended by the configuration, and
 * the search for the row that fits a model. */
#include "base/json.h"
#include "base/mem.h"
#include "llm/catalog_config.h"

/* Nobody lists more, and a list has a ceiling. */
enum { ROWS_MAX = 1000, ID_MAX_BYTES = 256 };

struct catalog {
	struct provider *providers; /* each owns its strings */
	size_t n_providers;
	struct model_change *changes; /* row filled from the tables */
	size_t n_changes;
};

/* Providers that serve another vendor's models under a prefix. */
static const struct vendor_models {
	const char *provider;
	const char *prefix;
	const char *vendor;
	bool same_price;
	bool dots; /* writes 4.5 where the vendor writes 4-5 */
} vendor_models[] = {
	{ "openai-chat", "", "openai", true, false },
	{ "openai-responses", "", "openai", true, false },
	{ "azure", "", "openai", true, false },
	{ "openrouter", "openai/", "openai", true, false },
	{ "openrouter", "anthropic/", "anthropic", true, true },
	{ "openrouter", "google/", "gemini", true, false },
	{ "openrouter", "deepseek/", "deepseek", true, false },
	{ "openrouter", "mistralai/", "mistral", true, false },
	{ "openrouter", "x-ai/", "xai", true, false },
	{ "github-models", "openai/", "openai", false, false },
	{ "github-models", "deepseek/", "deepseek", false, false },
	{ "github-models", "mistral-ai/", "mistral", false, false },
	{ "github-models", "xai/", "xai", false, false },
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* '*' stands for any text. ASCII letters match in either case: vendors spell
 * the same weights differently. Linear but for one step back, so that a hostile
 * pattern costs at most length times length. */
static bool
pattern_fits(const char *pattern, struct str text)
{
	const char *star = NULL;
	size_t i = 0, mark = 0;

	while (i < text.len) {
		if (*pattern == '*') {
			star = pattern++;
			mark = i;
		} else if (*pattern != '\0' &&
		    lower(*pattern) == lower(text.ptr[i])) {
			pattern++;
			i++;
		} else if (star != NULL) {
			pattern = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* How closely a pattern fits: 0 not at all, else the more of the text it
 * spells out the better, and best without any star. */
static size_t
pattern_weight(const char *pattern, struct str text)
{
	size_t len = strlen(pattern), stars = 0;

	if (!pattern_fits(pattern, text))
		return 0;
	for (size_t i = 0; i < len; i++)
		stars += pattern[i] == '*';
	return stars == 0 ? SIZE_MAX : len - stars + 1;
}

static const struct model *
find_row(const char *provider, struct str id)
{
	const struct model *best = NULL;
	size_t best_weight = 0;

	for (size_t i = 0; i < model_table_len; i++) {
		size_t weight;

		if (strcmp(model_table[i].provider, provider) != 0)
			continue;
		weight = pattern_weight(model_table[i].id, id);
		if (weight > best_weight) {
			best = &model_table[i];
			best_weight = weight;
		}
	}
	return best;
}

static void
forget_prices(struct model *m)
{
	m->price_input = m->price_cached = -1;
	m->price_cache_write = m->price_output = -1;
}

/* A row of the vendor whose models this provider serves. */
static bool
find_vendor_row(const char *provider, struct str id, struct model *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(vendor_models); i++) {
		const struct vendor_models *v = &vendor_models[i];
		const struct model *row;
		char name[ID_MAX_BYTES];
		struct str rest;

		if (strcmp(v->provider, provider) != 0 ||
		    !str_starts_nocase(id, str_from(v->prefix)))
			continue;
		rest = str_sub(id, strlen(v->prefix), SIZE_MAX);
		if (rest.len >= sizeof(name))
			continue;
		for (size_t k = 0; k < rest.len; k++)
			name[k] = v->dots && rest.ptr[k] == '.' ? '-' :
								  rest.ptr[k];
		row = find_row(v->vendor, str_make(name, rest.len));
		if (row == NULL)
			continue;
		*ret = *row;
		if (!v->same_price)
			forget_prices(ret);
		return true;
	}
	return false;
}

static struct model
built_in(const struct provider *p, const char *provider, const char *id)
{
	bool local = p != NULL && (p->flags & PROVIDER_LOCAL) != 0;
	/* Not known at all: what nearly every model of the day can hold. */
	struct model m = {
		.context_tokens = local ? 32768 : 128000,
		.output_tokens = local ? 4096 : 8192,
		.abilities = MODEL_TOOLS,
	};
	const struct model *row = find_row(provider, str_from(id));

	forget_prices(&m);
	if (row != NULL)
		m = *row;
	else if (!find_vendor_row(provider, str_from(id), &m) &&
	    (row = find_row("*", str_from(id))) != NULL)
		m = *row;
	if (local && m.price_input < 0)
		m.price_input = m.price_cached = m.price_cache_write =
		    m.price_output = 0;
	m.provider = provider;
	m.id = id;
	return m;
}

static void
apply_change(const struct model_change *change, struct model *m)
{
	const struct model *row = &change->row;

	if (change->fields & MODEL_SETS_CONTEXT)
		m->context_tokens = row->context_tokens;
	if (change->fields & MODEL_SETS_OUTPUT)
		m->output_tokens = row->output_tokens;
	if (change->fields & MODEL_SETS_PRICE_INPUT)
		m->price_input = row->price_input;
	if (change->fields & MODEL_SETS_PRICE_CACHED)
		m->price_cached = row->price_cached;
	if (change->fields & MODEL_SETS_PRICE_WRITE)
		m->price_cache_write = row->price_cache_write;
	if (change->fields & MODEL_SETS_PRICE_OUTPUT)
		m->price_output = row->price_output;
	m->abilities = (m->abilities & ~change->abilities) |
	    (row->abilities & change->abilities);
	/* A longer answer than the whole window helps nobody. */
	if (m->output_tokens > m->context_tokens &&
	    (change->fields & MODEL_SETS_CONTEXT) != 0)
		m->output_tokens = m->context_tokens;
}

struct model
catalog_model(const struct catalog *c, const char *provider, const char *model)
{
	struct model m = built_in(catalog_provider(c, str_from(provider)),
	    provider, model);

	/* Closer rows are behind wider ones (catalog_create sorts). */
	for (size_t i = 0; i < c->n_changes; i++) {
		const struct model *row = &c->changes[i].row;

		if ((strcmp(row->provider, "*") == 0 ||
		    strcmp(row->provider, provider) == 0) &&
		    pattern_fits(row->id, str_from(model)))
			apply_change(&c->changes[i], &m);
	}
	return m;
}

const struct model *
catalog_model_at(const struct catalog *c, const char *provider, size_t i)
{
	for (size_t k = 0; k < model_table_len; k++) {
		if (strcmp(model_table[k].provider, provider) == 0 && i-- == 0)
			return &model_table[k];
	}
	for (size_t k = 0; k < c->n_changes; k++) {
		const struct model *row = &c->changes[k].row;

		if (strcmp(row->provider, provider) == 0 &&
		    strchr(row->id, '*') == NULL && i-- == 0)
			return row;
	}
	return NULL;
}

static struct provider *
find_provider(const struct catalog *c, struct str name)
{
	for (size_t i = 0; i < c->n_providers; i++) {
		if (str_eq_c(name, c->providers[i].name))
			return &c->providers[i];
	}
	return NULL;
}

const struct provider *
catalog_provider(const struct catalog *c, struct str name)
{
	return find_provider(c, name);
}

size_t
catalog_provider_count(const struct catalog *c)
{
	return c->n_providers;
}

const struct provider *
catalog_provider_at(const struct catalog *c, size_t i)
{
	return i < c->n_providers ? &c->providers[i] : NULL;
}

static bool
is_provider(struct str name, const void *ctx)
{
	return find_provider(ctx, name) != NULL;
}

static int
check_list(const struct json *list, const char *name, struct error *err)
{
	if (list != NULL && !json_is(list, JSON_OBJECT))
		return error_set(err, ERR_CONFIG_INVALID,
		    "%s: must be an object", name);
	if (json_count(list) > ROWS_MAX)
		return error_set(err, ERR_CONFIG_INVALID,
		    "%s: more than %d entries", name, ROWS_MAX);
	return 0;
}

static int
add_providers(struct catalog *c, const struct json *list, struct error *err)
{
	c->providers = mem_alloc(provider_table_len + json_count(list),
	    sizeof(*c->providers));
	for (size_t i = 0; i < provider_table_len; i++)
		c->providers[c->n_providers++] =
		    provider_row_copy(&provider_table[i]);
	for (const struct json *m = json_first(list); m != NULL;
	    m = json_next(m)) {
		struct provider *row = find_provider(c, json_key(m));
		int rc;

		if (row == NULL) {
			row = &c->providers[c->n_providers++];
			row->name = str_dup(json_key(m));
			row->auth = AUTH_BEARER;
		}
		rc = catalog_config_provider(m, row, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Rows of any provider before those of one, short patterns before long, so
 * that the closest is applied last. */
static int
compare_changes(const void *a, const void *b)
{
	const struct model_change *x = a, *y = b;
	bool any_x = strcmp(x->row.provider, "*") == 0;
	bool any_y = strcmp(y->row.provider, "*") == 0;
	bool exact_x = strchr(x->row.id, '*') == NULL;
	bool exact_y = strchr(y->row.id, '*') == NULL;
	size_t len_x = strlen(x->row.id), len_y = strlen(y->row.id);

	if (any_x != any_y)
		return any_x ? -1 : 1;
	if (exact_x != exact_y)
		return exact_y ? -1 : 1;
	if (len_x != len_y)
		return len_x < len_y ? -1 : 1;
	return strcmp(x->row.id, y->row.id);
}

static int
add_models(struct catalog *c, const struct json *list, struct error *err)
{
	c->changes = mem_alloc(json_count(list) + 1, sizeof(*c->changes));
	for (const struct json *m = json_first(list); m != NULL;
	    m = json_next(m)) {
		int rc = catalog_config_model(m, is_provider, c,
		    &c->changes[c->n_changes], err);

		if (rc != 0)
			return rc;
		c->n_changes++;
	}
	qsort(c->changes, c->n_changes, sizeof(*c->changes), compare_changes);
	/* What a list shows is the whole row, not just what was set. */
	for (size_t i = 0; i < c->n_changes; i++) {
		struct model_change *change = &c->changes[i];

		if (strchr(change->row.id, '*') == NULL)
			change->row = catalog_model(c, change->row.provider,
			    change->row.id);
	}
	return 0;
}

int
catalog_create(const struct json *providers, const struct json *models,
    struct catalog **ret, struct error *err)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;
	int rc = check_list(providers, "providers", err);

	if (rc == 0)
		rc = check_list(models, "models", err);
	if (rc != 0)
		return rc;
	c = mem_new(struct catalog);
	rc = add_providers(c, providers, err);
	if (rc == 0)
		rc = add_models(c, models, err);
	if (rc != 0)
		return rc;
	*ret = steal(c);
	return 0;
}

void
catalog_destroy(struct catalog *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_providers; i++)
		provider_row_release(&c->providers[i]);
	for (size_t i = 0; i < c->n_changes; i++)
		model_change_release(&c->changes[i]);
	free(c->providers);
	free(c->changes);
	free(c);
}
