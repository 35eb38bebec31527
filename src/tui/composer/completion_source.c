/* Where the items of the list come from: the table of commands and the user's
 * own, the words of an argument or an operation that lists them, the paths of
 * the workspace. */
#include "base/fuzzy.h"
#include "base/mem.h"
#include "base/term_text.h"
#include "base/units.h"
#include "tui/composer/completion.h"
#include "tui/composer/inner.h"
#include "tui/slash.h"

enum { PATHS_ASKED = 30, SYMBOLS_ASKED = 12, PATHS_FIRST = 4 };
enum { SYMBOL_LETTERS_MIN = 2, SYMBOL_BYTES_MAX = 100 };

struct candidate {
	struct str text, detail;
	int score;
};

/* The best candidates, best first; equal ones in the order they came. */
struct ranking {
	struct candidate items[COMPLETION_ITEMS_MAX];
	size_t n;
	struct str query;
};

static void
rank(struct ranking *r, struct str text, struct str detail)
{
	int score = fuzzy_score(r->query, text);
	size_t at;

	if (score == FUZZY_NONE)
		return;
	if (str_starts_nocase(text, r->query))
		score += 50;
	if (r->n == COMPLETION_ITEMS_MAX &&
	    score <= r->items[r->n - 1].score)
		return;
	if (r->n < COMPLETION_ITEMS_MAX)
		r->n++;
	for (at = r->n - 1; at > 0 && r->items[at - 1].score < score; at--)
		r->items[at] = r->items[at - 1];
	r->items[at] = (struct candidate){ text, detail, score };
}

/* Names and descriptions come from files and servers too. */
static void
add_clean(struct completion *p, struct str text, struct str detail)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf clean_detail = BUF_INIT(64 * KIB);

	term_text_line(text, &clean);
	term_text_line(detail, &clean_detail);
	completion_add(p, buf_str(&clean), buf_str(&clean_detail), false);
}

static void
add_ranked(struct completion *p, const struct ranking *r)
{
	for (size_t i = 0; i < r->n; i++)
		add_clean(p, r->items[i].text, r->items[i].detail);
}

/* --- commands ------------------------------------------------------------ */

static void
on_commands(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct completion *p = &c->completion;

	if (status != 0)
		return;
	json_destroy(p->commands);
	p->commands = json_copy(reply);
	if (p->kind == COMPLETE_COMMAND && !p->dismissed) {
		completion_fill(c);
		app_damage(app, PART_COMPOSER);
	}
}

static void
fill_commands(struct composer *c)
{
	struct completion *p = &c->completion;
	struct ranking r = { .query = buf_str(&p->query) };
	const struct slash_row *row;

	for (size_t i = 0; (row = slash_at(i)) != NULL; i++)
		rank(&r, str_from(row->name), str_from(row->summary));
	for (const struct json *i = json_first(json_get(p->commands,
	    "commands")); i; i = json_next(i))
		rank(&r, json_get_str(i, "name"),
		    json_get_str(i, "description"));
	add_ranked(p, &r);
	if (p->commands == NULL && app_session(c->app)[0] != '\0') {
		p->commands = json_new_object();
		app_request_session(c->app, "command.list", NULL,
		    on_commands, c);
	}
}

/* --- arguments ----------------------------------------------------------- */

static void
models(const struct json *reply, struct ranking *r)
{
	for (const struct json *p = json_first(json_get(reply, "providers"));
	    p; p = json_next(p)) {
		if (!json_get_bool(p, "configured", true))
			continue;
		for (const struct json *m = json_first(json_get(p, "models"));
		    m; m = json_next(m))
			rank(r, json_get_str(m, "id"),
			    json_get_str(p, "provider"));
	}
}

static void
sessions(const struct json *reply, struct ranking *r)
{
	for (const struct json *s = json_first(json_get(reply, "sessions"));
	    s; s = json_next(s))
		rank(r, json_get_str(s, "session"), json_get_str(s, "title"));
}

