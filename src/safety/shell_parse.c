/* Commands of a shell line; see shell_parse.h. Recursive descent with a depth
 * limit, over the grammar of bash(1). Reserved words are known only where a
 * command may begin, as the shell does it. */
#include "safety/shell_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "safety/shell_inner.h"

/* Memory of a line: blocks that go together. */
struct shell_arena {
	void **blocks;
	size_t n, bytes;
};

/* A command in the making. */
struct draft {
	struct shell_command c;
	size_t assignments_cap, words_cap, redirects_cap;
};

void
shell_fail(struct shell_parser *p, const char *why)
{
	if (p->line->understood) {
		p->line->understood = false;
		snprintf(p->line->why, sizeof(p->line->why), "%s", why);
	}
	p->failed = true;
}

static void *
take(struct shell_parser *p, size_t size)
{
	struct shell_arena *a = p->line->arena;

	if (a->bytes + size > SHELL_ARENA_MAX) {
		shell_fail(p, "a line that is too large");
		return NULL;
	}
	if ((a->n & (a->n - 1)) == 0)
		a->blocks = mem_resize(a->blocks, a->n == 0 ? 1 : 2 * a->n,
		    sizeof(void *));
	a->bytes += size;
	a->blocks[a->n] = mem_alloc(1, size + 1);
	return a->blocks[a->n++];
}

struct str
shell_keep(struct shell_parser *p, struct str text)
{
	char *copy = take(p, text.len);

	if (copy == NULL)
		return STR("");
	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return str_make(copy, text.len);
}

void *
shell_keep_array(struct shell_parser *p, const void *items, size_t size)
{
	void *copy = size == 0 ? NULL : take(p, size);

	if (copy != NULL)
		memcpy(copy, items, size);
	return copy;
}

/* Grows an array to the next power of two where that is needed. */
static void *
room_for(void *items, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return items;
	return mem_resize(items, n == 0 ? 1 : 2 * n, size);
}

static void
draft_release(struct draft *d)
{
	free(d->c.assignments);
	free(d->c.words);
	free(d->c.redirects);
}

static void
add_word(struct draft *d, const struct shell_word *w)
{
	d->c.words = room_for(d->c.words, d->c.n_words, sizeof(*w));
	d->c.words[d->c.n_words++] = *w;
}

/* The command's place is taken before what is inside it is read, so that
 * commands stand in the order in which they begin. */
static size_t
reserve(struct shell_parser *p)
{
	struct shell_line *l = p->line;

	if (l->n == SHELL_COMMANDS_MAX) {
		shell_fail(p, "too many commands");
		return 0;
	}
	l->commands = room_for(l->commands, l->n, sizeof(*l->commands));
	l->commands[l->n] = (struct shell_command){ .flags = p->inherited };
	return l->n++;
}

static void
put(struct shell_parser *p, size_t at, const struct draft *d)
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

static void
skip_blanks(struct shell_parser *p)
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

/* The bodies of here-documents follow the line that names them. */
static void
read_heres(struct shell_parser *p)
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

/* Takes a line feed, and the here-documents behind it. */
static bool
take_newline(struct shell_parser *p)
{
	if (shell_peek(p, 0) != '\n' || p->failed)
		return false;
	p->at++;
	read_heres(p);
	return true;
}

static void
skip_lines(struct shell_parser *p)
{
	do
		skip_blanks(p);
	while (take_newline(p));
}

static bool
at_word_end(char c)
{
	return strchr(" \t\n;&|<>()", c) != NULL;
}

/* Whether this unquoted word stands here. */
static bool
at_word(const struct shell_parser *p, const char *word)
{
	size_t len = strlen(word);

	return !p->failed && p->text.len - p->at >= len &&
	    memcmp(p->text.ptr + p->at, word, len) == 0 &&
	    at_word_end(shell_peek(p, len));
}

static bool
take_word(struct shell_parser *p, const char *word)
{
	if (!at_word(p, word))
		return false;
	p->at += strlen(word);
	return true;
}

static bool
at_any(const struct shell_parser *p, const char *const *words)
{
	for (; *words != NULL; words++)
		if (at_word(p, *words))
			return true;
	return false;
}

