/* A shell line taken apart: every simple command that it may run, wherever it
 * stands - in lists, pipes, loops, functions, substitutions, here-documents -
 * with quotes resolved, so that "r''m" is rm.
 *
 * The grammar is bash's, read strictly: what this parser does not know for
 * certain it does not guess, it says so (`understood`), and the line is asked
 * about. It is a parser of its own and not tree-sitter's because the words
 * must be unquoted exactly as bash does it, a tree with errors in it is of no
 * use to a gate, and a grammar module may be missing.
 *
 * Text is hostile: depth, words and commands are bounded. Thread: any. */
#ifndef FRIDAY_SAFETY_SHELL_PARSE_H
#define FRIDAY_SAFETY_SHELL_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/str.h"

enum shell_word_flags {
	SHELL_UNKNOWN = 1, /* holds what only the run can tell: $x, $(…) */
	SHELL_SPLITS = 2,  /* … unquoted: may become several words */
	SHELL_GLOB = 4,	   /* unquoted * ? [ */
	SHELL_QUOTED = 8,  /* a quote or backslash was in it */
	SHELL_TILDE = 16,  /* begins with an unquoted ~ */
};

/* What stands in a word's text for a part that is not known. */
#define SHELL_HOLE '\x01'

struct shell_word {
	struct str raw;	 /* as it stands in the line */
	struct str text; /* without quotes; NUL-terminated */
	unsigned flags;	 /* enum shell_word_flags */
};

enum shell_redirect_kind {
	SHELL_READ,	/* <, <> reads too */
	SHELL_WRITE,	/* >, >|, &>, <> */
	SHELL_APPEND,	/* >>, &>> */
	SHELL_DUPLICATE, /* 2>&1, <&3: no file */
	SHELL_HERE,	/* << and <<<: target is the text */
};

struct shell_redirect {
	enum shell_redirect_kind kind;
	struct shell_word target;
};

struct shell_assignment {
	struct str name;
	struct shell_word value; /* of an array: unknown */
};

enum shell_command_flags {
	SHELL_PIPE_IN = 1,  /* reads what another command writes */
	SHELL_PIPE_OUT = 2,
	SHELL_BACKGROUND = 4,
	SHELL_INNER = 8,    /* inside a substitution */
	SHELL_IN_FUNCTION = 16,
	SHELL_TEST = 32,    /* [[ … ]]: the words are its own */
	SHELL_EVALUATES = 64, /* arithmetic that looks into variables */
};

/* A simple command, or only assignments, or only the redirections of a
 * compound command (no words). */
struct shell_command {
	struct shell_assignment *assignments;
	size_t n_assignments;
	struct shell_word *words;
	size_t n_words;
	struct shell_redirect *redirects;
	size_t n_redirects;
	unsigned flags; /* enum shell_command_flags */
};

struct shell_line {
	struct shell_command *commands; /* in the order of their beginnings */
	size_t n;
	struct str *functions; /* names that the line defines */
	size_t n_functions;
	bool understood;
	char why[96]; /* not understood: what was met */
	struct shell_arena *arena;
};

/* *ret is initialised; release it. Never fails: what cannot be read makes
 * `understood` false; what was read until then is there all the same. */
void shell_line_parse(struct str text, struct shell_line *ret);
void shell_line_release(struct shell_line *line);
#define CLEANUP_SHELL_LINE CLEANUP(shell_line_release)

#endif
