/* Programs and builtins that need more than a row: those that change the shell
 * itself, and those with a language or with commands of their own. See
 * shell_look.h. */
#include "safety/shell_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/units.h"

#define CODE_MAX (256 * KIB)
enum { FIND_WORDS_MAX = 256 };

static const char only_the_run[] = "only the run tells what it starts";

static enum shell_place
place_from(const struct judge *j, const struct shell_word *w)
{
	struct judge here = *j;

	here.folders[0] = j->folders[j->n_folders - 1];
	here.n_folders = 1;
	return shell_look_place(&here, w, w->text);
}

static void
look_cd(struct look *l)
{
	struct judge *j = l->j;
	const struct shell_word *w = l->n > 1 ? &l->words[l->n - 1] : NULL;
	const struct shell_judge_opts *o = j->opts;

	if (w == NULL || shell_unknown(w) || w->flags & SHELL_GLOB ||
	    str_starts(w->text, STR("-")) || w->flags & SHELL_TILDE ||
	    j->n_folders == JUDGE_FOLDERS_MAX) {
		j->lost = true;
		return;
	}
	/* Seen from where the last cd led; what follows is looked at from
	 * every folder. */
	if (place_from(j, w) != SHELL_INSIDE) {
		shell_look_add(l, EFFECT_RUNS_COMMANDS,
		    "it leaves the workspace");
		j->lost = true;
		return;
	}
	if (o->folder == NULL)
		return;
	j->folders[j->n_folders] = w->text.ptr[0] == '/' ? str_dup(w->text) :
	    mem_printf("%s/%.*s", j->folders[j->n_folders - 1],
		STR_ARG(w->text));
	j->n_folders++;
}

static void
look_eval(struct look *l)
{
	CLEANUP_BUF struct buf code = BUF_INIT(CODE_MAX);

	for (size_t i = 1; i < l->n; i++) {
		if (shell_unknown(&l->words[i])) {
			shell_look_add(l, EFFECT_OPAQUE |
			    EFFECT_RUNS_COMMANDS, only_the_run);
			return;
		}
		if (i > 1)
			buf_add_char(&code, ' ');
		buf_add_str(&code, l->words[i].text);
	}
	if (code.failed != 0)
		shell_look_add(l, EFFECT_OPAQUE, only_the_run);
	else
		shell_judge_inner(l->j, buf_str(&code));
}

static void
look_source(struct look *l)
{
	const struct shell_word *w = l->n > 1 ? &l->words[1] : NULL;

	shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	if (w == NULL || shell_unknown(w) ||
	    str_starts(w->text, STR("/dev/")))
		shell_look_add(l, EFFECT_OPAQUE, only_the_run);
	else
		shell_look_read(l, w, w->text, false);
}

static void
look_trap(struct look *l)
{
	if (l->n < 2 || str_eq_c(l->words[1].text, "-") ||
	    l->words[1].text.len == 0)
		return;
	if (shell_unknown(&l->words[1]))
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    only_the_run);
	else
		shell_judge_inner(l->j, l->words[1].text);
}

/* export, local, declare …: assignments in words. */
static void
look_declare(struct look *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct str name = l->words[i].text;

		name.len = str_find_char(name, '=', 0) == SIZE_MAX ?
		    name.len : str_find_char(name, '=', 0);
		if (str_starts(name, STR("-"))) {
			if (name.len != 2 ||
			    strchr("rxlugp", name.ptr[1]) == NULL)
				shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			continue;
		}
		if (shell_unknown(&l->words[i]) &&
		    memchr(name.ptr, SHELL_HOLE, name.len) != NULL)
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
		if (str_find_char(name, '[', 0) != SIZE_MAX)
			shell_look_add(l, EFFECT_OPAQUE |
			    EFFECT_RUNS_COMMANDS, "it evaluates a subscript");
		if (!variable_is_harmless(name) &&
		    !str_eq_c(l->words[0].text, "local"))
			shell_look_add(l, EFFECT_RUNS_COMMANDS,
			    "it changes the variables of what follows");
	}
}

static void
look_set(struct look *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct str text = l->words[i].text;
		bool plain = text.len > 1 && strchr("+-", text.ptr[0]);

		for (size_t k = 1; plain && k < text.len; k++)
			plain = strchr("eufxvno-", text.ptr[k]) != NULL;
		if (!plain && !command_in_list(text, " pipefail errexit"
		    " nounset xtrace noglob noclobber errtrace "))
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	}
}

static void
look_read(struct look *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (str_find_char(l->words[i].text, '[', 0) != SIZE_MAX ||
		    str_starts(l->words[i].text, STR("-C")))
			shell_look_add(l, EFFECT_OPAQUE |
			    EFFECT_RUNS_COMMANDS, "it evaluates a subscript");
}