static void
themes(const struct json *reply, struct ranking *r)
{
	for (const struct json *t = json_first(json_get(reply, "themes")); t;
	    t = json_next(t))
		rank(r, json_get_str(t, "name"), STR_NONE);
}

static const struct argument_source {
	const char *command, *operation;
	void (*rank)(const struct json *reply, struct ranking *r);
} sources[] = {
	{ "model", "model.list", models },
	{ "resume", "session.list", sessions },
	{ "sessions", "session.list", sessions },
	{ "theme", "theme.list", themes },
};

static const struct argument_source *
source_of(const struct slash_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (strcmp(sources[i].command, row->name) == 0)
			return &sources[i];
	return NULL;
}

static void
on_arguments(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct completion *p = &c->completion;

	if (status != 0)
		return;
	json_destroy(p->arguments);
	p->arguments = json_copy(reply);
	if (p->kind == COMPLETE_ARGUMENT && !p->dismissed) {
		completion_fill(c);
		app_damage(app, PART_COMPOSER);
	}
}

/* "[plan|ask|edit|auto]": the words are the choices. */
static void
rank_words(const char *arguments, struct ranking *r)
{
	struct str rest = str_from(arguments), word;

	if (arguments == NULL || strchr(arguments, '|') == NULL)
		return;
	if (rest.ptr[0] == '[')
		rest = str_sub(rest, 1, rest.len - 2);
	while (str_next_field(&rest, '|', &word))
		rank(r, word, STR_NONE);
}

static void
fill_arguments(struct composer *c)
{
	struct completion *p = &c->completion;
	struct str text = edit_text(&c->edit);
	struct ranking r = { .query = buf_str(&p->query) };
	const struct slash_row *row = slash_find(str_sub(text, 1,
	    str_find_char(text, ' ', 0) - 1));
	const struct argument_source *source;

	if (row == NULL)
		return;
	source = source_of(row);
	rank_words(row->arguments, &r);
	if (source != NULL && p->arguments_of != row) {
		json_destroy(p->arguments);
		p->arguments = NULL;
		p->arguments_of = row;
		app_request(c->app, source->operation, NULL, on_arguments, c);
	}
	if (source != NULL && p->arguments != NULL)
		source->rank(p->arguments, &r);
	/* What stands there already is no choice. */
	if (r.n == 1 && str_eq(r.items[0].text, r.query))
		return;
	add_ranked(p, &r);
}

/* --- paths --------------------------------------------------------------- */

static void ask_paths(struct composer *c);

static void
on_refreshed(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;

	c->completion.refreshing = false;
	if (status == 0 && c->completion.kind == COMPLETE_PATH &&
	    !c->completion.dismissed)
		ask_paths(c);
}

/* A name with control characters cannot be typed. */
static bool
can_be_typed(struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * KIB);

	term_text_line(text, &clean);
	return str_eq(text, buf_str(&clean));
}

static void
add_path(struct completion *p, const struct json *item)
{
	struct str path = json_get_str(item, "path");

	if (can_be_typed(path))
		completion_add(p, path, STR_NONE,
		    json_get_bool(item, "folder", false));
}

/* A definition is named by its file and lines: they go with the request. */
static void
add_symbol(struct completion *p, const struct json *item)
{
	CLEANUP_BUF struct buf detail = BUF_INIT(64 * KIB);
	struct str path = json_get_str(item, "path");
	long long line = (long long)json_get_int(item, "start_line", 1);

	buf_printf(&detail, "%.*s  %.*s:%lld",
	    STR_ARG(json_get_str(item, "kind")), STR_ARG(path), line);
	if (!can_be_typed(path) ||
	    !can_be_typed(json_get_str(item, "symbol")) ||
	    !completion_add(p, json_get_str(item, "symbol"),
		buf_str(&detail), false))
		return;
	p->items[p->n - 1].insert = mem_printf("%.*s#L%lld-%lld",
	    STR_ARG(path), line,
	    (long long)json_get_int(item, "end_line", line));
}

