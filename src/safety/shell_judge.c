/* The parts of a line; see shell_judge.h. */
#include "safety/shell_judge.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/units.h"
#include "safety/shell_look.h"

#define TEXT_MAX (512 * KIB)

static struct str
keep(struct shell_judgement *out, struct buf *text)
{
	size_t len = text->len;

	if ((out->n_texts & (out->n_texts - 1)) == 0)
		out->texts = mem_resize(out->texts,
		    out->n_texts == 0 ? 1 : 2 * out->n_texts, sizeof(char *));
	out->texts[out->n_texts] = text->failed != 0 ? mem_strdup("\x01") :
						       buf_steal(text);
	if (out->texts[out->n_texts] == NULL)
		out->texts[out->n_texts] = mem_strdup("");
	return str_make(out->texts[out->n_texts++],
	    text->failed != 0 ? 1 : len);
}

static void
add_part(struct judge *j, struct buf *text, struct buf *plain,
    unsigned effects, bool opaque, const char *what)
{
	struct shell_judgement *out = j->out;
	struct policy_part part = { .effects = effects, .opaque = opaque,
		.what = what };

	if (out->n_parts == JUDGE_PARTS_MAX) {
		out->parts[0].effects |= effects | EFFECT_OPAQUE;
		return;
	}
	part.text = keep(out, text);
	part.plain = keep(out, plain);
	if ((out->n_parts & (out->n_parts - 1)) == 0)
		out->parts = mem_resize(out->parts,
		    out->n_parts == 0 ? 1 : 2 * out->n_parts, sizeof(part));
	out->parts[out->n_parts++] = part;
	out->effects |= effects;
}

static void
add_note(char ***list, size_t *n, struct str text)
{
	if (*n == JUDGE_LIST_MAX || text.len == 0 || text.len > 4096)
		return;
	for (size_t i = 0; i < *n; i++)
		if (str_eq_c(text, (*list)[i]))
			return;
	*list = mem_resize(*list, *n + 1, sizeof(char *));
	(*list)[(*n)++] = str_dup(text);
}

void
shell_note_path(struct judge *j, struct str path)
{
	if (memchr(path.ptr, SHELL_HOLE, path.len) == NULL)
		add_note(&j->out->paths, &j->out->n_paths, path);
}

/* The host of "https://host:1/x" and "user@host:path". */
static void
note_host(struct judge *j, struct str word)
{
	size_t at = str_find(word, STR("://"), 0), end;
	struct str host;

	if (memchr(word.ptr, SHELL_HOLE, word.len) != NULL)
		return;
	if (at != SIZE_MAX) {
		host = str_sub(word, at + 3, SIZE_MAX);
		end = strcspn(host.ptr, "/?# \t\n'\"");
		host = str_sub(host, 0, end < host.len ? end : host.len);
		at = str_find_char(host, '@', 0);
		host = str_sub(host, at == SIZE_MAX ? 0 : at + 1, SIZE_MAX);
		host = str_sub(host, 0, str_find_char(host, ':', 0));
	} else {
		at = str_find_char(word, '@', 0);
		end = str_find_char(word, ':', at == SIZE_MAX ? 0 : at);
		if (at == SIZE_MAX || at == 0 || end == SIZE_MAX ||
		    word.ptr[0] == '-' || str_find_char(word, ' ', 0) !=
			SIZE_MAX || str_find_char(word, '/', 0) < at)
			return;
		host = str_sub(word, at + 1, end - at - 1);
	}
	add_note(&j->out->hosts, &j->out->n_hosts, host);
}

/* As the words stand in the line, one blank between. */
static void
print_raw(const struct shell_command *c, size_t skip, struct buf *out)
{
	for (size_t i = 0; i < c->n_assignments && skip == 0; i++) {
		const struct shell_assignment *a = &c->assignments[i];

		buf_printf(out, "%s%.*s=%.*s", out->len > 0 ? " " : "",
		    STR_ARG(a->name),
		    a->value.raw.ptr != NULL ? (int)a->value.raw.len : 0,
		    a->value.raw.ptr != NULL ? a->value.raw.ptr : "");
	}
	for (size_t i = skip; i < c->n_words; i++) {
		if (out->len > 0)
			buf_add_char(out, ' ');
		buf_add_str(out, c->words[i].raw);
	}
}

static struct str
last_name(struct str path)
{
	const char *slash = path.len == 0 ? NULL :
					    memrchr(path.ptr, '/', path.len);

	return slash == NULL ? path :
	    str_sub(path, (size_t)(slash + 1 - path.ptr), SIZE_MAX);
}

