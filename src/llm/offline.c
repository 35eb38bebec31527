/* The offline provider's plans: for each kind of request which tools to ask,
 * and what to say about their results. A row per kind; see offline_talk.h for
 * how a plan gets its results over several turns. Only tools that read are
 * ever asked. */
#include "llm/offline.h"

#include "llm/offline_hits.h"
#include "llm/offline_talk.h"

enum { PLACES_MAX = 8, USES_MAX = 30, SNIPPET_LINES = 24, DIFF_LINES = 120,
	FILE_LINES = 200 };

static const struct part *
ask_grep(struct talk *t, struct str pattern, struct str path)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);
	const struct part *result;

	jw_object(&w);
	jw_key_str(&w, "pattern", pattern);
	if (path.len > 0)
		jw_key_str(&w, "path", path);
	jw_end(&w);
	result = talk_ask(t, "grep", buf_str(&args));
	if (result != NULL && result->is_error)
		t->trouble = result;
	return result;
}

static const struct part *
ask_read(struct talk *t, struct str path, int64_t first, int64_t lines)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);

	jw_object(&w);
	jw_key_str(&w, "path", path);
	if (first > 0)
		jw_key_int(&w, "offset", first);
	if (lines > 0)
		jw_key_int(&w, "limit", lines);
	jw_end(&w);
	return talk_ask(t, "read", buf_str(&args));
}

static const struct part *
ask_git(struct talk *t, const char *members)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);

	buf_printf(&args, "{%s}", members);
	return talk_ask(t, "git", buf_str(&args));
}

static struct str
subject(const struct talk *t)
{
	return str_from(t->intent.subject);
}

/* "A::b", "a->b" and "a.b" are defined under their last name. */
static struct str
last_name(struct str symbol)
{
	size_t at = symbol.len;

	while (at > 0 && symbol.ptr[at - 1] != ':' &&
	    symbol.ptr[at - 1] != '.' && symbol.ptr[at - 1] != '>')
		at--;
	return at == symbol.len ? symbol : str_sub(symbol, at, SIZE_MAX);
}

/* Cuts "NUMBER<tab>" off a line of the read tool. False: no such line. */
static bool
cut_line_number(struct str *line, int64_t *ret)
{
	size_t tab = str_find_char(*line, '\t', 0);

	if (tab == SIZE_MAX ||
	    !str_to_int(str_trim(str_sub(*line, 0, tab)), 1, INT32_MAX, ret))
		return false;
	*line = str_sub(*line, tab + 1, SIZE_MAX);
	return true;
}

/* A definition's own lines out of a part of its file: from the line before,
 * where it says something (a comment, a return type), to the closing line at
 * the margin. */
static void
write_snippet(struct talk *t, struct str path, int64_t at, struct str text)
{
	struct str rest = text, line;
	size_t n = 0;
	bool ended = false;

	if (text.len == 0)
		return;
	talk_fence_open(t, text, path);
	while (str_next_line(&rest, &line) && !ended && n < SNIPPET_LINES) {
		int64_t number;
		struct str bare;

		if (!cut_line_number(&line, &number))
			continue;
		bare = str_trim(line);
		if (number < at && (bare.len < 2 || number + 1 < at))
			continue;
		buf_add_str(&t->out, line);
		buf_add_char(&t->out, '\n');
		n++;
		ended = number >= at && line.len > 0 &&
		    (line.ptr[0] == '}' || str_eq_c(bare, "end"));
		ended |= number == at && str_ends(bare, STR(";"));
	}
	talk_fence_close(t, text);
}

static void
write_place(struct talk *t, const struct hit *h)
{
	buf_add_cstr(&t->out, "- ");
	talk_cite(t, h->path, h->line);
	if (h->text.len > 0) {
		buf_add_cstr(&t->out, " ");
		talk_code(t, h->text);
	}
	buf_add_char(&t->out, '\n');
}

