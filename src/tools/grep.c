/* grep: lines that fit a pattern. One walk chooses the files, so that what is
 * ignored is the same for list, glob and grep, and PCRE2 looks at the lines. A
 * rg program, where there is one, only passes over files without a match
 * (grep_rg.h): with it or without, the results are the same. Results come by
 * path, then line. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "safety/wildmatch.h"
#include "syntax/language.h"
#include "tools/grep_engine.h"
#include "tools/grep_rg.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/tree_walk.h"

enum { SHOWN_DEFAULT = 200, FILES_MAX = 200 * 1000, LINE_SHOWN = 400 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"pattern\":{\"type\":\"string\",\"description\":\"Regular "
    "expression\"},"
    "\"path\":{\"type\":\"string\",\"description\":\"File or folder\"},"
    "\"glob\":{\"type\":\"string\",\"description\":\"Only files like "
    "*.{c,h}\"},"
    "\"type\":{\"type\":\"string\",\"description\":\"Only this "
    "language: py, ts, rust\"},"
    "\"ignore_case\":{\"type\":\"boolean\"},"
    "\"literal\":{\"type\":\"boolean\",\"description\":\"The pattern is "
    "plain text\"},"
    "\"context\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":20},"
    "\"mode\":{\"type\":\"string\",\"enum\":[\"lines\",\"files\","
    "\"count\"]},"
    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10000}},"
    "\"required\":[\"pattern\"],\"additionalProperties\":false}";

enum mode { MODE_LINES, MODE_FILES, MODE_COUNT };

struct search {
	const struct tool_call *call;
	struct workspace *workspace;
	struct grep_engine *engine;
	struct wildmatch_set globs;
	bool has_glob;
	struct str type; /* a language or an extension; empty: all */
	const struct language *language; /* of type; NULL: an extension */
	char **files; /* from the folder of the walk */
	size_t n_files;
	uint64_t bytes; /* of all files */
	unsigned flags; /* enum grep_flags */
	enum mode mode;
	size_t context, limit;
	size_t shown, files_hit, hits;
	size_t binary; /* binary files with a match: not shown */
	size_t huge, withheld;
	struct buf *out;
};

/* Whether the name of a path ends in a dot and this. */
static bool
has_extension(struct str path, struct str extension)
{
	size_t dot = path.len - extension.len - 1;

	return path.len > extension.len && path.ptr[dot] == '.' &&
	    str_eq_nocase(str_sub(path, dot + 1, SIZE_MAX), extension);
}

static bool
has_type(const struct search *s, struct str path)
{
	/* Files of one language that people look for under another's name. */
	static const struct {
		const char *language;
		struct str extension;
	} also[] = {
		{ "cpp", { "h", 1 } },
		{ "typescript", { "tsx", 3 } },
	};

	if (s->type.len == 0)
		return true;
	if (s->language == NULL)
		return has_extension(path, s->type);
	for (size_t i = 0; i < ARRAY_LEN(also); i++)
		if (strcmp(s->language->name, also[i].language) == 0 &&
		    has_extension(path, also[i].extension))
			return true;
	return language_of_file(path, STR("")) == s->language;
}

