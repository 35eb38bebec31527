/* The one launcher of commands: from a profile and options to the command line
 * and environment with which base/proc (or an exec) starts the helper program
 * friday-sandbox. What each layer stops is in docs/security.md.
 *
 *	struct sandbox_opts opts = SANDBOX_OPTS_INIT;
 *	CLEANUP_SANDBOX_START struct sandbox_start start = SANDBOX_START_INIT;
 *	…
 *	rc = sandbox_start_init(&start, &opts, argv, err);
 *	proc_opts.argv = start.argv; proc_opts.environ_ = start.environ_;
 *
 * Thread: any; one call at a time for each sandbox_walk. */
#ifndef FRIDAY_SAFETY_SANDBOX_H
#define FRIDAY_SAFETY_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct deny_list;
struct sandbox_walk;

#define SANDBOX_PROGRAM "friday-sandbox"

enum sandbox_profile {
	SANDBOX_WORKSPACE, /* workspace, temp and caches writable */
	SANDBOX_READ_ONLY, /* temp writable */
	SANDBOX_PROFILE_COUNT,
};

/* What must be there before a command runs without a question. */
enum sandbox_layer {
	SANDBOX_NAMESPACES = 1 << 0,
	SANDBOX_NETWORK = 1 << 1,
	SANDBOX_LANDLOCK = 1 << 2,
	SANDBOX_SECCOMP = 1 << 3,
};

/* 0: no limit. */
struct sandbox_limits {
	uint64_t memory_bytes;	  /* of all processes together */
	uint64_t processes;	  /* and threads */
	uint64_t files;		  /* open ones of one process */
	uint64_t file_size_bytes; /* of one file */
	uint64_t disk_bytes;	  /* of the temporary space */
	uint64_t cpu_ms;	  /* of all processes together */
	uint64_t timeout_ms;
};

struct sandbox_opts {
	enum sandbox_profile profile;
	const char *const *roots; /* of the workspace: absolute, no links */
	size_t n_roots;
	const char *folder;	     /* where it starts; NULL: first root */
	const char *home;	     /* NULL: none */
	const char *cache_folder;    /* of friday; NULL: no caches */
	const char *const *readable; /* further folders; may be NULL */
	size_t n_readable;
	const char *const *environ_;  /* to choose from; NULL: ours */
	const char *const *env_names; /* further names that may pass, or NULL */
	size_t n_env_names;
	struct deny_list *deny;	      /* NULL: nothing is hidden */
	struct sandbox_walk *walk;    /* kept between calls; NULL: none */
	const char *proxy;	      /* net/proxy's socket; NULL: no network */
	struct sandbox_limits limits;
	unsigned without;	      /* enum sandbox_layer: known to miss */
	int grace_ms;		      /* between a request to end and SIGKILL */
	int parent; /* goes when this process has gone; 0: not so */
	/* The user has approved a change of what is else protected (hooks,
	 * git's configuration, what editors and CI run). */
	bool unprotected;
	/* Runs beside other work for long: what comes to be meanwhile under a
	 * protected name may be the user's own, and stays. */
	bool lasting;
	const char *cgroup; /* tests: where groups may be made */
	int landlock_abi;   /* tests: at most this one; 0: the newest */
};

#define SANDBOX_GRACE_MS 200
#define SANDBOX_LIMITS_INIT                                                   \
	{ .memory_bytes = 0, .processes = 4096, .files = 65536,               \
	    .disk_bytes = 2048ULL * 1024 * 1024 }
#define SANDBOX_OPTS_INIT                                                     \
	((struct sandbox_opts){ .limits = SANDBOX_LIMITS_INIT,                \
	    .grace_ms = SANDBOX_GRACE_MS })

/* Arguments of a command line; owned strings, NULL at the end. */
struct sandbox_args {
	char **items;
	size_t n, room;
};

struct sandbox_start {
	struct sandbox_args args, env;
	const char *const *argv;     /* NULL at the end */
	const char *const *environ_; /* NULL at the end */
};

#define SANDBOX_START_INIT ((struct sandbox_start){ .argv = NULL })
#define CLEANUP_SANDBOX_START CLEANUP(sandbox_start_release)

/* The command is looked for on the PATH of the result, as execvp() would.
 * Errors: ERR_NOT_FOUND (no such program; our helper is missing),
 * ERR_INVALID (a workspace that cannot be one: "/", a folder of the system),
 * ERR_TOO_LARGE (more secrets in the workspace than can be hidden), ERR_IO. */
int sandbox_start_init(struct sandbox_start *start,
    const struct sandbox_opts *opts, const char *const *command,
    struct error *err);
void sandbox_start_release(struct sandbox_start *start);

const char *sandbox_profile_name(enum sandbox_profile profile);
bool sandbox_profile_by_name(struct str name, enum sandbox_profile *ret);

/* What the machine has: asks the helper once for each process. */
struct sandbox_layers {
	unsigned present; /* enum sandbox_layer */
	bool cgroup;	  /* one is delegated: limits hold at once */
	int landlock_abi;
};
int sandbox_layers_find(struct sandbox_layers *ret, struct error *err);
/* "the network namespace, Landlock": names of the layers, for people. */
void sandbox_layers_print(unsigned layers, struct buf *out);
/* All that a run should have. */
#define SANDBOX_ALL_LAYERS                                                    \
	(SANDBOX_NAMESPACES | SANDBOX_NETWORK | SANDBOX_LANDLOCK |            \
	    SANDBOX_SECCOMP)

#endif
