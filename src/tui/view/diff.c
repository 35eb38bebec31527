/* /diff: what changed - by the last run, the session, or in the working tree -
 * file by file and hunk by hunk. A hunk, or a whole file, is put back with a
 * key; that can be undone as any other change. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "tui/app.h"
#include "tui/text/diff_lines.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

enum scope { OF_SESSION, OF_RUN, OF_TREE, SCOPES };

static const struct {
	const char *name, *title;
} scopes[SCOPES] = {
	[OF_RUN] = { "run", "Changes of the last run" },
	[OF_SESSION] = { "session", "Changes of this session" },
	[OF_TREE] = { "tree", "Changes since the last commit" },
};

static struct json *
wish(struct app *app, enum scope scope, const char *path)
{
	struct json *args = json_new_object();

	json_set_str(args, "session", str_from(app_session(app)));
	json_set_str(args, "scope", str_from(scopes[scope].name));
	if (path != NULL)
		json_set_str(args, "path", str_from(path));
	return args;
}

/* --- one file ------------------------------------------------------------ */

struct file {
	enum scope scope;
	char *path;
	size_t hunk; /* chosen, from 0 */
};

static const struct picker_ops diff_ops;

static void
file_load(struct page *p)
{
	const struct file *own = p->own;

	page_request(p, "changes.diff", wish(p->view.app, own->scope,
	    own->path), false);
}

/* What is said of a change of bytes, or of a mode alone. */
static struct str
no_text(const struct json *reply)
{
	return json_get_bool(reply, "binary", false) ?
	    STR("Not text: it is put back as a whole.") :
	    STR("There is no text to show.");
}

static void
file_build(struct page *p, int width, struct lines *out)
{
	const struct file *own = p->own;
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	struct diff_lines_opts opts = { .width = width,
		.side_by_side = width >= DIFF_SIDE_BY_SIDE_MIN,
		.highlight = colors_fill, .ctx = page_colors(p) };

	if (json_get_bool(p->data, "moved_on", false))
		page_text(out, width, STR("The file was changed again since: "
		    "this is what was done then."), ROLE_WARNING);
	if (json_get_str(p->data, "text").len == 0) {
		page_text(out, width, no_text(p->data), ROLE_MUTED);
		return;
	}
	term_text(json_get_str(p->data, "text"), &clean);
	diff_lines(buf_str(&clean), &opts, out);
	p->mark = own->hunk + 1;
}

static void
show_hunk(struct page *p)
{
	const struct file *own = p->own;

	p->mark = own->hunk + 1;
	for (size_t i = 0; i < p->lines.count; i++) {
		if (p->lines.lines[i].tag != own->hunk + 1)
			continue;
		page_show(p, i);
		return;
	}
}

static void
step(struct page *p, int by)
{
	struct file *own = p->own;
	size_t n = json_count(json_get(p->data, "diff"));

	if (n == 0)
		return;
	own->hunk = (own->hunk + n + (size_t)(ptrdiff_t)by) % n;
	show_hunk(p);
}

static void
next_hunk(struct page *p)
{
	step(p, 1);
}

static void
hunk_before(struct page *p)
{
	step(p, -1);
}

static void
on_reverted(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct page *p = ctx;
	struct picker *list = picker_find(app, &diff_ops);

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	app_toast(app, TOAST_INFO, "Put back; /undo takes that back");
	if (list != NULL)
		picker_reload(list);
	/* Nothing of the file may be left to show. */
	if (json_count(json_get(p->data, "diff")) <= 1)
		page_close(p);
	else
		page_reload(p);
}

static void
revert(struct page *p, bool whole)
{
	struct file *own = p->own;
	struct json *args = wish(p->view.app, own->scope, own->path);

	if (!whole && json_count(json_get(p->data, "diff")) > 0)
		json_set_int(args, "hunk", (int64_t)own->hunk);
	json_set_str(args, "version", json_get_str(p->data, "version"));
	app_request(p->view.app, "changes.revert", args, on_reverted, p);
	if (own->hunk > 0)
		own->hunk--;
}

static void
revert_hunk(struct page *p)
{
	revert(p, false);
}

static void
copy(struct page *p)
{
	app_copy(p->view.app, json_get_str(p->data, "text"));
}

static void
file_release(struct page *p)
{
	struct file *own = p->own;

	free(own->path);
	free(own);
}

static const struct page_key file_keys[] = {
	{ { ']', 0 }, "[ ] hunk", next_hunk },
	{ { '[', 0 }, NULL, hunk_before },
	{ { SYM_TAB, 0 }, NULL, next_hunk },
	{ { SYM_TAB, MOD_SHIFT }, NULL, hunk_before },
	{ { 'x', 0 }, "x put the hunk back", revert_hunk },
	{ { 'y', 0 }, "y copy", copy },
	{ .run = NULL },
};

static const struct page_ops file_ops = {
	.view = PAGE_VIEW("diff-file", VIEW_FULL), .title = "Changes",
	.keys = file_keys, .load = file_load, .build = file_build,
	.release = file_release,
};

static void
open_file(struct app *app, enum scope scope, const char *path)
{
	struct file *own = mem_new(struct file);
	struct page *p;

	own->scope = scope;
	own->path = mem_strdup(path);
	p = page_open(app, &file_ops, own);
	if (p != NULL) {
		CLEANUP_BUF struct buf title = BUF_INIT(64 * KIB);

		term_text_line(str_from(path), &title);
		p->title = mem_strdup(buf_text(&title));
		return;
	}
	free(own->path);
	free(own);
}

