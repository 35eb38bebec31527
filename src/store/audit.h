/* The audit log's rows: appended in the transaction of what they tell about,
 * never changed afterwards. What they say and who signs is the business of
 * the room audit; this file keeps the chain.
 *
 * Each row carries
 *
 *	body_hash = BLAKE2b-256 over salt, resource_id and body, as below
 *	hash      = BLAKE2b-256 over these texts, each with its length in
 *		    bytes in front (4 bytes, little-endian):
 *		    "friday audit 1", hash of the row before ("" in the
 *		    first), seq, time_ms, user, action, resource, session,
 *		    run, body_hash
 *
 * with numbers in decimal and hashes in hex (docs/audit.md). Deleting a
 * session takes away salt, resource_id and body of its rows (nothing can be
 * guessed from body_hash then); the chain still verifies. */
#ifndef FRIDAY_STORE_AUDIT_H
#define FRIDAY_STORE_AUDIT_H

#include "base/hash.h"
#include "base/str.h"
#include "store/store.h"

#define AUDIT_LABEL "friday audit 1"
#define AUDIT_SIGNATURE_SIZE 129 /* 128 hex digits and the NUL */
#define AUDIT_BODY_MAX (64 * 1024)

/* A row to be. Strings are borrowed until the call returns. */
struct audit_draft {
	const char *action;   /* "tool.call"; the table is in audit/actions.h */
	const char *resource; /* kind: "file", "tool", "host" */
	struct str resource_id;
	const char *session, *run; /* NULL: none */
	struct str body;	   /* one JSON object */
};

struct audit_seal {
	int64_t seq, time_ms; /* of the last row that it covers */
	char hash[HASH_SIZE]; /* of that row */
	char key[HASH_SIZE];  /* public key, hex */
	char signature[AUDIT_SIGNATURE_SIZE];
};

struct undo_entry;
struct undo_point;

/* How a store keeps the log; in struct store_opts. Called by the writer
 * thread, inside the transaction where nothing else is said. */
struct store_audit {
	const char *user; /* whose account this is; outlives the store */
	/* Calls `put` for each row that an event makes; event_seq is its
	 * number. A failure is the unit's: nothing is stored without its
	 * record. */
	int (*rows)(const struct event *ev, int64_t event_seq,
	    int (*put)(const struct audit_draft *draft, void *put_ctx,
	    struct error *err), void *put_ctx, void *ctx, struct error *err);
	/* The same for a file that a point of undo has changed, or is about
	 * to change. entry NULL: what the point announced was not done. */
	int (*change)(const struct undo_point *point,
	    const struct undo_entry *entry,
	    int (*put)(const struct audit_draft *draft, void *put_ctx,
	    struct error *err), void *put_ctx, void *ctx, struct error *err);
	/* Signs seal->seq, time_ms and hash; fills key and signature. */
	int (*sign)(struct audit_seal *seal, void *ctx, struct error *err);
	/* Whether an event of this type ends something: a seal follows. */
	bool (*ends)(enum event_type type);
	/* A seal is there now: after the commit, outside a transaction. Not
	 * each one is told, but always the last. May be NULL. */
	void (*sealed)(const struct audit_seal *seal, void *ctx);
	int seal_every;	   /* rows without a seal, at most */
	int seal_after_ms; /* between seals, while there are new rows */
	void *ctx;
};

/* A row as it is stored; texts live during the callback. */
struct audit_row {
	int64_t seq, time_ms;
	struct str user, action, resource, resource_id, session, run;
	struct str salt, body; /* ptr NULL: taken away */
	struct str body_hash, hash;
};

/* A row that no event makes: an access to a secret, a changed setting. Waits
 * for the commit (synced). */
int store_audit_append(struct store *s, const struct audit_draft *draft,
    struct error *err);
/* Seals what is there now. Waits. Nothing to seal is no error. */
int store_audit_seal(struct store *s, struct error *err);

struct audit_filter {
	/* NULL: any. resource_id counts only with resource. */
	const char *user, *action, *resource, *resource_id, *session, *run;
	int64_t from_ms, until_ms; /* 0: no bound */
	int64_t after_seq;
	size_t limit; /* 0: all */
};

typedef int audit_row_fn(const struct audit_row *row, void *ctx);
/* In order of seq. A non-zero return ends the walk and is returned. */
int store_audit_walk(struct store_reader *r,
    const struct audit_filter *filter, audit_row_fn *fn, void *ctx,
    struct error *err);
typedef int audit_seal_fn(const struct audit_seal *seal, void *ctx);
/* Those with seq > after, in order; as above. */
int store_audit_seals(struct store_reader *r, int64_t after,
    audit_seal_fn *fn, void *ctx, struct error *err);
/* The newest row's number and hash; 0 and "" when there is none. */
int store_audit_head(struct store_reader *r, int64_t *ret_seq,
    char ret_hash[HASH_SIZE], struct error *err);

/* The two hashes, as the layout above says. `before`: the hash of the row
 * before. */
void audit_hash_body(const struct audit_row *row, char out[HASH_SIZE]);
void audit_hash_row(const struct audit_row *row, struct str before,
    char out[HASH_SIZE]);

#endif
