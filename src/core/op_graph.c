/* Operations on the code graph: a name, the map, completion of names. */
#include "core/operation.h"
#include "index/code_index.h"

enum { LIKE_DEFAULT = 20, PATHS_MAX = 100 };

static int
index_of(struct op_call *call, struct code_index **ret, struct error *err)
{
	*ret = call->host->index;
	return *ret != NULL ? 0 : error_set(err, ERR_NOT_FOUND,
	    "there is no folder for caches: set HOME");
}

/* The path from the root that is meant in the host's folder; STR_NONE: none
 * was given. *ret_owned: free() it. */
static struct str
path_of(const struct op_call *call, const struct code_index *x,
    struct str path, char **ret_owned)
{
	if (x == NULL || path.len == 0)
		return STR_NONE;
	*ret_owned = code_index_path(x, call->host->folder, path);
	return str_from(*ret_owned);
}

static int
bring_up_to_date(struct op_call *call, struct code_index *x,
    struct error *err)
{
	const struct code_index_wait wait = { 0 };
	struct index_update_stats stats;

	if (!json_get_bool(call->args, "update", true))
		return 0;
	return code_index_update(x, &wait, &stats, err);
}

/* --- a name ------------------------------------------------------------- */

static void
key_text(struct json_writer *w, const char *key, const char *text)
{
	if (*text != '\0')
		jw_key_cstr(w, key, text);
}

static void
write_definition(const struct symbol_item *item, struct str path,
    struct json_writer *w)
{
	jw_key_str(w, "path", path);
	jw_key_int(w, "start_line", item->line);
	jw_key_int(w, "end_line", item->end_line);
	jw_key_cstr(w, "kind", item->kind);
	jw_key_cstr(w, "symbol", item->name);
	key_text(w, "container", item->container);
	key_text(w, "signature", item->signature);
}

/* A use: its place, and the definition around it. */
static void
write_use(const struct symbol_item *item, struct json_writer *w)
{
	jw_key_cstr(w, "path", item->path);
	jw_key_int(w, "line", item->line);
	jw_key_cstr(w, "how", item->how);
	key_text(w, "in_kind", item->kind);
	key_text(w, "in", item->name);
	key_text(w, "in_container", item->container);
	if (item->start_line > 0)
		jw_key_int(w, "in_line", item->start_line);
	if (item->count > 1)
		jw_key_int(w, "count", (int64_t)item->count);
	if (item->means > 0)
		jw_key_int(w, "definition", (int64_t)item->means - 1);
}

/* Only what lies in the host's folder can be named there, by its path from
 * it; STR_NONE: nothing of it. */
static struct str
path_in_folder(const struct op_call *call, const struct code_index *x,
    const char *path)
{
	struct str root = str_from(code_index_root(x)), below;
	struct str folder = str_from(call->host->folder);
	struct str s = str_from(path);

	if (str_eq(folder, root))
		return s;
	if (!str_starts(folder, root) || folder.ptr[root.len] != '/')
		return STR_NONE;
	below = str_sub(folder, root.len + 1, SIZE_MAX);
	if (!str_starts(s, below) || s.len <= below.len ||
	    s.ptr[below.len] != '/')
		return STR_NONE;
	return str_sub(s, below.len + 1, SIZE_MAX);
}

static void
write_list(struct json_writer *w, const char *key,
    const struct symbol_list *list)
{
	jw_key(w, key);
	jw_array(w);
	for (size_t i = 0; i < list->n; i++) {
		const struct symbol_item *item = &list->items[i];

		jw_object(w);
		if (item->how == NULL)
			write_definition(item, str_from(item->path), w);
		else
			write_use(item, w);
		jw_end(w);
	}
	jw_end(w);
}