/* --- the files ----------------------------------------------------------- */

struct diff {
	enum scope scope;
	struct json *shown; /* reply of changes.diff for the preview */
	char *shown_of;	    /* its path; NULL: none */
};

enum { LATER_MS = 100 };

static void
load(struct picker *p)
{
	struct diff *own = p->own;

	p->title = scopes[own->scope].title;
	free(own->shown_of);
	own->shown_of = NULL;
	picker_request(p, "changes.list", wish(p->view.app, own->scope,
	    NULL), false);
}

static void
fill(struct picker *p)
{
	static const struct {
		const char *action, *sign;
		enum style_role role;
	} signs[] = {
		{ "create", "new", ROLE_ADDED },
		{ "delete", "deleted", ROLE_REMOVED },
		{ "mode", "mode", ROLE_CHANGED },
		{ "type", "type", ROLE_CHANGED },
	};

	for (const struct json *i = json_first(json_get(p->data, "files")); i;
	    i = json_next(i)) {
		struct str path = json_get_str(i, "path");
		struct list_item *item = list_add(&p->list, path);
		int64_t plus = json_get_int(i, "insertions", 0);
		int64_t minus = json_get_int(i, "deletions", 0);

		list_text(item, 0, path);
		for (size_t k = 0; k < ARRAY_LEN(signs); k++) {
			if (!str_eq_c(json_get_str(i, "action"),
			    signs[k].action))
				continue;
			list_text(item, 1, str_from(signs[k].sign));
			item->roles[1] = (uint8_t)signs[k].role;
		}
		if (plus > 0)
			list_printf(item, 2, "+%lld", (long long)plus);
		if (minus > 0)
			list_printf(item, 3, "-%lld", (long long)minus);
		item->data = i;
	}
}

static void
on_shown(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;
	struct diff *own = p->own;

	json_destroy(own->shown);
	own->shown = status == 0 ? json_copy(reply) : NULL;
	p->preview_is_old = true;
	app_damage(app, PART_VIEWS);
}

static void
ask_shown(struct app *app, void *owner)
{
	struct picker *p = owner;
	struct diff *own = p->own;
	const struct list_item *item = list_chosen(&p->list);

	if (item == NULL || (own->shown_of != NULL &&
	    strcmp(own->shown_of, item->key) == 0))
		return;
	free(own->shown_of);
	own->shown_of = mem_strdup(item->key);
	app_request(app, "changes.diff", wish(app, own->scope, item->key),
	    on_shown, p);
}

static void
moved(struct picker *p, const struct list_item *item)
{
	if (item != NULL)
		app_after(p->view.app, LATER_MS, ask_shown, p);
}

static void
preview(struct picker *p, const struct list_item *item, int width,
    struct lines *out)
{
	const struct diff *own = p->own;
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	struct diff_lines_opts opts = { .width = width, .lines_max = 400,
		.highlight = colors_fill, .ctx = picker_colors(p) };

	if (own->shown == NULL || !str_eq_c(json_get_str(own->shown,
	    "path"), item->key))
		return;
	term_text(json_get_str(own->shown, "text"), &clean);
	if (clean.len == 0)
		page_text(out, width, no_text(own->shown), ROLE_MUTED);
	diff_lines(buf_str(&clean), &opts, out);
}

static void
choose(struct picker *p, const struct list_item *item)
{
	const struct diff *own = p->own;

	open_file(p->view.app, own->scope, item->key);
}

static void
next_scope(struct picker *p, const struct list_item *item)
{
	struct diff *own = p->own;

	own->scope = (own->scope + 1) % SCOPES;
	picker_reload(p);
}

static void
revert_file(struct picker *p, const struct list_item *item)
{
	const struct diff *own = p->own;

	if (item != NULL)
		picker_do(p, "changes.revert", wish(p->view.app, own->scope,
		    item->key), false);
}

static void
on_event(struct picker *p, const struct json *event)
{
	struct str type = json_get_str(event, "type");

	if (str_eq(type, STR("tool.finished")) ?
	    json_count(json_get(event, "files")) > 0 :
	    str_eq(type, STR("files.restored")))
		picker_reload(p);
}

static void
release(struct picker *p)
{
	struct diff *own = p->own;

	json_destroy(own->shown);
	free(own->shown_of);
	free(own);
}

static const struct picker_key keys[] = {
	{ { SYM_TAB, 0 }, "Tab run, session, tree", next_scope },
	{ { 'd', MOD_CTRL }, "^D put back", revert_file },
	{ .run = NULL },
};

static const struct picker_ops diff_ops = {
	.view = PICKER_VIEW("diff", VIEW_FULL),
	.title = "Changes", .choose_hint = "hunks",
	.empty = "Nothing changed.",
	.columns = { { .cols = 0, .head = true, .snug = true },
	    { .cols = 8 },
	    { .cols = 7, .right = true, .role = ROLE_ADDED },
	    { .cols = 7, .right = true, .role = ROLE_REMOVED } },
	.keys = keys, .load = load, .fill = fill, .choose = choose,
	.moved = moved, .preview = preview, .event = on_event,
	.release = release,
};

void
view_diff(struct app *app, struct str what)
{
	struct diff *own = mem_new(struct diff);

	for (int i = 0; i < SCOPES; i++)
		if (str_eq_c(what, scopes[i].name))
			own->scope = (enum scope)i;
	if (picker_open_with(app, &diff_ops, own) == NULL)
		free(own);
}
