/* What the index knows of the definitions that a change touches: who uses
 * them, and which tests do. See review_material.h. */
#include "agent/ask.h"
#include "agent/review_material.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "index/code_index.h"
#include "tools/text_lines.h"
#include "tools/workspace.h"

#define FILE_MAX (1 * MIB)
#define NAME_BYTES_MAX (16 * KIB)

enum {
	USES_EACH = 8, /* of a name, outside of tests */
	TESTS_EACH = 4,
	LINE_BYTES_MAX = 160,
};

struct related {
	const struct review_context *context;
	const struct review_diff *diff;
	struct workspace *workspace;
	/* The file that was read last. */
	char *path;
	struct buf text;
	struct text_lines lines;
};

static void
drop_file(struct related *r)
{
	free(steal(r->path));
	text_lines_release(&r->lines);
	r->lines = (struct text_lines){ .n = 0 };
	buf_clear(&r->text);
}

static bool
take_file(struct related *r, const char *path)
{
	if (r->path != NULL && strcmp(r->path, path) == 0)
		return true;
	drop_file(r);
	if (workspace_read(r->workspace, str_from(path), &r->text, NULL,
		NULL) != 0) {
		buf_clear(&r->text);
		return false;
	}
	text_lines_init(&r->lines, buf_str(&r->text));
	r->path = mem_strdup(path);
	return true;
}

/* What the diff shows already is no news. */
static bool
is_in_diff(const struct related *r, const struct symbol_item *use)
{
	const struct review_file *f =
	    review_diff_file(r->diff, str_from(use->path));

	return f != NULL && review_file_shows(f, use->line);
}

/* "src/user.c:5 in function user: return add(1, 2);" False: it cannot be read
 * any more, or is denied. */
static bool
print_use(struct related *r, const struct symbol_item *use, struct buf *out)
{
	CLEANUP_BUF struct buf shown = BUF_INIT(4 * KIB);
	struct str line;

	if (!take_file(r, use->path) || use->line == 0 ||
	    use->line > r->lines.n)
		return false;
	line = str_trim(text_lines_at(&r->lines, use->line - 1));
	utf8_repair(str_sub(line, 0, utf8_cut(line.ptr, line.len,
	    LINE_BYTES_MAX)), &shown);
	buf_printf(out, "%s:%u", use->path, use->line);
	if (use->name[0] != '\0')
		buf_printf(out, " in %s %s", use->kind, use->name);
	buf_add_cstr(out, ": ");
	asker_clean(r->context->asker, use->path, buf_str(&shown), out);
	buf_add_char(out, '\n');
	return out->failed == 0;
}

/* Whether a use means the definition that was changed; of one that is gone:
 * whether it means none that is still there. */
static bool
is_meant(const struct symbol_report *report, const struct symbol_item *use,
    const struct review_name *name)
{
	if (name->removed)
		return use->means == 0 || strcmp(report->definitions
		    .items[use->means - 1].path, name->path) == 0;
	return use->means != 0 || report->definitions.n <= 1;
}

/* Returns how many were shown. */
static size_t
print_uses(struct related *r, const struct symbol_report *report,
    const struct review_name *name, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < report->references.n && shown < USES_EACH;
	    i++) {
		const struct symbol_item *use = &report->references.items[i];

		if (is_meant(report, use, name) && !is_in_diff(r, use))
			shown += print_use(r, use, out);
	}
	if (report->references.total > shown && shown == USES_EACH)
		buf_printf(out, "and %zu more uses\n",
		    report->references.total - shown);
	return shown;
}

static void
print_tests(const struct symbol_report *report, struct buf *out)
{
	for (size_t i = 0; i < report->tests.n && i < TESTS_EACH; i++) {
		const struct symbol_item *test = &report->tests.items[i];

		buf_printf(out, "test %s in %s:%u\n", test->name, test->path,
		    test->line);
	}
	if (report->tests.n == 0)
		buf_add_cstr(out, "no test uses it by name\n");
}

static void
print_name(struct related *r, const struct review_name *name,
    struct buf *out)
{
	struct symbol_opts opts = { .references_max = 4 * USES_EACH };
	CLEANUP_BUF struct buf text = BUF_INIT(NAME_BYTES_MAX);
	struct symbol_report report = { .cut = false };
	size_t uses = 0;
	int rc;

	if (!name->removed)
		opts.path = str_from(name->path);
	rc = code_index_symbol(r->context->index, str_from(name->name), &opts,
	    &report, NULL);
	if (rc == 0)
		uses = print_uses(r, &report, name, &text);
	/* New ones, and what no grammar knows, are not in it. */
	if (name->removed && uses > 0 && text.failed == 0)
		buf_printf(out, "--- %s was removed, and is still named in\n"
		    "%s", name->name, buf_text(&text));
	if (rc == 0 && !name->removed && report.definitions.n > 0) {
		print_tests(&report, &text);
		if (text.failed == 0)
			buf_printf(out, "--- %s is used in\n%s", name->name,
			    buf_text(&text));
	}
	symbol_report_release(&report);
}

void
review_related_write(const struct review_context *c,
    const struct review_name *names, size_t n_names,
    const struct review_diff *diff, size_t max, struct buf *out)
{
	const char *roots[] = { code_index_root(c->index) };
	const struct workspace_opts opts = { .roots = roots, .n_roots = 1,
		.deny = c->deny };
	CLEANUP(workspace_destroyp) struct workspace *workspace = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(max);
	struct related r = { .context = c, .diff = diff,
		.text = BUF_INIT(FILE_MAX) };

	if (workspace_create(&opts, &workspace, NULL) != 0)
		return;
	r.workspace = workspace;
	for (size_t i = 0; i < n_names && text.failed == 0; i++) {
		size_t before = text.len;

		print_name(&r, &names[i], &text);
		if (text.failed != 0)
			buf_truncate(&text, before);
	}
	drop_file(&r);
	buf_release(&r.text);
	if (text.len > 0) {
		buf_add_cstr(out,
		    "=== Elsewhere in the repository, not changed:\n");
		buf_add(out, text.ptr, text.len);
	}
}
