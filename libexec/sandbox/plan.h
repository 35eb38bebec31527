/* What friday-sandbox is asked to do: its arguments, read once.
 *
 *	friday-sandbox [OPTION [VALUE]]… -- COMMAND [ARGUMENT…]
 *	friday-sandbox --probe
 *
 * The one who writes them is src/safety/sandbox.c; the table of options is in
 * plan.c. Strings are borrowed from argv. Paths are absolute and real (no
 * symbolic link in them): one that has become a link meanwhile is refused. */
#ifndef FRIDAY_LIBEXEC_SANDBOX_PLAN_H
#define FRIDAY_LIBEXEC_SANDBOX_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum place_kind {
	PLACE_READ,    /* as on the host, read-only */
	PLACE_WRITE,   /* as on the host, writable; a mount point of its own */
	PLACE_LINK,    /* a symbolic link to `target` */
	PLACE_PRIVATE, /* an empty folder of the run's own temporary space */
	PLACE_PROTECT, /* read-only inside a writable place, if it exists */
	PLACE_MASK,    /* cannot be opened, if it exists */
	PLACE_GUARD,   /* must not come to be; see guard.c */
};

/* A file and the folder that it is in, as they were at the start. */
struct mark {
	dev_t folder_dev;
	ino_t folder_ino;
	dev_t dev;
	ino_t ino;
};

struct place {
	enum place_kind kind;
	const char *path;
	const char *target;
	bool there; /* guard.c: mark is set */
	struct mark mark;
};

/* A layer that the plan or the kernel can be without. */
enum layer {
	LAYER_NAMESPACES = 1 << 0, /* user, mount, pid, ipc, uts, cgroup */
	LAYER_NETWORK = 1 << 1,
	LAYER_LANDLOCK = 1 << 2,
	LAYER_SECCOMP = 1 << 3,
};

struct limits {
	uint64_t memory_bytes;	  /* all processes together; 0: no limit */
	uint64_t processes;	  /* processes and threads */
	uint64_t files;		  /* open ones of one process */
	uint64_t file_size_bytes; /* one file */
	uint64_t disk_bytes;	  /* of the temporary space */
	uint64_t cpu_ms;	  /* all processes together */
	uint64_t timeout_ms;	  /* wall time */
};

struct plan {
	struct place *places; /* in the order in which they are made */
	size_t n_places;
	const char *folder;   /* where the command starts */
	const char *proxy;    /* unix socket that takes the listener; or NULL */
	const char *cgroup;   /* folder of a delegated group; NULL: found */
	struct limits limits;
	unsigned without;     /* enum layer: the caller knows that it misses */
	int landlock_abi;     /* at most; tests hold it down */
	int grace_ms;	      /* between a request to end and SIGKILL */
	int parent; /* we go when it has gone; 0: not so */
	bool probe;
	char **command;
};

/* Reads argv; puts the value out in words and returns false on a mistake. */
bool plan_read(struct plan *plan, int argc, char **argv);

#endif
