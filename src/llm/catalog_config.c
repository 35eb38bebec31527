/* Reading the configuration's "providers" and "models". Every value is checked
 * here, once: what the catalog holds afterwards can go into a URL or an HTTP
 * header as it is. */
#include "llm/catalog_config.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

enum {
	NAME_MAX_BYTES = 31, /* fits opaque_provider and breaker_state */
	TEXT_MAX_BYTES = 256,
	URL_MAX_BYTES = 2048,
	HEADERS_MAX_BYTES = 8192,
};

/* USD per million tokens; price.c counts on a ceiling. */
#define PRICE_MAX_USD 100000.0
#define TOKENS_MAX 1000000000

/* Where a mistake is, for messages: "providers.mine.base_url". */
struct place {
	const char *list;
	struct str name;
	const char *key; /* NULL: the member itself */
};

static int
invalid(const struct place *at, const char *problem, struct error *err)
{
	return error_set(err, ERR_CONFIG_INVALID, "%s.%.*s%s%s: %s", at->list,
	    (int)(at->name.len > 80 ? 80 : at->name.len), at->name.ptr,
	    at->key == NULL ? "" : ".", at->key == NULL ? "" : at->key,
	    problem);
}

static bool
printable(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

/* Checks of single values: NULL, or what is wrong. */

static const char *
text_problem(struct str value)
{
	if (value.len == 0 || value.len > TEXT_MAX_BYTES || !printable(value))
		return "must be one line of 1 to 256 bytes";
	return NULL;
}

static const char *
wire_problem(struct str value)
{
	for (size_t i = 0; i < provider_table_len; i++) {
		if ((provider_table[i].flags & PROVIDER_OFFLINE) == 0 &&
		    str_eq_c(value, provider_table[i].wire))
			return NULL;
	}
	return "must be openai-chat, openai-responses, anthropic, gemini or "
	       "ollama";
}

/* Visible ASCII that needs no escape in a URL's path or query. */
static bool
url_safe(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] <= 0x20 || s.ptr[i] >= 0x7f ||
		    strchr("\"<>\\^`|", s.ptr[i]) != NULL)
			return false;
	}
	return true;
}

static const char *
url_problem(struct str value)
{
	struct str host = value;
	bool secure = str_starts(value, STR("https://"));

	if (!secure && !str_starts(value, STR("http://")))
		return "must start with https:// or http://";
	if (value.len > URL_MAX_BYTES || !url_safe(value) ||
	    str_find_char(value, '?', 0) != SIZE_MAX ||
	    str_find_char(value, '#', 0) != SIZE_MAX)
		return "must be a plain URL without query or fragment";
	host = str_sub(value, secure ? 8 : 7, SIZE_MAX);
	host = str_sub(host, 0, str_find_char(host, '/', 0));
	if (host.len == 0)
		return "has no host";
	/* A password in a URL would be kept and shown in clear. */
	if (str_find_char(host, '@', 0) != SIZE_MAX)
		return "must not hold a user name or password";
	return NULL;
}

static const char *
query_problem(struct str value)
{
	if (value.len > URL_MAX_BYTES || !url_safe(value) ||
	    str_find_char(value, '#', 0) != SIZE_MAX)
		return "must be a query without '?' and '#', such as "
		       "api-version=1";
	return NULL;
}

/* Names of environment variables. */
static bool
variable_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c == '_' || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return s.len > 0 && s.len <= TEXT_MAX_BYTES;
}

static const char *
variables_problem(struct str value)
{
	struct str one;

	while (str_next_field(&value, ' ', &one)) {
		if (!variable_name(one))
			return "must name environment variables";
	}
	return NULL;
}

static const char *
provider_name_problem(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '_' || c == '.'))
			return "a provider's name has only a-z, 0-9, '-', "
			       "'_' and '.'";
	}
	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return "a provider's name has 1 to 31 characters";
	return NULL;
}

/* The rows' strings are const for their users; an owned row's are ours. */
static void
replace(const char **slot, char *value)
{
	free((char *)*slot);
	*slot = value;
}

