/* The sandbox of one friday: the settings that all its commands share, what
 * the machine lacks, and what is remembered between two commands. Every command
 * that a model or a plugin wants run is prepared here.
 *
 * What happens when the machine lacks a layer is the user's choice
 * (`sandbox.mode`): see enum launcher_mode. A weaker run is never silent.
 *
 * Thread: any. */
#ifndef FRIDAY_SAFETY_LAUNCHER_H
#define FRIDAY_SAFETY_LAUNCHER_H

#include "base/cleanup.h"
#include "base/str.h"
#include "safety/sandbox.h"

enum launcher_mode {
	LAUNCHER_REQUIRED, /* a command without all layers is refused */
	LAUNCHER_ASK,	   /* it is asked about, each time, in every mode */
	LAUNCHER_OFF,	   /* no sandbox at all: every command is asked about */
};

struct launcher;

/* Copied. */
struct launcher_opts {
	enum launcher_mode mode;
	const char *home, *cache_folder; /* NULL: none */
	const char *const *readable;
	size_t n_readable;
	const char *const *env_names;
	size_t n_env_names;
	struct sandbox_limits limits;
	struct deny_list *deny; /* borrowed; outlives the launcher */
	/* The socket of a proxy that leads to the allowed hosts, started when
	 * first asked for; NULL: none. Any thread. NULL: no network ever. */
	const char *(*proxy)(void *ctx, struct error *err);
	void *ctx;
	bool network; /* all commands get it, not only who asks */
};

struct launcher *launcher_create(const struct launcher_opts *opts);
void launcher_destroy(struct launcher *l);
DEFINE_CLEANUP(launcher_destroy, struct launcher);

enum launcher_mode launcher_mode_of(const struct launcher *l);
bool launcher_mode_by_name(struct str name, enum launcher_mode *ret);

/* Layers that a command would run without (enum sandbox_layer); 0: none. The
 * first call starts a process and waits for it. */
unsigned launcher_missing(struct launcher *l);
/* A sentence for the question before a command, or "" where all is there. */
void launcher_warning(struct launcher *l, struct buf *out);
int launcher_landlock_abi(struct launcher *l);

struct launch {
	enum sandbox_profile profile;
	const char *const *command;
	const char *const *roots; /* absolute, without links */
	size_t n_roots;
	const char *folder;	     /* NULL: the first root */
	const char *const *environ_; /* to choose from; NULL: ours */
	bool network; /* through the proxy */
	const struct sandbox_limits *limits; /* NULL: the launcher's */
	int grace_ms;
	int parent;		     /* as in sandbox_opts, where that */
	bool stay;		     /* is set, or there is a network */
	bool unprotected;
	bool lasting;
	bool accept_missing; /* a person was asked and said yes */
};

#define LAUNCH_INIT                                                           \
	((struct launch){ .profile = SANDBOX_WORKSPACE,                       \
	    .grace_ms = SANDBOX_GRACE_MS })

/* Fills an initialised start; release it also after an error. Errors: those of
 * sandbox_start_init(); ERR_SANDBOX_MISSING (a layer misses and that is not
 * accepted; the message names it). */
int launcher_prepare(struct launcher *l, const struct launch *launch,
    struct sandbox_start *ret, struct error *err);
/* The settings' limits. */
const struct sandbox_limits *launcher_limits(const struct launcher *l);

#endif
