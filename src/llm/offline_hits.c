/* See offline_hits.h. Definitions are told from uses by the looks of a line,
 * for the usual languages at once: a keyword before the name, a function's
 * head at the start of a line, an assignment. It is a guess that is good
 * enough to put the right line first. */
#include "llm/offline_hits.h"

#include "base/mem.h"

static const char keywords[] =
    "struct|class|enum|union|interface|trait|type|typedef|def|fn|fun|func|"
    "function|macro_rules!|const|let|var|val|static|module|mod|namespace|"
    "package|protocol|impl|record|object|define|sub|proc|local";

void
hits_release(struct hits *h)
{
	free(h->items);
	*h = (struct hits){ 0 };
}

static bool
is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* Cuts "NUMBER:" off (also "NUMBER|" and "NUMBER\t"). */
static bool
cut_number(struct str *s, int64_t *ret)
{
	struct str rest = *s;
	size_t n = 0;

	while (rest.len > 0 && rest.ptr[0] == ' ')
		rest = str_sub(rest, 1, SIZE_MAX);
	while (n < rest.len && n < 9 && rest.ptr[n] >= '0' &&
	    rest.ptr[n] <= '9')
		n++;
	if (n == 0 || n >= rest.len ||
	    (rest.ptr[n] != ':' && rest.ptr[n] != '|' && rest.ptr[n] != '\t'))
		return false;
	if (!str_to_int(str_sub(rest, 0, n), 1, INT32_MAX, ret))
		return false;
	*s = str_sub(rest, n + 1, SIZE_MAX);
	return true;
}

static void
add(struct hits *h, struct str path, int64_t line, struct str text)
{
	if (h->n >= HITS_MAX || path.len == 0) {
		h->more |= path.len > 0;
		return;
	}
	if ((h->n & (h->n - 1)) == 0)
		h->items = mem_resize(h->items, h->n == 0 ? 1 : 2 * h->n,
		    sizeof(*h->items));
	h->items[h->n++] = (struct hit){ .path = path,
		.line = line,
		.text = str_trim(text) };
}

void
hits_add(struct hits *h, struct str result)
{
	struct str line, heading = STR_NONE;

	while (str_next_line(&result, &line)) {
		size_t colon = str_find_char(line, ':', 0);
		struct str rest = line;
		int64_t number;

		if (cut_number(&rest, &number)) {
			add(h, heading, number, rest);
			continue;
		}
		rest = colon == SIZE_MAX ? STR_NONE :
					   str_sub(line, colon + 1, SIZE_MAX);
		if (colon != SIZE_MAX && colon > 0 &&
		    cut_number(&rest, &number)) {
			add(h, str_sub(line, 0, colon), number, rest);
		} else if (line.len > 0 && line.ptr[0] != ' ') {
			heading = str_trim_end(line);
			if (str_ends(heading, STR(":")))
				heading.len--;
		}
	}
}

static bool
contains(struct str s, const char *needle)
{
	return str_find(s, str_from(needle), 0) != SIZE_MAX;
}

static bool
contains_nocase(struct str s, struct str needle)
{
	for (size_t i = 0; i + needle.len <= s.len; i++) {
		if (str_eq_nocase(str_sub(s, i, needle.len), needle))
			return true;
	}
	return false;
}

static int
score_path(struct str path)
{
	static const struct {
		const char *part;
		int score;
	} parts[] = {
		{ "test", -12 }, { "spec/", -8 }, { "bench", -8 },
		{ "example", -8 }, { "vendor/", -25 },
		{ "third_party/", -25 }, { "node_modules/", -40 },
		{ ".md", -35 }, { ".txt", -30 }, { ".json", -20 },
		{ "CHANGELOG", -35 }, { "docs/", -20 }, { ".min.", -30 },
	};
	int score = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (contains(path, parts[i].part))
			score += parts[i].score;
	}
	return score;
}

/* The word before offset `at`, and whether there is one. */
static struct str
word_before(struct str s, size_t at)
{
	size_t end = at, start;

	while (end > 0 && (s.ptr[end - 1] == ' ' || s.ptr[end - 1] == '\t'))
		end--;
	start = end;
	while (start > 0 && is_word_char(s.ptr[start - 1]))
		start--;
	return str_sub(s, start, end - start);
}

