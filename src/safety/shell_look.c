/* What one command does; see shell_look.h. First the programs with a language
 * of their own, then those that run others, then those that only read; the
 * rest just runs, and may lose something (shell_loss.c). */
#include "safety/shell_look.h"

#include <string.h>

#include "base/buf.h"
#include "base/units.h"

#define PATH_MAX_BYTES (8 * KIB)
enum { WORDS_MAX = 512 };

void
shell_look_add(struct look *l, unsigned effects, const char *what)
{
	const unsigned asked = EFFECT_DESTROYS | EFFECT_OPAQUE |
	    EFFECT_GUARDED | EFFECT_NAMES_SECRET | EFFECT_READS_SECRET;

	/* What is asked about in every mode is what the reason is about. */
	if (what != NULL && ((effects & asked) || l->what == NULL) &&
	    !(l->effects & asked))
		l->what = what;
	l->effects |= effects;
}

/* Of a pattern the part that is surely there: the folder above its first
 * wild component. Components like ".*" may be "..". */
static struct str
known_part(struct str text, bool *ret_climbs)
{
	size_t wild = strcspn(text.ptr == NULL ? "" : text.ptr, "*?[");

	*ret_climbs = false;
	if (wild >= text.len)
		return text;
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == '.' && (i == 0 || text.ptr[i - 1] == '/') &&
		    strchr("*?[.", text.ptr[i + 1]) != NULL)
			*ret_climbs |= str_find_char(text, '/', i) != SIZE_MAX;
	while (wild > 0 && text.ptr[wild - 1] != '/')
		wild--;
	return wild == 0 ? STR(".") : str_sub(text, 0, wild);
}

/* Read by anybody who builds software: not worth a question. */
static bool
is_common(struct str path)
{
	static const char *const folders[] = { "/usr/", "/bin/", "/lib",
		"/dev/null", "/dev/stdin", "/etc/os-release", "/proc/cpuinfo",
		"/proc/meminfo", "/proc/version", "/etc/debian_version" };

	if (str_find(path, STR(".."), 0) != SIZE_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (str_starts(path, str_from(folders[i])))
			return true;
	return false;
}

enum shell_place
shell_look_place(struct judge *j, const struct shell_word *w, struct str text)
{
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_MAX_BYTES);
	const struct shell_judge_opts *o = j->opts;
	enum shell_place worst = SHELL_INSIDE;
	bool climbs = false;

	if (text.len == 0)
		return SHELL_INSIDE;
	if (shell_has_hole(text))
		return o->confined ? SHELL_INSIDE : SHELL_OUTSIDE;
	if (is_common(text))
		return SHELL_INSIDE;
	if (w->flags & SHELL_TILDE && text.ptr[0] == '~') {
		if (o->home == NULL || (text.len > 1 && text.ptr[1] != '/'))
			return SHELL_OUTSIDE;
		buf_add_cstr(&path, o->home);
		text = str_sub(text, 1, SIZE_MAX);
	}
	buf_add_str(&path, text);
	if (o->place == NULL || path.failed != 0)
		return SHELL_OUTSIDE;
	text = buf_str(&path);
	/* The pattern itself may be a name of the deny list: ".env*". */
	for (size_t i = 0; i < j->n_folders; i++) {
		enum shell_place place = o->place(text, j->folders[i], o->ctx);

		if (place == SHELL_DENIED)
			return SHELL_DENIED;
		if (w->flags & SHELL_GLOB)
			place = o->place(known_part(text, &climbs),
			    j->folders[i], o->ctx);
		if (climbs)
			place = SHELL_OUTSIDE;
		worst = place != SHELL_INSIDE ? place : worst;
	}
	if (j->lost && text.ptr[0] != '/' && !o->confined)
		return SHELL_OUTSIDE;
	return worst;
}

void
shell_look_read(struct look *l, const struct shell_word *w, struct str text,
    bool names)
{
	enum shell_place place = shell_look_place(l->j, w, text);

	shell_note_path(l->j, text);
	if (place == SHELL_DENIED && !names)
		shell_look_add(l, EFFECT_READS_SECRET,
		    "it reads a path of the deny list");
	else if (place == SHELL_OUTSIDE)
		shell_look_add(l, EFFECT_RUNS_COMMANDS,
		    "it reads outside the workspace");
}

