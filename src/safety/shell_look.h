/* What shell_judge.c, shell_look.c and shell_programs.c share; nobody else
 * includes it. */
#ifndef FRIDAY_SAFETY_SHELL_LOOK_H
#define FRIDAY_SAFETY_SHELL_LOOK_H

#include <string.h>

#include "safety/command_table.h"
#include "safety/shell_judge.h"
#include "safety/shell_parse.h"

enum { JUDGE_DEPTH_MAX = 12, JUDGE_FOLDERS_MAX = 4, JUDGE_LIST_MAX = 64,
	JUDGE_PARTS_MAX = 512 };

struct judge {
	const struct shell_judge_opts *opts;
	struct shell_judgement *out;
	int depth;
	/* Where a command may run: every folder that a cd leads to. */
	char *folders[JUDGE_FOLDERS_MAX];
	size_t n_folders;
	bool lost; /* a cd led somewhere unknown */
	const struct shell_line *line; /* whose functions count */
};

/* The words of one command, on their way through wrappers. */
struct look {
	struct judge *j;
	const struct shell_word *words;
	size_t n;
	unsigned flags; /* enum shell_command_flags */
	const struct shell_word *here; /* text fed to it; NULL: none */
	bool fed; /* its input comes from a pipe or a file */
	/* Out: */
	unsigned effects;
	const char *what; /* static; NULL: nothing special */
	bool opaque;
	size_t skip; /* words of transparent wrappers before the command */
};

/* Adds what words[0..n) do to l->effects. */
void shell_look(struct look *l);
/* Judges a text as a line of its own, whose parts are added. */
void shell_judge_inner(struct judge *j, struct str text);
/* Looks at other words with the same surroundings, and takes over what was
 * found. */
void shell_look_at(struct look *l, const struct shell_word *words, size_t n);
void shell_look_add(struct look *l, unsigned effects, const char *what);
/* Where a word's path lies; of what is not known: SHELL_OUTSIDE, or
 * SHELL_INSIDE where the sandbox sees to it. */
enum shell_place shell_look_place(struct judge *j, const struct shell_word *w,
    struct str text);
/* Notes a path that is written to: guarded, denied, lost content. */
void shell_look_write(struct look *l, const struct shell_word *w,
    bool keeps_old);
/* Notes paths that are read. `names`: only their names. */
void shell_look_read(struct look *l, const struct shell_word *w,
    struct str text, bool names);
void shell_note_path(struct judge *j, struct str path);

/* Whether words[first..] make a program of the table do no more than read. */
bool shell_look_reader(struct look *l, const struct reader_row *row,
    size_t first);
/* Adds EFFECT_NAMES_SECRET where a word names a path of the deny list. */
void shell_look_secrets(struct look *l, struct str name);
/* Adds what the rows of forms that lose work say. */
void shell_look_loss(struct look *l, struct str name);

/* … and what else its words say: what it writes over, what it starts. */
void shell_look_targets(struct look *l, struct str name);

/* The last component of a path. */
struct str shell_base_name(struct str path);
/* "-abc", and whether one of the letters is in it, before a '='. */
bool shell_is_short(struct str text);
bool shell_has_letter(struct str option, const char *letters);
/* A long option by any beginning of its name that is long enough to mean
 * something. */
bool shell_is_long(struct str text, const char *list);

/* Programs with a language of their own. False: not one of them. */
bool shell_look_special(struct look *l, struct str name);
void shell_look_git(struct look *l);
/* Whether a sed or awk program only reads. */
bool shell_sed_reads(struct str script);
bool shell_awk_reads(struct str program);
/* Whether code in another language may start or delete something. */
bool shell_code_alarms(struct str code);

static inline bool
shell_unknown(const struct shell_word *w)
{
	return w->flags & SHELL_UNKNOWN;
}

static inline bool
shell_has_hole(struct str s)
{
	return s.len > 0 && memchr(s.ptr, SHELL_HOLE, s.len) != NULL;
}

/* What may turn out to be an option. */
static inline bool
shell_may_be_option(const struct shell_word *w)
{
	return w->text.len > 0 &&
	    (w->text.ptr[0] == SHELL_HOLE || w->text.ptr[0] == '-');
}

#endif