static void
print_plain(const struct shell_command *c, size_t skip, struct buf *out)
{
	for (size_t i = skip; i < c->n_words; i++) {
		struct str text = c->words[i].text;

		if (i > skip)
			buf_add_char(out, ' ');
		buf_add_str(out, i == skip ? last_name(text) : text);
	}
}

/* Names by which a program is found or told what to run. */
static bool
is_special_variable(struct str name)
{
	static const char *const prefixes[] = { "LD_", "GIT_", "BASH",
		"DYLD_", "PYTHON", "PERL", "RUBY", "NODE_", "LESS", "SHELL" };
	CLEANUP(free_ptr) char *text = str_dup(name);

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(name, str_from(prefixes[i])))
			return true;
	/* What is in the environment is handed on when it is changed. */
	return command_in_list(name, " PATH IFS ENV PS4 CDPATH GLOBIGNORE"
	    " PROMPT_COMMAND PAGER MANPAGER EDITOR VISUAL ") ||
	    (getenv(text) != NULL && !variable_is_harmless(name));
}

static void
judge_assignments(const struct shell_command *c, struct look *l)
{
	for (size_t i = 0; i < c->n_assignments; i++) {
		const struct shell_assignment *a = &c->assignments[i];
		bool special = c->n_words > 0 ?
		    !variable_is_harmless(a->name) :
		    is_special_variable(a->name);

		if (special)
			shell_look_add(l, EFFECT_RUNS_COMMANDS,
			    "it changes the variables of a command");
		/* The shell itself runs what these hold, or reads it. */
		if (command_in_list(a->name, " PS4 PS0 PS1 PROMPT_COMMAND"
		    " BASH_ENV ENV SHELLOPTS BASHOPTS "))
			shell_look_add(l, EFFECT_RUNS_COMMANDS |
			    EFFECT_OPAQUE,
			    "it changes what later commands mean");
		if (shell_unknown(&a->value))
			l->opaque = true;
	}
}

static bool
is_device(struct str path)
{
	return command_in_list(path, " /dev/null /dev/stdout /dev/stderr"
	    " /dev/stdin /dev/fd/0 /dev/fd/1 /dev/fd/2 ");
}

static unsigned
subscript_effects(struct str raw)
{
	if (raw.len == 0 || str_eq_c(raw, "[") || str_eq_c(raw, "[[") ||
	    memchr(raw.ptr, '[', raw.len) == NULL)
		return 0;
	return EFFECT_RUNS_COMMANDS | (memchr(raw.ptr, '`', raw.len) != NULL ||
	    str_find(raw, STR("$("), 0) != SIZE_MAX ? EFFECT_OPAQUE : 0);
}

/* A value that only the run tells, except for sums. */
static bool
is_unknown_value(const struct shell_assignment *a)
{
	return shell_unknown(&a->value) && (a->value.raw.ptr == NULL ||
	    !str_starts(a->value.raw, STR("$((")));
}

/* Arithmetic looks variables up and evaluates what it finds: a variable that
 * holds "a[$(command)]" runs it. That takes a value with a bracket, or one
 * that comes from somewhere else. */
static unsigned
evaluation_effects(const struct judge *j)
{
	unsigned effects = 0;

	/* eval: the lines around have variables too. */
	if (j->depth > 1)
		effects |= EFFECT_RUNS_COMMANDS;
	for (size_t i = 0; i < j->line->n; i++) {
		const struct shell_command *c = &j->line->commands[i];

		for (size_t k = 0; k < c->n_assignments; k++)
			effects |= subscript_effects(
			    c->assignments[k].value.raw) |
			    (is_unknown_value(&c->assignments[k]) ?
				EFFECT_RUNS_COMMANDS : 0);
		for (size_t k = 0; k < c->n_words; k++)
			effects |= subscript_effects(c->words[k].raw);
		if (c->n_words > 0 && command_in_list(c->words[0].text,
		    " read mapfile readarray declare typeset local export"
		    " readonly printf getopts "))
			effects |= EFFECT_RUNS_COMMANDS;
	}
	return effects;
}

/* Each file that is written to is a part of its own: a rule for the command
 * does not cover it. */
