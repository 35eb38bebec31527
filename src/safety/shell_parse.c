/* Lists and pipelines of a shell line; see shell_parse.h. Recursive descent
 * with a depth limit, over the grammar of bash(1); shell_inner.h says which
 * file reads what. */
#include "safety/shell_parse.h"

#include "safety/shell_inner.h"

static const char *const list_ends[] = { "then", "do", "done", "fi", "elif",
	"else", "esac", "}", NULL };

void
shell_command_read(struct shell_parser *p)
{
	if (++p->depth > SHELL_DEPTH_MAX)
		shell_fail(p, "too many levels");
	shell_skip_blanks(p);
	if (p->failed) {
		/* nothing */
	} else if (shell_compound_read(p)) {
		shell_trailing_redirects(p);
	} else if (shell_take(p, "function")) {
		struct shell_word w;
		unsigned flags = 0;

		shell_skip_blanks(p);
		if (!shell_word_read(p, &w, &flags) || !shell_is_name(w.raw))
			shell_fail(p, "a strange function");
		shell_skip_blanks(p);
		if (shell_peek(p, 0) == '(' && shell_peek(p, 1) == ')')
			p->at += 2;
		if (!p->failed)
			shell_function_read(p, w.text);
	} else if (shell_at(p, "coproc")) {
		shell_fail(p, "a coprocess");
	} else if (shell_at_any(p, list_ends) || shell_at(p, "in")) {
		shell_fail(p, "a reserved word out of place");
	} else {
		shell_simple_read(p);
	}
	p->depth--;
}

static void
mark(struct shell_parser *p, size_t from, size_t to, unsigned flags)
{
	for (size_t i = from; i < to && i < p->line->n; i++)
		p->line->commands[i].flags |= flags;
}

static void
read_pipeline(struct shell_parser *p)
{
	const unsigned inherited = p->inherited;
	bool more = true;

	for (;;) {
		shell_skip_blanks(p);
		if (shell_take(p, "!"))
			continue;
		if (!shell_take(p, "time"))
			break;
		shell_skip_blanks(p);
		shell_take(p, "-p");
	}
	while (more) {
		size_t first = p->line->n;

		shell_command_read(p);
		p->inherited = inherited;
		shell_skip_blanks(p);
		more = !p->failed && shell_peek(p, 0) == '|' &&
		    shell_peek(p, 1) != '|';
		if (!more)
			break;
		mark(p, first, p->line->n, SHELL_PIPE_OUT);
		p->at += shell_peek(p, 1) == '&' ? 2 : 1;
		shell_skip_lines(p);
		p->inherited |= SHELL_PIPE_IN;
	}
}

/* Commands up to a reserved word that ends a list, a ")", ";;" or the end. */
void
shell_list_read(struct shell_parser *p)
{
	unsigned inherited = p->inherited;

	if (++p->depth > SHELL_DEPTH_MAX)
		shell_fail(p, "too many levels");
	for (;;) {
		size_t first = p->line->n;
		char c;

		shell_skip_lines(p);
		p->inherited = inherited;
		if (shell_at_end(p) || shell_peek(p, 0) == ')' ||
		    shell_at_any(p, list_ends) ||
		    (shell_peek(p, 0) == ';' && shell_peek(p, 1) == ';'))
			break;
		read_pipeline(p);
		p->inherited = inherited;
		shell_skip_blanks(p);
		if (p->failed)
			break;
		c = shell_peek(p, 0);
		if (c == '&' && shell_peek(p, 1) == '&') {
			p->at += 2;
			shell_skip_lines(p);
			if (shell_at_end(p))
				shell_fail(p, "an operator without a command");
		} else if (c == '|' && shell_peek(p, 1) == '|') {
			p->at += 2;
			shell_skip_lines(p);
			if (shell_at_end(p))
				shell_fail(p, "an operator without a command");
		} else if (c == '&') {
			p->at++;
			mark(p, first, p->line->n, SHELL_BACKGROUND);
		} else if (c == ';' && shell_peek(p, 1) != ';') {
			p->at++;
		} else if (c != '\n' && c != ')' && c != '\0' &&
		    !(c == ';' && shell_peek(p, 1) == ';')) {
			shell_fail(p, "something behind a command");
		}
	}
	p->depth--;
}

void
shell_commands_read(struct shell_parser *p, char end)
{
	size_t heres = p->n_heres, around = p->heres_around;

	p->heres_around = heres;
	shell_list_read(p);
	p->heres_around = around;
	if (p->failed)
		return;
	if (p->n_heres > heres)
		shell_fail(p, "a here-document without its lines");
	else if (end != '\0' && shell_peek(p, 0) == end)
		p->at++;
	else if (end != '\0' || !shell_at_end(p))
		shell_fail(p, "a bracket out of place");
}

void
shell_commands_of(struct shell_parser *p, struct str text)
{
	struct shell_parser inner = *p;

	if (++inner.depth > SHELL_DEPTH_MAX)
		shell_fail(p, "too many levels");
	if (p->failed)
		return;
	inner.text = text;
	inner.at = 0;
	inner.n_heres = inner.heres_around = 0;
	shell_commands_read(&inner, '\0');
	p->failed |= inner.failed;
	p->n_words = inner.n_words;
}

/* Characters that make a line look like another one, or a terminal act. */
static const char *
check_characters(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return "control characters";
		if (c == 0xe2 && i + 2 < text.len &&
		    (((unsigned char)text.ptr[i + 1] == 0x80 &&
			 ((unsigned char)text.ptr[i + 2] & 0xf0) >= 0x80 &&
			 (((unsigned char)text.ptr[i + 2] >= 0x8b &&
			      (unsigned char)text.ptr[i + 2] <= 0x8f) ||
			     ((unsigned char)text.ptr[i + 2] >= 0xa8 &&
				 (unsigned char)text.ptr[i + 2] <= 0xae))) ||
			((unsigned char)text.ptr[i + 1] == 0x81 &&
			    (unsigned char)text.ptr[i + 2] >= 0xa0 &&
			    (unsigned char)text.ptr[i + 2] <= 0xaf)))
			return "invisible characters";
		if (c == 0xef && i + 2 < text.len &&
		    (unsigned char)text.ptr[i + 1] == 0xbb &&
		    (unsigned char)text.ptr[i + 2] == 0xbf)
			return "invisible characters";
	}
	return NULL;
}

void
shell_line_parse(struct str text, struct shell_line *ret)
{
	struct shell_parser p = { .text = text, .line = ret };
	const char *wrong = check_characters(text);

	*ret = (struct shell_line){ .understood = true,
		.arena = shell_arena_create() };
	if (text.len > SHELL_TEXT_MAX)
		wrong = "a line that is too long";
	if (wrong != NULL)
		shell_fail(&p, wrong);
	else
		shell_commands_read(&p, '\0');
}
