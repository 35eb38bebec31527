/* What changed, as pairs of contents: by a run, by a session, or in the
 * working tree since HEAD. */
#ifndef FRIDAY_CORE_CHANGE_PAIR_H
#define FRIDAY_CORE_CHANGE_PAIR_H

#include "core/host_undo.h"

enum change_scope { CHANGES_OF_RUN, CHANGES_OF_SESSION, CHANGES_OF_TREE };

struct change_pair {
	char *root, *path;
	char *shown; /* as faces name it */
	struct undo_state before, after;
	bool denied; /* on the deny list: no content is shown */
	bool known;  /* both contents are there and are files or nothing */
	bool binary;
	bool moved_on; /* the file is not as `after` says any more */
	struct buf before_bytes, after_bytes; /* when known */
};

struct change_pairs {
	struct change_pair *items;
	size_t n;
	char session[ID_SIZE], run[ID_SIZE];
};

struct change_wish {
	enum change_scope scope;
	struct str run;	 /* a run's; empty: the last one's */
	struct str path; /* only this one, as shown; empty: all */
};

/* Thread: any worker. Release ret, also after an error. Errors:
 * ERR_NOT_FOUND (nothing changed there), ERR_SESSION_NOT_FOUND,
 * ERR_GIT_NO_REPOSITORY. */
int change_pairs_read(struct op_call *call, const struct change_wish *wish,
    struct change_pairs *ret, struct error *err);
void change_pairs_release(struct change_pairs *p);
#define CLEANUP_CHANGE_PAIRS CLEANUP(change_pairs_release)

/* "create", "delete", "modify", "mode" or "type". */
const char *change_action(const struct undo_state *before,
    const struct undo_state *after);
/* Fills what a face wants to know of two contents; false: they are not shown
 * as text. Buffers of 16 MiB. */
bool change_read(struct undo *u, const struct undo_state *s,
    struct buf *out);
bool change_is_binary(struct str bytes);

#endif
