/* See offline_intent.h. The request is cut into words, its phrases are looked
 * up in a table from the most special to the most general, and names of files
 * and symbols are told by their looks. */
#include "llm/offline_intent.h"

#include <stdio.h>

#include "base/units.h"

enum { TEXT_MAX = 2000, WORDS_MAX = 64 };

struct word {
	struct str text; /* without quotes and punctuation around it */
	bool quoted;
};

struct request {
	char flat[TEXT_MAX + 3]; /* " lower case words with single spaces " */
	struct word words[WORDS_MAX];
	size_t n_words;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '$';
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static struct str
bare(struct str s, bool *ret_quoted)
{
	char quote = s.len > 2 && is_one_of(s.ptr[0], "`\"'") ? s.ptr[0] : 0;

	*ret_quoted = false;
	while (s.len > 0 && is_one_of(s.ptr[0], "`\"'([{<@"))
		s = str_sub(s, 1, SIZE_MAX);
	/* "main()" keeps its brackets: they say what it is. */
	while (s.len > 0 && is_one_of(s.ptr[s.len - 1], "`\"')]}>.,;:!?") &&
	    !str_ends(s, STR("()"))) {
		s.len--;
		*ret_quoted |= quote != 0 && s.ptr[s.len] == quote;
	}
	return s;
}

static void
add_flat(struct request *r, size_t *len, struct str word)
{
	for (size_t i = 0; i < word.len && *len < TEXT_MAX; i++)
		r->flat[(*len)++] = lower(word.ptr[i]);
	r->flat[(*len)++] = ' ';
}

static void
cut_words(struct str text, struct request *r)
{
	size_t flat = 0, i = 0;

	text = str_sub(text, 0, TEXT_MAX - 1);
	r->flat[flat++] = ' ';
	while (i < text.len) {
		size_t start = i;
		struct word w;

		while (i < text.len && !is_one_of(text.ptr[i], " \t\r\n"))
			i++;
		w.text = bare(str_sub(text, start, i - start), &w.quoted);
		if (w.text.len > 0 && flat + 1 < TEXT_MAX) {
			add_flat(r, &flat, w.text);
			if (r->n_words < WORDS_MAX)
				r->words[r->n_words++] = w;
		}
		i++;
	}
	r->flat[flat] = '\0';
}

static bool
is_in(struct str word, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (str_eq_nocase(word, str_from(*list)))
			return true;
	}
	return false;
}

static const char *const extensions[] = { "c", "h", "cc", "cpp", "cxx", "hh",
	"hpp", "js", "jsx", "mjs", "cjs", "ts", "tsx", "py", "pyi", "rb", "go",
	"rs", "java", "kt", "swift", "cs", "php", "pl", "pm", "lua", "sh",
	"bash", "zsh", "fish", "md", "rst", "txt", "json", "jsonc", "yaml",
	"yml", "toml", "ini", "cfg", "conf", "xml", "html", "htm", "css",
	"scss", "sql", "am", "ac", "in", "mk", "cmake", "vue", "svelte", "ex",
	"exs", "erl", "hs", "ml", "mli", "scala", "r", "jl", "zig", "nim",
	"dart", "proto", "gradle", "lock", "csv", "el", "vim", "tf", "bat",
	"ps1", "m", "mm", "s", "asm", "scm", "clj", "env", "diff", "patch",
	"1", "3", "5", "8", NULL };

static const char *const file_names[] = { "makefile", "dockerfile", "readme",
	"license", "changelog", "gemfile", "rakefile", "procfile", "justfile",
	".gitignore", ".editorconfig", ".clang-format", NULL };

static bool
has_extension(struct str s)
{
	size_t dot = s.len;

	while (dot > 0 && s.ptr[dot - 1] != '.' && s.ptr[dot - 1] != '/')
		dot--;
	return dot > 1 && s.ptr[dot - 1] == '.' && s.ptr[dot - 2] != '/' &&
	    is_in(str_sub(s, dot, SIZE_MAX), extensions);
}

