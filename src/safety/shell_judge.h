/* What a command line may do: each simple command of it judged on its own,
 * looking through wrappers (env, sudo, xargs, sh -c, find -exec …), so that
 * rules can be held against what is really run (safety/policy.h).
 *
 * A bias runs through all of it: "it only reads" is said of what is known to;
 * "it destroys" of every form that may; what cannot be told is said to be so.
 * Thread: any. */
#ifndef FRIDAY_SAFETY_SHELL_JUDGE_H
#define FRIDAY_SAFETY_SHELL_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "safety/policy.h"

enum shell_place {
	SHELL_INSIDE,  /* of the workspace */
	SHELL_OUTSIDE,
	SHELL_DENIED,  /* on the deny list */
	SHELL_GUARDED, /* inside, but decides what friday or git do */
};

/* Questions about the disk; any may be NULL: then paths are outside, and
 * nothing exists. `path` may be relative to `folder` (absolute). */
struct shell_judge_opts {
	const char *folder; /* where the line runs; absolute */
	const char *home;   /* for ~; NULL: unknown */
	/* Reading is held within bounds by the sandbox: a reader may be given
	 * a path that only the run knows. */
	bool confined;
	enum shell_place (*place)(struct str path, const char *folder,
	    void *ctx);
	bool (*exists)(struct str path, const char *folder, void *ctx);
	/* Whether writing the file anew would lose something: it is there and
	 * not as git has it. */
	bool (*loses)(struct str path, const char *folder, void *ctx);
	void *ctx;
};

struct shell_judgement {
	struct policy_part *parts;
	size_t n_parts;
	unsigned effects; /* of all parts; at least EFFECT_READS_FILES */
	char **paths;	  /* that the line names, as written */
	size_t n_paths;
	char **hosts; /* of URLs and user@host */
	size_t n_hosts;
	char **texts; /* own the parts' strings */
	size_t n_texts;
};

/* *ret is initialised; release it. Never fails: what is not understood is one
 * part with EFFECT_OPAQUE. */
void shell_judge(struct str line, const struct shell_judge_opts *opts,
    struct shell_judgement *ret);
void shell_judgement_release(struct shell_judgement *j);
#define CLEANUP_SHELL_JUDGEMENT CLEANUP(shell_judgement_release)

#endif
