/* Words of a shell line: quotes, escapes and expansions, as bash(1) reads
 * them; see shell_inner.h. A substitution's commands become commands of the
 * line, in the word stands a hole. */
#include "safety/shell_inner.h"

#include <ctype.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"

struct reading {
	struct shell_parser *p;
	struct buf text;
	unsigned flags;
	unsigned command_flags;
};

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void
add_hole(struct reading *r, bool in_quotes)
{
	r->flags |= SHELL_UNKNOWN | (in_quotes ? 0 : SHELL_SPLITS);
	buf_add_char(&r->text, SHELL_HOLE);
}

/* Commands in $(…), <(…) or >(…); at the first character behind "(". */
static void
read_substitution(struct reading *r)
{
	struct shell_parser *p = r->p;
	unsigned inherited = p->inherited;

	p->inherited |= SHELL_INNER;
	shell_commands_read(p, ')');
	p->inherited = inherited;
}

/* `…`: the text between is unescaped and read as commands of its own. */
static void
read_backquotes(struct reading *r, bool in_quotes)
{
	CLEANUP_BUF struct buf inner = BUF_INIT(SHELL_TEXT_MAX);
	struct shell_parser *p = r->p;
	unsigned inherited = p->inherited;

	p->at++;
	while (p->at < p->text.len && p->text.ptr[p->at] != '`') {
		char c = p->text.ptr[p->at], next = shell_peek(p, 1);

		if (c == '\\' && next != '\0' && (strchr("`\\$", next) ||
		    (in_quotes && next == '"'))) {
			c = next;
			p->at++;
		}
		buf_add_char(&inner, c);
		p->at++;
	}
	if (p->at >= p->text.len) {
		shell_fail(p, "a backquote without its end");
		return;
	}
	p->at++;
	p->inherited |= SHELL_INNER;
	shell_commands_of(p, shell_keep(p, buf_str(&inner)));
	p->inherited = inherited;
}

/* Whether $(( or (( at p->at (behind it) closes as arithmetic: the inner
 * parenthesis is followed by another one at once. *ret_end: behind both. */
static bool
find_arithmetic_end(const struct shell_parser *p, size_t *ret_end)
{
	int depth = 1;

	for (size_t i = p->at; i < p->text.len; i++) {
		char c = p->text.ptr[i];

		depth += c == '(';
		depth -= c == ')';
		if (depth == 0) {
			*ret_end = i + 2;
			return i + 1 < p->text.len &&
			    p->text.ptr[i + 1] == ')';
		}
	}
	return false;
}

/* Names in arithmetic are looked up and evaluated in turn: a variable whose
 * text is "a[$(command)]" runs it. */
static void
check_arithmetic(struct reading *r, struct str text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\0' || (!isalnum((unsigned char)c) &&
		    strchr("_ \t\n+-*/%<>=!&|^~?:,()$#", c) == NULL &&
		    strchr(more, c) == NULL)) {
			shell_fail(r->p, "arithmetic with more than numbers");
			return;
		}
		if (c == '$' && i + 1 < text.len &&
		    strchr("({'\"", text.ptr[i + 1])) {
			shell_fail(r->p, "an expansion in arithmetic");
			return;
		}
		if (isalpha((unsigned char)c) || c == '_' || c == '$')
			r->command_flags |= SHELL_EVALUATES;
	}
}

bool
shell_arithmetic_here(const struct shell_parser *p)
{
	struct shell_parser behind = *p;
	size_t end;

	behind.at += 2;
	return shell_peek(p, 0) == '(' && shell_peek(p, 1) == '(' &&
	    find_arithmetic_end(&behind, &end);
}

void
shell_arithmetic_read(struct shell_parser *p, const char *more)
{
	struct reading r = { .p = p };
	size_t end;

	if (find_arithmetic_end(p, &end)) {
		check_arithmetic(&r, str_sub(p->text, p->at,
		    end - 2 - p->at), more);
		p->at = end;
	} else {
		shell_fail(p, "((: neither arithmetic nor a subshell");
	}
}