/* "file.c:10-20", "file.c:7", "file.c#L10-L20": cuts the lines off. */
static struct str
cut_lines(struct str s, int64_t *first, int64_t *last)
{
	size_t mark = str_find_char(s, ':', 0);
	struct str from, to;

	if (mark == SIZE_MAX)
		mark = str_find_char(s, '#', 0);
	if (mark == SIZE_MAX || mark == 0)
		return s;
	to = str_sub(s, mark + 1, SIZE_MAX);
	if (!str_next_field(&to, '-', &from))
		return s;
	if (from.len > 1 && lower(from.ptr[0]) == 'l')
		from = str_sub(from, 1, SIZE_MAX);
	if (to.len > 1 && lower(to.ptr[0]) == 'l')
		to = str_sub(to, 1, SIZE_MAX);
	if (!str_to_int(from, 1, INT32_MAX, first))
		return s;
	if (!str_to_int(to, *first, INT32_MAX, last))
		*last = *first;
	return str_sub(s, 0, mark);
}

static bool
is_path(struct str s)
{
	int64_t first, last;

	s = cut_lines(s, &first, &last);
	if (s.len == 0 || s.len > 250 ||
	    str_find(s, STR("://"), 0) != SIZE_MAX ||
	    str_find_char(s, '*', 0) != SIZE_MAX)
		return false;
	if (has_extension(s) || is_in(s, file_names))
		return true;
	return str_find_char(s, '/', 0) != SIZE_MAX && s.len > 2 &&
	    !str_eq_nocase(s, STR("and/or"));
}

/* Looks like a name from code, and could not be an English word. */
static bool
is_strong_symbol(struct str s)
{
	bool joined = false;

	if (str_ends(s, STR("()")))
		return s.len > 2;
	for (size_t i = 0; i < s.len; i++) {
		bool separator = s.ptr[i] == ':' || s.ptr[i] == '.' ||
		    s.ptr[i] == '-' || s.ptr[i] == '>';

		if (!is_name_char(s.ptr[i]) && !separator)
			return false;
		/* foo_bar, fooBar, utf8, A::b, a->b */
		joined |= s.ptr[i] == '_' || str_find(s, STR("::"), 0) == i ||
		    str_find(s, STR("->"), 0) == i;
		joined |= i > 0 && lower(s.ptr[i - 1]) == s.ptr[i - 1] &&
		    is_letter(s.ptr[i - 1]) && lower(s.ptr[i]) != s.ptr[i];
		joined |= i > 0 && is_letter(s.ptr[i - 1]) &&
		    is_digit(s.ptr[i]);
	}
	return joined && s.len > 1 && !is_digit(s.ptr[0]);
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_name_char(s.ptr[i]))
			return false;
	}
	return s.len > 1 && !is_digit(s.ptr[0]);
}

/* Words that say nothing about code. */
static const char *const stop_words[] = { "a", "about", "add", "all", "also",
	"am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
	"call", "called", "callers", "calls", "can", "change", "class", "code",
	"constant", "could", "declaration", "declared", "define", "defined",
	"defines", "definition", "did", "do", "does", "done", "explain",
	"field", "file", "files", "find", "for", "from", "function",
	"functions", "get", "give", "go", "handle", "handled", "handles",
	"happen", "happens", "has", "have", "here", "how", "i", "if",
	"implement", "implementation", "implemented", "in", "into", "is", "it",
	"its", "it's", "kind", "let", "line", "lines", "list", "look", "macro",
	"make", "makes", "me", "method", "methods", "my", "need", "of", "on",
	"or", "our", "out", "place", "places", "please", "program", "project",
	"reference", "references", "repo", "repository", "search", "should",
	"show", "so", "some", "struct", "symbol", "tell", "that", "the",
	"their", "them", "then", "there", "these", "thing", "this", "those",
	"to", "type", "us", "usage", "usages", "use", "used", "user", "uses",
	"using", "variable", "want", "was", "we", "were", "what", "what's",
	"when", "where", "where's", "which", "who", "why", "will", "with",
	"work", "works", "would", "you", "your", NULL };

/* Requests that only a model can fulfil. */
static const char *const change_verbs[] = { "add", "build", "change", "clean",
	"convert", "correct", "create", "delete", "drop", "extend", "extract",
	"fix", "generate", "implement", "improve", "inline", "insert", "make",
	"migrate", "modify", "move", "optimise", "optimize", "port", "refactor",
	"remove", "rename", "replace", "rewrite", "simplify", "split",
	"update", "upgrade", "write", NULL };