void
shell_look_write(struct look *l, const struct shell_word *w, bool keeps_old)
{
	const struct shell_judge_opts *o = l->j->opts;
	enum shell_place place = shell_look_place(l->j, w, w->text);
	bool loses = false;

	shell_note_path(l->j, w->text);
	shell_look_add(l, EFFECT_WRITES_FILES, NULL);
	if (shell_unknown(w) || w->flags & SHELL_GLOB) {
		shell_look_add(l, EFFECT_RUNS_COMMANDS |
		    (keeps_old ? 0 : EFFECT_DESTROYS),
		    "it may overwrite a file that only the run names");
		return;
	}
	if (place == SHELL_DENIED)
		shell_look_add(l, EFFECT_NAMES_SECRET, NULL);
	if (place == SHELL_GUARDED)
		shell_look_add(l, EFFECT_GUARDED, NULL);
	if (place == SHELL_OUTSIDE && !is_common(w->text))
		shell_look_add(l, EFFECT_RUNS_COMMANDS,
		    "it writes outside the workspace");
	for (size_t i = 0; i < l->j->n_folders && o->loses != NULL; i++)
		loses |= o->loses(w->text, l->j->folders[i], o->ctx);
	if (loses && !keeps_old)
		shell_look_add(l, EFFECT_DESTROYS,
		    "it overwrites a file that git does not have like this");
}

void
shell_look_at(struct look *l, const struct shell_word *words, size_t n)
{
	struct look inner = *l;

	inner.words = words;
	inner.n = n;
	inner.effects = 0;
	inner.what = NULL;
	inner.skip = 0;
	if (l->j->depth >= JUDGE_DEPTH_MAX) {
		shell_look_add(l, EFFECT_OPAQUE, "it nests too deeply");
		return;
	}
	l->j->depth++;
	shell_look(&inner);
	l->j->depth--;
	shell_look_add(l, inner.effects, inner.what);
	l->opaque |= inner.opaque;
	l->skip = inner.skip;
}

static bool
is_assignment(struct str text)
{
	size_t eq = str_find_char(text, '=', 0);

	return eq != SIZE_MAX && eq > 0 && text.ptr[0] != '-';
}

/* The options of a wrapper: returns where its operands begin. */
static size_t
skip_options(struct look *l, const struct wrapper_row *row)
{
	size_t i = 1;

	for (; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (text.len > 0 && text.ptr[0] == SHELL_HOLE) {
			shell_look_add(l, EFFECT_OPAQUE,
			    "only the run tells what it starts");
			return l->n;
		}
		if (str_eq_c(text, "--"))
			return i + 1;
		if (text.len < 2 || text.ptr[0] != '-')
			break;
		if (text.ptr[1] == '-') {
			if (str_find_char(text, '=', 0) == SIZE_MAX &&
			    command_in_list(text, row->long_values))
				i++;
			if (str_starts(text, STR("--split-string")) ||
			    (strchr(row->opaque, 'o') != NULL &&
				str_starts(text, STR("--output"))))
				shell_look_add(l, EFFECT_OPAQUE, NULL);
			continue;
		}
		for (size_t k = 1; k < text.len; k++) {
			if (strchr(row->opaque, text.ptr[k]) != NULL)
				shell_look_add(l, EFFECT_OPAQUE, NULL);
			if (strchr(row->values, text.ptr[k]) != NULL) {
				i += k + 1 == text.len;
				break;
			}
		}
	}
	return i;
}

/* xargs -I: where the name stands, only the run tells what will be. */
static void
make_holes(const struct look *l, size_t at, struct shell_word *words,
    size_t n)
{
	struct str mark = STR("{}");

	for (size_t i = 1; i < at; i++)
		if (str_starts(l->words[i].text, STR("-I")))
			mark = l->words[i].text.len > 2 ?
			    str_sub(l->words[i].text, 2, SIZE_MAX) :
			    l->words[i + 1].text;
	for (size_t i = 0; i < n && mark.len > 0; i++) {
		if (str_find(words[i].text, mark, 0) == SIZE_MAX)
			continue;
		words[i].text = STR("\x01");
		words[i].flags |= SHELL_UNKNOWN;
	}
}

