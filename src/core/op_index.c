/* Operations on the index of the repository. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/changed_files.h"
#include "core/host_index.h"
#include "core/operation.h"
#include "git/repository.h"
#include "index/code_index.h"
#include "index/index_list.h"

/* How long a search waits for another process that brings the index up to
 * date. */
enum { OTHERS_MS = 2000 };

static int
index_of(struct op_call *call, struct code_index **ret, struct error *err)
{
	*ret = call->host->index;
	return *ret != NULL ? 0 : error_set(err, ERR_NOT_FOUND,
	    "there is no folder for caches: set HOME");
}

/* Vectors that cannot be had are no failure of the index: it is told. */
static int
embed(struct op_call *call, struct code_index *x, struct error *err)
{
	const struct code_index_wait wait = { 0 };
	struct error failed = ERROR_INIT;
	struct nearness_info info;
	struct embed_stats made;
	enum embed_effort effort = json_get_bool(call->args, "vectors",
	    false) ? EMBED_ALL : EMBED_HERE;
	int embedded = code_index_embed(x, &wait, effort, &made, &failed);
	int rc = code_index_vectors(x, &info, err);

	if (rc != 0)
		return rc;
	jw_key(call->out, "vectors");
	jw_object(call->out);
	jw_key_cstr(call->out, "embedder", info.embedder);
	jw_key_int(call->out, "dimension", info.dim);
	jw_key_int(call->out, "pieces", (int64_t)info.pieces);
	jw_key_int(call->out, "made", (int64_t)made.pieces);
	jw_key_int(call->out, "withheld", (int64_t)made.withheld);
	jw_key_int(call->out, "requests", (int64_t)made.requests);
	jw_key_int(call->out, "tokens", made.tokens);
	jw_key_int(call->out, "cost_microusd", made.cost_microusd);
	if (embedded != 0)
		jw_key_cstr(call->out, "error", failed.message);
	jw_end(call->out);
	return 0;
}

static int
update(struct op_call *call, struct error *err)
{
	const struct code_index_wait wait = { 0 };
	struct index_update_stats s;
	struct code_index *x;
	int64_t start = clock_now_ms();
	const struct {
		const char *name;
		const size_t *count;
	} reasons[] = {
		{ "binary", &s.binary },
		{ "large", &s.large },
		{ "vendored", &s.vendored },
		{ "generated", &s.generated },
		{ "minified", &s.minified },
	};
	bool refresh = json_get_bool(call->args, "refresh", false);
	int rc = index_of(call, &x, err);

	if (rc == 0 && refresh)
		rc = code_index_refresh(x, &wait, &s, err);
	else if (rc == 0)
		rc = code_index_update(x, &wait, &s, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "root", code_index_root(x));
	jw_key_int(call->out, "files", (int64_t)s.files);
	jw_key_int(call->out, "added", (int64_t)s.added);
	jw_key_int(call->out, "removed", (int64_t)s.removed);
	jw_key_int(call->out, "left_out", (int64_t)s.left_out);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		jw_key_int(call->out, reasons[i].name,
		    (int64_t)*reasons[i].count);
	jw_key_int(call->out, "withheld", (int64_t)s.withheld);
	jw_key_int(call->out, "chunks", (int64_t)s.chunks);
	jw_key_int(call->out, "bytes", (int64_t)s.bytes);
	if (!refresh)
		rc = embed(call, x, err);
	jw_key_int(call->out, "ms", clock_now_ms() - start);
	return rc;
}

static int
drop(struct op_call *call, struct error *err)
{
	struct str path = json_get_str(call->args, "repository");
	CLEANUP(free_ptr) char *given = str_dup(path);
	CLEANUP(free_ptr) char *joined = *given == '/' ?
	    mem_strdup(given) : file_join(call->host->folder, given);
	CLEANUP(free_ptr) char *real = realpath(joined, NULL);
	CLEANUP(code_index_destroyp) struct code_index *other = NULL;
	struct code_index *x;
	int rc = index_of(call, &x, err);

	if (rc != 0 || path.len == 0)
		return rc != 0 ? rc : code_index_drop(x, err);
	/* That of a repository that is gone goes by the path it had. */
	other = host_index_of(real == NULL ? joined : real);
	return strcmp(code_index_root(other), code_index_root(x)) == 0 ?
	    code_index_drop(x, err) : code_index_drop(other, err);
}

static bool
write_entry(const struct index_entry *e, void *ctx)
{
	struct json_writer *w = ctx;

	jw_object(w);
	jw_key_str(w, "root", e->root);
	jw_key_bool(w, "gone", e->gone);
	jw_key_int(w, "bytes", e->bytes);
	jw_key_int(w, "written_ms", e->written_ms);
	jw_end(w);
	return true;
}

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *all = host_index_folder();
	int rc = 0;

	jw_key(call->out, "indexes");
	jw_array(call->out);
	if (all != NULL)
		rc = index_list(all, write_entry, call->out, err);
	jw_end(call->out);
	return rc;
}

static void
write_hit(const struct search_hit *hit, struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "id", hit->id);
	jw_key_cstr(w, "path", hit->path);
	jw_key_int(w, "start_line", hit->start_line);
	jw_key_int(w, "end_line", hit->end_line);
	jw_key(w, "score");
	jw_double(w, hit->score);
	jw_key_cstr(w, "kind", hit->kind);
	jw_key_cstr(w, "symbol", hit->name);
	jw_key_cstr(w, "container", hit->container);
	jw_key_cstr(w, "signature", hit->signature);
	jw_key_cstr(w, "why", hit->why);
	if (hit->copies > 0)
		jw_key_int(w, "copies", (int64_t)hit->copies);
	jw_end(w);
}