static const char *const polite_words[] = { "please", "can", "could", "you",
	"would", "now", "then", "let's", "lets", "i", "want", "to", "we",
	"need", "should", NULL };

static bool
asks_for_change(const struct request *r)
{
	size_t i = 0;

	while (i < r->n_words && is_in(r->words[i].text, polite_words))
		i++;
	return i < r->n_words && is_in(r->words[i].text, change_verbs);
}

enum needs { NEEDS_NOTHING, NEEDS_PATH, NEEDS_SYMBOL, NEEDS_PATTERN };

/* From the most special to the most general; the first whose phrase is in the
 * request, and whose object is there, counts. A phrase of the whole request
 * starts and ends with '^'. */
static const struct rule {
	enum intent_kind kind;
	enum needs needs;
	const char *phrases[12];
} rules[] = {
	{ INTENT_HELP, NEEDS_NOTHING,
	    { "^help^", "^hello^", "^hi^", "^hey^", " what can you do ",
		" who are you ", " what are you ",
		" how do i use you ", " how can you help " } },
	{ INTENT_STATUS, NEEDS_NOTHING,
	    { " git status ", "^status^", " status of the repo",
		" which branch " } },
	{ INTENT_LOG, NEEDS_NOTHING,
	    { " git log ", "^log^", " recent commits ", " last commit",
		" latest commit", " commit history ", " commit log ",
		" history of the repo" } },
	{ INTENT_BLAME, NEEDS_PATH,
	    { " blame ", " who wrote ", " who changed ", " who last " } },
	{ INTENT_CHANGES, NEEDS_NOTHING,
	    { " what changed ", " what has changed ", " what's changed ",
		" what have i changed ", " what did i change ", " git diff ",
		"^diff^", " show diff ", " the diff ", "^changes^",
		" my changes ", " uncommitted " } },
	{ INTENT_GLOB, NEEDS_PATTERN, { " " } },
	{ INTENT_OUTLINE, NEEDS_PATH,
	    { " outline ", " structure of ", " functions in ", " functions of ",
		" symbols in ", " classes in ", " what is in ", " what's in ",
		" explain ", " summar", " describe ", " defined in " } },
	{ INTENT_OUTLINE, NEEDS_PATH, { " what does ", " overview " } },
	{ INTENT_MAP, NEEDS_NOTHING,
	    { "^map^", " repo map ", " map of the ", " overview of the repo",
		" overview of the code", " overview of this ",
		" structure of the repo", " structure of the code",
		" structure of this ", " architecture ",
		" where do i start ", " where to start " } },
	{ INTENT_USES, NEEDS_SYMBOL,
	    { " who uses ", " who calls ", " uses of ", " used ", " usages ",
		" usage of ", " callers ", " calls ", " references ",
		" referenced ", " called ", " uses " } },
	{ INTENT_DEFINITION, NEEDS_SYMBOL,
	    { " defined ", " definition ", " defines ", " define ",
		" declared ", " declaration ", " implemented ",
		" implementation of ", " where is ", " where's ",
		" go to ", " what is " } },
	{ INTENT_LIST, NEEDS_NOTHING,
	    { " list files ", " list the files ", " list all files ", "^ls^",
		"^list^", " what files ", " which files are ",
		" files in " } },
	{ INTENT_LIST, NEEDS_PATH, { " list ", " ls " } },
	{ INTENT_READ, NEEDS_PATH, { " " } },
	{ INTENT_DEFINITION, NEEDS_SYMBOL, { " " } },
	{ INTENT_FIND, NEEDS_NOTHING, { " " } },
};

static bool
has_phrase(const struct request *r, const char *phrase)
{
	size_t len = strlen(phrase);

	if (phrase[0] == '^')
		return strlen(r->flat) == len &&
		    strncmp(r->flat + 1, phrase + 1, len - 2) == 0;
	return strstr(r->flat, phrase) != NULL;
}

