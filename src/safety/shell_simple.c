/* Simple commands: assignments, words and redirections; definitions of
 * functions, which begin like one. */
#include "safety/shell_inner.h"

#include <ctype.h>

/* Length of "name=", "name+=" or "name[...]=" here; 0: no assignment. */
static size_t
assignment_here(const struct shell_parser *p, size_t *ret_name)
{
	size_t i = 0;

	if (!isalpha((unsigned char)shell_peek(p, 0)) &&
	    shell_peek(p, 0) != '_')
		return 0;
	while (isalnum((unsigned char)shell_peek(p, i)) ||
	    shell_peek(p, i) == '_')
		i++;
	*ret_name = i;
	if (shell_peek(p, i) == '[') {
		while (shell_peek(p, i) != ']' && shell_peek(p, i) != '\0' &&
		    !isspace((unsigned char)shell_peek(p, i)))
			i++;
		if (shell_peek(p, i) != ']')
			return 0;
		i++;
	}
	if (shell_peek(p, i) == '+')
		i++;
	return shell_peek(p, i) == '=' ? i + 1 : 0;
}

static bool
read_array(struct shell_parser *p, struct shell_draft *d,
    struct shell_word *ret)
{
	struct shell_word item;

	p->at++;
	for (;;) {
		shell_skip_lines(p);
		if (p->failed || shell_peek(p, 0) == ')')
			break;
		if (!shell_word_read(p, &item, &d->c.flags)) {
			shell_fail(p, "a strange array");
			return false;
		}
	}
	p->at++;
	*ret = (struct shell_word){ .text = STR("\x01"),
		.flags = SHELL_UNKNOWN };
	return !p->failed;
}

static bool
read_assignment(struct shell_parser *p, struct shell_draft *d)
{
	struct shell_assignment a = { .value = { .text = STR("") } };
	size_t name, len = assignment_here(p, &name);

	if (len == 0)
		return false;
	a.name = str_sub(p->text, p->at, name);
	/* A subscript is arithmetic. */
	if (shell_peek(p, name) == '[')
		for (size_t i = name + 1; shell_peek(p, i) != ']'; i++)
			if (!isdigit((unsigned char)shell_peek(p, i)))
				shell_fail(p, "a subscript that is no number");
	p->at += len;
	if (shell_peek(p, 0) == '(')
		read_array(p, d, &a.value);
	else if (!shell_at_word_end(shell_peek(p, 0)))
		shell_word_read(p, &a.value, &d->c.flags);
	if (p->failed)
		return false;
	d->c.assignments = shell_room(d->c.assignments, d->c.n_assignments,
	    sizeof(a));
	d->c.assignments[d->c.n_assignments++] = a;
	return true;
}

/* Behind "name ()" or "function name". */
void
shell_function_read(struct shell_parser *p, struct str name)
{
	struct shell_line *l = p->line;
	unsigned inherited = p->inherited;

	if (l->n_functions == SHELL_FUNCTIONS_MAX) {
		shell_fail(p, "too many functions");
		return;
	}
	l->functions = shell_room(l->functions, l->n_functions, sizeof(name));
	l->functions[l->n_functions++] = name;
	shell_skip_lines(p);
	if (shell_peek(p, 0) != '(' && !shell_at(p, "{")) {
		shell_fail(p, "a strange function");
		return;
	}
	p->inherited |= SHELL_IN_FUNCTION;
	shell_command_read(p);
	p->inherited = inherited;
}

void
shell_simple_read(struct shell_parser *p)
{
	CLEANUP_SHELL_DRAFT struct shell_draft d = { .c = { .flags = 0 } };
	size_t at = shell_reserve(p);
	struct shell_word w;

	for (;;) {
		shell_skip_blanks(p);
		if (p->failed)
			break;
		if (shell_redirect_read(p, &d, at))
			continue;
		if (d.c.n_words == 1 && shell_peek(p, 0) == '(' &&
		    shell_peek(p, 1) == ')' &&
		    shell_is_name(d.c.words[0].raw)) {
			p->at += 2;
			w = d.c.words[0];
			d.c.n_words = 0;
			shell_put(p, at, &d);
			shell_function_read(p, w.text);
			return;
		}
		if (d.c.n_words == 0 && read_assignment(p, &d))
			continue;
		if (!shell_word_read(p, &w, &d.c.flags))
			break;
		shell_draft_word(&d, &w);
	}
	if (!p->failed && shell_peek(p, 0) == '(')
		shell_fail(p, "a parenthesis inside a command");
	if (!p->failed && d.c.n_words == 0 && d.c.n_assignments == 0 &&
	    d.c.n_redirects == 0)
		shell_fail(p, "an operator without a command");
	shell_put(p, at, &d);
}

/* Redirections behind a compound command, as a command without words. */
void
shell_trailing_redirects(struct shell_parser *p)
{
	CLEANUP_SHELL_DRAFT struct shell_draft d = { .c = { .flags = 0 } };
	size_t at;

	shell_skip_blanks(p);
	if (p->failed || !shell_redirect_here(p))
		return;
	at = shell_reserve(p);
	do
		shell_skip_blanks(p);
	while (shell_redirect_read(p, &d, at));
	shell_put(p, at, &d);
}