static void
write_places(struct talk *t, const struct hits *h, size_t first, size_t max)
{
	size_t end = first + max < h->n ? first + max : h->n;

	for (size_t i = first; i < end; i++)
		write_place(t, &h->items[i]);
	if (end < h->n)
		buf_printf(&t->out, "- … and %zu%s more\n", h->n - end,
		    h->more ? "+" : "");
}

static size_t
count_files(const struct hits *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		size_t k = 0;

		while (k < i && !str_eq(h->items[k].path, h->items[i].path))
			k++;
		n += k == i;
	}
	return n;
}

static bool
same_place(const struct hit *a, const struct hit *b)
{
	return a->line == b->line && str_eq(a->path, b->path);
}

/* Takes out of `from` what `known` holds. */
static void
subtract(struct hits *from, const struct hits *known)
{
	size_t kept = 0;

	for (size_t i = 0; i < from->n; i++) {
		size_t k = 0;

		while (k < known->n &&
		    !same_place(&from->items[i], &known->items[k]))
			k++;
		if (k == known->n)
			from->items[kept++] = from->items[i];
	}
	from->n = kept;
}

/* Places of a symbol: definitions (best first) and the rest. */
struct symbol_places {
	struct hits definitions, uses;
};

static void
places_release(struct symbol_places *p)
{
	hits_release(&p->definitions);
	hits_release(&p->uses);
}

/* Searching is most of what there is to do here. */
static bool
can_search(struct talk *t)
{
	t->no_search = !talk_has_tool(t, "grep");
	return !t->no_search;
}

/* True once both searches have come back. */
static bool
find_places(struct talk *t, struct symbol_places *ret)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);
	struct str name = last_name(subject(t));
	const struct part *definitions, *uses;

	hits_definition_pattern(name, &pattern);
	definitions = ask_grep(t, buf_str(&pattern), STR_NONE);
	buf_clear(&pattern);
	hits_symbol_pattern(name, &pattern);
	uses = ask_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return false;
	hits_add(&ret->definitions, talk_text(definitions));
	hits_score_definition(&ret->definitions, name);
	hits_sort(&ret->definitions);
	while (ret->definitions.n > 0 &&
	    ret->definitions.items[ret->definitions.n - 1].score <= 10)
		ret->definitions.n--;
	hits_add(&ret->uses, talk_text(uses));
	subtract(&ret->uses, &ret->definitions);
	return true;
}

/* Nothing has the name as it is written: what sounds like it? */
static void
answer_similar(struct talk *t)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);
	CLEANUP(hits_release) struct hits hits = { 0 };
	const struct part *found;

	buf_add_cstr(&pattern, "(?i)");
	hits_quote(last_name(subject(t)), &pattern);
	found = ask_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return;
	hits_add(&hits, talk_text(found));
	buf_add_cstr(&t->out, "Nothing in this folder is called ");
	talk_code(t, subject(t));
	if (hits.n == 0) {
		buf_add_cstr(&t->out, ", and nothing has it in its name.\n");
		return;
	}
	buf_add_cstr(&t->out, ". These lines hold it in another form:\n\n");
	write_places(t, &hits, 0, PLACES_MAX);
}