static int
set_headers(const struct json *value, struct provider *row,
    const struct place *at, struct error *err)
{
	/* HTTP is the client's business; a key has its own field. */
	static const char *const refused[] = { "authorization", "x-api-key",
		"x-goog-api-key", "api-key", "cookie", "host",
		"content-length", "content-type", "transfer-encoding",
		"connection" };
	CLEANUP_BUF struct buf out = BUF_INIT(HEADERS_MAX_BYTES);

	if (!json_is(value, JSON_OBJECT))
		return invalid(at, "must be an object of strings", err);
	for (const struct json *h = json_first(value); h != NULL;
	    h = json_next(h)) {
		struct str name = json_key(h), text = json_str(h);

		if (name.len == 0 || !url_safe(name) ||
		    strcspn(name.ptr, "()<>@,;:\\\"/[]?={}") != name.len)
			return invalid(at, "a header's name is wrong", err);
		for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
			if (str_eq_nocase(name, str_from(refused[i])))
				return invalid(at, "may not set this header; "
				    "a key comes from key_env", err);
		}
		if (text.ptr == NULL || !printable(text))
			return invalid(at, "a header's value must be one line "
			    "of text", err);
		buf_printf(&out, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(text));
	}
	if (buf_check(&out, NULL) != 0)
		return invalid(at, "is too long", err);
	replace(&row->headers, out.len == 0 ? NULL : buf_steal(&out));
	return 0;
}

static int
set_key_env(const struct json *value, struct provider *row,
    const struct place *at, struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(URL_MAX_BYTES);

	if (json_is(value, JSON_STRING))
		buf_add_str(&out, json_str(value));
	else if (!json_is(value, JSON_ARRAY))
		return invalid(at, "must be a string or an array of strings",
		    err);
	for (const struct json *v = json_is(value, JSON_ARRAY) ?
	    json_first(value) : NULL; v != NULL; v = json_next(v)) {
		if (out.len > 0)
			buf_add_char(&out, ' ');
		buf_add_str(&out, json_str(v));
	}
	if (buf_check(&out, NULL) != 0 ||
	    (out.len > 0 && variables_problem(buf_str(&out)) != NULL))
		return invalid(at, "must name environment variables", err);
	replace(&row->key_variables, mem_strdup(buf_text(&out)));
	return 0;
}

static int
set_auth(const struct json *value, struct provider *row,
    const struct place *at, struct error *err)
{
	static const struct {
		const char *name;
		enum provider_auth auth;
	} rows[] = {
		{ "none", AUTH_NONE },
		{ "bearer", AUTH_BEARER },
		{ "x-api-key", AUTH_X_API_KEY },
		{ "x-goog-api-key", AUTH_X_GOOG },
		{ "api-key", AUTH_API_KEY },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_eq_c(json_str(value), rows[i].name)) {
			row->auth = rows[i].auth;
			return 0;
		}
	}
	return invalid(at, "must be none, bearer, x-api-key, x-goog-api-key "
	    "or api-key", err);
}

static int
set_local(const struct json *value, struct provider *row,
    const struct place *at, struct error *err)
{
	if (!json_is(value, JSON_BOOL))
		return invalid(at, "must be true or false", err);
	row->flags &= ~(unsigned)(PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL);
	if (json_bool(value, false))
		row->flags |= PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL;
	return 0;
}

/* A member of a provider: a string that goes into a slot after a check, or a
 * function of its own. */
static const struct provider_field {
	const char *key;
	size_t offset; /* of a const char * in struct provider */
	const char *(*problem)(struct str value);
	int (*set)(const struct json *value, struct provider *row,
	    const struct place *at, struct error *err);
} provider_fields[] = {
	{ "wire", offsetof(struct provider, wire), wire_problem, NULL },
	{ "base_url", offsetof(struct provider, base_url), url_problem, NULL },
	{ "title", offsetof(struct provider, title), text_problem, NULL },
	{ "default_model", offsetof(struct provider, default_model),
	    text_problem, NULL },
	{ "small_model", offsetof(struct provider, small_model), text_problem,
	    NULL },
	{ "query", offsetof(struct provider, query), query_problem, NULL },
	{ "key_env", 0, NULL, set_key_env },
	{ "auth", 0, NULL, set_auth },
	{ "headers", 0, NULL, set_headers },
	{ "local", 0, NULL, set_local },
};

