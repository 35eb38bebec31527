/* Where git looks for hooks: in the repository, in core.hooksPath, in the
 * template of new repositories; and which hook manager is at home there. */
#ifndef FRIDAY_GIT_HOOK_PLACE_H
#define FRIDAY_GIT_HOOK_PLACE_H

#include "git/hook_script.h"
#include "git/repository.h"

enum hook_scope {
	HOOK_SCOPE_REPOSITORY,
	HOOK_SCOPE_GLOBAL,   /* core.hooksPath of the user */
	HOOK_SCOPE_TEMPLATE, /* init.templateDir of the user */
};

/* A program that writes hooks by itself, from a file of its own. */
struct hook_manager {
	const char *name;
	/* It writes its hooks anew whenever it likes: ours would be gone, so
	 * it has to call us. */
	bool must_call;
	const char *advice; /* for hook_advice_print() */
};

struct hook_place {
	char *folder; /* of the hooks, absolute; may be missing */
	char *top;    /* of the working tree; NULL: bare, or no repository */
	bool by_setting; /* the user or the repository set core.hooksPath */
	bool global;	 /* what is installed for all is run before these */
	bool in_tree;	 /* below top: what a team shares */
	enum hook_script_kind kind;
	const struct hook_manager *manager; /* NULL: none */
};

/* Release ret, also after an error. Scope global and template: the folder is
 * ours where nothing is set (kind global, or by_setting false). Errors:
 * ERR_GIT_NO_REPOSITORY, ERR_GIT, ERR_NOT_FOUND (no git, no home). */
int hook_place_find(const char *folder, enum hook_scope scope,
    struct hook_place *ret, struct error *err);
void hook_place_release(struct hook_place *p);
#define CLEANUP_HOOK_PLACE CLEANUP(hook_place_release)

/* The manager of that name; NULL: none. */
const struct hook_manager *hook_manager_find(const char *name);
/* Appends the text with each "NAME" in it replaced by the hook's. */
void hook_advice_print(const char *advice, const char *name,
    struct buf *out);
/* Whether git has this hook under version control. */
bool hook_place_tracks(const struct hook_place *p, const char *name);

/* Points git's setting to the folder (global, template), or takes that back
 * where it still points there. Nothing to do in a repository. Errors:
 * ERR_GIT. */
int hook_place_set(const struct hook_place *p, enum hook_scope scope,
    struct error *err);
int hook_place_unset(const struct hook_place *p, enum hook_scope scope,
    struct error *err);

#endif