static void
look_through(struct look *l, const struct wrapper_row *row)
{
	struct shell_word words[WORDS_MAX];
	size_t at = skip_options(l, row), n;
	bool assigned = false;

	while (row->flags & WRAPPER_ASSIGNS && at < l->n &&
	    is_assignment(l->words[at].text)) {
		struct str name = l->words[at].text;

		name.len = str_find_char(name, '=', 0);
		if (!variable_is_harmless(name))
			shell_look_add(l, EFFECT_RUNS_COMMANDS,
			    "it changes the variables of a command");
		assigned = true;
		at++;
	}
	at += row->operands;
	if (row->flags & WRAPPER_OTHER_USER)
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "it runs as another user");
	if (at >= l->n) {
		if (!(row->flags & (WRAPPER_PLAIN | WRAPPER_APPENDS)))
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
		return;
	}
	if (row->flags & WRAPPER_RUNS)
		shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	n = l->n - at;
	/* flock FILE -c LINE, and whatever else is no program. */
	if (l->words[at].text.len > 1 && l->words[at].text.ptr[0] == '-')
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "it is not plain what it starts");
	if (n >= WORDS_MAX) {
		shell_look_add(l, EFFECT_OPAQUE, "it has too many words");
		return;
	}
	memcpy(words, l->words + at, n * sizeof(words[0]));
	if (row->flags & WRAPPER_APPENDS)
		make_holes(l, at, words, n);
	if (row->flags & WRAPPER_APPENDS)
		words[n++] = (struct shell_word){ .text = STR("\x01"),
			.raw = STR("…"),
			.flags = SHELL_UNKNOWN | SHELL_SPLITS };
	shell_look_at(l, words, n);
	/* Rules see the command itself where nothing else was added to it. */
	if (!assigned && (row->flags & ~(unsigned)WRAPPER_RUNS) == 0 &&
	    !(l->effects & EFFECT_OPAQUE))
		l->skip += at;
	else
		l->skip = 0;
}

/* Code of another language, or a line for a shell. */
static void
look_at_code(struct look *l, const struct interpreter_row *row,
    const struct shell_word *code)
{
	if (shell_unknown(code) && row->is_shell)
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "only the run tells what it starts");
	else if (row->is_shell)
		shell_judge_inner(l->j, code->text);
	else if (shell_unknown(code) || shell_code_alarms(code->text))
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "its code may start or delete something");
	else
		shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
}

/* An interpreter without a script reads its input. */
static void
look_at_input(struct look *l, const struct interpreter_row *row)
{
	if (l->here != NULL && !l->fed)
		look_at_code(l, row, l->here);
	else if (l->fed)
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "it runs what another command writes");
	else
		shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
}

static void
look_at_interpreter(struct look *l, const struct interpreter_row *row)
{
	bool wants_code = false;

	/* A program that only says its version. */
	if (l->n == 2 && (str_eq_c(l->words[1].text, "--version") ||
	    str_eq_c(l->words[1].text, "--help")))
		return;
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;
		bool is_option = text.len > 1 &&
		    (text.ptr[0] == '-' || (row->is_shell &&
			text.ptr[0] == '+'));

		if (wants_code && !is_option) {
			look_at_code(l, row, w);
			return;
		}
		if (shell_has_hole(text) || str_eq_c(text, "-") ||
		    str_starts(text, STR("/dev/"))) {
			if (str_eq_c(text, "-") || str_starts(text,
			    STR("/dev/")))
				look_at_input(l, row);
			else
				shell_look_add(l, EFFECT_OPAQUE |
				    EFFECT_RUNS_COMMANDS,
				    "only the run tells what it starts");
			return;
		}
		if (!is_option) {
			shell_look_read(l, w, text, false);
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			return;
		}
		if (text.ptr[1] == '-') {
			if (command_in_list(text, row->longs))
				wants_code = true;
			else if (str_starts(text, STR("--rcfile")) ||
			    str_starts(text, STR("--init-file")))
				shell_look_add(l, EFFECT_OPAQUE |
				    EFFECT_RUNS_COMMANDS, NULL);
			continue;
		}
		for (size_t k = 1; k < text.len && !wants_code; k++) {
			if (strchr(row->code, text.ptr[k]) == NULL)
				continue;
			wants_code = true;
			if (!row->is_shell && k + 1 < text.len) {
				struct shell_word rest = *w;

				rest.text = str_sub(text, k + 1, SIZE_MAX);
				look_at_code(l, row, &rest);
				return;
			}
		}
		if (row->is_shell && strchr("oO", text.ptr[text.len - 1]))
			i++;
		if (!row->is_shell && !wants_code &&
		    str_eq_c(text, "-m")) {
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
			return;
		}
		if (row->is_shell && memchr(text.ptr, 'i', text.len) != NULL)
			shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
	}
	look_at_input(l, row);
}