/* How many there are of those lists that are cut. */
static void
write_totals(struct json_writer *w, const struct symbol_report *r)
{
	const struct {
		const char *key;
		const struct symbol_list *list;
	} lists[] = {
		{ "definitions", &r->definitions },
		{ "references", &r->references },
		{ "callers", &r->callers },
		{ "callees", &r->callees },
		{ "bases", &r->bases },
		{ "implementations", &r->implementations },
		{ "tests", &r->tests },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		write_list(w, lists[i].key, lists[i].list);
	jw_key(w, "totals");
	jw_object(w);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		jw_key_int(w, lists[i].key, (int64_t)lists[i].list->total);
	jw_end(w);
	jw_key_bool(w, "cut", r->cut);
}

static int
symbol(struct op_call *call, struct error *err)
{
	struct symbol_opts opts = {
		.references_max = (size_t)json_get_int(call->args, "limit",
		    0),
	};
	CLEANUP(symbol_report_release) struct symbol_report r = { 0 };
	CLEANUP(free_ptr) char *path = NULL;
	struct code_index *x;
	int rc = index_of(call, &x, err);

	opts.path = path_of(call, x, json_get_str(call->args, "path"), &path);
	if (rc == 0)
		rc = bring_up_to_date(call, x, err);
	if (rc == 0)
		rc = code_index_symbol(x, json_get_str(call->args, "name"),
		    &opts, &r, err);
	if (rc != 0)
		return rc;
	write_totals(call->out, &r);
	jw_key(call->out, "near");
	jw_array(call->out);
	for (size_t i = 0; i < r.n_near; i++)
		jw_cstr(call->out, r.near[i]);
	jw_end(call->out);
	return 0;
}

static int
like(struct op_call *call, struct error *err)
{
	CLEANUP(symbol_list_release) struct symbol_list list = { 0 };
	struct code_index *x;
	int rc = index_of(call, &x, err);

	if (rc == 0)
		rc = code_index_like(x, json_get_str(call->args, "query"),
		    (size_t)json_get_int(call->args, "limit", LIKE_DEFAULT),
		    &list, err);
	/* Without an index there is nothing to offer: that is no failure. */
	if (rc != 0 && rc != -ERR_NOT_FOUND)
		return rc;
	jw_key_str(call->out, "query", json_get_str(call->args, "query"));
	jw_key_bool(call->out, "ready", rc == 0);
	jw_key_bool(call->out, "repository",
	    x != NULL && code_index_is_repository(x));
	jw_key(call->out, "items");
	jw_array(call->out);
	for (size_t i = 0; i < list.n; i++) {
		struct str path = path_in_folder(call, x, list.items[i].path);

		if (path.len == 0)
			continue;
		jw_object(call->out);
		write_definition(&list.items[i], path, call->out);
		jw_end(call->out);
	}
	jw_end(call->out);
	return 0;
}

/* --- the map ------------------------------------------------------------ */

static void
write_map(const struct repo_map *m, struct json_writer *w)
{
	jw_key_int(w, "tokens", (int64_t)m->tokens);
	jw_key_int(w, "left_out", (int64_t)m->left_out);
	jw_key(w, "files");
	jw_array(w);
	for (size_t i = 0; i < m->n; i++) {
		const struct map_file *f = &m->files[i];

		jw_object(w);
		jw_key_cstr(w, "path", f->path);
		jw_key(w, "definitions");
		jw_array(w);
		for (size_t k = 0; k < f->n; k++) {
			const struct map_item *item = &f->items[k];

			jw_object(w);
			jw_key_int(w, "start_line", item->line);
			jw_key_int(w, "end_line", item->end_line);
			jw_key_cstr(w, "kind", item->kind);
			jw_key_cstr(w, "symbol", item->name);
			key_text(w, "container", item->container);
			key_text(w, "signature", item->signature);
			jw_key(w, "score");
			jw_double(w, item->score);
			jw_end(w);
		}
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

static int
map(struct op_call *call, struct error *err)
{
	struct str paths[PATHS_MAX];
	char *owned[PATHS_MAX];
	struct map_opts opts = {
		.tokens = (size_t)json_get_int(call->args, "tokens", 0),
		.paths = paths,
	};
	CLEANUP(repo_map_release) struct repo_map m = { 0 };
	struct code_index *x;
	int rc = index_of(call, &x, err);

	for (const struct json *p = json_first(json_get(call->args, "paths"));
	    rc == 0 && p != NULL && opts.n_paths < PATHS_MAX;
	     p = json_next(p)) {
		owned[opts.n_paths] = NULL;
		paths[opts.n_paths] = path_of(call, x, json_str(p),
		    &owned[opts.n_paths]);
		opts.n_paths++;
	}
	if (rc == 0)
		rc = bring_up_to_date(call, x, err);
	if (rc == 0)
		rc = code_index_map(x, &opts, &m, err);
	if (rc == 0)
		write_map(&m, call->out);
	for (size_t i = 0; i < opts.n_paths; i++)
		free(owned[i]);
	return rc;
}

#define UPDATE                                                                \
	"\"update\":{\"type\":\"boolean\","                                   \
	"\"description\":\"take in what has changed first; true\"}"

const struct operation op_graph_rows[] = {
	OPERATION_SLOW("index.symbol", "read",
	    "Where a name is defined and used, what calls it and what it calls",
	    ARGS_WITH("\"name\"",
		"\"name\":{\"type\":\"string\",\"minLength\":1,"
		"\"maxLength\":300},"
		"\"path\":{\"type\":\"string\","
		"\"description\":\"only definitions in this file or folder\"},"
		"\"limit\":{\"type\":\"integer\",\"minimum\":1,"
		"\"maximum\":1000,\"description\":\"of each list; 100\"},"
		UPDATE),
	    symbol),
	OPERATION_SLOW("index.map", "read",
	    "The repository's most central definitions, as an outline",
	    ARGS("\"tokens\":{\"type\":\"integer\",\"minimum\":1,"
		 "\"maximum\":100000,\"description\":\"how long it may be; "
		 "1024\"},"
		 "\"paths\":{\"type\":\"array\",\"maxItems\":100,\"items\":"
		 "{\"type\":\"string\"},\"description\":\"files and folders "
		 "that matter most\"}," UPDATE),
	    map),
	OPERATION_INPUT("complete.symbols", "read",
	    "Definitions whose name is like what was typed, best first",
	    ARGS_WITH("\"query\"",
		"\"query\":{\"type\":\"string\",\"maxLength\":100},"
		"\"limit\":{\"type\":\"integer\",\"minimum\":1,"
		"\"maximum\":100}"),
	    like),
	{ .face = { .name = NULL } },
};