static void
look_nothing(struct look *l)
{
}

/* They change what later names and lines mean. */
static void
look_shell_itself(struct look *l)
{
	shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
	    "it changes what later commands mean");
}

static void
look_let(struct look *l)
{
	shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
	    "it evaluates variables");
}

/* -exec … ; and its kind: {} stands for names that only the run tells. */
static size_t
look_find_command(struct look *l, size_t at)
{
	struct shell_word words[FIND_WORDS_MAX];
	size_t n = 0;

	for (; at < l->n; at++) {
		const struct shell_word *w = &l->words[at];

		if (str_eq_c(w->text, ";") || (str_eq_c(w->text, "+") &&
		    n > 0))
			break;
		if (n == FIND_WORDS_MAX) {
			shell_look_add(l, EFFECT_OPAQUE, only_the_run);
			break;
		}
		words[n] = *w;
		if (str_find(w->text, STR("{}"), 0) != SIZE_MAX) {
			words[n].text = STR("\x01");
			words[n].flags |= SHELL_UNKNOWN;
		}
		n++;
	}
	if (n > 0)
		shell_look_at(l, words, n);
	l->skip = 0;
	return at;
}

static void
look_find(struct look *l)
{
	bool places = true;

	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];

		if (w->text.len > 0 && w->text.ptr[0] == SHELL_HOLE &&
		    (w->flags & SHELL_SPLITS || !places))
			shell_look_add(l, EFFECT_RUNS_COMMANDS,
			    "only the run tells what it does");
		if (str_starts(w->text, STR("-files0-from")))
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
		if (command_in_list(w->text,
		    " -exec -execdir -ok -okdir "))
			i = look_find_command(l, i + 1);
		places &= w->text.len > 0 && !strchr("-(!", w->text.ptr[0]);
		if (places)
			shell_look_read(l, w, w->text, true);
	}
	shell_look_loss(l, STR("find"));
}

/* sed and awk: options, then the program, then files. letters: options that
 * do more; values: with a value. */
static void
look_script(struct look *l, const char *letters, const char *values,
    bool (*reads)(struct str script))
{
	bool has_script = false, after = false;

	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (!after && str_eq_c(text, "--")) {
			after = true;
			continue;
		}
		if (!after && text.len > 1 && text.ptr[0] == '-') {
			if (text.ptr[1] == '-' &&
			    !command_in_list(text, " --quiet --silent --posix"
				" --regexp-extended --null-data --separate"
				" --debug --version --help --re-interval"
				" --traditional --characters-as-bytes "))
				shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			for (size_t k = 1; text.ptr[1] != '-' &&
			    k < text.len; k++) {
				if (strchr(letters, text.ptr[k]) != NULL)
					shell_look_add(l,
					    EFFECT_RUNS_COMMANDS |
						EFFECT_WRITES_FILES, NULL);
				if (strchr(values, text.ptr[k]) == NULL)
					continue;
				if (text.ptr[k] == 'e') {
					struct str code = k + 1 < text.len ?
					    str_sub(text, k + 1, SIZE_MAX) :
					    i + 1 < l->n ?
					    l->words[i + 1].text : STR("\x01");

					has_script = true;
					if (!reads(code))
						shell_look_add(l,
						    EFFECT_RUNS_COMMANDS,
						    NULL);
				}
				i += k + 1 == text.len;
				break;
			}
			continue;
		}
		if (!has_script) {
			has_script = true;
			if (shell_unknown(w))
				shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			else if (!reads(text))
				shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			if (!shell_unknown(w) && !reads(text) &&
			    shell_code_alarms(text))
				shell_look_add(l, EFFECT_OPAQUE,
				    "its code may start something");
			continue;
		}
		shell_look_read(l, w, text, false);
	}
}

static void
look_sed(struct look *l)
{
	look_script(l, "if", "ef", shell_sed_reads);
}

static void
look_awk(struct look *l)
{
	look_script(l, "fiEl", "vFfe", shell_awk_reads);
}

static void
look_command(struct look *l)
{
	if (l->n > 1 && command_in_list(l->words[1].text, " -v -V "))
		return;
	if (l->n > 2 && str_eq_c(l->words[1].text, "-p")) {
		shell_look_at(l, l->words + 2, l->n - 2);
		l->skip = 0;
		return;
	}
	if (l->n > 1) {
		shell_look_at(l, l->words + 1, l->n - 1);
		l->skip += 1;
	}
}

static void
look_ssh(struct look *l)
{
	shell_look_add(l, EFFECT_NETWORK | EFFECT_RUNS_COMMANDS |
	    EFFECT_OPAQUE, "it runs something on another machine");
}

