/* Layers of settings; see config.h. */
#include "core/config.h"

#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "core/config_file.h"
#include "core/option_table.h"
#include "safety/policy.h"

struct config {
	struct json *layers[LAYER_COUNT]; /* objects; NULL: empty */
	char *project_file;
	char project_hash[HASH_SIZE];
	bool project_trusted;
	struct buf ignored;
};

static const char *const layer_names[] = {
	[LAYER_DEFAULT] = "default",
	[LAYER_USER] = "user",
	[LAYER_PROJECT] = "project",
	[LAYER_ENV] = "environment",
	[LAYER_OPTIONS] = "options",
};

const char *
config_layer_name(enum config_layer layer)
{
	return layer_names[layer];
}

/* "a.b" in nested objects. */
static const struct json *
lookup(const struct json *object, struct str key)
{
	struct str step;

	while (object != NULL && str_next_field(&key, '.', &step))
		object = json_get_n(object, step);
	return object;
}

static void
assign(struct json *object, struct str key, struct json *value)
{
	size_t dot = str_find_char(key, '.', 0);

	if (dot == SIZE_MAX) {
		json_set_n(object, key, value);
	} else {
		CLEANUP(free_ptr) char *group = str_dup(str_sub(key, 0, dot));
		struct json *inner = json_get_mutable(object, group);

		if (inner == NULL) {
			json_set(object, group, json_new_object());
			inner = json_get_mutable(object, group);
		}
		json_set_n(inner, str_sub(key, dot + 1, SIZE_MAX), value);
	}
}

static int
load_defaults(struct config *c, struct error *err)
{
	c->layers[LAYER_DEFAULT] = json_new_object();
	for (size_t i = 0; i < option_table_len; i++) {
		struct json *value = NULL;
		int rc;

		if (option_table[i].fallback == NULL)
			continue;
		rc = json_parse(str_from(option_table[i].fallback), NULL,
		    &value, err);
		if (rc != 0)
			return rc;
		assign(c->layers[LAYER_DEFAULT],
		    str_from(option_table[i].key), value);
	}
	return 0;
}

static int
load_file(const char *path, struct json **ret, char ret_hash[HASH_SIZE],
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct error reason = ERROR_INIT;
	int rc = file_read(path, &text, &reason);

	if (rc == -ERR_NOT_FOUND)
		return 0;
	if (rc != 0)
		return error_set(err, ERR_CONFIG_INVALID, "%s",
		    reason.message);
	if (ret_hash != NULL)
		hash_blake2b(buf_str(&text), ret_hash);
	return config_parse(buf_str(&text), path, ret, err);
}

static int
load_user(struct config *c, struct error *err)
{
	CLEANUP(free_ptr) char *folder = file_config_dir();
	CLEANUP(free_ptr) char *path = NULL;

	if (folder == NULL)
		return 0;
	path = file_join(folder, "config.json");
	return load_file(path, &c->layers[LAYER_USER], NULL, err);
}

/* The first .friday/config.json from the folder up to the repository's root
 * (the folder that holds .git); without a repository only the folder itself.
 * New string or NULL. */
static char *
find_project_file(const char *folder)
{
	CLEANUP(free_ptr) char *at = mem_strdup(folder);
	char *found = NULL;
	bool in_repository = false;

	for (;;) {
		CLEANUP(free_ptr) char *file = file_join(at,
		    ".friday/config.json");
		CLEANUP(free_ptr) char *git = file_join(at, ".git");
		char *slash = strrchr(at, '/');

		if (found == NULL && file_exists(file))
			found = steal(file);
		if (file_exists(git)) {
			in_repository = true;
			break;
		}
		if (slash == NULL || slash == at)
			break;
		*slash = '\0';
	}
	if (found != NULL && !in_repository) {
		CLEANUP(free_ptr) char *own = file_join(folder,
		    ".friday/config.json");

		if (strcmp(found, own) != 0) {
			free(found);
			found = NULL;
		}
	}
	return found;
}

/* A budget is narrower when it is a limit where there was none, or lower. */
static bool
is_narrower(const struct config *c, const struct option_row *row,
    const struct json *value)
{
	enum policy_mode theirs, ours;
	double limit;

	switch (row->kind) {
	case OPTION_ENUM:
		return policy_mode_by_name(json_str(value), &theirs) &&
		    policy_mode_by_name(config_str(c, row->key), &ours) &&
		    theirs < ours;
	case OPTION_INT:
	case OPTION_NUMBER:
		limit = config_number(c, row->key, 0);
		return json_number(value, 0) > 0 &&
		    (limit == 0 || json_number(value, 0) < limit);
	case OPTION_STRINGS:
		return true; /* filtered item by item */
	default:
		return false;
	}
}

/* Rules that narrow: all but "allow". */
static struct json *
without_allow_rules(const struct json *rules)
{
	struct json *kept = json_new_array();

	for (const struct json *r = json_first(rules); r; r = json_next(r))
		if (!str_starts(str_trim(json_str(r)), STR("allow")))
			json_add(kept, json_copy(r));
	return kept;
}

/* Keeps of an untrusted project's settings what narrows. The layers below are
 * loaded, the ones above are not: what an untrusted file narrows is the user's
 * own configuration. */