static int
set_text(const struct provider_field *field, struct str value,
    struct provider *row, const struct place *at, struct error *err)
{
	const char **slot = (const char **)((char *)row + field->offset);
	const char *problem;

	if (value.ptr == NULL)
		return invalid(at, "must be a string", err);
	problem = field->problem(value);
	if (problem != NULL)
		return invalid(at, problem, err);
	/* Paths are added behind the base URL with their own slash. */
	while (slot == &row->base_url && value.ptr[value.len - 1] == '/')
		value.len--;
	replace(slot, str_dup(value));
	return 0;
}

static int
set_provider_field(const struct json *value, struct provider *row,
    struct place *at, struct error *err)
{
	char key[32];

	for (size_t i = 0; i < ARRAY_LEN(provider_fields); i++) {
		const struct provider_field *f = &provider_fields[i];

		if (!str_eq_c(json_key(value), f->key))
			continue;
		at->key = f->key;
		if (f->set != NULL)
			return f->set(value, row, at, err);
		return set_text(f, json_str(value), row, at, err);
	}
	snprintf(key, sizeof(key), "%.*s", STR_ARG(json_key(value)));
	at->key = key;
	return invalid(at, "there is no such setting", err);
}

int
catalog_config_provider(const struct json *member, struct provider *row,
    struct error *err)
{
	struct place at = { .list = "providers", .name = json_key(member) };
	const char *problem = provider_name_problem(at.name);

	if (problem != NULL)
		return invalid(&at, problem, err);
	if ((row->flags & PROVIDER_OFFLINE) != 0)
		return invalid(&at, "cannot be changed", err);
	if (!json_is(member, JSON_OBJECT))
		return invalid(&at, "must be an object", err);
	for (const struct json *f = json_first(member); f != NULL;
	    f = json_next(f)) {
		int rc = set_provider_field(f, row, &at, err);

		if (rc != 0)
			return rc;
	}
	at.key = NULL;
	if (row->wire == NULL || row->base_url == NULL)
		return invalid(&at, "a new provider needs wire and base_url",
		    err);
	if (row->title == NULL)
		row->title = mem_strdup(row->name);
	if (row->key_variables == NULL)
		row->key_variables = mem_strdup("");
	return 0;
}

struct provider
provider_row_copy(const struct provider *row)
{
	struct provider copy = *row;

	copy.name = mem_strdup(row->name);
	copy.title = mem_strdup(row->title);
	copy.wire = mem_strdup(row->wire);
	copy.base_url = mem_strdup(row->base_url);
	copy.key_variables = mem_strdup(row->key_variables);
	copy.default_model = mem_strdup(row->default_model);
	copy.small_model = mem_strdup(row->small_model);
	copy.headers = mem_strdup(row->headers);
	copy.query = mem_strdup(row->query);
	return copy;
}

void
provider_row_release(struct provider *row)
{
	replace(&row->name, NULL);
	replace(&row->title, NULL);
	replace(&row->wire, NULL);
	replace(&row->base_url, NULL);
	replace(&row->key_variables, NULL);
	replace(&row->default_model, NULL);
	replace(&row->small_model, NULL);
	replace(&row->headers, NULL);
	replace(&row->query, NULL);
}

/* Members of a model. */

static int
set_tokens(const struct json *value, int64_t *slot, const struct place *at,
    struct error *err)
{
	double n = json_number(value, 0);

	if (!json_is(value, JSON_NUMBER) || !(n >= 1 && n <= TOKENS_MAX) ||
	    n != (double)(int64_t)n)
		return invalid(at, "must be a whole number of tokens", err);
	*slot = (int64_t)n;
	return 0;
}