static void
look_parallel(struct look *l)
{
	shell_look_add(l, EFFECT_RUNS_COMMANDS | EFFECT_OPAQUE, only_the_run);
}

/* watch hands its words to a shell. */
static void
look_watch(struct look *l)
{
	CLEANUP_BUF struct buf code = BUF_INIT(CODE_MAX);
	size_t i = 1;

	for (; i < l->n && l->words[i].text.len > 0 &&
	    l->words[i].text.ptr[0] == '-'; i++)
		i += command_in_list(l->words[i].text, " -n -q ");
	for (; i < l->n; i++) {
		if (shell_unknown(&l->words[i])) {
			look_parallel(l);
			return;
		}
		buf_add_str(&code, l->words[i].text);
		buf_add_char(&code, ' ');
	}
	shell_judge_inner(l->j, buf_str(&code));
}

static void
look_tar(struct look *l)
{
	struct str mode = l->n > 1 ? l->words[1].text : STR("");
	bool lists = mode.len > 0 && memchr(mode.ptr, 't', mode.len) != NULL &&
	    !str_starts(mode, STR("--"));

	for (size_t i = 1; i < l->n; i++) {
		struct str text = l->words[i].text;

		if (shell_may_be_option(&l->words[i]) && i > 1)
			lists &= command_in_list(text, " -f -v -z -j -J ");
	}
	for (size_t i = 0; lists && i < mode.len; i++)
		lists = strchr("-tvzjJf", mode.ptr[i]) != NULL;
	if (!lists)
		shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	shell_look_secrets(l, STR("tar"));
	for (size_t i = 1; i < l->n; i++)
		if (str_find(l->words[i].text, STR("--to-command"), 0) == 0 ||
		    str_find(l->words[i].text, STR("--checkpoint-action"),
			0) == 0 ||
		    str_find(l->words[i].text, STR("--use-compress"), 0) ==
			0 || str_eq_c(l->words[i].text, "-I"))
			shell_look_add(l, EFFECT_OPAQUE,
			    "an option of it starts a program");
}

/* script [-c LINE] [FILE]: the line, and what it is written over. */
static void
look_script_program(struct look *l)
{
	static const struct shell_word unnamed = { .text = STR("typescript"),
		.raw = STR("typescript") };
	const struct shell_word *file = NULL;

	shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		bool takes = w->text.len > 1 && w->text.ptr[0] == '-' &&
		    w->text.ptr[w->text.len - 1] == 'c';

		if (shell_unknown(w)) {
			shell_look_add(l, EFFECT_OPAQUE, only_the_run);
		} else if ((takes || str_eq_c(w->text, "--command")) &&
		    i + 1 < l->n && !shell_unknown(&l->words[i + 1])) {
			shell_judge_inner(l->j, l->words[++i].text);
		} else if (takes || str_starts(w->text, STR("--command"))) {
			shell_look_add(l, EFFECT_OPAQUE, only_the_run);
		} else if (w->text.len > 0 && w->text.ptr[0] != '-') {
			file = w;
		}
	}
	shell_look_write(l, file != NULL ? file : &unnamed, false);
}

static const struct special {
	const char *names;
	void (*look)(struct look *l);
} specials[] = {
	{ " cd pushd popd ", look_cd },
	{ " eval ", look_eval },
	{ " source . ", look_source },
	{ " trap ", look_trap },
	{ " export declare typeset local readonly ", look_declare },
	{ " unset read mapfile readarray ", look_read },
	{ " set ", look_set },
	{ " exit return break continue shift wait jobs times getopts dirs ",
	    look_nothing },
	{ " alias unalias shopt enable hash bind complete compgen fc builtin ",
	    look_shell_itself },
	{ " let ", look_let },
	{ " find ", look_find },
	{ " sed gsed ", look_sed },
	{ " awk gawk mawk nawk ", look_awk },
	{ " git ", shell_look_git },
	{ " command ", look_command },
	{ " script ", look_script_program },
	{ " ssh ", look_ssh },
	{ " parallel at batch ", look_parallel },
	{ " watch ", look_watch },
	{ " tar bsdtar ", look_tar },
};

bool
shell_look_special(struct look *l, struct str name)
{
	struct str path = l->words[0].text;

	/* A program of another folder may be anything. */
	if (str_find_char(path, '/', 0) != SIZE_MAX &&
	    !str_starts(path, STR("/usr/bin/")) &&
	    !str_starts(path, STR("/bin/")))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
		if (command_in_list(name, specials[i].names)) {
			specials[i].look(l);
			return true;
		}
	}
	return false;
}
