/* grep: lines that fit a pattern. One walk chooses the files, so that what is
 * ignored is the same for list, glob and grep, and PCRE2 looks at the lines:
 * with a rg program or without, the results are the same. Results come by
 * path, then line. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tools/grep_engine.h"
#include "tools/tool.h"
#include "tools/tool_rows.h"
#include "tools/tree_walk.h"
#include "tools/wildmatch.h"

enum { SHOWN_DEFAULT = 200, FILES_MAX = 200 * 1000, LINE_SHOWN = 400 };

static const char schema[] =
    "{\"type\":\"object\",\"properties\":{"
    "\"pattern\":{\"type\":\"string\",\"description\":\"Regular "
    "expression\"},"
    "\"path\":{\"type\":\"string\",\"description\":\"File or folder\"},"
    "\"glob\":{\"type\":\"string\",\"description\":\"Only files like "
    "*.{c,h}\"},"
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
	char **files; /* from the folder of the walk */
	size_t n_files;
	enum mode mode;
	size_t context, limit;
	size_t shown, files_hit, hits;
	size_t skipped; /* binary, or too large */
	struct buf *out;
};

static bool
look_at(const struct tree_entry *e, void *ctx)
{
	struct search *s = ctx;

	if (!e->is_file)
		return true;
	if (s->has_glob && !wildmatch_set_fits(&s->globs, e->path))
		return true;
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

	if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL) {
		s->skipped++;
		return 0;
	}
	text_lines_init(&lines, text);
	rc = grep_engine_search(s->engine, &lines, &hits, err);
	if (rc == 0 && hits.n > 0) {
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
	rc = workspace_read(s->workspace, str_from(path), &text, NULL, NULL);
	if (rc == -ERR_TOO_LARGE)
		s->skipped++;
	/* Gone meanwhile, or not ours to read: not a match. */
	if (rc != 0)
		return 0;
	return search_text(s, buf_text(&display), buf_str(&text), err);
}

static int
search_all(struct search *s, const struct workspace_node *node,
    struct error *err)
{
	struct tree_walk_opts opts = { .cancel = s->call->cancel,
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
	for (size_t i = 0; rc == 0 && i < s->n_files; i++) {
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
	unsigned flags = 0;
	int rc = 0;

	s->context = (size_t)json_get_int(args, "context", 0);
	s->limit = (size_t)json_get_int(args, "limit", SHOWN_DEFAULT);
	s->mode = str_eq_c(mode, "files") ? MODE_FILES :
	    str_eq_c(mode, "count") ? MODE_COUNT : MODE_LINES;
	if (json_get_bool(args, "ignore_case", false))
		flags |= GREP_IGNORE_CASE;
	if (json_get_bool(args, "literal", false))
		flags |= GREP_LITERAL;
	s->has_glob = glob.len > 0;
	if (s->has_glob)
		rc = wildmatch_set_init(&s->globs, glob, err);
	if (rc == 0)
		rc = grep_engine_create(json_get_str(args, "pattern"), flags,
		    &s->engine, err);
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
	if (s->skipped > 0)
		buf_printf(out, "[%zu binary or huge file%s not searched]\n",
		    s->skipped, s->skipped == 1 ? "" : "s");
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