static bool
is_keyword(struct str word)
{
	struct str list = str_make(keywords, sizeof(keywords) - 1), one;

	while (str_next_field(&list, '|', &one)) {
		if (str_eq(one, word))
			return true;
	}
	return false;
}

static size_t
find_word(struct str s, struct str word)
{
	size_t at = str_find(s, word, 0);

	while (at != SIZE_MAX) {
		size_t end = at + word.len;

		if ((at == 0 || !is_word_char(s.ptr[at - 1])) &&
		    (end == s.len || !is_word_char(s.ptr[end])))
			return at;
		at = str_find(s, word, at + 1);
	}
	return SIZE_MAX;
}

static bool
is_comment_or_statement(struct str s)
{
	static const char *const starts[] = { "//", "/*", "* ", "# ", "-- ",
		"return ", "if ", "if(", "while ", "for ", "} else", "case ",
		"import ", "from ", "#include", "use ", "using ", "assert" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (str_starts(s, str_from(starts[i])))
			return true;
	}
	return str_eq_c(s, "*");
}

/* A word that stands before an expression, not before a name. */
static bool
is_operator_word(struct str word)
{
	static const char *const words[] = { "return", "else", "new", "await",
		"throw", "yield", "delete", "not", "and", "or", "in", "case",
		"raise", "assert", "go", "defer", "sizeof", "is" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_eq_c(word, words[i]))
			return true;
	}
	return false;
}

static int
score_definition(const struct hit *h, struct str symbol)
{
	struct str s = h->text, before, after;
	size_t at = find_word(s, symbol);
	int score = 10;
	bool method, prototype;

	if (at == SIZE_MAX)
		return -100;
	before = word_before(s, at);
	after = str_trim(str_sub(s, at + symbol.len, SIZE_MAX));
	/* "def self.foo" */
	method = at > 0 && s.ptr[at - 1] == '.' && str_starts(s, STR("def "));
	/* "int foo(int x);" */
	prototype = before.len > 0 && str_starts(after, STR("(")) &&
	    !is_operator_word(before);
	if (is_keyword(before) || method)
		score += 40;
	if (at == 0 && str_starts(after, STR("(")))
		score += 25; /* a function's name at the start of a line */
	else if (prototype)
		score += 10;
	if (str_ends(s, STR("{")) || str_ends(s, STR(":")) ||
	    str_ends(s, STR("=>")))
		score += 20;
	if (str_ends(s, STR(")")) || str_ends(s, STR(",")))
		score += str_starts(after, STR("(")) ? 5 : -25;
	if (contains(s, "#define") || contains(s, "# define"))
		score += 15;
	if (str_starts(after, STR("=")) && !str_starts(after, STR("==")))
		score += 10;
	if (str_starts(after, STR("*")) || str_starts(after, STR("&")))
		score -= 45; /* "struct foo *p" uses foo */
	if (str_ends(s, STR(";")))
		score -= str_starts(s, STR("}")) || contains(s, "typedef") ?
		    -20 : prototype ? 5 : 25;
	if (at > 0 && !method && strchr(".>\"", s.ptr[at - 1]) != NULL)
		score -= 40;
	if (is_comment_or_statement(s))
		score -= 60;
	return score + score_path(h->path);
}

void
hits_score_definition(struct hits *h, struct str symbol)
{
	for (size_t i = 0; i < h->n; i++)
		h->items[i].score = score_definition(&h->items[i], symbol);
}

void
hits_score_words(struct hits *h, const struct str *words, size_t n_words)
{
	for (size_t i = 0; i < h->n; i++) {
		struct hit *hit = &h->items[i];
		struct str first = str_sub(hit->text, 0,
		    str_find_char(hit->text, ' ', 0));

		hit->score = 20 + score_path(hit->path);
		for (size_t k = 0; k < n_words; k++) {
			hit->score += contains_nocase(hit->text, words[k]) ?
			    20 : 0;
			hit->score += contains_nocase(hit->path, words[k]) ?
			    12 : 0;
		}
		if (is_keyword(first) || str_ends(hit->text, STR("{")))
			hit->score += 8;
		if (str_ends(hit->text, STR(";")) ||
		    str_starts(hit->text, STR("#include")) ||
		    str_starts(hit->text, STR("import ")))
			hit->score -= 6;
	}
}

static int
compare(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	order = str_compare(x->path, y->path);
	if (order != 0)
		return order;
	return x->line < y->line ? -1 : x->line > y->line;
}

