/* Compound commands: a row for each word that begins one. */
#include "safety/shell_inner.h"

#include "base/units.h"

/* if, while and until: all the same to us. */
static void
read_if(struct shell_parser *p)
{
	shell_list_read(p);
	shell_expect(p, "then");
	shell_list_read(p);
	shell_skip_lines(p);
	while (shell_take(p, "elif")) {
		shell_list_read(p);
		shell_expect(p, "then");
		shell_list_read(p);
		shell_skip_lines(p);
	}
	if (shell_take(p, "else"))
		shell_list_read(p);
	shell_expect(p, "fi");
}

static void
read_while(struct shell_parser *p)
{
	shell_list_read(p);
	shell_expect(p, "do");
	shell_list_read(p);
	shell_expect(p, "done");
}

/* The words of a loop may hold substitutions and give a variable its value:
 * kept as an assignment. */
static void
read_for(struct shell_parser *p)
{
	CLEANUP_SHELL_DRAFT struct shell_draft d = { .c = { .flags = 0 } };
	struct shell_assignment a = { .value = { .text = STR("\x01"),
	    .flags = SHELL_UNKNOWN } };
	struct shell_word w;
	size_t at;

	shell_skip_blanks(p);
	if (shell_peek(p, 0) == '(' && shell_peek(p, 1) == '(') {
		at = shell_reserve(p);
		p->at += 2;
		shell_arithmetic_read(p, ";");
		d.c.flags = SHELL_TEST | SHELL_EVALUATES;
		shell_put(p, at, &d);
	} else {
		if (!shell_word_read(p, &w, &d.c.flags) ||
		    !shell_is_name(w.raw)) {
			shell_fail(p, "a strange for");
			return;
		}
		a.name = w.text;
		at = shell_reserve(p);
		shell_skip_lines(p);
		if (shell_take(p, "in")) {
			shell_skip_blanks(p);
			while (shell_word_read(p, &w, &d.c.flags))
				shell_skip_blanks(p);
		}
		d.c.assignments = shell_room(NULL, 0, sizeof(a));
		d.c.assignments[d.c.n_assignments++] = a;
		shell_put(p, at, &d);
	}
	shell_skip_blanks(p);
	if (shell_peek(p, 0) == ';')
		p->at++;
	shell_skip_lines(p);
	if (shell_take(p, "{")) {
		shell_list_read(p);
		shell_expect(p, "}");
		return;
	}
	shell_expect(p, "do");
	shell_list_read(p);
	shell_expect(p, "done");
}

static void
read_case(struct shell_parser *p)
{
	struct shell_word w;
	unsigned flags = 0;

	shell_skip_blanks(p);
	shell_word_read(p, &w, &flags);
	shell_expect(p, "in");
	shell_skip_lines(p);
	while (!p->failed && !shell_at(p, "esac")) {
		if (shell_peek(p, 0) == '(')
			p->at++;
		do {
			shell_skip_blanks(p);
			if (!shell_word_read(p, &w, &flags))
				shell_fail(p, "a strange case");
			shell_skip_blanks(p);
		} while (!p->failed && shell_peek(p, 0) == '|' && ++p->at);
		if (shell_peek(p, 0) != ')')
			shell_fail(p, "a strange case");
		if (p->failed)
			return;
		p->at++;
		shell_list_read(p);
		shell_skip_lines(p);
		if (shell_peek(p, 0) == ';' && shell_peek(p, 1) == ';') {
			p->at += shell_peek(p, 2) == '&' ? 3 : 2;
			shell_skip_lines(p);
		} else if (!shell_at(p, "esac")) {
			shell_fail(p, "a strange case");
		}
	}
	shell_expect(p, "esac");
}

/* [[ … ]]: words up to the end; operators are no redirections here. */
static void
read_test(struct shell_parser *p)
{
	CLEANUP_SHELL_DRAFT struct shell_draft d = { .c = {
	    .flags = SHELL_TEST } };
	size_t at = shell_reserve(p);
	struct shell_word w = { .raw = STR("[["), .text = STR("[[") };

	shell_draft_word(&d, &w);
	for (;;) {
		shell_skip_lines(p);
		if (p->failed || shell_take(p, "]]"))
			break;
		/* Numbers are compared by evaluating both sides. */
		if (shell_at(p, "-eq") || shell_at(p, "-ne") ||
		    shell_at(p, "-lt") || shell_at(p, "-le") ||
		    shell_at(p, "-gt") || shell_at(p, "-ge") ||
		    shell_at(p, "-v") || shell_at(p, "-R"))
			d.c.flags |= SHELL_EVALUATES;
		if (shell_peek(p, 0) != '\0' &&
		    strchr("&|()<>", shell_peek(p, 0)) != NULL)
			p->at++;
		else if (shell_word_read(p, &w, &d.c.flags))
			shell_draft_word(&d, &w);
		else
			shell_fail(p, "[[ without its end");
	}
	shell_put(p, at, &d);
}

/* ((…)): numbers and names. */
static void
read_arithmetic(struct shell_parser *p)
{
	CLEANUP_SHELL_DRAFT struct shell_draft d = { .c = {
	    .flags = SHELL_TEST | SHELL_EVALUATES } };
	size_t at = shell_reserve(p);

	p->at += 2;
	shell_arithmetic_read(p, "");
	shell_put(p, at, &d);
}

static void
read_braced(struct shell_parser *p)
{
	shell_list_read(p);
	shell_expect(p, "}");
}

static const struct compound {
	const char *word;
	void (*read)(struct shell_parser *p);
} compounds[] = {
	{ "if", read_if }, { "while", read_while }, { "until", read_while },
	{ "for", read_for }, { "select", read_for }, { "case", read_case },
	{ "[[", read_test }, { "{", read_braced },
};

bool
shell_compound_read(struct shell_parser *p)
{
	if (shell_peek(p, 0) == '(') {
		if (shell_arithmetic_here(p)) {
			read_arithmetic(p);
		} else {
			p->at++;
			shell_commands_read(p, ')');
		}
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(compounds); i++) {
		if (shell_take(p, compounds[i].word)) {
			compounds[i].read(p);
			return true;
		}
	}
	return false;
}
