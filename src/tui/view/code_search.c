/* /search: code by what it does, while one types, with its text beside the
 * list. Enter puts the lines into the request. */
#include "base/mem.h"
#include "tui/app.h"
#include "tui/composer/composer.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

enum { LIMIT = 30, LATER_MS = 120 };

struct code_search {
	char *asked;	 /* the words of the last question */
	bool is_updated; /* the index was brought up to date */
	bool is_ready;	 /* there is one */
};

static const struct picker_ops code_search_ops;

static struct str
words_of(const struct picker *p)
{
	return str_trim(field_text(&p->list.filter));
}

static void
on_updated(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct picker *p = ctx;
	struct code_search *own = p->own;

	if (status != 0)
		app_toast_error(app, reply);
	own->is_ready |= status == 0;
	picker_reload(p);
}

static void
load(struct picker *p)
{
	struct code_search *own = p->own;
	struct json *args = json_new_object();

	/* Once: what has changed since does not come while one types. */
	if (!own->is_updated) {
		own->is_updated = true;
		app_request(p->view.app, "index.update", NULL, on_updated, p);
		app_index_look(p->view.app);
	}
	free(own->asked);
	own->asked = str_dup(words_of(p));
	json_set_str(args, "query", str_from(own->asked));
	json_set_int(args, "limit", LIMIT);
	picker_request(p, "complete.code", args, false);
}

static void
ask(struct app *app, void *owner)
{
	struct picker *p = owner;
	const struct code_search *own = p->own;

	if (own->asked == NULL || !str_eq_c(words_of(p), own->asked))
		load(p);
}

static void
moved(struct picker *p, const struct list_item *item)
{
	app_after(p->view.app, LATER_MS, ask, p);
}

static void
fill(struct picker *p)
{
	struct code_search *own = p->own;

	own->is_ready |= json_get_bool(p->data, "ready", false);
	p->title = own->is_ready ? NULL :
				   "Search the code (making the index)";
	for (const struct json *i = json_first(json_get(p->data, "results"));
	    i; i = json_next(i)) {
		CLEANUP_BUF struct buf key = BUF_INIT(64 * KIB);
		struct str name = json_get_str(i, "symbol");
		struct list_item *item;

		buf_printf(&key, "%.*s:%lld",
		    STR_ARG(json_get_str(i, "path")),
		    (long long)json_get_int(i, "start_line", 1));
		item = list_add(&p->list, buf_str(&key));
		list_text(item, 0, name.len > 0 ? name : STR("–"));
		list_text(item, 1, json_get_str(i, "kind"));
		list_text(item, 2, buf_str(&key));
		item->data = i;
	}
}

static void
preview(struct picker *p, const struct list_item *item, int width,
    struct lines *out)
{
	const struct json *hit = item->data;
	struct str path = json_get_str(hit, "path"), name = path;
	CLEANUP_BUF struct buf code = BUF_INIT(512 * KIB);

	for (size_t i = path.len; i-- > 0 && name.len == path.len;)
		if (path.ptr[i] == '.')
			name = str_sub(path, i + 1, SIZE_MAX);
	page_text(out, width, json_get_str(hit, "why"), ROLE_MUTED);
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	/* No source has a fence like this one at the margin. */
	buf_printf(&code, "~~~~~~~~~~~~ %.*s\n%.*s~~~~~~~~~~~~\n",
	    STR_ARG(name), STR_ARG(json_get_str(hit, "text")));
	page_markdown(out, width, buf_str(&code), picker_colors(p));
}

static void
choose(struct picker *p, const struct list_item *item)
{
	const struct json *hit = item->data;
	struct composer *c = app_composer(p->view.app);
	struct str path = json_get_str(hit, "path");
	bool quoted = str_find_char(path, ' ', 0) != SIZE_MAX;
	CLEANUP_BUF struct buf text = BUF_INIT(64 * KIB);

	buf_printf(&text, "@%s%.*s#L%lld-%lld%s ", quoted ? "\"" : "",
	    STR_ARG(path), (long long)json_get_int(hit, "start_line", 1),
	    (long long)json_get_int(hit, "end_line", 1), quoted ? "\"" : "");
	composer_insert(c, buf_str(&text));
	picker_close(p);
}

static void
release(struct picker *p)
{
	struct code_search *own = p->own;

	free(own->asked);
	free(own);
}

static const struct picker_ops code_search_ops = {
	.view = PICKER_VIEW("code-search", VIEW_FULL),
	.title = "Search the code", .choose_hint = "put into the request",
	.empty = "Say what the code does.",
	.ghost = "what the code does, or names in it",
	.as_added = true,
	.columns = { { .cols = 30 },
	    { .cols = 10, .screen_min = 60, .role = ROLE_MUTED },
	    { .cols = 0, .head = true, .role = ROLE_MUTED } },
	.load = load, .fill = fill, .choose = choose, .moved = moved,
	.preview = preview, .release = release,
};

void
view_code_search(struct app *app, struct str words)
{
	struct code_search *own = mem_new(struct code_search);
	struct picker *p = picker_open_with(app, &code_search_ops, own);

	if (p == NULL) {
		free(own);
		return;
	}
	if (words.len > 0) {
		field_set(&p->list.filter, words);
		picker_reload(p);
	}
}
