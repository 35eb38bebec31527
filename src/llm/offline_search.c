/* Plans that search: where a symbol is defined, who uses it, code about a
 * subject. A place is a line that grep found; the best one is shown, the
 * others are listed. */
#include "llm/offline_plan.h"

#include "llm/offline_index.h"

enum { PLACES_MAX = 8, USES_MAX = 30 };

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

/* What the index knows of the name. False: it is asked right now (n_calls),
 * it cannot be asked, or it knows nothing. */
static bool
find_in_index(struct talk *t, struct symbol_places *ret)
{
	const struct part *part = talk_ask1(t, "symbol", "name",
	    talk_subject(t));

	return index_read_symbol(talk_text(part), &ret->definitions,
	    &ret->uses);
}

/* True once the searches have come back. */
static bool
find_places(struct talk *t, struct symbol_places *ret)
{
	CLEANUP_BUF struct buf pattern = BUF_INIT(16 * KIB);
	struct str name = last_name(talk_subject(t));
	const struct part *definitions, *uses;

	if (find_in_index(t, ret))
		return true;
	if (t->n_calls > 0)
		return false;
	/* Comments and texts without a grammar may have it all the same. */
	hits_definition_pattern(name, &pattern);
	definitions = talk_grep(t, buf_str(&pattern), STR_NONE);
	buf_clear(&pattern);
	hits_symbol_pattern(name, &pattern);
	uses = talk_grep(t, buf_str(&pattern), STR_NONE);
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
	hits_quote(last_name(talk_subject(t)), &pattern);
	found = talk_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return;
	hits_add(&hits, talk_text(found));
	buf_add_cstr(&t->out, "Nothing in this folder is called ");
	talk_code(t, talk_subject(t));
	if (hits.n == 0) {
		buf_add_cstr(&t->out, ", and nothing has it in its name.\n");
		return;
	}
	buf_add_cstr(&t->out, ". These lines hold it in another form:\n\n");
	write_places(t, &hits, 0, PLACES_MAX);
}

void
offline_definition(struct talk *t)
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
		talk_code(t, talk_subject(t));
		buf_printf(&t->out, " here; it may come from a library. It is "
		    "used in %zu places:\n\n", p.uses.n);
		write_places(t, &p.uses, 0, PLACES_MAX);
		return;
	}
	best = &p.definitions.items[0];
	part = talk_read(t, best->path, best->line > 2 ? best->line - 2 : 1,
	    SNIPPET_LINES + 8);
	if (t->n_calls > 0)
		return;
	talk_code(t, talk_subject(t));
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

void
offline_uses(struct talk *t)
{
	CLEANUP(places_release) struct symbol_places p = { 0 };

	if (!can_search(t) || !find_places(t, &p))
		return;
	if (p.definitions.n == 0 && p.uses.n == 0) {
		answer_similar(t);
		return;
	}
	talk_code(t, talk_subject(t));
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
	const struct part *lines, *named;

	hits_words_pattern(words, n, &pattern);
	lines = talk_grep(t, buf_str(&pattern), STR_NONE);
	buf_clear(&pattern);
	hits_named_pattern(words, n, &pattern);
	named = talk_grep(t, buf_str(&pattern), STR_NONE);
	if (t->n_calls > 0)
		return false;
	hits_add(hits, talk_text(named));
	hits_add(hits, talk_text(lines));
	/* No two of them meet in a line: take lines with any of them. */
	if (hits->n == 0 && n > 1) {
		for (size_t i = 0; i < n; i++) {
			buf_clear(&pattern);
			hits_words_pattern(&words[i], 1, &pattern);
			hits_add(hits, talk_text(talk_grep(t,
			    buf_str(&pattern), STR_NONE)));
		}
		if (t->n_calls > 0)
			return false;
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

	hits_quote(talk_subject(t), &pattern);
	found = talk_grep(t, buf_str(&pattern), STR_NONE);
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
write_piece(struct talk *t, const struct found_piece *p)
{
	buf_add_cstr(&t->out, "- ");
	talk_cite(t, p->path, p->line);
	if (p->title.len > 0) {
		buf_add_char(&t->out, ' ');
		talk_code(t, p->title);
	}
	buf_add_char(&t->out, '\n');
}

/* The index knows what fits words best. False: it is asked right now
 * (n_calls), it cannot be asked, or it found nothing. */
static bool
answer_from_index(struct talk *t, const struct str *words, size_t n)
{
	CLEANUP_BUF struct buf query = BUF_INIT(4 * KIB);
	struct found_piece piece;
	struct str rest;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		buf_printf(&query, "%s%.*s", i > 0 ? " " : "",
		    STR_ARG(words[i]));
	rest = talk_text(talk_ask1(t, "code_search", "query",
	    buf_str(&query)));
	while (index_next_piece(&rest, &piece)) {
		if (count++ == 0) {
			buf_add_cstr(&t->out, "The best match is ");
			talk_cite(t, piece.path, piece.line);
			buf_add_cstr(&t->out, ":\n");
			write_snippet(t, piece.path, piece.line, piece.text);
			continue;
		}
		if (count == 2)
			buf_add_cstr(&t->out, "\nFurther places:\n\n");
		write_piece(t, &piece);
	}
	return count > 0;
}

/* What is central: where to begin to read. */
void
offline_map(struct talk *t)
{
	const struct part *part;

	/* It is offered only after a search for it. */
	if (!talk_has_tool(t, "repo_map"))
		talk_ask1(t, "tool_search", "query", STR("repo_map"));
	if (t->n_calls > 0)
		return;
	part = talk_ask(t, "repo_map", STR("{}"));
	if (t->n_calls > 0)
		return;
	if (talk_text(part).len > 0)
		talk_answer_block(t, part,
		    "What the rest of the repository uses most:", "",
		    FILE_LINES);
	else
		offline_list(t);
}

void
offline_find(struct talk *t)
{
	CLEANUP(hits_release) struct hits hits = { 0 };
	struct str words[INTENT_WORDS_MAX];
	size_t n = words_of(t, words);
	const struct part *names = NULL, *part = NULL;
	bool literal = t->intent.subject[0] != '\0';

	if (!can_search(t))
		return;
	if (!literal && n > 0 &&
	    (answer_from_index(t, words, n) || t->n_calls > 0))
		return;
	if (!literal && n > 0)
		names = ask_names(t, words[0]);
	if (!(literal ? find_by_text(t, &hits) :
			find_by_words(t, words, n, &hits)))
		return;
	if (hits.n > 0)
		part = talk_read(t, hits.items[0].path,
		    hits.items[0].line > 2 ? hits.items[0].line - 2 : 1,
		    SNIPPET_LINES + 8);
	if (t->n_calls > 0)
		return;
	if (hits.n == 0) {
		buf_add_cstr(&t->out, "I searched this folder and found "
		    "nothing about ");
		if (literal)
			talk_code(t, talk_subject(t));
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