static void
plan_definition(struct talk *t)
{
	CLEANUP(places_release) struct symbol_places p = { 0 };
	const struct hit *best;
	const struct part *part;

	if (!can_search(t) || !find_places(t, &p))
		return;
	if (p.definitions.n == 0 && p.uses.n == 0) {
		answer_similar(t);
		return;
	}
	if (p.definitions.n == 0) {
		buf_add_cstr(&t->out, "I found no definition of ");
		talk_code(t, subject(t));
		buf_printf(&t->out, " here; it may come from a library. It is "
		    "used in %zu places:\n\n", p.uses.n);
		write_places(t, &p.uses, 0, PLACES_MAX);
		return;
	}
	best = &p.definitions.items[0];
	part = ask_read(t, best->path, best->line > 2 ? best->line - 2 : 1,
	    SNIPPET_LINES + 8);
	if (t->n_calls > 0)
		return;
	talk_code(t, subject(t));
	buf_add_cstr(&t->out, " is defined in ");
	talk_cite(t, best->path, best->line);
	buf_add_cstr(&t->out, ":\n");
	write_snippet(t, best->path, best->line, talk_text(part));
	if (p.definitions.n > 1) {
		buf_add_cstr(&t->out, "\nOther places that define or declare "
		    "it:\n\n");
		write_places(t, &p.definitions, 1, PLACES_MAX);
	}
	if (p.uses.n > 0) {
		buf_printf(&t->out, "\nIt is used in %zu%s places in %zu "
		    "files:\n\n", p.uses.n, p.uses.more ? "+" : "",
		    count_files(&p.uses));
		write_places(t, &p.uses, 0, PLACES_MAX);
	}
}

static void
plan_uses(struct talk *t)
{
	CLEANUP(places_release) struct symbol_places p = { 0 };

	if (!can_search(t) || !find_places(t, &p))
		return;
	if (p.definitions.n == 0 && p.uses.n == 0) {
		answer_similar(t);
		return;
	}
	talk_code(t, subject(t));
	if (p.uses.n == 0) {
		buf_add_cstr(&t->out, " is not used anywhere in this "
		    "folder.\n");
	} else {
		buf_printf(&t->out, " is used in %zu%s places in %zu "
		    "files:\n\n", p.uses.n, p.uses.more ? "+" : "",
		    count_files(&p.uses));
		write_places(t, &p.uses, 0, USES_MAX);
	}
	if (p.definitions.n > 0) {
		buf_add_cstr(&t->out, "\nIt is defined in ");
		talk_cite(t, p.definitions.items[0].path,
		    p.definitions.items[0].line);
		buf_add_cstr(&t->out, ".\n");
	}
}

static size_t
words_of(const struct talk *t, struct str *ret)
{
	for (size_t i = 0; i < t->intent.n_words; i++)
		ret[i] = str_from(t->intent.words[i]);
	return t->intent.n_words;
}

/* A word that is in a file's name says a lot. */
static const struct part *
ask_names(struct talk *t, struct str word)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(KIB);

	buf_printf(&pattern, "**/*%.*s*", STR_ARG(word));
	return talk_ask1(t, "glob", "pattern", buf_str(&pattern));
}

static bool
find_by_words(struct talk *t, const struct str *words, size_t n,
    struct hits *hits)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);
	const struct part *lines, *named, *any;

	hits_words_pattern(words, n, &pattern);
	lines = ask_grep(t, buf_str(&pattern), STR_NONE);
	buf_clear(&pattern);
	hits_named_pattern(words, n, &pattern);
	named = ask_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return false;
	hits_add(hits, talk_text(named));
	hits_add(hits, talk_text(lines));
	/* No two of them meet in a line: take lines with any of them. */
	for (size_t i = 0; i < n && n > 1 && hits->n == 0; i++) {
		any = NULL;
		for (size_t k = 0; k < n; k++) {
			buf_clear(&pattern);
			hits_words_pattern(&words[k], 1, &pattern);
			any = ask_grep(t, buf_str(&pattern), STR_NONE);
			hits_add(hits, talk_text(any));
		}
		if (t->n_calls > 0)
			return false;
		break;
	}
	hits_score_words(hits, words, n);
	hits_sort(hits);
	return true;
}

static bool
find_by_text(struct talk *t, struct hits *hits)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);
	const struct part *found;

	hits_quote(subject(t), &pattern);
	found = ask_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return false;
	hits_add(hits, talk_text(found));
	return true;
}