static void
expect_word(struct shell_parser *p, const char *word)
{
	skip_lines(p);
	if (!take_word(p, word))
		shell_fail(p, "a compound command that is not whole");
}

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
static bool
read_redirect(struct shell_parser *p, struct draft *d, size_t at)
{
	const struct redirect_row *row;
	struct shell_redirect r;
	size_t skip;

	row = redirect_here(p, &skip);
	if (row == NULL || p->failed)
		return false;
	p->at += skip;
	skip_blanks(p);
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
	d->c.redirects = room_for(d->c.redirects, d->c.n_redirects,
	    sizeof(r));
	d->c.redirects[d->c.n_redirects++] = r;
	return true;
}

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
read_array(struct shell_parser *p, struct draft *d, struct shell_word *ret)
{
	struct shell_word item;

	p->at++;
	for (;;) {
		skip_lines(p);
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
read_assignment(struct shell_parser *p, struct draft *d)
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
	else if (!at_word_end(shell_peek(p, 0)))
		shell_word_read(p, &a.value, &d->c.flags);
	if (p->failed)
		return false;
	d->c.assignments = room_for(d->c.assignments, d->c.n_assignments,
	    sizeof(a));
	d->c.assignments[d->c.n_assignments++] = a;
	return true;
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) &&
		    strchr("_-.:", s.ptr[i]) == NULL)
			return false;
	return s.len > 0;
}

static void read_command(struct shell_parser *p);

/* Behind "name ()" or "function name". */
static void
read_function(struct shell_parser *p, struct str name)
{
	struct shell_line *l = p->line;
	unsigned inherited = p->inherited;

	if (l->n_functions == SHELL_FUNCTIONS_MAX) {
		shell_fail(p, "too many functions");
		return;
	}
	l->functions = room_for(l->functions, l->n_functions, sizeof(name));
	l->functions[l->n_functions++] = name;
	skip_lines(p);
	if (shell_peek(p, 0) != '(' && !at_word(p, "{")) {
		shell_fail(p, "a strange function");
		return;
	}
	p->inherited |= SHELL_IN_FUNCTION;
	read_command(p);
	p->inherited = inherited;
}

static void
read_simple(struct shell_parser *p)
{
	CLEANUP(draft_release) struct draft d = { .c = { .flags = 0 } };
	size_t at = reserve(p);
	struct shell_word w;

	for (;;) {
		skip_blanks(p);
		if (p->failed)
			break;
		if (read_redirect(p, &d, at))
			continue;
		if (d.c.n_words == 1 && shell_peek(p, 0) == '(' &&
		    shell_peek(p, 1) == ')' && is_name(d.c.words[0].raw)) {
			p->at += 2;
			w = d.c.words[0];
			d.c.n_words = 0;
			put(p, at, &d);
			read_function(p, w.text);
			return;
		}
		if (d.c.n_words == 0 && read_assignment(p, &d))
			continue;
		if (!shell_word_read(p, &w, &d.c.flags))
			break;
		add_word(&d, &w);
	}
	if (!p->failed && shell_peek(p, 0) == '(')
		shell_fail(p, "a parenthesis inside a command");
	if (!p->failed && d.c.n_words == 0 && d.c.n_assignments == 0 &&
	    d.c.n_redirects == 0)
		shell_fail(p, "an operator without a command");
	put(p, at, &d);
}

/* Redirections behind a compound command, as a command without words. */
static void
read_trailing_redirects(struct shell_parser *p)
{
	CLEANUP(draft_release) struct draft d = { .c = { .flags = 0 } };
	size_t at, skip;

	skip_blanks(p);
	if (p->failed || redirect_here(p, &skip) == NULL)
		return;
	at = reserve(p);
	do
		skip_blanks(p);
	while (read_redirect(p, &d, at));
	put(p, at, &d);
}

static const char *const list_ends[] = { "then", "do", "done", "fi", "elif",
	"else", "esac", "}", NULL };

static void read_list(struct shell_parser *p);

/* if, while and until: all the same to us. */
static void
read_if(struct shell_parser *p)
{
	read_list(p);
	expect_word(p, "then");
	read_list(p);
	skip_lines(p);
	while (take_word(p, "elif")) {
		read_list(p);
		expect_word(p, "then");
		read_list(p);
		skip_lines(p);
	}
	if (take_word(p, "else"))
		read_list(p);
	expect_word(p, "fi");
}

static void
read_while(struct shell_parser *p)
{
	read_list(p);
	expect_word(p, "do");
	read_list(p);
	expect_word(p, "done");
}

