/* Parsing of source text by tree-sitter, with limits, and what is wrong in a
 * text.
 *
 * Thread: any; a tree is used by one thread at a time. Text that is passed in
 * is hostile: parsing stops at a size, at a deadline and when cancelled. */
#ifndef FRIDAY_SYNTAX_SYNTAX_H
#define FRIDAY_SYNTAX_SYNTAX_H

#include <stddef.h>
#include <stdint.h>

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/units.h"
#include "syntax/language.h"

struct syntax_tree;

struct syntax_opts {
	size_t bytes_max;      /* of text; below 4 GiB */
	int timeout_ms;	       /* for a whole call; above 0 */
	struct cancel *cancel; /* may be NULL */
};

#define SYNTAX_OPTS_INIT                                                      \
	((struct syntax_opts){ .bytes_max = 4 * MIB, .timeout_ms = 2000 })

/* Parses a whole text, which must outlive the tree. opts NULL: the defaults.
 * Errors: ERR_UNSUPPORTED (no grammar), ERR_TOO_LARGE, ERR_TIMEOUT,
 * ERR_CANCELLED. */
int syntax_parse(const struct language *language, struct str text,
    const struct syntax_opts *opts, struct syntax_tree **ret,
    struct error *err);
void syntax_tree_destroy(struct syntax_tree *tree);
DEFINE_CLEANUP(syntax_tree_destroy, struct syntax_tree);

enum { SYNTAX_ERRORS_SHOWN = 8 };

struct syntax_errors {
	size_t count; /* all of them; counting stops at 10,000 */
	size_t n_shown;
	struct syntax_error {
		uint32_t line, column; /* from 1; column in bytes */
		char message[96];      /* what is missing or not understood */
	} shown[SYNTAX_ERRORS_SHOWN];  /* the first ones, in order */
};

/* What a tree has of errors. Macros make them normal in C and C++: compare
 * before and after instead of asking for none. */
void syntax_errors(const struct syntax_tree *tree, struct syntax_errors *ret);
/* The errors of `after` that `before` did not have: an error whose line reads
 * the same in both is an old one. Errors: as syntax_parse. */
int syntax_new_errors(const struct language *language, struct str before,
    struct str after, const struct syntax_opts *opts,
    struct syntax_errors *ret, struct error *err);

#endif
