/* What the parts of the shell parser share. Nobody else includes it.
 *
 *	shell_parse.c     lists, pipelines, the whole line
 *	shell_compound.c  if, for, case, [[ … ]], ( … ), …
 *	shell_simple.c    assignments and words, functions
 *	shell_redirect.c  redirections, here-documents
 *	shell_word.c      a word: quotes and expansions
 *	shell_scan.c      blanks, line feeds, reserved words
 *	shell_draft.c     a command in the making
 *	shell_memory.c    what a line keeps */
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

/* A command whose arrays grow. They are its own; those of a command of the
 * line are the line's. */
struct shell_draft {
	struct shell_command c;
};

void shell_draft_release(struct shell_draft *d);
#define CLEANUP_SHELL_DRAFT CLEANUP(shell_draft_release)
void shell_draft_word(struct shell_draft *d, const struct shell_word *w);
/* Takes the next place of the line. */
size_t shell_reserve(struct shell_parser *p);
/* Copies to a place that was taken. */
void shell_put(struct shell_parser *p, size_t at, const struct shell_draft *d);

struct shell_arena *shell_arena_create(void);
/* Copies into the line's memory. */
struct str shell_keep(struct shell_parser *p, struct str text);
void *shell_keep_array(struct shell_parser *p, const void *items,
    size_t size);
/* Grows an array to the next power of two where that is needed. */
void *shell_room(void *items, size_t n, size_t size);
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

/* Blanks, comments, lines that go on. */
void shell_skip_blanks(struct shell_parser *p);
/* The same with line feeds, and the here-documents behind them. */
void shell_skip_lines(struct shell_parser *p);
bool shell_at_word_end(char c);
/* Whether this unquoted word stands here; any of these, up to NULL. */
bool shell_at(const struct shell_parser *p, const char *word);
bool shell_at_any(const struct shell_parser *p, const char *const *words);
/* Goes behind the word if it stands here. */
bool shell_take(struct shell_parser *p, const char *word);
/* The same over line feeds; fails where another one stands. */
void shell_expect(struct shell_parser *p, const char *word);
/* Of a function or a variable. */
bool shell_is_name(struct str s);

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
bool shell_redirect_here(const struct shell_parser *p);
/* One redirection, if there is one. `at`: the command's place. */
bool shell_redirect_read(struct shell_parser *p, struct shell_draft *d,
    size_t at);
/* The bodies of here-documents follow the line that names them. */
void shell_heres_read(struct shell_parser *p);
/* Behind "name ()" or "function name". */
void shell_function_read(struct shell_parser *p, struct str name);
void shell_simple_read(struct shell_parser *p);
/* Redirections behind a compound command, as a command without words. */
void shell_trailing_redirects(struct shell_parser *p);
/* False: none begins here. */
bool shell_compound_read(struct shell_parser *p);
void shell_command_read(struct shell_parser *p);
/* Commands up to a reserved word that ends a list, a ")", ";;" or the end. */
void shell_list_read(struct shell_parser *p);
/* Reads commands until `end` (')' or '}' or NUL for the end of the text). */
void shell_commands_read(struct shell_parser *p, char end);
/* Parses another text (of backquotes) as commands of this line. */
void shell_commands_of(struct shell_parser *p, struct str text);

#endif