static void read_double_quoted(struct reading *r);
static void read_dollar(struct reading *r, bool in_quotes);

/* ${…}; at the first character behind the brace. What is between may hold
 * words again; of its operators those that run or assign code are refused. */
static void
read_parameter(struct reading *r)
{
	struct shell_parser *p = r->p;
	struct reading inner = { .p = p, .text = BUF_INIT(SHELL_TEXT_MAX) };
	size_t start = p->at;

	if (shell_peek(p, 0) == '!')
		shell_fail(p, "a variable named by another one");
	while (!shell_at_end(p) && p->text.ptr[p->at] != '}') {
		char c = p->text.ptr[p->at];

		if (c == '\\') {
			p->at += 2;
		} else if (c == '$') {
			read_dollar(&inner, true);
		} else if (c == '`') {
			read_backquotes(&inner, true);
		} else if (c == '"') {
			p->at++;
			read_double_quoted(&inner);
		} else if (c == '\'' || c == '{' || c == '<' || c == '>') {
			shell_fail(p, "quotes or braces inside ${…}");
		} else if (c == '@' && p->at > start &&
		    isalpha((unsigned char)shell_peek(p, 1))) {
			shell_fail(p, "an operator @ inside ${…}");
		} else {
			if (c == '[' && strchr("@*]0123456789",
			    shell_peek(p, 1)) == NULL)
				r->command_flags |= SHELL_EVALUATES;
			if (c == ':' && strchr("-=?+", shell_peek(p, 1)) ==
			    NULL && isalpha((unsigned char)shell_peek(p, 1)))
				r->command_flags |= SHELL_EVALUATES;
			p->at++;
		}
	}
	r->command_flags |= inner.command_flags;
	buf_release(&inner.text);
	if (p->at >= p->text.len)
		shell_fail(p, "${ without its end");
	else
		p->at++;
}

/* An expansion, at its '$'. */
static void
read_dollar(struct reading *r, bool in_quotes)
{
	struct shell_parser *p = r->p;
	char c = shell_peek(p, 1);
	size_t end;

	if (c == '(') {
		p->at += 2;
		if (shell_peek(p, 0) == '(') {
			p->at++;
			if (find_arithmetic_end(p, &end)) {
				check_arithmetic(r, str_sub(p->text, p->at,
				    end - 2 - p->at), "");
				p->at = end;
				/* A number: neither split nor an option. */
				r->flags |= SHELL_UNKNOWN;
				buf_add_char(&r->text, SHELL_HOLE);
				return;
			}
			p->at--;
		}
		read_substitution(r);
		add_hole(r, in_quotes);
	} else if (c == '{') {
		p->at += 2;
		read_parameter(r);
		add_hole(r, in_quotes);
	} else if (c == '[') {
		shell_fail(p, "$[: an old form of arithmetic");
	} else if (isalpha((unsigned char)c) || c == '_') {
		p->at++;
		while (is_name_char(shell_peek(p, 0)))
			p->at++;
		add_hole(r, in_quotes);
	} else if (c != '\0' && strchr("0123456789@*#?-$!", c) != NULL) {
		p->at += 2;
		add_hole(r, in_quotes);
	} else {
		buf_add_char(&r->text, '$');
		p->at++;
	}
}

/* Up to the closing quote, which is taken. */
static void
read_double_quoted(struct reading *r)
{
	struct shell_parser *p = r->p;

	r->flags |= SHELL_QUOTED;
	while (!shell_at_end(p)) {
		char c = p->text.ptr[p->at], next = shell_peek(p, 1);

		if (c == '"') {
			p->at++;
			return;
		}
		if (c == '\\' && next != '\0') {
			if (strchr("$`\"\\", next) != NULL)
				buf_add_char(&r->text, next);
			else if (next != '\n')
				buf_add(&r->text, p->text.ptr + p->at, 2);
			p->at += 2;
		} else if (c == '$') {
			read_dollar(r, true);
		} else if (c == '`') {
			read_backquotes(r, true);
			add_hole(r, true);
		} else {
			buf_add_char(&r->text, c);
			p->at++;
		}
	}
	shell_fail(p, "a quote without its end");
}