static void
narrow_project(struct config *c)
{
	struct json *all = c->layers[LAYER_PROJECT];
	struct json *kept = json_new_object();

	c->layers[LAYER_PROJECT] = NULL;
	for (size_t i = 0; i < option_table_len; i++) {
		const struct option_row *row = &option_table[i];
		const struct json *value = lookup(all, str_from(row->key));

		if (value == NULL)
			continue;
		if (row->trust == TRUST_NARROW && is_narrower(c, row, value)) {
			assign(kept, str_from(row->key),
			    row->kind == OPTION_STRINGS ?
				without_allow_rules(value) :
				json_copy(value));
			continue;
		}
		buf_printf(&c->ignored, "%s%s", c->ignored.len ? ", " : "",
		    row->key);
	}
	json_destroy(all);
	c->layers[LAYER_PROJECT] = kept;
}

static int
load_project(struct config *c, const struct config_opts *opts,
    struct error *err)
{
	int rc;

	c->project_file = find_project_file(opts->folder);
	if (c->project_file == NULL)
		return 0;
	rc = load_file(c->project_file, &c->layers[LAYER_PROJECT],
	    c->project_hash, err);
	if (rc != 0)
		return rc;
	c->project_trusted = opts->trusted != NULL &&
	    opts->trusted(c->project_hash, opts->ctx);
	if (!c->project_trusted)
		narrow_project(c);
	return 0;
}

static struct json *
env_value(const struct option_row *row, struct str text)
{
	struct json *value = NULL;

	if (row->kind == OPTION_STRING || row->kind == OPTION_ENUM)
		return json_new_str(text);
	/* NAME=1 is how one switches on by a variable. */
	if (row->kind == OPTION_BOOL &&
	    (str_eq(text, STR("0")) || str_eq(text, STR("1"))))
		return json_new_bool(text.ptr[0] == '1');
	if (json_parse(text, NULL, &value, NULL) == 0)
		return value;
	return json_new_str(text); /* the check below says what is wrong */
}

static int
load_env(struct config *c, struct error *err)
{
	CLEANUP_JSON struct json *layer = json_new_object();
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	for (size_t i = 0; i < option_table_len; i++) {
		const struct option_row *row = &option_table[i];
		const char *value = row->env ? getenv(row->env) : NULL;

		if (value != NULL && value[0] != '\0')
			assign(layer, str_from(row->key),
			    env_value(row, str_from(value)));
	}
	json_print(layer, &text);
	return config_parse(buf_str(&text), "environment (FRIDAY_*)",
	    &c->layers[LAYER_ENV], err);
}

int
config_load(const struct config_opts *opts, struct config **ret,
    struct error *err)
{
	CLEANUP(config_destroyp) struct config *c = mem_new(struct config);
	int rc;

	buf_init(&c->ignored, 4 * KIB);
	if ((rc = load_defaults(c, err)) != 0 ||
	    (rc = load_user(c, err)) != 0 ||
	    (rc = load_project(c, opts, err)) != 0 ||
	    (rc = load_env(c, err)) != 0)
		return rc;
	if (opts->settings != NULL) {
		rc = config_parse(str_from(opts->settings), "options",
		    &c->layers[LAYER_OPTIONS], err);
		if (rc != 0)
			return rc;
	}
	*ret = steal(c);
	return 0;
}

void
config_destroy(struct config *c)
{
	if (c == NULL)
		return;
	for (int i = 0; i < LAYER_COUNT; i++)
		json_destroy(c->layers[i]);
	free(c->project_file);
	buf_release(&c->ignored);
	free(c);
}

const struct json *
config_layer_get(const struct config *c, enum config_layer layer,
    const char *key)
{
	return lookup(c->layers[layer], str_from(key));
}

const struct json *
config_get(const struct config *c, const char *key,
    enum config_layer *ret_layer)
{
	for (int i = LAYER_COUNT - 1; i >= 0; i--) {
		const struct json *value = config_layer_get(c,
		    (enum config_layer)i, key);

		if (value == NULL)
			continue;
		if (ret_layer != NULL)
			*ret_layer = (enum config_layer)i;
		return value;
	}
	return NULL;
}

struct str
config_str(const struct config *c, const char *key)
{
	return json_str(config_get(c, key, NULL));
}

const char *
config_cstr(const struct config *c, const char *key)
{
	struct str s = config_str(c, key);

	return s.len == 0 ? NULL : s.ptr; /* cJSON's strings end in NUL */
}

int64_t
config_int(const struct config *c, const char *key)
{
	return json_int(config_get(c, key, NULL), 0);
}

double
config_number(const struct config *c, const char *key, double fallback)
{
	return json_number(config_get(c, key, NULL), fallback);
}

bool
config_bool(const struct config *c, const char *key)
{
	return json_bool(config_get(c, key, NULL), false);
}

const char *
config_project_file(const struct config *c)
{
	return c->project_file;
}

const char *
config_project_hash(const struct config *c)
{
	return c->project_hash;
}

bool
config_project_trusted(const struct config *c)
{
	return c->project_trusted;
}

const char *
config_ignored(const struct config *c)
{
	return buf_text(&c->ignored);
}
