/* Colours of source text; see highlight.h. */
#include "tui/text/highlight.h"

#include "base/buf.h"
#include "base/mem.h"
#include "syntax/highlight.h"
#include "tui/text/style.h"

static const uint8_t role_of_kind[SYNTAX_KIND_COUNT] = {
	[SYNTAX_PLAIN] = ROLE_TEXT,
	[SYNTAX_KEYWORD] = ROLE_KEYWORD,
	[SYNTAX_STRING] = ROLE_STRING,
	[SYNTAX_ESCAPE] = ROLE_CONSTANT,
	[SYNTAX_NUMBER] = ROLE_NUMBER,
	[SYNTAX_COMMENT] = ROLE_COMMENT,
	[SYNTAX_FUNCTION] = ROLE_FUNCTION,
	[SYNTAX_TYPE] = ROLE_TYPE,
	[SYNTAX_CONSTANT] = ROLE_CONSTANT,
	[SYNTAX_VARIABLE] = ROLE_VARIABLE,
	[SYNTAX_PROPERTY] = ROLE_VARIABLE,
	[SYNTAX_KEY] = ROLE_FUNCTION,
	[SYNTAX_OPERATOR] = ROLE_OPERATOR,
	[SYNTAX_PUNCTUATION] = ROLE_PUNCTUATION,
	[SYNTAX_TAG] = ROLE_KEYWORD,
	[SYNTAX_ATTRIBUTE] = ROLE_FUNCTION,
	[SYNTAX_TITLE] = ROLE_HEADING,
	[SYNTAX_LINK] = ROLE_LINK,
};

static const struct {
	const char *name;
	bool data;	    /* its properties are what one looks for */
	const char *before; /* a fence has mostly no such line; NULL: none */
	const char *unless; /* where this is in the text, nothing is added */
} extra_table[] = {
	{ "css", true, NULL, NULL },
	{ "php", false, "<?php ", "<?" },
	{ "toml", true, NULL, NULL },
	{ "yaml", true, NULL, NULL },
};

static const struct language *
find_language(struct str word, struct str code)
{
	const struct language *language = language_by_name(word);
	CLEANUP_BUF struct buf name = BUF_INIT(64);

	if (language != NULL)
		return language;
	language = language_of_file(word, code);
	if (language != NULL)
		return language;
	/* "```h": an extension. */
	if (buf_printf(&name, "x.%.*s", STR_ARG(word)) != 0)
		return NULL;
	return language_of_file(buf_str(&name), STR_NONE);
}

/* --- without a grammar --------------------------------------------------- */


/* Lines by their first character, as they are read; the names of files, which
 * begin alike, stand before the first hunk. */
static enum style_role
role_of_line(struct str line, bool *in_hunk)
{
	if (str_starts(line, STR("@@"))) {
		*in_hunk = true;
		return ROLE_COMMENT;
	}
	if (str_starts(line, STR("diff ")) || str_starts(line, STR("*** ")))
		*in_hunk = false;
	if (!*in_hunk && (str_starts(line, STR("--- ")) ||
	    str_starts(line, STR("+++ ")) || str_starts(line, STR("*** ")) ||
	    str_starts(line, STR("diff ")) || str_starts(line, STR("index "))))
		return ROLE_COMMENT;
	if (str_starts(line, STR("+")))
		return ROLE_ADDED;
	return str_starts(line, STR("-")) ? ROLE_REMOVED : ROLE_TEXT;
}

static void
color_patch(struct str code, uint8_t *roles)
{
	struct str rest = code, line;
	bool in_hunk = false;

	memset(roles, ROLE_TEXT, code.len);
	while (str_next_line(&rest, &line))
		memset(roles + (line.ptr - code.ptr),
		    (int)role_of_line(line, &in_hunk), line.len);
}

/* What was typed at a prompt; what was printed is no source. */
static void
color_console(struct str code, uint8_t *roles)
{
	struct str rest = code, line;

	memset(roles, ROLE_TEXT, code.len);
	while (str_next_line(&rest, &line)) {
		uint8_t *its = roles + (line.ptr - code.ptr);

		if (!str_starts(line, STR("$ ")))
			continue;
		memset(its, ROLE_FUNCTION, line.len);
		its[0] = ROLE_COMMENT;
	}
}

static const struct {
	const char *name; /* a fence's word, or what a file's name ends in */
	void (*color)(struct str code, uint8_t *roles);
} plain_table[] = {
	{ "diff", color_patch },
	{ "patch", color_patch },
	{ "console", color_console },
	{ "shell-session", color_console },
	{ "shellsession", color_console },
};

static bool
color_plainly(struct str word, struct str code, uint8_t *roles)
{
	for (size_t i = 0; i < ARRAY_LEN(plain_table); i++) {
		struct str name = str_from(plain_table[i].name);

		if (!str_eq_nocase(word, name) && (word.len <= name.len ||
		    word.ptr[word.len - name.len - 1] != '.' ||
		    !str_ends(word, name)))
			continue;
		plain_table[i].color(code, roles);
		return true;
	}
	return false;
}

/* --- source -------------------------------------------------------------- */

bool
highlight(struct str language, struct str code, int timeout_ms,
    uint8_t *roles)
{
	const struct language *row = find_language(language, code);
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	CLEANUP(free_ptr) uint8_t *kinds = NULL;
	CLEANUP_BUF struct buf text = BUF_INIT(HIGHLIGHT_MAX + 64);
	size_t before = 0;
	bool data = false;

	if (code.len == 0 || code.len > HIGHLIGHT_MAX)
		return false;
	if (color_plainly(language, code, roles))
		return true;
	if (row == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(extra_table); i++) {
		if (strcmp(extra_table[i].name, row->name) != 0)
			continue;
		data = extra_table[i].data;
		if (extra_table[i].before == NULL ||
		    str_find(code, str_from(extra_table[i].unless), 0) !=
			SIZE_MAX)
			continue;
		buf_add_cstr(&text, extra_table[i].before);
		before = text.len;
		buf_add_str(&text, code);
	}
	kinds = mem_alloc(before + code.len, 1);
	opts.timeout_ms = timeout_ms > 0 ? timeout_ms : 1;
	if (syntax_highlight(row, before > 0 ? buf_str(&text) : code, &opts,
		kinds, NULL) != 0)
		return false;
	for (size_t i = 0; i < code.len; i++) {
		uint8_t kind = kinds[before + i];

		roles[i] = role_of_kind[data && kind == SYNTAX_PROPERTY ?
		    SYNTAX_KEY : kind];
	}
	return true;
}