static void
read_single_quoted(struct reading *r)
{
	struct shell_parser *p = r->p;
	size_t end = str_find_char(p->text, '\'', p->at + 1);

	r->flags |= SHELL_QUOTED;
	if (end == SIZE_MAX) {
		shell_fail(p, "a quote without its end");
		return;
	}
	buf_add(&r->text, p->text.ptr + p->at + 1, end - p->at - 1);
	p->at = end + 1;
}

/* Reads up to `max` digits of a base; false: none. */
static bool
read_number(struct shell_parser *p, int base, int max, uint32_t *ret)
{
	uint32_t value = 0;
	int n = 0;

	while (n < max && p->at < p->text.len) {
		int c = tolower((unsigned char)p->text.ptr[p->at]);
		int digit = isdigit(c) ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;

		if (digit >= base)
			break;
		value = value * (uint32_t)base + (uint32_t)digit;
		p->at++;
		n++;
	}
	*ret = value;
	return n > 0;
}

/* The character behind a backslash in $'…', which is at p->at. */
static void
read_escape(struct reading *r)
{
	static const char from[] = "abeEfnrtv\\'\"?";
	static const char to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	struct shell_parser *p = r->p;
	char c = shell_peek(p, 0), bytes[4];
	const char *known = c == '\0' ? NULL : strchr(from, c);
	uint32_t value;

	if (known != NULL) {
		buf_add_char(&r->text, to[known - from]);
		p->at++;
	} else if (c >= '0' && c <= '7') {
		read_number(p, 8, 3, &value);
		buf_add_char(&r->text, (char)value);
	} else if (c == 'x' || c == 'u' || c == 'U') {
		p->at++;
		if (!read_number(p, 16, c == 'x' ? 2 : c == 'u' ? 4 : 8,
		    &value))
			shell_fail(p, "a strange escape");
		else if (c == 'x')
			buf_add_char(&r->text, (char)value);
		else
			buf_add(&r->text, bytes, utf8_encode(value, bytes));
	} else {
		shell_fail(p, "a strange escape");
	}
}

/* $'…' */
static void
read_ansi_quoted(struct reading *r)
{
	struct shell_parser *p = r->p;

	r->flags |= SHELL_QUOTED;
	p->at += 2;
	while (!shell_at_end(p)) {
		char c = p->text.ptr[p->at++];

		if (c == '\'') {
			if (memchr(buf_text(&r->text), '\0', r->text.len))
				shell_fail(p, "a NUL in a word");
			return;
		}
		if (c == '\\')
			read_escape(r);
		else
			buf_add_char(&r->text, c);
	}
	shell_fail(p, "a quote without its end");
}

/* {a,b} and {1..3} stand for several words. Which ones does not matter to the
 * gate: a hole takes their place. "{}" and "a{b}" are as they look. */
static bool
read_braces(struct reading *r)
{
	struct shell_parser *p = r->p;
	size_t end = p->at + 1;
	bool expands = false;

	while (end < p->text.len && !isspace((unsigned char)p->text.ptr[end]) &&
	    p->text.ptr[end] != '}') {
		expands |= p->text.ptr[end] == ',' ||
		    (p->text.ptr[end] == '.' && p->text.ptr[end - 1] == '.');
		end++;
	}
	if (!expands)
		return false;
	for (size_t i = p->at + 1; i < end; i++) {
		if (strchr("$`'\"\\{;&|<>()", p->text.ptr[i]) != NULL) {
			shell_fail(p, "braces around more than plain text");
			return true;
		}
	}
	if (end >= p->text.len || p->text.ptr[end] != '}')
		return false;
	p->at = end + 1;
	add_hole(r, false);
	return true;
}