static void
write_files(struct talk *t, struct str list, size_t max)
{
	struct str line;
	size_t n = 0;

	while (n < max && str_next_line(&list, &line)) {
		line = str_trim(line);
		/* A note of the tool is a sentence, a path is a word. */
		if (line.len == 0 || line.ptr[0] == '[' ||
		    str_find_char(line, ' ', 0) != SIZE_MAX)
			continue;
		if (n++ == 0)
			buf_add_cstr(&t->out, "\nFiles with a fitting "
			    "name:\n\n");
		buf_add_cstr(&t->out, "- ");
		talk_cite(t, line, 0);
		buf_add_char(&t->out, '\n');
	}
}

static void
plan_find(struct talk *t)
{
	CLEANUP(hits_release) struct hits hits = { 0 };
	struct str words[INTENT_WORDS_MAX];
	size_t n = words_of(t, words);
	const struct part *names = NULL, *part = NULL;
	bool literal = t->intent.subject[0] != '\0';

	if (!can_search(t))
		return;
	if (!literal && n > 0)
		names = ask_names(t, words[0]);
	if (!(literal ? find_by_text(t, &hits) :
			find_by_words(t, words, n, &hits)))
		return;
	if (hits.n > 0)
		part = ask_read(t, hits.items[0].path,
		    hits.items[0].line > 2 ? hits.items[0].line - 2 : 1,
		    SNIPPET_LINES + 8);
	if (t->n_calls > 0)
		return;
	if (hits.n == 0) {
		buf_add_cstr(&t->out, "I searched this folder and found "
		    "nothing about ");
		if (literal)
			talk_code(t, subject(t));
		for (size_t i = 0; i < n && !literal; i++) {
			buf_add_cstr(&t->out, i > 0 ? ", " : "");
			talk_code(t, words[i]);
		}
		buf_add_cstr(&t->out, ".\n");
		write_files(t, talk_text(names), PLACES_MAX);
		return;
	}
	buf_add_cstr(&t->out, literal ? "It is in " : "The best match is ");
	talk_cite(t, hits.items[0].path, hits.items[0].line);
	buf_add_cstr(&t->out, ":\n");
	write_snippet(t, hits.items[0].path, hits.items[0].line,
	    talk_text(part));
	if (hits.n > 1) {
		buf_add_cstr(&t->out, "\nFurther places:\n\n");
		write_places(t, &hits, 1, PLACES_MAX);
	}
	write_files(t, talk_text(names), PLACES_MAX);
}

/* The file that was meant, where there is none of this very path: NULL while
 * it is looked for, "" where there is none. */
static struct str
find_file(struct talk *t, bool *ret_done)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(4 * KIB);
	struct str name = subject(t), list, line;
	const struct part *found;

	while (str_find_char(name, '/', 0) != SIZE_MAX)
		name = str_sub(name, str_find_char(name, '/', 0) + 1,
		    SIZE_MAX);
	buf_printf(&pattern, "**/%.*s", STR_ARG(name));
	found = talk_ask1(t, "glob", "pattern", buf_str(&pattern));
	*ret_done = t->n_calls == 0;
	list = talk_text(found);
	while (str_next_line(&list, &line)) {
		line = str_trim(line);
		if (str_ends(line, name))
			return line;
	}
	return STR_NONE;
}

static void
say_no_file(struct talk *t)
{
	buf_add_cstr(&t->out, "There is no file ");
	talk_cite(t, subject(t), 0);
	buf_add_cstr(&t->out, " here that can be read.\n");
}

static void
plan_read(struct talk *t)
{
	int64_t first = t->intent.first, last = t->intent.last;
	int64_t lines = first > 0 ? last - first + 1 : FILE_LINES;
	struct str path = subject(t);
	const struct part *part = ask_read(t, path, first, lines);
	bool done;

	if (t->n_calls == 0 && talk_text(part).len == 0) {
		path = find_file(t, &done);
		if (!done)
			return;
		if (path.len > 0 && !str_eq(path, subject(t)))
			part = ask_read(t, path, first, lines);
	}
	if (t->n_calls > 0)
		return;
	if (talk_text(part).len == 0) {
		say_no_file(t);
		return;
	}
	talk_cite(t, path, first);
	buf_add_cstr(&t->out, ":\n");
	talk_block(t, talk_text(part), "", FILE_LINES + 10);
}

