/* What the files of this room share: the open store, and whose rows it sees.
 * Not for other rooms. */
#ifndef FRIDAY_STORE_INNER_H
#define FRIDAY_STORE_INNER_H

#include <stdatomic.h>

#include "store/audit.h"
#include "store/db.h"
#include "store/store.h"
#include "store/writer.h"

/* Every row belongs to a tenant and a user; every statement names them. */
struct scope {
	char *tenant, *user;
	const struct store_audit *audit; /* the record of it; NULL: none */
	/* This process has put rows that have no seal. NULL in a reader, like
	 * the next. */
	atomic_bool *open_rows;
	bool *sealed; /* the writer thread's: by the present transaction */
};

struct store {
	char *path; /* of the database */
	struct scope scope;
	struct store_audit audit;
	atomic_bool open_rows; /* scope's */
	bool sealed;	       /* scope's */
	int64_t told_seal;	/* the last one that audit.sealed heard of */
	char holder[ID_SIZE]; /* this store's row in `holder` */
	atomic_bool has_holder; /* that row was made */
	int lock_fd;		/* shared lock: the store is open */
	int busy_ms;
	struct writer *writer;
	void (*on_stored)(struct event *ev, void *ctx);
	void (*on_fault)(const struct error *err, void *ctx);
	void *ctx;
};

struct store_reader {
	struct db *db;
	char *path;
	struct scope scope;
};

#define STORE_BUSY_MS 5000 /* unless the opener says something else */

/* The number of a session of this scope: what other tables point to. Errors:
 * ERR_SESSION_NOT_FOUND. */
int session_number(struct db *db, const struct scope *scope, const char *id,
    int64_t *ret, struct error *err);
/* Whether a process works on the session: its lease is held, by another store
 * than `holder` (NULL: by any). */
int lease_is_held(struct db *db, int64_t session, const char *holder,
    bool *ret, struct error *err);
/* Lets go of all that the store holds; keeps its open reservations. */
int lease_release_all(struct db *db, void *args, struct error *err);
/* Renews the sign of life. */
int lease_beat(struct db *db, void *args, struct error *err);
/* The event of a row: seq, type, time_ms, run, parent_call, message_id,
 * members. NULL: its type is not known. */
struct event *event_of_row(struct db_rows *rows, const char *session);
/* `text` as a LIKE pattern that finds it anywhere (escape: \). */
void like_pattern(struct str text, struct buf *out);

#endif