/* The best paths, then definitions, then more paths. */
static void
fill_paths(struct completion *p)
{
	const struct json *path = json_first(json_get(p->paths, "items"));
	size_t at = p->at;

	completion_clear_items(p);
	for (unsigned i = 0; path != NULL && i < PATHS_FIRST;
	     i++, path = json_next(path))
		add_path(p, path);
	for (const struct json *s = json_first(json_get(p->symbols, "items"));
	    s; s = json_next(s))
		add_symbol(p, s);
	for (; path != NULL; path = json_next(path))
		add_path(p, path);
	if (at < p->n)
		p->at = at;
	p->top = p->at < COMPLETION_ROWS ? 0 : p->at + 1 - COMPLETION_ROWS;
}

static void
on_paths(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct completion *p = &c->completion;

	/* An answer to what stood there before is of no use. */
	if (status != 0 || p->kind != COMPLETE_PATH || p->dismissed ||
	    !str_eq(json_get_str(reply, "query"), buf_str(&p->query)))
		return;
	json_destroy(p->paths);
	p->paths = json_copy(reply);
	fill_paths(p);
	app_damage(app, PART_COMPOSER);
	if (json_get_bool(reply, "stale", false) && !p->refreshing) {
		p->refreshing = true;
		app_request(app, "complete.refresh", NULL, on_refreshed, c);
	}
}

static void ask_symbols(struct composer *c);

static void
on_indexed(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;

	if (status == 0 && c->completion.kind == COMPLETE_PATH &&
	    !c->completion.dismissed)
		ask_symbols(c);
}

static void
on_symbols(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct completion *p = &c->completion;

	/* The first time nothing is there yet; later it is. */
	if (status == 0 && !json_get_bool(reply, "ready", false) &&
	    json_get_bool(reply, "repository", false) && !p->indexing) {
		p->indexing = true;
		app_request(app, "index.update", NULL, on_indexed, c);
		app_index_look(app);
	}
	if (status != 0 || p->kind != COMPLETE_PATH || p->dismissed ||
	    !str_eq(json_get_str(reply, "query"), buf_str(&p->query)) ||
	    json_count(json_get(reply, "items")) == 0)
		return;
	json_destroy(p->symbols);
	p->symbols = json_copy(reply);
	fill_paths(p);
	app_damage(app, PART_COMPOSER);
}

/* What has a slash or a point is a path. */
static void
ask_symbols(struct composer *c)
{
	struct completion *p = &c->completion;
	struct str query = buf_str(&p->query);
	struct json *args;

	json_destroy(p->symbols);
	p->symbols = NULL;
	if (query.len < SYMBOL_LETTERS_MIN || query.len > SYMBOL_BYTES_MAX ||
	    str_find_char(query, '/', 0) != SIZE_MAX ||
	    str_find_char(query, '.', 0) != SIZE_MAX)
		return;
	args = json_new_object();
	json_set_str(args, "query", query);
	json_set_int(args, "limit", SYMBOLS_ASKED);
	app_request(c->app, "complete.symbols", args, on_symbols, c);
}

static void
ask_paths(struct composer *c)
{
	struct json *args = json_new_object();

	json_set_str(args, "query", buf_str(&c->completion.query));
	json_set_int(args, "limit", PATHS_ASKED);
	app_request(c->app, "complete.files", args, on_paths, c);
}

/* --- all ----------------------------------------------------------------- */

void
completion_fill(struct composer *c)
{
	/* The paths of the last query stay in sight until the next come. */
	if (c->completion.kind == COMPLETE_PATH) {
		c->completion.at = c->completion.top = 0;
		ask_paths(c);
		ask_symbols(c);
		return;
	}
	completion_clear_items(&c->completion);
	if (c->completion.kind == COMPLETE_COMMAND)
		fill_commands(c);
	else
		fill_arguments(c);
}