/* Whether these words make a program of the table do no more than read. */
static bool
only_reads(struct look *l, const struct reader_row *row, size_t first)
{
	bool pattern = row->flags & READER_PATTERN, options_over = false;
	size_t operands = 0;

	for (size_t i = first; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (!options_over && str_eq_c(text, "--")) {
			options_over = true;
			continue;
		}
		/* What may become an option, where options do more. */
		if (!options_over && text.len > 0 &&
		    text.ptr[0] == SHELL_HOLE && (row->letters[0] != '\0' ||
			row->longs != NULL))
			return false;
		if (!options_over && shell_is_short(text)) {
			if (shell_has_letter(text, row->letters) ||
			    command_in_list(text, row->longs))
				return false;
			for (size_t k = 1; k < text.len; k++) {
				if (strchr(row->values, text.ptr[k]) == NULL)
					continue;
				pattern &= text.ptr[k] != 'e' &&
				    text.ptr[k] != 'f';
				if (text.ptr[k] == 'f' && i + 1 < l->n &&
				    k + 1 == text.len &&
				    row->flags & READER_FILES)
					shell_look_read(l, &l->words[i + 1],
					    l->words[i + 1].text, false);
				i += k + 1 == text.len;
				break;
			}
			continue;
		}
		if (!options_over && str_starts(text, STR("--"))) {
			if (shell_is_long(text, row->longs))
				return false;
			continue;
		}
		operands++;
		if (row->flags & READER_FORMATS && !str_starts(text,
		    STR("+")))
			return false;
		if (pattern) {
			pattern = false;
			continue;
		}
		if (row->flags & READER_FILES)
			shell_look_read(l, w, text,
			    row->flags & READER_NAMES);
		/* HEAD:.env, main:secrets/x */
		if (row->sub != NULL && row->flags & READER_FILES &&
		    str_find_char(text, ':', 0) != SIZE_MAX)
			shell_look_read(l, w, str_sub(text,
			    str_find_char(text, ':', 0) + 1, SIZE_MAX), false);
	}
	if ((row->flags & READER_NO_OPERANDS && operands > 0) ||
	    (row->flags & READER_ONE_OPERAND && operands > 1))
		return false;
	return true;
}

/* The name that is surely run; false: only the run tells. */
static bool
program_name(const struct shell_word *w, struct str *ret)
{
	*ret = shell_base_name(w->text);
	return !shell_has_hole(*ret) && !(w->flags & SHELL_GLOB &&
	    !str_eq_c(w->text, "[")) && ret->len > 0;
}

static bool
is_function(const struct look *l, struct str name)
{
	const struct shell_line *line = l->j->line;

	for (size_t i = 0; line != NULL && i < line->n_functions; i++)
		if (str_eq(line->functions[i], name))
			return true;
	return false;
}

static bool
from_the_system(struct str path)
{
	return str_find_char(path, '/', 0) == SIZE_MAX ||
	    str_starts(path, STR("/usr/bin/")) ||
	    str_starts(path, STR("/bin/"));
}

void
shell_look(struct look *l)
{
	const struct interpreter_row *interpreter;
	const struct wrapper_row *wrapper;
	const struct reader_row *reader;
	struct str name, path = l->words[0].text;

	if (!program_name(&l->words[0], &name)) {
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "only the run tells what it starts");
		return;
	}
	if (is_function(l, name)) {
		shell_look_add(l, EFFECT_RUNS_COMMANDS, NULL);
		return;
	}
	if (shell_look_special(l, name))
		return;
	interpreter = interpreter_find(name);
	if (interpreter != NULL) {
		look_at_interpreter(l, interpreter);
		if (l->effects != 0)
			shell_look_secrets(l, name);
		return;
	}
	wrapper = wrapper_find(name);
	if (wrapper != NULL) {
		look_through(l, wrapper);
		return;
	}
	reader = from_the_system(path) ? reader_find(name, STR_NONE) : NULL;
	if (reader != NULL && reader->sub == NULL && only_reads(l, reader, 1))
		return;
	if (l->n == 2 && from_the_system(path) &&
	    command_tells_version(name) &&
	    (str_eq_c(l->words[1].text, "--version") ||
		str_eq_c(l->words[1].text, "--help")))
		return;
	shell_look_add(l, EFFECT_RUNS_COMMANDS |
	    (command_uses_network(name) ? EFFECT_NETWORK : 0), NULL);
	shell_look_loss(l, name);
	shell_look_targets(l, name);
	shell_look_secrets(l, name);
}

/* For the programs with subcommands (shell_programs.c). */
bool
shell_look_reader(struct look *l, const struct reader_row *row, size_t first)
{
	return only_reads(l, row, first);
}
