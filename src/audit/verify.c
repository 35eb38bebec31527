/* Walks the chain once; see verify.h. */
#include "audit/verify.h"

#include <stdarg.h>
#include <stdio.h>

#include "audit/audit_key.h"
#include "base/map.h"
#include "base/mem.h"

struct seals {
	struct audit_seal *items;
	size_t n, cap;
};

struct check {
	const struct audit_verify_opts *opts;
	struct audit_verdict *verdict;
	struct seals seals;
	size_t next_seal, next_head;
	int64_t end;  /* the last row looked at: later ones may come */
	int64_t seen; /* the last one that did */
	char before[HASH_SIZE]; /* hash of the row before, as it is stored */
	int64_t last_seq, last_time_ms;
	/* Sessions whose bodies are gone, with the first such row, until a
	 * row says that they were deleted. */
	struct map *erased;
};

const char *
audit_fault_name(enum audit_fault_kind kind)
{
	static const char *const names[AUDIT_FAULT_KINDS] = {
		[AUDIT_CHANGED] = "changed", [AUDIT_MISSING] = "missing",
		[AUDIT_BROKEN] = "broken", [AUDIT_ERASED] = "erased",
		[AUDIT_SEAL] = "seal", [AUDIT_OTHER_KEY] = "other_key",
		[AUDIT_CUT] = "cut",
	};

	return names[kind];
}

static void __attribute__((format(printf, 5, 6)))
report(struct check *c, enum audit_fault_kind kind, int64_t seq,
    int64_t time_ms, const char *format, ...)
{
	struct audit_fault f = { .kind = kind, .seq = seq,
		.time_ms = time_ms };
	va_list args;

	va_start(args, format);
	vsnprintf(f.text, sizeof(f.text), format, args);
	va_end(args);
	if (c->verdict->faults++ < AUDIT_FAULTS_MAX && c->opts->fault != NULL)
		c->opts->fault(&f, c->opts->ctx);
}

static int
keep_seal(const struct audit_seal *seal, void *ctx)
{
	struct seals *s = ctx;

	s->items = mem_grow(s->items, &s->cap, s->n + 1, sizeof(*s->items));
	s->items[s->n++] = *seal;
	return 0;
}

static void
check_place(struct check *c, const struct audit_row *row)
{
	if (row->seq != c->last_seq + 1)
		report(c, AUDIT_MISSING, c->last_seq + 1, c->last_time_ms,
		    "entries %lld to %lld are missing",
		    (long long)c->last_seq + 1, (long long)row->seq - 1);
}

static void
check_hashes(struct check *c, const struct audit_row *row)
{
	char hash[HASH_SIZE], body_hash[HASH_SIZE];
	bool body_fits = true;

	if (row->body.ptr != NULL) {
		audit_hash_body(row, body_hash);
		body_fits = str_eq_c(row->body_hash, body_hash);
	} else { /* nothing of an erased body may be left, or put in */
		body_fits = row->salt.ptr == NULL && row->resource_id.len == 0;
	}
	audit_hash_row(row, str_from(c->before), hash);
	if (!body_fits)
		report(c, AUDIT_CHANGED, row->seq, row->time_ms,
		    "the content of entry %lld was changed",
		    (long long)row->seq);
	else if (!str_eq_c(row->hash, hash))
		report(c, AUDIT_BROKEN, row->seq, row->time_ms,
		    "entry %lld does not go on from entry %lld: one of them "
		    "was changed, moved or put in", (long long)row->seq,
		    (long long)row->seq - 1);
}

/* A body may only be gone when its session was deleted, which a later row
 * says. */
static void
note_deletion(struct check *c, const struct audit_row *row)
{
	if (str_eq(row->action, STR("session.delete")))
		map_remove(c->erased, row->resource_id);
}

static void
note_erased(struct check *c, const struct audit_row *row)
{
	int64_t *first;

	if (row->body.ptr != NULL)
		return;
	c->verdict->erased++;
	if (map_has(c->erased, row->session))
		return;
	first = mem_new(int64_t);
	*first = row->seq;
	map_set(c->erased, row->session, first);
}

static void
check_seals(struct check *c, const struct audit_row *row)
{
	for (; c->next_seal < c->seals.n; c->next_seal++) {
		const struct audit_seal *s = &c->seals.items[c->next_seal];

		if (s->seq > row->seq)
			return;
		c->verdict->seals++;
		if (s->seq < row->seq || !str_eq_c(row->hash, s->hash))
			report(c, AUDIT_SEAL, s->seq, s->time_ms,
			    "the seal of entry %lld fits no entry",
			    (long long)s->seq);
		else if (!audit_seal_is_right(s))
			report(c, AUDIT_SEAL, s->seq, s->time_ms,
			    "the signature over entry %lld is wrong",
			    (long long)s->seq);
		else if (c->opts->key != NULL &&
		    strcmp(c->opts->key, s->key) != 0)
			report(c, AUDIT_OTHER_KEY, s->seq, s->time_ms,
			    "entry %lld is sealed with another key",
			    (long long)s->seq);
	}
}

