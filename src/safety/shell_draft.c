/* A command in the making: its arrays grow here, and go to the line as one
 * that is whole. */
#include "safety/shell_inner.h"

#include <stdlib.h>

void
shell_draft_release(struct shell_draft *d)
{
	free(d->c.assignments);
	free(d->c.words);
	free(d->c.redirects);
}

void
shell_draft_word(struct shell_draft *d, const struct shell_word *w)
{
	d->c.words = shell_room(d->c.words, d->c.n_words, sizeof(*w));
	d->c.words[d->c.n_words++] = *w;
}

/* The command's place is taken before what is inside it is read, so that
 * commands stand in the order in which they begin. */
size_t
shell_reserve(struct shell_parser *p)
{
	struct shell_line *l = p->line;

	if (l->n == SHELL_COMMANDS_MAX) {
		shell_fail(p, "too many commands");
		return 0;
	}
	l->commands = shell_room(l->commands, l->n, sizeof(*l->commands));
	l->commands[l->n] = (struct shell_command){ .flags = p->inherited };
	return l->n++;
}

void
shell_put(struct shell_parser *p, size_t at, const struct shell_draft *d)
{
	struct shell_command *to;

	if (p->line->n == 0)
		return;
	to = &p->line->commands[at];
	*to = (struct shell_command){ .flags = to->flags | d->c.flags,
		.n_assignments = d->c.n_assignments, .n_words = d->c.n_words,
		.n_redirects = d->c.n_redirects };
	to->assignments = shell_keep_array(p, d->c.assignments,
	    d->c.n_assignments * sizeof(*d->c.assignments));
	to->words = shell_keep_array(p, d->c.words,
	    d->c.n_words * sizeof(*d->c.words));
	to->redirects = shell_keep_array(p, d->c.redirects,
	    d->c.n_redirects * sizeof(*d->c.redirects));
	if (p->failed)
		*to = (struct shell_command){ .flags = to->flags };
}
