/* Undo points in the database: which call changed which paths, with the
 * hashes of what was there before and after. The contents are elsewhere
 * (undo/objects.h), and so is what to do with them (room undo).
 *
 * A point begins open, before anything changes, and is done when the change
 * is. One that is open without a living process was cut off by a kill. */
#ifndef FRIDAY_STORE_UNDO_H
#define FRIDAY_STORE_UNDO_H

#include "base/hash.h"
#include "store/store.h"

enum undo_kind { /* of a path; numbers are stored */
	UNDO_ABSENT = 0,
	UNDO_FILE = 1,
	UNDO_LINK = 2,
	UNDO_FOLDER = 3,
	UNDO_OTHER = 4, /* sockets, devices: never touched */
};

struct undo_state {
	enum undo_kind kind;
	unsigned mode; /* permission bits, 0 to 07777; of files and folders */
	int64_t bytes;
	char hash[HASH_SIZE]; /* of content or link target; "": not kept */
};

struct undo_entry {
	char *root; /* absolute folder of the workspace */
	char *path; /* below it, never starting with '/' */
	struct undo_state before, after;
};

enum undo_source { /* what made the point */
	UNDO_BY_FILES,	    /* a call of a file tool */
	UNDO_BY_COMMAND,    /* a command, to its end */
	UNDO_BY_BACKGROUND, /* seen at a turn's border while a shell ran */
	UNDO_BY_UNDO,
	UNDO_BY_REDO,
	UNDO_BY_REVERT, /* one hunk or file put back */
};
const char *undo_source_name(enum undo_source source);

struct undo_point {
	int64_t num; /* rises with time */
	char id[ID_SIZE];
	char session[ID_SIZE];
	char run[ID_SIZE]; /* the user's own run, also for a sub-run's calls */
	char call_id[64];
	enum undo_source source;
	char label[128]; /* tool or command, for lists */
	bool open;
	int64_t seq; /* the session's last event when it began */
	int64_t time_ms;
	int64_t undone_by; /* num of the point that took it back; 0: none */
	int64_t n_entries;
};

/* --- writing: any thread, waits for the commit -------------------------- */

/* A new open point with its entries. point->id, session, run, call_id, source
 * and label count. targets: points that it takes back (n 0: none); a redo's
 * one target gives back what that had taken. Errors:
 * ERR_SESSION_NOT_FOUND, db.h's. */
int store_undo_begin(struct store *s, const struct undo_point *point,
    const struct undo_entry *entries, size_t n, const int64_t *targets,
    size_t n_targets, int64_t *ret_num, struct error *err);
/* The point is done. entries NULL: those of the begin stay; else they take
 * their place, and a point without any is dropped. */
int store_undo_finish(struct store *s, int64_t num,
    const struct undo_entry *entries, size_t n, struct error *err);
/* Drops points from before `time_ms`, and those with num below `num`; open
 * ones stay. */
int store_undo_expire(struct store *s, int64_t time_ms, int64_t num,
    struct error *err);

/* --- reading ------------------------------------------------------------ */

struct undo_filter {
	const char *session; /* id; NULL: any */
	const char *run;     /* NULL: any */
	const char *id;	     /* a point's; NULL: any */
	int64_t num;	     /* 0: any */
	int64_t from_seq;    /* begun after event from_seq - 1; 0: any */
	int64_t since_ms;    /* 0: any */
	bool open_only;
	bool newest_first;
	bool with_trash; /* sessions in the trash too */
	size_t limit; /* 0: no limit */
};

typedef int undo_point_fn(const struct undo_point *point, void *ctx);
/* Oldest first. A non-zero return of fn ends the walk and is returned. */
int store_undo_points(struct store_reader *r, const struct undo_filter *f,
    undo_point_fn *fn, void *ctx, struct error *err);

typedef int undo_entry_fn(const struct undo_entry *entry, void *ctx);
/* In the order of root and path; the entry lives during the call. */
int store_undo_entries(struct store_reader *r, int64_t point,
    undo_entry_fn *fn, void *ctx, struct error *err);
/* Whether another session, or an undo in this one, has a point from since_ms on
 * that left this path in this state. */
bool store_undo_is_others(struct store_reader *r, const char *session,
    int64_t since_ms, const struct undo_entry *entry);
/* Whose point changed the path after point `num`, and is not undone: fills
 * *ret. False: none. */
bool store_undo_later(struct store_reader *r, int64_t num, const char *root,
    const char *path, struct undo_point *ret);

struct undo_stats {
	int64_t points, entries, open, oldest_ms;
};
int store_undo_stats(struct store_reader *r, struct undo_stats *ret,
    struct error *err);

#endif