static bool
look_at(const struct folder_entry *e, void *ctx)
{
	struct search *s = ctx;

	if (!e->is_file || !has_type(s, e->path))
		return true;
	if (s->has_glob && !wildmatch_set_fits(&s->globs, e->path))
		return true;
	if (e->st.st_size > (off_t)GREP_FILE_MAX) {
		s->huge++;
		return true;
	}
	s->bytes += (uint64_t)e->st.st_size;
	if ((s->n_files & (s->n_files - 1)) == 0)
		s->files = mem_resize(s->files,
		    s->n_files == 0 ? 1 : 2 * s->n_files, sizeof(char *));
	s->files[s->n_files++] = str_dup(e->path);
	return s->n_files < FILES_MAX;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
put_line(struct search *s, const char *path, size_t number, char mark,
    struct str line)
{
	size_t len = line.len;

	if (len > LINE_SHOWN)
		len = utf8_cut(line.ptr, line.len, LINE_SHOWN);
	buf_printf(s->out, "%s%c%zu%c", path, mark, number, mark);
	utf8_repair(str_sub(line, 0, len), s->out);
	buf_add_cstr(s->out, len < line.len ? " …\n" : "\n");
}

/* Prints the hits of a file with the lines around them. */
static void
put_hits(struct search *s, const char *path, const struct text_lines *lines,
    const struct grep_hits *hits)
{
	size_t next = 0; /* first line not printed yet */

	for (size_t i = 0; i < hits->n && s->shown < s->limit; i++) {
		size_t line = hits->lines[i];
		size_t from = line > s->context ? line - s->context : 0;
		size_t to = line + s->context + 1;

		if (s->context > 0 && s->shown > 0 && from > next)
			buf_add_cstr(s->out, "--\n");
		if (from < next)
			from = next;
		/* The lines behind it, up to the next hit. */
		if (i + 1 < hits->n && to > hits->lines[i + 1])
			to = hits->lines[i + 1];
		for (size_t j = from; j < to && j < lines->n; j++)
			put_line(s, path, j + 1, j == line ? ':' : '-',
			    text_lines_at(lines, j));
		next = to;
		s->shown++;
	}
}

static int
search_text(struct search *s, const char *path, struct str text,
    struct error *err)
{
	CLEANUP_LINES struct text_lines lines;
	struct grep_hits hits = { .n = 0 };
	int rc;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, SIZE_MAX);
	text_lines_init(&lines, text);
	rc = grep_engine_search(s->engine, &lines, &hits, err);
	if (rc == 0 && hits.n > 0 &&
	    memchr(text.ptr, '\0', text.len) != NULL) {
		s->binary++;
	} else if (rc == 0 && hits.n > 0) {
		s->files_hit++;
		s->hits += hits.n;
		if (s->mode == MODE_LINES)
			put_hits(s, path, &lines, &hits);
		else if (s->shown++ < s->limit)
			buf_printf(s->out, s->mode == MODE_FILES ? "%s\n" :
			    "%s:%zu\n", path, hits.n);
	}
	free(hits.lines);
	return rc;
}

static int
search_file(struct search *s, const struct workspace_node *base,
    const char *name, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(GREP_FILE_MAX);
	CLEANUP_BUF struct buf display = BUF_INIT(64 * KIB);
	CLEANUP(free_ptr) char *path = name == NULL ?
	    mem_strdup(base->path) : file_join(base->path, name);
	int rc;

	if (name != NULL)
		tree_walk_prefix(base, &display);
	buf_add_cstr(&display, name == NULL ? base->display : name);
	rc = workspace_read(s->workspace, str_from(path), &text, NULL, err);
	if (rc == -ERR_PATH_DENIED && name == NULL)
		return rc; /* it was asked for by its name */
	if (rc == -ERR_PATH_DENIED)
		s->withheld++;
	if (rc == -ERR_TOO_LARGE)
		s->huge++;
	/* Gone meanwhile, or not ours to read: not a match. */
	if (rc != 0)
		return 0;
	return search_text(s, buf_text(&display), buf_str(&text), err);
}

/* Lets ripgrep name the files that can hold a match. */
static int
sieve(struct search *s, const struct workspace_node *node, bool *ret_fits,
    struct error *err)
{
	struct grep_rg_opts opts = { .call = s->call, .folder = node->path,
		.pattern = json_get_str(s->call->args, "pattern"),
		.flags = s->flags, .files = s->files,
		.n_files = s->n_files };

	if (s->bytes < GREP_RG_BYTES_MIN ||
	    workspace_has_overlay(s->workspace))
		return 0;
	return grep_rg_sieve(&opts, ret_fits, err);
}

static int
search_files(struct search *s, const struct workspace_node *node,
    struct error *err)
{
	CLEANUP(free_ptr) bool *fits = mem_alloc(s->n_files + 1,
	    sizeof(*fits));
	int known = sieve(s, node, fits, err);
	int rc = known < 0 ? known : 0;

	for (size_t i = 0; rc == 0 && i < s->n_files; i++) {
		if (known && !fits[i])
			continue;
		rc = cancel_check(s->call->cancel, err);
		if (rc == 0 && clock_now_ms() > s->call->deadline_ms)
			rc = error_set(err, ERR_TOOL_TIMEOUT,
			    "the search took too long: choose a deeper "
			    "folder or a glob");
		if (rc == 0)
			rc = search_file(s, node, s->files[i], err);
	}
	return rc;
}