/* A marker before a symbol that looks like any other word. */
static bool
find_symbol(const struct request *r, const struct rule *rule,
    struct str *ret)
{
	/* Only these ask for a symbol without any doubt. */
	static const char *const verbs[] = { "defined", "declared",
		"implemented", "definition", "define", "defines", "uses",
		"used", "calls", "called", "callers", "usages", "usage",
		"references", "referenced", "declaration", NULL };
	static const char *const kinds[] = { "function", "class", "struct",
		"method", "type", "variable", "constant", "macro", "symbol",
		"enum", "interface", NULL };
	const struct word *weak = NULL;
	bool asked = false;

	for (size_t i = 0; i < r->n_words; i++) {
		if (r->words[i].quoted && (is_name(r->words[i].text) ||
		    is_strong_symbol(r->words[i].text))) {
			*ret = r->words[i].text;
			return true;
		}
	}
	for (size_t i = 0; i < r->n_words; i++) {
		const struct word *w = &r->words[i];

		if (is_strong_symbol(w->text) && !is_path(w->text)) {
			*ret = w->text;
			return true;
		}
		asked |= is_in(w->text, verbs) || is_in(w->text, kinds);
		if (is_name(w->text) && !is_in(w->text, stop_words) &&
		    !is_in(w->text, verbs) && !is_in(w->text, kinds))
			weak = weak == NULL ? w : weak;
	}
	if (!asked || weak == NULL || rule->phrases[0][1] == '\0')
		return false;
	/* "where are retries handled and used": several words are a search. */
	for (const struct word *w = weak + 1; w < r->words + r->n_words; w++) {
		if (is_name(w->text) && !is_in(w->text, stop_words) &&
		    !is_in(w->text, verbs) && !is_in(w->text, kinds))
			return false;
	}
	*ret = weak->text;
	return true;
}

static bool
find_path(const struct request *r, struct str *ret)
{
	for (size_t i = 0; i < r->n_words; i++) {
		if (is_path(r->words[i].text)) {
			*ret = r->words[i].text;
			return true;
		}
	}
	return false;
}

static bool
find_pattern(const struct request *r, struct str *ret)
{
	for (size_t i = 0; i < r->n_words; i++) {
		if (str_find_char(r->words[i].text, '*', 0) != SIZE_MAX &&
		    r->words[i].text.len > 1) {
			*ret = r->words[i].text;
			return true;
		}
	}
	return false;
}

/* What is between two backquotes or double quotes. */
static bool
find_quotation(struct str text, struct str *ret)
{
	static const char quotes[] = { '`', '"' };

	for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
		size_t start = str_find_char(text, quotes[i], 0);
		size_t end = start == SIZE_MAX ? SIZE_MAX :
		    str_find_char(text, quotes[i], start + 1);

		if (end != SIZE_MAX && end > start + 2 && end - start < 120) {
			*ret = str_sub(text, start + 1, end - start - 1);
			return memchr(ret->ptr, '\n', ret->len) == NULL;
		}
	}
	return false;
}

/* "lines 10-20", "lines 10 to 20", "line 7". */
static void
find_lines(const struct request *r, struct intent *intent)
{
	for (size_t i = 0; i + 1 < r->n_words; i++) {
		struct str range = r->words[i + 1].text, from;

		if (!str_eq_nocase(r->words[i].text, STR("lines")) &&
		    !str_eq_nocase(r->words[i].text, STR("line")))
			continue;
		if (!str_next_field(&range, '-', &from) ||
		    !str_to_int(from, 1, INT32_MAX, &intent->first))
			continue;
		intent->last = intent->first;
		if (range.len == 0 && i + 3 < r->n_words &&
		    (str_eq_nocase(r->words[i + 2].text, STR("to")) ||
		    str_eq_c(r->words[i + 2].text, "-")))
			range = r->words[i + 3].text;
		if (!str_to_int(range, intent->first, INT32_MAX,
		    &intent->last))
			intent->last = intent->first;
		return;
	}
}

static void
set_subject(struct intent *intent, struct str s)
{
	if (str_ends(s, STR("()")))
		s.len -= 2;
	snprintf(intent->subject, sizeof(intent->subject), "%.*s", STR_ARG(s));
}

/* "retries" and "retrying" are found where "retry" is. Crude on purpose: the
 * stem only has to be a part of the word. */