/* The words of a loop may hold substitutions and give a variable its value:
 * kept as an assignment. */
static void
read_for(struct shell_parser *p)
{
	CLEANUP(draft_release) struct draft d = { .c = { .flags = 0 } };
	struct shell_assignment a = { .value = { .text = STR("\x01"),
	    .flags = SHELL_UNKNOWN } };
	struct shell_word w;
	size_t at;

	skip_blanks(p);
	if (shell_peek(p, 0) == '(' && shell_peek(p, 1) == '(') {
		at = reserve(p);
		p->at += 2;
		shell_arithmetic_read(p, ";");
		d.c.flags = SHELL_TEST | SHELL_EVALUATES;
		put(p, at, &d);
	} else {
		if (!shell_word_read(p, &w, &d.c.flags) || !is_name(w.raw)) {
			shell_fail(p, "a strange for");
			return;
		}
		a.name = w.text;
		at = reserve(p);
		skip_lines(p);
		if (take_word(p, "in")) {
			skip_blanks(p);
			while (shell_word_read(p, &w, &d.c.flags))
				skip_blanks(p);
		}
		d.c.assignments = room_for(NULL, 0, sizeof(a));
		d.c.assignments[d.c.n_assignments++] = a;
		put(p, at, &d);
	}
	skip_blanks(p);
	if (shell_peek(p, 0) == ';')
		p->at++;
	skip_lines(p);
	if (take_word(p, "{")) {
		read_list(p);
		expect_word(p, "}");
		return;
	}
	expect_word(p, "do");
	read_list(p);
	expect_word(p, "done");
}

static void
read_case(struct shell_parser *p)
{
	struct shell_word w;
	unsigned flags = 0;

	skip_blanks(p);
	shell_word_read(p, &w, &flags);
	expect_word(p, "in");
	skip_lines(p);
	while (!p->failed && !at_word(p, "esac")) {
		if (shell_peek(p, 0) == '(')
			p->at++;
		do {
			skip_blanks(p);
			if (!shell_word_read(p, &w, &flags))
				shell_fail(p, "a strange case");
			skip_blanks(p);
		} while (!p->failed && shell_peek(p, 0) == '|' && ++p->at);
		if (shell_peek(p, 0) != ')')
			shell_fail(p, "a strange case");
		if (p->failed)
			return;
		p->at++;
		read_list(p);
		skip_lines(p);
		if (shell_peek(p, 0) == ';' && shell_peek(p, 1) == ';') {
			p->at += shell_peek(p, 2) == '&' ? 3 : 2;
			skip_lines(p);
		} else if (!at_word(p, "esac")) {
			shell_fail(p, "a strange case");
		}
	}
	expect_word(p, "esac");
}

/* [[ … ]]: words up to the end; operators are no redirections here. */
static void
read_test(struct shell_parser *p)
{
	CLEANUP(draft_release) struct draft d = { .c = {
	    .flags = SHELL_TEST } };
	size_t at = reserve(p);
	struct shell_word w = { .raw = STR("[["), .text = STR("[[") };

	add_word(&d, &w);
	for (;;) {
		skip_lines(p);
		if (p->failed || take_word(p, "]]"))
			break;
		/* Numbers are compared by evaluating both sides. */
		if (at_word(p, "-eq") || at_word(p, "-ne") ||
		    at_word(p, "-lt") || at_word(p, "-le") ||
		    at_word(p, "-gt") || at_word(p, "-ge") ||
		    at_word(p, "-v") || at_word(p, "-R"))
			d.c.flags |= SHELL_EVALUATES;
		if (shell_peek(p, 0) != '\0' &&
		    strchr("&|()<>", shell_peek(p, 0)) != NULL)
			p->at++;
		else if (shell_word_read(p, &w, &d.c.flags))
			add_word(&d, &w);
		else
			shell_fail(p, "[[ without its end");
	}
	put(p, at, &d);
}

/* ((…)): numbers and names. */
static void
read_arithmetic(struct shell_parser *p)
{
	CLEANUP(draft_release) struct draft d = { .c = {
	    .flags = SHELL_TEST | SHELL_EVALUATES } };
	size_t at = reserve(p);

	p->at += 2;
	shell_arithmetic_read(p, "");
	put(p, at, &d);
}