static void
judge_redirect(struct judge *j, const struct shell_redirect *r)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	CLEANUP_BUF struct buf plain = BUF_INIT(TEXT_MAX);
	struct look l = { .j = j };
	struct str path = r->target.text;

	if (r->kind == SHELL_DUPLICATE || r->kind == SHELL_HERE ||
	    is_device(path))
		return;
	if (str_starts(path, STR("/dev/tcp/")) ||
	    str_starts(path, STR("/dev/udp/")))
		shell_look_add(&l, EFFECT_NETWORK | EFFECT_RUNS_COMMANDS,
		    NULL);
	else if (r->kind == SHELL_READ)
		shell_look_read(&l, &r->target, path, false);
	else
		shell_look_write(&l, &r->target, r->kind == SHELL_APPEND);
	if (r->kind == SHELL_READ && l.effects == 0)
		return;
	buf_printf(&text, "%s ", r->kind == SHELL_READ ? "<" :
	    r->kind == SHELL_APPEND ? ">>" : ">");
	buf_add_str(&plain, buf_str(&text));
	buf_add_str(&text, r->target.raw);
	buf_add_str(&plain, path);
	add_part(j, &text, &plain, l.effects, shell_unknown(&r->target),
	    l.what);
}

static void
judge_command(struct judge *j, const struct shell_command *c)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TEXT_MAX);
	CLEANUP_BUF struct buf plain = BUF_INIT(TEXT_MAX);
	struct look l = { .j = j, .words = c->words, .n = c->n_words,
		.flags = c->flags, .fed = c->flags & SHELL_PIPE_IN };

	for (size_t i = 0; i < c->n_redirects; i++) {
		if (c->redirects[i].kind == SHELL_HERE)
			l.here = &c->redirects[i].target;
		l.fed |= c->redirects[i].kind == SHELL_READ &&
		    !is_device(c->redirects[i].target.text);
	}
	if (c->n_words > 0 || c->n_assignments > 0) {
		judge_assignments(c, &l);
		for (size_t i = 0; i < c->n_words; i++) {
			note_host(j, c->words[i].text);
			l.opaque |= shell_unknown(&c->words[i]);
		}
		if (c->flags & SHELL_EVALUATES)
			shell_look_add(&l, evaluation_effects(j),
			    "it evaluates variables");
		if (c->n_words > 0 && !(c->flags & SHELL_TEST))
			shell_look(&l);
		if (c->n_assignments > 0)
			l.skip = 0;
		print_raw(c, l.skip, &text);
		print_plain(c, l.skip, &plain);
		add_part(j, &text, &plain, l.effects | EFFECT_READS_FILES,
		    l.opaque, l.what);
	} else if (c->flags & SHELL_TEST && c->flags & SHELL_EVALUATES) {
		buf_add_cstr(&text, "((…))");
		buf_add_cstr(&plain, "((");
		add_part(j, &text, &plain, EFFECT_READS_FILES |
		    evaluation_effects(j), true,
		    "it evaluates variables");
	}
	for (size_t i = 0; i < c->n_redirects; i++)
		judge_redirect(j, &c->redirects[i]);
}

void
shell_judge_inner(struct judge *j, struct str text)
{
	CLEANUP_SHELL_LINE struct shell_line line = { .n = 0 };
	CLEANUP_BUF struct buf copy = BUF_INIT(TEXT_MAX);
	CLEANUP_BUF struct buf plain = BUF_INIT(TEXT_MAX);
	const struct shell_line *around = j->line;

	shell_line_parse(text, &line);
	if (!line.understood || j->depth >= JUDGE_DEPTH_MAX) {
		buf_add_str(&copy, text);
		buf_add_str(&plain, text);
		add_part(j, &copy, &plain,
		    EFFECT_RUNS_COMMANDS | EFFECT_OPAQUE, true,
		    "it is not understood");
	}
	if (j->depth >= JUDGE_DEPTH_MAX)
		return;
	j->depth++;
	/* Functions of a line around are gone in another shell: then the name
	 * is just a command, which is judged no more gently. */
	j->line = &line;
	for (size_t i = 0; i < line.n; i++)
		judge_command(j, &line.commands[i]);
	j->line = around;
	j->depth--;
}

void
shell_judge(struct str line, const struct shell_judge_opts *opts,
    struct shell_judgement *ret)
{
	struct judge j = { .opts = opts, .out = ret, .n_folders = 1 };

	*ret = (struct shell_judgement){ .effects = EFFECT_READS_FILES };
	j.folders[0] = mem_strdup(opts->folder != NULL ? opts->folder : "/");
	shell_judge_inner(&j, line);
	for (size_t i = 0; i < j.n_folders; i++)
		free(j.folders[i]);
}

static void
free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void
shell_judgement_release(struct shell_judgement *j)
{
	free_list(j->paths, j->n_paths);
	free_list(j->hosts, j->n_hosts);
	free_list(j->texts, j->n_texts);
	free(j->parts);
	*j = (struct shell_judgement){ .effects = 0 };
}
