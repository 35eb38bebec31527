/* ripgrep as a sieve: where it is installed and there is much to search, it
 * says which files can hold a match, and grep looks at those alone. What is
 * ignored, what fits, the order and the limits are decided by grep itself, so
 * the results are the same with and without it; and as nothing that ripgrep
 * reads comes out of it but names of files that grep gave it, it opens no way
 * out of the workspace.
 *
 * It is started without a shell and without its configuration file; pattern
 * and paths cannot be read as options. A program that lies in the workspace
 * itself is never taken for ripgrep. */
#ifndef FRIDAY_TOOLS_GREP_RG_H
#define FRIDAY_TOOLS_GREP_RG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "base/units.h"

struct tool_call;

/* With fewer bytes to search, starting a program costs more than it saves. */
#define GREP_RG_BYTES_MIN (4 * MIB)

struct grep_rg_opts {
	const struct tool_call *call; /* environment, time limit, cancel */
	const char *folder;	      /* absolute */
	struct str pattern;	      /* has compiled as PCRE2 */
	unsigned flags;		      /* enum grep_flags */
	char *const *files;	      /* in the folder, sorted by bytes */
	size_t n_files;
};

/* Sets ret_fits[i] for each file that can hold a match. 1: it did; 0: ripgrep
 * is missing or cannot answer, look at all files; negative: ERR_CANCELLED,
 * ERR_TOOL_TIMEOUT. ret_fits has n_files false items, and is undefined after
 * 0. Blocking; thread: a run's. */
int grep_rg_sieve(const struct grep_rg_opts *opts, bool *ret_fits,
    struct error *err);

#endif
