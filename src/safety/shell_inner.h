/* What the two halves of the shell parser share: reading words (shell_word.c)
 * and reading commands (shell_parse.c). Nobody else includes it. */
#ifndef FRIDAY_SAFETY_SHELL_INNER_H
#define FRIDAY_SAFETY_SHELL_INNER_H

#include "base/buf.h"
#include "safety/shell_parse.h"

enum {
	SHELL_DEPTH_MAX = 40,
	SHELL_COMMANDS_MAX = 512,
	SHELL_WORDS_MAX = 8192,
	SHELL_HERES_MAX = 16,
	SHELL_FUNCTIONS_MAX = 64,
};
#define SHELL_TEXT_MAX ((size_t)256 * 1024)
#define SHELL_ARENA_MAX ((size_t)8 * 1024 * 1024)

struct shell_here {
	struct str end;	 /* the delimiter, without quotes */
	bool quoted;	 /* nothing in the body is expanded */
	bool strip_tabs; /* <<- */
	size_t command, redirect; /* whose target it is */
};

struct shell_parser {
	struct str text;
	size_t at;
	int depth;
	struct shell_line *line;
	unsigned inherited; /* command flags of what is around */
	struct shell_here heres[SHELL_HERES_MAX];
	size_t n_heres;
	size_t heres_around; /* of them, of commands around this one */
	size_t n_words; /* of the whole line */
	bool failed;
};

/* Copies into the line's memory. */
struct str shell_keep(struct shell_parser *p, struct str text);
void *shell_keep_array(struct shell_parser *p, const void *items,
    size_t size);
/* Marks the line as not understood; the first reason stays. */
void shell_fail(struct shell_parser *p, const char *why);

static inline char
shell_peek(const struct shell_parser *p, size_t ahead)
{
	return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

static inline bool
shell_at_end(const struct shell_parser *p)
{
	return p->failed || p->at >= p->text.len;
}

/* Reads one word. False: none is here (an operator, the end), or failed. */
bool shell_word_read(struct shell_parser *p, struct shell_word *ret,
    unsigned *ret_command_flags);
/* The body of a here-document or the inside of double quotes: text with
 * expansions, up to its end. */
void shell_word_expand(struct shell_parser *p, struct str body,
    struct shell_word *ret, unsigned *ret_command_flags);
/* Whether "((" stands here and closes as arithmetic; else it is two
 * subshells. */
bool shell_arithmetic_here(const struct shell_parser *p);
/* Arithmetic behind "((" up to its "))"; only numbers, names, operators and
 * the characters of `more`. */
void shell_arithmetic_read(struct shell_parser *p, const char *more);
/* Reads commands until `end` (')' or '}' or NUL for the end of the text). */
void shell_commands_read(struct shell_parser *p, char end);
/* Parses another text (of backquotes) as commands of this line. */
void shell_commands_of(struct shell_parser *p, struct str text);

#endif
