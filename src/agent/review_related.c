/* What the index knows of the definitions that a change touches: who uses
 * them, and tests. See review_material.h. */
#include "agent/ask.h"
#include "agent/review_material.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "index/code_index.h"
#include "tools/text_lines.h"
#include "tools/workspace.h"

#define FILE_MAX (1 * MIB)

enum {
	HITS_EACH = 6,	    /* of a name */
	LINES_EACH = 4,	    /* of a hit */
	LINE_BYTES_MAX = 160,
};

struct related {
	const struct review_context *context;
	const struct review_diff *diff;
	struct workspace *workspace;
};

static bool
is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* The name as a word of its own. */
static bool
has_name(struct str line, struct str name)
{
	for (size_t at = 0; (at = str_find(line, name, at)) != SIZE_MAX;
	    at++) {
		size_t end = at + name.len;

		if ((at == 0 || !is_name_byte(line.ptr[at - 1])) &&
		    (end == line.len || !is_name_byte(line.ptr[end])))
			return true;
	}
	return false;
}

/* The lines of a hit that name it. False: none does. */
static bool
print_uses(const struct related *r, const struct search_hit *hit,
    struct str name, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	CLEANUP_BUF struct buf uses = BUF_INIT(8 * KIB);
	CLEANUP_LINES struct text_lines lines = { .n = 0 };
	size_t n = 0;

	if (workspace_read(r->workspace, str_from(hit->path), &text, NULL,
		NULL) != 0)
		return false;
	text_lines_init(&lines, buf_str(&text));
	for (size_t i = hit->start_line - 1;
	    i < lines.n && i < hit->end_line && n < LINES_EACH; i++) {
		struct str line = text_lines_at(&lines, i);

		if (!has_name(line, name))
			continue;
		buf_printf(&uses, "%5zu   ", i + 1);
		utf8_repair(str_sub(line, 0, utf8_cut(line.ptr, line.len,
		    LINE_BYTES_MAX)), &uses);
		buf_add_char(&uses, '\n');
		n++;
	}
	if (n == 0)
		return false;
	buf_printf(out, "%s:%u-%u %s %s\n", hit->path, hit->start_line,
	    hit->end_line, hit->kind, hit->name);
	return asker_clean(r->context->asker, hit->path, buf_str(&uses),
	    out) == 0;
}

/* What the diff shows already is no news. */
static bool
is_in_diff(const struct related *r, const struct search_hit *hit)
{
	const struct review_file *f =
	    review_diff_file(r->diff, str_from(hit->path));

	return f != NULL && (review_file_shows(f, hit->start_line) ||
	    review_file_shows(f, hit->end_line));
}

static void
print_name(const struct related *r, const char *name, struct buf *out)
{
	const struct search_opts opts = { .k = 2 * HITS_EACH,
		.mode = SEARCH_TEXT };
	CLEANUP(search_hits_release) struct search_hits hits = { 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);
	size_t shown = 0;

	if (code_index_search(r->context->index, str_from(name), &opts, &hits,
		NULL) != 0)
		return;
	for (size_t i = 0; i < hits.n && shown < HITS_EACH; i++) {
		const struct search_hit *hit = &hits.items[i];

		/* Its own definition. */
		if (strcmp(hit->name, name) == 0 || is_in_diff(r, hit))
			continue;
		shown += print_uses(r, hit, str_from(name), &text);
	}
	if (shown > 0 && text.failed == 0)
		buf_printf(out, "--- %s is used in\n%s", name,
		    buf_text(&text));
}

void
review_related_write(const struct review_context *c,
    const char *const *names, size_t n_names, const struct review_diff *diff,
    size_t max, struct buf *out)
{
	const char *roots[] = { code_index_root(c->index) };
	const struct workspace_opts opts = { .roots = roots, .n_roots = 1,
		.deny = c->deny };
	CLEANUP(workspace_destroyp) struct workspace *workspace = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(max);
	struct related r = { c, diff, NULL };

	if (workspace_create(&opts, &workspace, NULL) != 0)
		return;
	r.workspace = workspace;
	for (size_t i = 0; i < n_names && text.failed == 0; i++) {
		size_t before = text.len;

		print_name(&r, names[i], &text);
		if (text.failed != 0)
			buf_truncate(&text, before);
	}
	if (text.len > 0) {
		buf_add_cstr(out,
		    "=== Elsewhere in the repository, not changed:\n");
		buf_add(out, text.ptr, text.len);
	}
}