static int
set_price(const struct json *value, struct model_change *change,
    const struct place *at, struct error *err)
{
	const struct {
		const char *key;
		unsigned field;
		int64_t *slot;
	} rows[] = {
		{ "input", MODEL_SETS_PRICE_INPUT, &change->row.price_input },
		{ "cached", MODEL_SETS_PRICE_CACHED,
		    &change->row.price_cached },
		{ "cache_write", MODEL_SETS_PRICE_WRITE,
		    &change->row.price_cache_write },
		{ "output", MODEL_SETS_PRICE_OUTPUT,
		    &change->row.price_output },
	};

	if (!json_is(value, JSON_OBJECT))
		return invalid(at, "must be an object with input, cached, "
		    "cache_write and output", err);
	for (const struct json *p = json_first(value); p != NULL;
	    p = json_next(p)) {
		double usd = json_number(p, -1);
		size_t i = 0;

		while (i < ARRAY_LEN(rows) &&
		    !str_eq_c(json_key(p), rows[i].key))
			i++;
		if (i == ARRAY_LEN(rows))
			return invalid(at, "knows input, cached, cache_write "
			    "and output", err);
		if (!(usd >= 0 && usd <= PRICE_MAX_USD))
			return invalid(at, "must be in USD per million "
			    "tokens, from 0 to 100000", err);
		*rows[i].slot = (int64_t)(usd * 1e6 + 0.5);
		change->fields |= rows[i].field;
	}
	return 0;
}

static int
set_model_field(const struct json *value, struct model_change *change,
    struct place *at, struct error *err)
{
	static const struct {
		const char *key;
		unsigned bit;
	} abilities[] = {
		{ "tools", MODEL_TOOLS },
		{ "images", MODEL_IMAGES },
		{ "reasoning", MODEL_REASONING },
	};
	struct str key = json_key(value), text = json_str(value);

	for (size_t i = 0; i < ARRAY_LEN(abilities); i++) {
		if (!str_eq_c(key, abilities[i].key))
			continue;
		at->key = abilities[i].key;
		if (!json_is(value, JSON_BOOL))
			return invalid(at, "must be true or false", err);
		change->abilities |= abilities[i].bit;
		if (json_bool(value, false))
			change->row.abilities |= abilities[i].bit;
		return 0;
	}
	if (str_eq_c(key, "context")) {
		at->key = "context";
		change->fields |= MODEL_SETS_CONTEXT;
		return set_tokens(value, &change->row.context_tokens, at, err);
	}
	if (str_eq_c(key, "output")) {
		at->key = "output";
		change->fields |= MODEL_SETS_OUTPUT;
		return set_tokens(value, &change->row.output_tokens, at, err);
	}
	if (str_eq_c(key, "price")) {
		at->key = "price";
		return set_price(value, change, at, err);
	}
	if (str_eq_c(key, "edit_tool")) {
		at->key = "edit_tool";
		change->abilities |= MODEL_APPLY_PATCH;
		if (str_eq_c(text, "apply_patch"))
			change->row.abilities |= MODEL_APPLY_PATCH;
		else if (!str_eq_c(text, "edit"))
			return invalid(at, "must be edit or apply_patch", err);
		return 0;
	}
	at->key = "";
	return invalid(at, "knows context, output, price, tools, images, "
	    "reasoning and edit_tool", err);
}

int
catalog_config_model(const struct json *member,
    bool (*is_provider)(struct str name, const void *ctx), const void *ctx,
    struct model_change *ret, struct error *err)
{
	struct model_change change = { .row = { .price_input = -1,
	    .price_cached = -1, .price_cache_write = -1,
	    .price_output = -1 } };
	struct place at = { .list = "models", .name = json_key(member) };
	struct str provider = STR("*"), id = at.name;
	size_t slash = str_find_char(at.name, '/', 0);

	/* "Qwen/Qwen3-8B" is a model's whole name where no provider is called
	 * Qwen. */
	if (slash != SIZE_MAX &&
	    (str_eq_c(str_sub(at.name, 0, slash), "*") ||
	    is_provider(str_sub(at.name, 0, slash), ctx))) {
		provider = str_sub(at.name, 0, slash);
		id = str_sub(at.name, slash + 1, SIZE_MAX);
	}
	if (text_problem(id) != NULL)
		return invalid(&at, "must be PROVIDER/MODEL or a pattern", err);
	if (!json_is(member, JSON_OBJECT))
		return invalid(&at, "must be an object", err);
	for (const struct json *f = json_first(member); f != NULL;
	    f = json_next(f)) {
		int rc = set_model_field(f, &change, &at, err);

		if (rc != 0)
			return rc;
	}
	change.row.provider = str_dup(provider);
	change.row.id = str_dup(id);
	*ret = change;
	return 0;
}

void
model_change_release(struct model_change *change)
{
	replace(&change->row.provider, NULL);
	replace(&change->row.id, NULL);
}