static const struct compound {
	const char *word;
	void (*read)(struct shell_parser *p);
} compounds[] = {
	{ "if", read_if }, { "while", read_while }, { "until", read_while },
	{ "for", read_for }, { "select", read_for }, { "case", read_case },
	{ "[[", read_test },
};

static void
read_braced(struct shell_parser *p)
{
	read_list(p);
	expect_word(p, "}");
}

static void
read_command(struct shell_parser *p)
{
	if (++p->depth > SHELL_DEPTH_MAX)
		shell_fail(p, "too many levels");
	skip_blanks(p);
	if (p->failed) {
		/* nothing */
	} else if (shell_peek(p, 0) == '(') {
		if (shell_arithmetic_here(p)) {
			read_arithmetic(p);
		} else {
			p->at++;
			shell_commands_read(p, ')');
		}
		read_trailing_redirects(p);
	} else if (take_word(p, "{")) {
		read_braced(p);
		read_trailing_redirects(p);
	} else if (take_word(p, "function")) {
		struct shell_word w;
		unsigned flags = 0;

		skip_blanks(p);
		if (!shell_word_read(p, &w, &flags) || !is_name(w.raw))
			shell_fail(p, "a strange function");
		skip_blanks(p);
		if (shell_peek(p, 0) == '(' && shell_peek(p, 1) == ')')
			p->at += 2;
		if (!p->failed)
			read_function(p, w.text);
	} else if (at_word(p, "coproc")) {
		shell_fail(p, "a coprocess");
	} else if (at_any(p, list_ends) || at_word(p, "in")) {
		shell_fail(p, "a reserved word out of place");
	} else {
		const struct compound *found = NULL;

		for (size_t i = 0; i < ARRAY_LEN(compounds); i++)
			if (found == NULL && take_word(p, compounds[i].word))
				found = &compounds[i];
		if (found != NULL) {
			found->read(p);
			read_trailing_redirects(p);
		} else {
			read_simple(p);
		}
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
		skip_blanks(p);
		if (take_word(p, "!"))
			continue;
		if (!take_word(p, "time"))
			break;
		skip_blanks(p);
		take_word(p, "-p");
	}
	while (more) {
		size_t first = p->line->n;

		read_command(p);
		p->inherited = inherited;
		skip_blanks(p);
		more = !p->failed && shell_peek(p, 0) == '|' &&
		    shell_peek(p, 1) != '|';
		if (!more)
			break;
		mark(p, first, p->line->n, SHELL_PIPE_OUT);
		p->at += shell_peek(p, 1) == '&' ? 2 : 1;
		skip_lines(p);
		p->inherited |= SHELL_PIPE_IN;
	}
}

/* Commands up to a reserved word that ends a list, a ")", ";;" or the end. */
static void
read_list(struct shell_parser *p)
{
	unsigned inherited = p->inherited;

	if (++p->depth > SHELL_DEPTH_MAX)
		shell_fail(p, "too many levels");
	for (;;) {
		size_t first = p->line->n;
		char c;

		skip_lines(p);
		p->inherited = inherited;
		if (shell_at_end(p) || shell_peek(p, 0) == ')' ||
		    at_any(p, list_ends) ||
		    (shell_peek(p, 0) == ';' && shell_peek(p, 1) == ';'))
			break;
		read_pipeline(p);
		p->inherited = inherited;
		skip_blanks(p);
		if (p->failed)
			break;
		c = shell_peek(p, 0);
		if (c == '&' && shell_peek(p, 1) == '&') {
			p->at += 2;
			skip_lines(p);
			if (shell_at_end(p))
				shell_fail(p, "an operator without a command");
		} else if (c == '|' && shell_peek(p, 1) == '|') {
			p->at += 2;
			skip_lines(p);
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
	read_list(p);
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
		.arena = mem_new(struct shell_arena) };
	if (text.len > SHELL_TEXT_MAX)
		wrong = "a line that is too long";
	if (wrong != NULL)
		shell_fail(&p, wrong);
	else
		shell_commands_read(&p, '\0');
}

void
shell_line_release(struct shell_line *line)
{
	if (line->arena != NULL)
		for (size_t i = 0; i < line->arena->n; i++)
			free(line->arena->blocks[i]);
	if (line->arena != NULL)
		free(line->arena->blocks);
	free(line->arena);
	free(line->commands);
	free(line->functions);
	*line = (struct shell_line){ .n = 0 };
}