/* Top-level definitions by their looks, where no outline tool is offered. */
static const struct part *
ask_definitions(struct talk *t, struct str path)
{
	static const struct str any = { "\\w", 2 };
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);

	hits_named_pattern(&any, 1, &pattern);
	return ask_grep(t, buf_str(&pattern), path);
}

static const struct part *
ask_outline(struct talk *t, struct str path)
{
	/* It is offered only after a search for it. */
	if (!talk_has_tool(t, "outline"))
		talk_ask1(t, "tool_search", "query", STR("outline"));
	if (t->n_calls > 0)
		return NULL;
	return talk_has_tool(t, "outline") ?
	    talk_ask1(t, "outline", "path", path) :
	    ask_definitions(t, path);
}

/* The outline of a file; where there is none for its language, the lines that
 * look like definitions; where there are none, its beginning. NULL while
 * calls are under way, and where there is no such file. */
static const struct part *
outline_of(struct talk *t, struct str path, const char **ret_title)
{
	const struct part *part = ask_outline(t, path), *beginning;

	*ret_title = "What is in ";
	if (t->n_calls > 0 || talk_text(part).len > 0)
		return part;
	beginning = ask_read(t, path, 0, SNIPPET_LINES);
	if (t->n_calls > 0 || talk_text(beginning).len == 0)
		return NULL;
	*ret_title = "No outline can be made of this language. Lines that "
		     "look like definitions in ";
	part = ask_definitions(t, path);
	if (t->n_calls > 0 || talk_text(part).len > 0)
		return part;
	*ret_title = "The beginning of ";
	return beginning;
}

static void
plan_outline(struct talk *t)
{
	struct str path = subject(t);
	const char *title;
	const struct part *part = outline_of(t, path, &title);
	bool done;

	if (t->n_calls == 0 && part == NULL) {
		path = find_file(t, &done);
		if (!done)
			return;
		if (path.len > 0 && !str_eq(path, subject(t)))
			part = outline_of(t, path, &title);
	}
	if (t->n_calls > 0)
		return;
	if (talk_text(part).len == 0) {
		say_no_file(t);
		return;
	}
	buf_add_cstr(&t->out, title);
	talk_cite(t, path, 0);
	buf_add_cstr(&t->out, ", with line numbers:\n");
	talk_block(t, talk_text(part), "", FILE_LINES);
}

static void
answer_block(struct talk *t, const struct part *part, const char *title,
    const char *language, size_t lines)
{
	if (part == NULL) {
		buf_add_cstr(&t->out, "This session offers no tool for "
		    "that.\n");
		return;
	}
	if (part->is_error) {
		buf_add_cstr(&t->out, "That did not work: ");
		talk_code(t, str_trim(buf_str(&part->text)));
		buf_add_cstr(&t->out, "\n");
		return;
	}
	buf_printf(&t->out, "%s\n", title);
	talk_block(t, str_trim_end(buf_str(&part->text)), language, lines);
}

static void
plan_list(struct talk *t)
{
	struct str folder = subject(t).len > 0 ? subject(t) : STR(".");
	const struct part *part = talk_ask1(t, "list", "path", folder);

	if (t->n_calls == 0)
		answer_block(t, part, "The folder holds:", "", FILE_LINES);
}

static void
plan_glob(struct talk *t)
{
	const struct part *part =
	    talk_ask1(t, "glob", "pattern", subject(t));

	if (t->n_calls == 0)
		answer_block(t, part, "Files that match:", "", FILE_LINES);
}

