/* What is known about programs: which only read and by which options they
 * would do more, which forms lose work, which run other commands. Data for
 * shell_judge.c; a new program is a row. */
#ifndef FRIDAY_SAFETY_COMMAND_TABLE_H
#define FRIDAY_SAFETY_COMMAND_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum reader_flags {
	READER_FILES = 1,     /* operands are paths that are read */
	READER_PATTERN = 2,   /* … but not the first one */
	READER_NO_OPERANDS = 4,
	READER_ONE_OPERAND = 8, /* a second one is written to */
	READER_FORMATS = 16, /* operands must begin with a "+" (date) */
	READER_NAMES = 32,    /* looks at names only: the deny list allows */
};

/* A program (and, for git and its like, the word behind it) that only reads.
 * Any option of `letters` or `longs` makes it do more; a long option is known
 * by any beginning of its name, as getopt takes it. */
struct reader_row {
	const char *name;
	const char *sub;     /* NULL: none */
	const char *letters; /* of short options; "" : none */
	const char *longs;   /* " --output --exec "; NULL: none */
	const char *values;  /* short options with a value */
	unsigned flags;
};

/* A form that loses work or cannot be taken back. letters, words: one of
 * these among the options or operands is needed; both NULL: the name (and sub)
 * is enough. unless: a word that makes it harmless. */
struct destroyer_row {
	const char *name, *sub, *letters, *words, *unless;
	const char *what;
};

/* A program that runs the command behind its own options. */
struct wrapper_row {
	const char *name;
	const char *values;	/* short options with a value */
	const char *long_values; /* long options with a value in its own word */
	const char *opaque;	/* letters that make it incomprehensible */
	unsigned operands;	/* words before the command */
	unsigned flags;		/* enum wrapper_flags */
};

enum wrapper_flags {
	WRAPPER_ASSIGNS = 1,  /* NAME=VALUE words before the command */
	WRAPPER_APPENDS = 2,  /* unknown words are added (xargs) */
	WRAPPER_OTHER_USER = 4,
	WRAPPER_RUNS = 16,    /* does more than start the command */
	WRAPPER_PLAIN = 8,    /* alone, without a command, it only reads */
};

/* A program whose next word or option value is code. */
struct interpreter_row {
	const char *name;
	const char *code;  /* short options with code in the next word */
	const char *longs; /* long ones */
	bool is_shell;	   /* the code is a shell line */
};

const struct reader_row *reader_find(struct str name, struct str sub);
const struct wrapper_row *wrapper_find(struct str name);
const struct interpreter_row *interpreter_find(struct str name);
extern const struct destroyer_row destroyer_table[];
extern const size_t destroyer_table_len;
/* Programs that only say their version with --version, or their help. */
bool command_tells_version(struct str name);
bool command_uses_network(struct str name);
/* Variables that change nothing but how output looks. */
bool variable_is_harmless(struct str name);
/* A word in " a b c ". */
bool command_in_list(struct str word, const char *list);

#endif