static int
search_all(struct search *s, const struct workspace_node *node,
    struct error *err)
{
	struct folder_walk_opts opts = { .cancel = s->call->cancel,
		.deadline_ms = s->call->deadline_ms, .visit = look_at,
		.ctx = s };
	int rc;

	if (node->exists && !S_ISDIR(node->st.st_mode))
		return search_file(s, node, NULL, err);
	rc = tree_walk(s->workspace, node, &opts, err);
	if (rc != 0)
		return rc;
	if (s->n_files > 0)
		qsort(s->files, s->n_files, sizeof(char *), by_bytes);
	return search_files(s, node, err);
}

static void
search_release(struct search *s)
{
	for (size_t i = 0; i < s->n_files; i++)
		free(s->files[i]);
	free(s->files);
	wildmatch_set_release(&s->globs);
	grep_engine_destroy(s->engine);
}

static int
prepare(struct search *s, struct error *err)
{
	const struct json *args = s->call->args;
	struct str glob = json_get_str(args, "glob");
	struct str mode = json_get_str(args, "mode");
	int rc = 0;

	s->context = (size_t)json_get_int(args, "context", 0);
	s->limit = (size_t)json_get_int(args, "limit", SHOWN_DEFAULT);
	s->mode = str_eq_c(mode, "files") ? MODE_FILES :
	    str_eq_c(mode, "count") ? MODE_COUNT : MODE_LINES;
	if (json_get_bool(args, "ignore_case", false))
		s->flags |= GREP_IGNORE_CASE;
	if (json_get_bool(args, "literal", false))
		s->flags |= GREP_LITERAL;
	s->type = json_get_str(args, "type");
	s->language = language_by_name(s->type);
	s->has_glob = glob.len > 0;
	if (s->has_glob)
		rc = wildmatch_set_init(&s->globs, glob, err);
	if (rc == 0)
		rc = grep_engine_create(json_get_str(args, "pattern"),
		    s->flags, &s->engine, err);
	return rc;
}

static void
put_summary(const struct search *s, struct buf *out)
{
	if (s->hits == 0)
		buf_add_cstr(out, "No match.\n");
	else if (s->mode == MODE_LINES && s->hits > s->shown)
		buf_printf(out, "[%zu of %zu matches in %zu files shown]\n",
		    s->shown, s->hits, s->files_hit);
	else if (s->mode != MODE_LINES && s->shown > s->limit)
		buf_printf(out, "[%zu of %zu files shown]\n", s->limit,
		    s->files_hit);
	if (s->binary > 0)
		buf_printf(out, "[%zu binary file%s not shown]\n", s->binary,
		    s->binary == 1 ? " that fits is" : "s that fit are");
	if (s->withheld > 0)
		buf_printf(s->out,
		    "[%zu file%s on the deny list not searched]\n",
		    s->withheld, s->withheld == 1 ? "" : "s");
	if (s->huge > 0)
		buf_printf(out, "[%zu file%s over %zu MiB not searched]\n",
		    s->huge, s->huge == 1 ? "" : "s",
		    (size_t)(GREP_FILE_MAX / MIB));
}

static int
grep_run(const struct tool_call *call, struct tool_result *result,
    struct error *err)
{
	CLEANUP(search_release) struct search s = { .call = call,
		.workspace = call->env->workspace, .out = &result->text };
	CLEANUP_NODE struct workspace_node node = WORKSPACE_NODE_INIT;
	struct str path = json_get_str(call->args, "path");
	int rc;

	rc = prepare(&s, err);
	if (rc == 0)
		rc = workspace_locate(s.workspace,
		    path.len == 0 ? STR(".") : path, WORKSPACE_READ, &node,
		    err);
	if (rc == 0 && !node.exists)
		rc = error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    node.display);
	if (rc == 0)
		rc = search_all(&s, &node, err);
	if (rc == 0)
		put_summary(&s, &result->text);
	return rc;
}

const struct tool tool_grep = {
	.name = "grep",
	.summary = "Find text in files",
	.description = "Finds lines by a regular expression (or literal "
	    "text), as path:line:text, without what git ignores. Use it "
	    "instead of the shell's grep. Not for file names: use glob.",
	.schema = schema,
	.effects = EFFECT_READS_FILES,
	.output_max = 32 * KIB,
	.timeout_ms = 30 * 1000,
	.run = grep_run,
};