/* "+++ b/path" and "@@ -1,2 +3,4 @@" name the places of a diff. */
static void
write_changed_places(struct talk *t, struct str diff)
{
	struct str line, path = STR_NONE;
	size_t n = 0;

	while (n < USES_MAX && str_next_line(&diff, &line)) {
		size_t plus = str_find_char(line, '+', 0);
		struct str number = str_sub(line, plus == SIZE_MAX ?
		    line.len : plus + 1, SIZE_MAX);
		int64_t at;

		if (str_starts(line, STR("+++ "))) {
			path = str_sub(line, str_starts(line,
			    STR("+++ b/")) ? 6 : 4, SIZE_MAX);
			continue;
		}
		if (!str_starts(line, STR("@@ ")) || path.len == 0)
			continue;
		number = str_sub(number, 0, str_find_char(number, ' ', 0));
		number = str_sub(number, 0, str_find_char(number, ',', 0));
		if (!str_to_int(number, 0, INT32_MAX, &at))
			continue;
		if (n++ == 0)
			buf_add_cstr(&t->out, "\nChanged places:\n\n");
		buf_add_cstr(&t->out, "- ");
		talk_cite(t, path, at);
		buf_add_char(&t->out, '\n');
	}
}

static void
plan_changes(struct talk *t)
{
	const struct part *status = ask_git(t, "\"action\":\"status\"");
	const struct part *diff = ask_git(t, "\"action\":\"diff\"");
	const struct part *staged = talk_tool_takes(t, "git", "staged") ?
	    ask_git(t, "\"action\":\"diff\",\"staged\":true") : NULL;

	if (t->n_calls > 0)
		return;
	answer_block(t, status, "State of the working tree:", "", FILE_LINES);
	write_changed_places(t, talk_text(staged));
	write_changed_places(t, talk_text(diff));
	if (str_find(talk_text(staged), STR("@@"), 0) != SIZE_MAX) {
		buf_add_char(&t->out, '\n');
		answer_block(t, staged, "What is staged:", "diff",
		    DIFF_LINES);
	}
	if (str_find(talk_text(diff), STR("@@"), 0) != SIZE_MAX) {
		buf_add_char(&t->out, '\n');
		answer_block(t, diff, "What is not staged:", "diff",
		    DIFF_LINES);
	}
}

static void
plan_status(struct talk *t)
{
	const struct part *part = ask_git(t, "\"action\":\"status\"");

	if (t->n_calls == 0)
		answer_block(t, part, "State of the working tree:", "",
		    FILE_LINES);
}

static void
plan_log(struct talk *t)
{
	const struct part *part = ask_git(t, "\"action\":\"log\"");

	if (t->n_calls == 0)
		answer_block(t, part, "The latest commits:", "", DIFF_LINES);
}

static void
plan_blame(struct talk *t)
{
	CLEANUP_BUF struct buf members = BUF_INIT(4 * KIB);
	const struct part *part;

	buf_add_cstr(&members, "\"action\":\"blame\",\"paths\":[\"");
	json_escape(subject(t), &members);
	buf_add_cstr(&members, "\"]");
	if (t->intent.first > 0)
		buf_printf(&members, ",\"first_line\":%lld,\"last_line\":%lld",
		    (long long)t->intent.first, (long long)t->intent.last);
	part = ask_git(t, buf_text(&members));
	if (t->n_calls == 0)
		answer_block(t, part, "Who last changed which line:", "",
		    FILE_LINES);
}

static void
plan_help(struct talk *t)
{
	buf_add_cstr(&t->out,
	    "I can look things up in this folder:\n\n"
	    "- where a symbol is defined: `where is parse_config defined`\n"
	    "- who uses it: `who calls parse_config`\n"
	    "- code about a subject: `find code about retry limits`\n"
	    "- the structure of a file: `outline of src/main.c`\n"
	    "- a file or some of its lines: `read src/main.c lines 10-40`\n"
	    "- files: `list src/`, `find files named *.c`\n"
	    "- git: `what changed`, `git log`, `blame src/main.c`\n");
}

