/* Redirections, and the here-documents that they announce. */
#include "safety/shell_inner.h"

#include <ctype.h>

#include "base/units.h"

/* The operator at p->at; its length, 0: none. */
static const struct redirect_row {
	const char *text;
	enum shell_redirect_kind kind;
} redirect_table[] = { /* longest first */
	{ "<<<", SHELL_HERE }, { "<<-", SHELL_HERE }, { "&>>", SHELL_APPEND },
	{ "<<", SHELL_HERE }, { ">>", SHELL_APPEND }, { "&>", SHELL_WRITE },
	{ ">|", SHELL_WRITE }, { "<>", SHELL_WRITE },
	{ ">&", SHELL_DUPLICATE }, { "<&", SHELL_DUPLICATE },
	{ ">", SHELL_WRITE }, { "<", SHELL_READ },
};

static const struct redirect_row *
redirect_here(const struct shell_parser *p, size_t *ret_skip)
{
	size_t digits = 0;

	while (isdigit((unsigned char)shell_peek(p, digits)))
		digits++;
	*ret_skip = digits;
	for (size_t i = 0; i < ARRAY_LEN(redirect_table); i++) {
		const struct redirect_row *row = &redirect_table[i];
		size_t len = strlen(row->text);

		if (p->at + digits + len > p->text.len ||
		    memcmp(p->text.ptr + p->at + digits, row->text, len) != 0)
			continue;
		if (digits > 0 && row->text[0] == '&')
			continue;
		/* <( and >( are words. */
		if (len == 1 && shell_peek(p, digits + 1) == '(')
			return NULL;
		*ret_skip += len;
		return row;
	}
	return NULL;
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isdigit((unsigned char)s.ptr[i]))
			return false;
	return s.len > 0;
}

/* One redirection, if there is one. `at`: the command's place. */
bool
shell_redirect_read(struct shell_parser *p, struct shell_draft *d, size_t at)
{
	const struct redirect_row *row;
	struct shell_redirect r;
	size_t skip;

	row = redirect_here(p, &skip);
	if (row == NULL || p->failed)
		return false;
	p->at += skip;
	shell_skip_blanks(p);
	r.kind = row->kind;
	if (!shell_word_read(p, &r.target, &d->c.flags)) {
		shell_fail(p, "a redirection to nothing");
		return false;
	}
	if (row->kind == SHELL_HERE && strcmp(row->text, "<<<") != 0) {
		if (p->n_heres == SHELL_HERES_MAX ||
		    (r.target.flags & SHELL_UNKNOWN)) {
			shell_fail(p, "a strange here-document");
			return false;
		}
		p->heres[p->n_heres++] = (struct shell_here){
			.end = r.target.text,
			.quoted = r.target.flags & SHELL_QUOTED,
			.strip_tabs = strcmp(row->text, "<<-") == 0,
			.command = at, .redirect = d->c.n_redirects };
	}
	/* >&file writes a file, >&2 and >&- do not. */
	if (row->kind == SHELL_DUPLICATE && !is_number(r.target.text) &&
	    !str_eq_c(r.target.text, "-")) {
		if (row->text[0] == '<')
			shell_fail(p, "a strange redirection");
		r.kind = SHELL_WRITE;
	}
	d->c.redirects = shell_room(d->c.redirects, d->c.n_redirects,
	    sizeof(r));
	d->c.redirects[d->c.n_redirects++] = r;
	return true;
}

bool
shell_redirect_here(const struct shell_parser *p)
{
	size_t skip;

	return redirect_here(p, &skip) != NULL;
}

/* The bodies of here-documents follow the line that names them. */
void
shell_heres_read(struct shell_parser *p)
{
	/* Which of them a line inside a substitution ends is for shells to
	 * argue about. */
	if (p->heres_around > 0)
		shell_fail(p, "a here-document around other commands");
	for (size_t i = 0; i < p->n_heres && !p->failed; i++) {
		struct shell_here *h = &p->heres[i];
		CLEANUP_BUF struct buf body = BUF_INIT(SHELL_TEXT_MAX);
		struct shell_word word = { .flags = SHELL_QUOTED };
		unsigned flags = 0;
		bool ended = false;

		while (!ended && p->at < p->text.len) {
			size_t end = str_find_char(p->text, '\n', p->at);
			struct str line;

			if (end == SIZE_MAX)
				end = p->text.len;
			line = str_sub(p->text, p->at, end - p->at);
			while (h->strip_tabs && line.len > 0 &&
			    line.ptr[0] == '\t')
				line = str_sub(line, 1, SIZE_MAX);
			p->at = end < p->text.len ? end + 1 : end;
			ended = str_eq(line, h->end);
			if (!ended) {
				buf_add_str(&body, line);
				buf_add_char(&body, '\n');
			}
		}
		if (!ended) {
			shell_fail(p, "a here-document without its end");
			break;
		}
		if (h->quoted) {
			word.text = word.raw = shell_keep(p, buf_str(&body));
		} else {
			/* What is inside belongs to what is around. */
			shell_word_expand(p, shell_keep(p, buf_str(&body)),
			    &word, &flags);
		}
		if (!p->failed && h->command < p->line->n &&
		    h->redirect <
			p->line->commands[h->command].n_redirects) {
			struct shell_command *c =
			    &p->line->commands[h->command];

			c->redirects[h->redirect].target = word;
			c->flags |= flags;
		}
	}
	p->n_heres = 0;
}