void
hits_sort(struct hits *h)
{
	size_t kept = 0;

	if (h->n == 0)
		return;
	qsort(h->items, h->n, sizeof(*h->items), compare);
	for (size_t i = 0; i < h->n; i++) {
		const struct hit *last = kept == 0 ? NULL :
						     &h->items[kept - 1];

		if (last == NULL || last->line != h->items[i].line ||
		    !str_eq(last->path, h->items[i].path))
			h->items[kept++] = h->items[i];
	}
	h->n = kept;
}

void
hits_quote(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\.^$*+?()[]{}|", text.ptr[i]) != NULL &&
		    text.ptr[i] != '\0')
			buf_add_char(out, '\\');
		buf_add_char(out, text.ptr[i]);
	}
}

static void
add_bounded(struct str text, struct buf *out)
{
	if (text.len > 0 && is_word_char(text.ptr[0]))
		buf_add_cstr(out, "\\b");
	hits_quote(text, out);
	if (text.len > 0 && is_word_char(text.ptr[text.len - 1]))
		buf_add_cstr(out, "\\b");
}

void
hits_symbol_pattern(struct str symbol, struct buf *out)
{
	add_bounded(symbol, out);
}

/* `name` is a pattern that stands for a definition's name. */
static void
add_definitions(const char *name, struct buf *out)
{
	/* a keyword, maybe a receiver: "func (r *T) ", "def self." */
	buf_printf(out, "\\b(%s)\\s+(\\([^)]*\\)\\s*)?(\\w+\\.)?%s", keywords,
	    name);
	/* a function's head at the start of a line */
	buf_printf(out, "|^%s\\s*\\(", name);
	buf_printf(out, "|^[A-Za-z_][\\w \\t*&:<>,]*[ \\t*&:]%s\\s*\\(", name);
	/* methods behind their modifiers */
	buf_printf(out, "|^\\s+(public|private|protected|internal|static|"
	    "async|override|virtual|abstract|final|inline|export|pub)\\b[^=;]*"
	    "%s\\s*\\(", name);
	/* names given to values, ends of a typedef, enumerators */
	buf_printf(out, "|%s\\s*(:|=|:=)\\s*(async\\s+)?(function\\b|\\(|"
	    "lambda\\b|func\\b)", name);
	buf_printf(out, "|^%s\\s*(:|=)", name);
	buf_printf(out, "|^\\}\\s*%s\\s*;", name);
	buf_printf(out, "|^\\s+%s\\s*(=[^=].*)?,\\s*(/[/*].*)?$", name);
}

void
hits_definition_pattern(struct str symbol, struct buf *out)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4 * KIB);

	add_bounded(symbol, &name);
	add_definitions(buf_text(&name), out);
}

static void
add_alternatives(const struct str *words, size_t n_words, struct buf *out)
{
	buf_add_char(out, '(');
	for (size_t i = 0; i < n_words; i++) {
		if (i > 0)
			buf_add_char(out, '|');
		hits_quote(words[i], out);
	}
	buf_add_char(out, ')');
}

void
hits_named_pattern(const struct str *words, size_t n_words, struct buf *out)
{
	CLEANUP_BUF struct buf name = BUF_INIT(4 * KIB);

	buf_add_cstr(&name, "\\w*");
	add_alternatives(words, n_words, &name);
	buf_add_cstr(&name, "\\w*");
	buf_printf(out, "(?i)\\b(%s)\\s+(\\([^)]*\\)\\s*)?%s", keywords,
	    buf_text(&name));
	buf_printf(out, "|^%s\\s*\\(", buf_text(&name));
	buf_printf(out, "|^[A-Za-z_][\\w \\t*&:<>,]*[ \\t*&:]%s\\s*\\(",
	    buf_text(&name));
}

void
hits_words_pattern(const struct str *words, size_t n_words, struct buf *out)
{
	buf_add_cstr(out, "(?i)");
	if (n_words < 2) {
		add_alternatives(words, n_words, out);
		return;
	}
	for (size_t i = 0; i < n_words; i++) {
		for (size_t k = 0; k < n_words; k++) {
			if (i == k)
				continue;
			if (i > 0 || k > 1)
				buf_add_char(out, '|');
			hits_quote(words[i], out);
			buf_add_cstr(out, ".*");
			hits_quote(words[k], out);
		}
	}
}