static void (*const plans[INTENT_KINDS])(struct talk *t) = {
	[INTENT_HELP] = plan_help,
	[INTENT_DEFINITION] = plan_definition,
	[INTENT_USES] = plan_uses,
	[INTENT_FIND] = plan_find,
	[INTENT_OUTLINE] = plan_outline,
	[INTENT_READ] = plan_read,
	[INTENT_LIST] = plan_list,
	[INTENT_GLOB] = plan_glob,
	[INTENT_CHANGES] = plan_changes,
	[INTENT_STATUS] = plan_status,
	[INTENT_LOG] = plan_log,
	[INTENT_BLAME] = plan_blame,
};

#define CHANGE_NOTE                                                           \
	"Changing code needs a language model, and none is set up, so I "     \
	"changed nothing. What I can do is show the places that your "        \
	"request is about.\n\n"

#define FOOTER                                                                \
	"\n---\n*friday is offline: this answer comes from searching the "    \
	"code, not from a language model. To set one up, export "             \
	"`ANTHROPIC_API_KEY`, `OPENAI_API_KEY` or `GEMINI_API_KEY`, or "      \
	"start a local server such as Ollama; `friday model list` shows "     \
	"what is found.*\n"

/* In lines, as a model's answer comes in pieces. */
static int
send(struct talk *t, struct str text)
{
	int rc = 0;

	while (rc == 0 && text.len > 0) {
		size_t end = str_find_char(text, '\n', 0);
		size_t n = end == SIZE_MAX ? text.len : end + 1;

		rc = reply_text(t->reply, 0, str_sub(text, 0, n), t->err);
		text = str_sub(text, n, SIZE_MAX);
	}
	return rc;
}

static int
send_answer(struct talk *t)
{
	int rc = 0;

	if (t->intent.change)
		rc = send(t, STR(CHANGE_NOTE));
	/* A cut answer is still an answer: the buf keeps what fitted. */
	if (rc == 0)
		rc = send(t, buf_str(&t->out));
	if (rc == 0 && t->out.failed != 0)
		rc = send(t, STR("\n… and more.\n"));
	if (rc == 0 && t->no_search)
		rc = send(t, STR("\nThis session offers no `grep` tool, so I "
		    "could not search.\n"));
	if (rc == 0 && t->trouble != NULL) {
		buf_clear(&t->out);
		buf_add_cstr(&t->out, "\nA search did not work: ");
		talk_code(t, str_trim(buf_str(&t->trouble->text)));
		buf_add_cstr(&t->out, "\n");
		rc = send(t, buf_str(&t->out));
	}
	return rc == 0 ? send(t, STR(FOOTER)) : rc;
}

static void
estimate_usage(struct talk *t)
{
	struct usage u = { .exact = false };

	u.input_tokens = text_estimate_tokens(t->request->system);
	for (size_t i = 0; i < t->request->n_messages; i++)
		u.input_tokens +=
		    message_estimate_tokens(t->request->messages[i]);
	u.output_tokens = message_estimate_tokens(t->reply->message);
	reply_usage(t->reply, &u);
}

int
offline_complete(const struct llm_request *request, struct reply *ret,
    struct error *err)
{
	struct talk t;
	int rc;

	if (request->output_schema != NULL)
		return error_set(err, ERR_UNSUPPORTED,
		    "the offline provider is no language model and cannot "
		    "answer in a given schema");
	talk_init(&t, request, ret, err);
	plans[t.intent.kind](&t);
	rc = t.failed;
	if (rc == 0 && t.n_calls == 0)
		rc = send_answer(&t);
	if (rc == 0) {
		reply_stop(ret, t.n_calls > 0 ? STOP_TOOL_USE : STOP_END_TURN);
		snprintf(ret->model, sizeof(ret->model), "offline");
		estimate_usage(&t);
		ret->finished = true;
	}
	talk_release(&t);
	return rc;
}