static bool
ends_word(char c)
{
	return strchr(" \t\n;&|<>()", c) != NULL; /* and NUL */
}

static void
read_piece(struct reading *r)
{
	struct shell_parser *p = r->p;
	char c = p->text.ptr[p->at], next = shell_peek(p, 1);

	if (c == '\\') {
		if (next == '\0')
			shell_fail(p, "a backslash at the end");
		if (next != '\n' && next != '\0')
			buf_add_char(&r->text, next);
		r->flags |= SHELL_QUOTED;
		p->at += 2;
	} else if (c == '\'') {
		read_single_quoted(r);
	} else if (c == '"') {
		p->at++;
		read_double_quoted(r);
	} else if (c == '$' && next == '\'') {
		read_ansi_quoted(r);
	} else if (c == '$' && next == '"') {
		p->at += 2;
		read_double_quoted(r);
	} else if (c == '$') {
		read_dollar(r, false);
	} else if (c == '`') {
		read_backquotes(r, false);
		add_hole(r, false);
	} else if (c == '{' && read_braces(r)) {
		/* taken */
	} else {
		if (c == '*' || c == '?' || c == '[')
			r->flags |= SHELL_GLOB;
		if (c == '~' && r->text.len == 0)
			r->flags |= SHELL_TILDE;
		buf_add_char(&r->text, c);
		p->at++;
	}
}

static void
finish(struct reading *r, struct str raw, struct shell_word *ret,
    unsigned *ret_command_flags)
{
	if (r->text.failed != 0)
		shell_fail(r->p, "a word that is too long");
	*ret = (struct shell_word){ .raw = raw,
		.text = shell_keep(r->p, buf_str(&r->text)),
		.flags = r->flags };
	*ret_command_flags |= r->command_flags;
	buf_release(&r->text);
}

bool
shell_word_read(struct shell_parser *p, struct shell_word *ret,
    unsigned *ret_command_flags)
{
	struct reading r = { .p = p, .text = BUF_INIT(SHELL_TEXT_MAX) };
	size_t start = p->at;
	bool process = (shell_peek(p, 0) == '<' || shell_peek(p, 0) == '>') &&
	    shell_peek(p, 1) == '(';

	if (p->failed || (ends_word(shell_peek(p, 0)) && !process))
		return false;
	if (++p->n_words > SHELL_WORDS_MAX) {
		shell_fail(p, "too many words");
		return false;
	}
	while (!shell_at_end(p)) {
		char c = p->text.ptr[p->at];

		if ((c == '<' || c == '>') && shell_peek(p, 1) == '(' &&
		    p->at == start) {
			p->at += 2;
			read_substitution(&r);
			add_hole(&r, true);
		} else if (c == '\0' || !ends_word(c)) {
			read_piece(&r);
		} else {
			break;
		}
	}
	finish(&r, str_sub(p->text, start, p->at - start), ret,
	    ret_command_flags);
	return !p->failed;
}

void
shell_word_expand(struct shell_parser *p, struct str body,
    struct shell_word *ret, unsigned *ret_command_flags)
{
	struct shell_parser inner = *p;
	struct reading r = { .p = &inner, .text = BUF_INIT(SHELL_TEXT_MAX) };

	inner.text = body;
	inner.at = 0;
	while (!shell_at_end(&inner)) {
		char c = body.ptr[inner.at], next = shell_peek(&inner, 1);

		if (c == '\\' && next != '\0') {
			if (strchr("$`\\", next) != NULL)
				buf_add_char(&r.text, next);
			else if (next != '\n')
				buf_add(&r.text, body.ptr + inner.at, 2);
			inner.at += 2;
		} else if (c == '$') {
			read_dollar(&r, true);
		} else if (c == '`') {
			read_backquotes(&r, true);
			add_hole(&r, true);
		} else {
			buf_add_char(&r.text, c);
			inner.at++;
		}
	}
	p->failed |= inner.failed;
	p->n_words = inner.n_words;
	finish(&r, body, ret, ret_command_flags);
}