static size_t
stem_len(struct str w)
{
	static const struct {
		const char *ending;
		size_t cut;
	} endings[] = { { "ations", 6 }, { "ation", 5 }, { "ies", 3 },
		{ "ing", 3 }, { "ed", 2 }, { "es", 2 }, { "s", 1 } };

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		if (str_ends(w, str_from(endings[i].ending)) &&
		    w.len >= endings[i].cut + 4)
			return w.len - endings[i].cut;
	}
	return w.len;
}

static void
collect_words(const struct request *r, struct intent *intent)
{
	for (size_t i = 0; i < r->n_words &&
	    intent->n_words < INTENT_WORDS_MAX; i++) {
		struct str w = r->words[i].text;
		char *out = intent->words[intent->n_words];
		size_t n = 0;
		bool seen = false;

		if (w.len < 3 || is_in(w, stop_words) ||
		    is_in(w, change_verbs) || is_path(w))
			continue;
		w.len = stem_len(w);
		for (size_t k = 0; k < w.len; k++) {
			if (is_name_char(w.ptr[k]) &&
			    n < sizeof(intent->words[0]) - 1)
				out[n++] = lower(w.ptr[k]);
		}
		out[n] = '\0';
		for (size_t k = 0; k < intent->n_words; k++)
			seen |= strcmp(intent->words[k], out) == 0;
		if (n >= 3 && !seen)
			intent->n_words++;
	}
}

static bool
object_of(const struct request *r, const struct rule *rule, struct str *ret)
{
	*ret = STR_NONE;
	switch (rule->needs) {
	case NEEDS_NOTHING:
		return true;
	case NEEDS_PATH:
		return find_path(r, ret);
	case NEEDS_SYMBOL:
		return find_symbol(r, rule, ret);
	case NEEDS_PATTERN:
		return find_pattern(r, ret);
	}
	return false;
}

static bool
fits(const struct request *r, const struct rule *rule, struct str *ret_object)
{
	for (size_t i = 0; i < ARRAY_LEN(rule->phrases) &&
	    rule->phrases[i] != NULL; i++) {
		if (has_phrase(r, rule->phrases[i]))
			return object_of(r, rule, ret_object);
	}
	return false;
}

/* What some kinds still need once they are known. */
static void
complete(const struct request *r, struct str text, struct intent *intent)
{
	struct str s;

	collect_words(r, intent);
	find_lines(r, intent);
	if (intent->kind == INTENT_LIST && find_path(r, &s))
		set_subject(intent, s);
	else if (intent->kind == INTENT_LIST && r->n_words > 1 &&
	    is_name(r->words[r->n_words - 1].text) &&
	    !is_in(r->words[r->n_words - 1].text, stop_words))
		set_subject(intent, r->words[r->n_words - 1].text);
	if (intent->kind == INTENT_FIND && find_quotation(text, &s))
		set_subject(intent, s);
	if (intent->kind == INTENT_FIND && intent->n_words == 0 &&
	    intent->subject[0] == '\0')
		intent->kind = INTENT_HELP;
	if (intent->kind == INTENT_OUTLINE || intent->kind == INTENT_READ ||
	    intent->kind == INTENT_BLAME) {
		s = cut_lines(str_from(intent->subject), &intent->first,
		    &intent->last);
		intent->subject[s.len] = '\0';
	}
	/* A path that ends in a slash is a folder. */
	if (intent->kind == INTENT_READ &&
	    str_ends(str_from(intent->subject), STR("/")))
		intent->kind = INTENT_LIST;
}

struct intent
intent_of(struct str text)
{
	struct intent intent = { .kind = INTENT_HELP };
	struct request r = { .n_words = 0 };
	struct str object;

	cut_words(text, &r);
	if (r.n_words == 0)
		return intent;
	intent.change = asks_for_change(&r);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		/* A change asks for the places, whatever its words are. */
		if (intent.change && (rules[i].kind == INTENT_USES ||
		    rules[i].kind == INTENT_CHANGES ||
		    rules[i].kind == INTENT_STATUS ||
		    rules[i].kind == INTENT_LOG ||
		    rules[i].kind == INTENT_LIST))
			continue;
		if (fits(&r, &rules[i], &object)) {
			intent.kind = rules[i].kind;
			break;
		}
	}
	set_subject(&intent, object);
	complete(&r, text, &intent);
	return intent;
}
