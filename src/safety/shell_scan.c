/* What stands between words and around them: blanks, line feeds, reserved
 * words, which are known only where a command may begin. */
#include "safety/shell_inner.h"

#include <ctype.h>

void
shell_skip_blanks(struct shell_parser *p)
{
	for (;;) {
		char c = shell_peek(p, 0);

		if (c == ' ' || c == '\t')
			p->at++;
		else if (c == '\\' && shell_peek(p, 1) == '\n')
			p->at += 2;
		else
			break;
	}
	if (shell_peek(p, 0) == '#')
		while (p->at < p->text.len && p->text.ptr[p->at] != '\n')
			p->at++;
}

/* Takes a line feed, and the here-documents behind it. */
static bool
take_newline(struct shell_parser *p)
{
	if (shell_peek(p, 0) != '\n' || p->failed)
		return false;
	p->at++;
	shell_heres_read(p);
	return true;
}

void
shell_skip_lines(struct shell_parser *p)
{
	do
		shell_skip_blanks(p);
	while (take_newline(p));
}

bool
shell_at_word_end(char c)
{
	return strchr(" \t\n;&|<>()", c) != NULL;
}

/* Whether this unquoted word stands here. */
bool
shell_at(const struct shell_parser *p, const char *word)
{
	size_t len = strlen(word);

	return !p->failed && p->text.len - p->at >= len &&
	    memcmp(p->text.ptr + p->at, word, len) == 0 &&
	    shell_at_word_end(shell_peek(p, len));
}

bool
shell_take(struct shell_parser *p, const char *word)
{
	if (!shell_at(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

bool
shell_at_any(const struct shell_parser *p, const char *const *words)
{
	for (; *words != NULL; words++)
		if (shell_at(p, *words))
			return true;
	return false;
}

void
shell_expect(struct shell_parser *p, const char *word)
{
	shell_skip_lines(p);
	if (!shell_take(p, word))
		shell_fail(p, "a compound command that is not whole");
}

bool
shell_is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) &&
		    strchr("_-.:", s.ptr[i]) == NULL)
			return false;
	return s.len > 0;
}