static enum search_mode
mode_of(struct str name)
{
	return str_eq_c(name, "text") ? SEARCH_TEXT :
	    str_eq_c(name, "symbol")  ? SEARCH_SYMBOL :
	    str_eq_c(name, "vector")  ? SEARCH_VECTOR :
					SEARCH_HYBRID;
}

static struct str
filter_of(const struct json *args, const char *name)
{
	struct str text = json_get_str(args, name);

	return text.len == 0 ? STR_NONE : text;
}

/* The files that the commits asked for have changed. */
static int
limit_to_commits(struct op_call *call, struct changed_files *files,
    struct search_opts *opts, struct error *err)
{
	const struct repo_opts where = { .folder = call->host->folder,
		.deny = call->host->deny };
	struct str commit = json_get_str(call->args, "commit");
	struct str since = json_get_str(call->args, "since");
	CLEANUP(free_ptr) char *day = mem_printf("%.*sT00:00:00.000Z",
	    STR_ARG(since));
	CLEANUP_REPO struct repo *repo = NULL;
	int64_t since_ms = 0;
	int rc;

	if (commit.len == 0 && since.len == 0)
		return 0;
	if (since.len > 0 && !clock_parse_iso(day, &since_ms))
		return error_set(err, ERR_USAGE, "%.*s is no day: 2026-11-21",
		    STR_ARG(since));
	rc = repo_open(&where, &repo, err);
	if (rc == 0)
		rc = changed_files_read(repo, commit, since_ms, files, err);
	if (rc == 0 && !files->all) {
		opts->files = (const char *const *)files->paths;
		opts->n_files = files->n;
	}
	return rc;
}

static int
search(struct op_call *call, struct error *err)
{
	const struct json *args = call->args;
	CLEANUP(changed_files_release) struct changed_files files = { 0 };
	struct search_opts opts = {
		.k = (size_t)json_get_int(args, "k", SEARCH_HITS_DEFAULT),
		.mode = mode_of(json_get_str(args, "mode")),
		.language = filter_of(args, "language"),
		.path = filter_of(args, "path"),
		.kind = filter_of(args, "kind"),
		.symbol = filter_of(args, "symbol"),
		.container = filter_of(args, "container"),
		.signature = filter_of(args, "signature"),
	};
	CLEANUP(search_hits_release) struct search_hits hits = { 0 };
	const struct code_index_wait wait = { .others_ms = OTHERS_MS };
	struct index_update_stats stats;
	struct code_index *x;
	int rc = index_of(call, &x, err);

	if (rc == 0)
		rc = limit_to_commits(call, &files, &opts, err);
	if (rc == 0 && json_get_bool(args, "update", true))
		rc = code_index_update(x, &wait, &stats, err);
	/* While another process is at it, what there is answers. */
	if (rc == -ERR_BUSY)
		rc = 0;
	if (rc != 0)
		return rc;
	rc = code_index_search(x, json_get_str(args, "query"), &opts, &hits,
	    err);
	if (rc == -ERR_STORE_CORRUPT &&
	    code_index_update(x, &wait, &stats, NULL) == 0)
		rc = code_index_search(x, json_get_str(args, "query"), &opts,
		    &hits, err);
	if (rc != 0)
		return rc;
	jw_key(call->out, "results");
	jw_array(call->out);
	for (size_t i = 0; i < hits.n; i++)
		write_hit(&hits.items[i], call->out);
	jw_end(call->out);
	return 0;
}

#define SEARCH_ARGS                                                           \
	ARGS_WITH("\"query\"",                                                \
	    "\"query\":{\"type\":\"string\",\"minLength\":1},"                \
	    "\"k\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000,"     \
	    "\"description\":\"hits at most; 10\"},"                          \
	    "\"mode\":{\"enum\":[\"hybrid\",\"text\",\"symbol\","             \
	    "\"vector\"]},"                                                   \
	    "\"language\":{\"type\":\"string\"},"                             \
	    "\"path\":{\"type\":\"string\","                                  \
	    "\"description\":\"a pattern: src/**/*.c\"},"                     \
	    "\"kind\":{\"type\":\"string\"},"                                 \
	    "\"symbol\":{\"type\":\"string\"},"                               \
	    "\"container\":{\"type\":\"string\",\"description\":"             \
	    "\"only what is in this class, module, …\"},"                     \
	    "\"signature\":{\"type\":\"string\",\"description\":"             \
	    "\"only what has these words in its signature\"},"                \
	    "\"commit\":{\"type\":\"string\",\"description\":"                \
	    "\"only files that this commit or range A..B changed\"},"         \
	    "\"since\":{\"type\":\"string\",\"description\":"                 \
	    "\"only files that commits changed since this day\"},"            \
	    "\"update\":{\"type\":\"boolean\","                               \
	    "\"description\":\"take in what has changed first; true\"}")

const struct operation op_index_rows[] = {
	OPERATION_SLOW("index.update", "write",
	    "Bring the repository's index up to date",
	    ARGS("\"refresh\":{\"type\":\"boolean\",\"description\":"
		 "\"only if there is one and nobody else is at it\"},"
		 "\"vectors\":{\"type\":\"boolean\",\"description\":"
		 "\"a server of vectors may be asked for many\"}"),
	    update),
	OPERATION_SLOW("index.drop", "write",
	    "Remove an index: the repository's, or that of another",
	    ARGS("\"repository\":{\"type\":\"string\",\"description\":"
		 "\"its path\"}"),
	    drop),
	OPERATION_SLOW("index.list", "read", "The indexes that there are",
	    ARGS_NONE, list),
	OPERATION_SLOW("index.search", "read",
	    "The pieces of the repository that answer a question best",
	    SEARCH_ARGS, search),
	{ .face = { .name = NULL } },
};
