/* Checks the whole audit log: that no row was changed, taken out, put in,
 * moved or cut off, as far as the seals and the heads kept apart reach. */
#ifndef FRIDAY_AUDIT_VERIFY_H
#define FRIDAY_AUDIT_VERIFY_H

#include "base/buf.h"
#include "base/cancel.h"
#include "store/audit.h"

enum audit_fault_kind {
	AUDIT_CHANGED,	/* the row's content does not fit its hashes */
	AUDIT_MISSING,	/* rows are not there */
	AUDIT_BROKEN,	/* the row does not go on from the one before */
	AUDIT_ERASED,	/* its body is gone, but no deletion says why */
	AUDIT_SEAL,	/* a signature is wrong, or fits no row */
	AUDIT_OTHER_KEY, /* sealed with another key than the pinned one */
	AUDIT_CUT,	/* the log ends before a head that was kept apart */
	AUDIT_FAULT_KINDS
};

/* "changed"; static. */
const char *audit_fault_name(enum audit_fault_kind kind);

struct audit_fault {
	enum audit_fault_kind kind;
	int64_t seq;	 /* the first row concerned */
	int64_t time_ms; /* of that row, or the last good one before */
	char text[160];	 /* one sentence */
};

/* A head that was kept apart (audit/heads.h). */
struct audit_head {
	int64_t seq, time_ms;
	char hash[HASH_SIZE];
};

struct audit_verify_opts {
	const char *key; /* the public key that seals must have, hex; NULL */
	const struct audit_head *heads; /* by seq, of this database */
	size_t n_heads;
	/* Each fault, in order, at most FAULTS_MAX of them. */
	void (*fault)(const struct audit_fault *fault, void *ctx);
	void *ctx;
	const struct cancel *cancel; /* may be NULL */
};

struct audit_verdict {
	int64_t rows, seals, erased, faults;
	int64_t unsealed; /* rows behind the last seal */
	char head[HASH_SIZE];
};

#define AUDIT_FAULTS_MAX 1000

/* Errors: ERR_CANCELLED, the store's. A log with faults is no error: see
 * ret->faults. */
int audit_verify(struct store_reader *r, const struct audit_verify_opts *opts,
    struct audit_verdict *ret, struct error *err);

#endif