/* The end of a run is sealed in its own transaction. */
static void
check_sealed(struct check *c, const struct audit_row *row)
{
	if (str_eq(row->action, STR("run.end")) && (c->next_seal == 0 ||
	    c->seals.items[c->next_seal - 1].seq != row->seq))
		report(c, AUDIT_SEAL, row->seq, row->time_ms,
		    "the seal of entry %lld is missing", (long long)row->seq);
}

static void
check_heads(struct check *c, const struct audit_row *row)
{
	for (; c->next_head < c->opts->n_heads; c->next_head++) {
		const struct audit_head *h = &c->opts->heads[c->next_head];

		if (h->seq > row->seq)
			return;
		if (h->seq == row->seq && !str_eq_c(row->hash, h->hash))
			report(c, AUDIT_CHANGED, row->seq, row->time_ms,
			    "entry %lld is not the one whose head was kept",
			    (long long)row->seq);
	}
}

static int
check_row(const struct audit_row *row, void *ctx)
{
	struct check *c = ctx;

	note_deletion(c, row);
	c->seen = row->seq;
	if (row->seq > c->end)
		return 0;
	check_place(c, row);
	check_hashes(c, row);
	note_erased(c, row);
	check_seals(c, row);
	check_sealed(c, row);
	check_heads(c, row);
	c->verdict->rows++;
	c->last_seq = row->seq;
	c->last_time_ms = row->time_ms;
	snprintf(c->before, sizeof(c->before), "%.*s", STR_ARG(row->hash));
	return c->verdict->rows % 1024 == 0 &&
	    c->opts->cancel != NULL &&
	    cancel_raised(c->opts->cancel) ? -(int)ERR_CANCELLED : 0;
}

static void
check_end(struct check *c)
{
	size_t cursor = 0;
	struct str session;
	void *first;

	while (map_next(c->erased, &cursor, &session, &first))
		report(c, AUDIT_ERASED, *(int64_t *)first, 0,
		    "bodies from entry %lld on are gone, and nothing says that "
		    "their session was deleted",
		    (long long)*(int64_t *)first);
	/* What came while we looked. */
	while (c->seals.n > c->next_seal &&
	    c->seals.items[c->seals.n - 1].seq > c->end &&
	    c->seals.items[c->seals.n - 1].seq <= c->seen)
		c->seals.n--;
	if (c->next_seal < c->seals.n)
		report(c, AUDIT_CUT, c->last_seq + 1, c->last_time_ms,
		    "the log ends at entry %lld, but entry %lld was sealed",
		    (long long)c->last_seq,
		    (long long)c->seals.items[c->seals.n - 1].seq);
	if (c->next_head < c->opts->n_heads)
		report(c, AUDIT_CUT, c->last_seq + 1, c->last_time_ms,
		    "the log ends at entry %lld, but the head of entry %lld "
		    "was kept", (long long)c->last_seq, (long long)
		    c->opts->heads[c->opts->n_heads - 1].seq);
	c->verdict->unsealed = c->last_seq - (c->next_seal == 0 ? 0 :
	    c->seals.items[c->next_seal - 1].seq);
	memcpy(c->verdict->head, c->before, sizeof(c->before));
}

int
audit_verify(struct store_reader *r, const struct audit_verify_opts *opts,
    struct audit_verdict *ret, struct error *err)
{
	static const struct audit_filter all = { .limit = 0 };
	struct audit_verdict verdict = { .rows = 0 };
	struct check c = { .opts = opts, .verdict = &verdict,
		.erased = map_create(free) };
	char hash[HASH_SIZE];
	/* The head comes before the seals, so that each seal of what is looked
	 * at is there, whatever other processes do meanwhile. */
	int rc = store_audit_head(r, &c.end, hash, err);

	if (rc == 0)
		rc = store_audit_seals(r, 0, keep_seal, &c.seals, err);
	if (rc == 0)
		rc = store_audit_walk(r, &all, check_row, &c, err);
	if (rc == -(int)ERR_CANCELLED)
		rc = error_set(err, ERR_CANCELLED, "cancelled");
	if (rc == 0) {
		check_end(&c);
		*ret = verdict;
	}
	free(c.seals.items);
	map_destroy(c.erased);
	return rc;
}
