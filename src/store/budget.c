/* Budgets: what model calls may cost and have cost. A call is one row, found
 * by its id, which goes from reserved to committed or released, once. The row
 * is written before the call is made; whatever kills the process then, the
 * estimate counts until it is a day old. */
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/holder.h"
#include "store/inner.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

static const char sql_state[] =
    "SELECT state FROM spend WHERE call_id = ?1 AND tenant_id = ?2 "
    "AND user_id = ?3";
static const char sql_used_run[] =
    "SELECT coalesce(sum(amount), 0) FROM spend WHERE root_run = ?1";
static const char sql_used_days[] =
    "SELECT coalesce(sum(amount), 0) FROM spend "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND day >= ?3 AND day < ?4";
static const char sql_reserve[] =
    "INSERT INTO spend (call_id, tenant_id, user_id, session, root_run, day, "
    "state, amount, holder, created_ms) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'reserved', ?7, ?8, ?9)";
static const char sql_commit[] =
    "UPDATE spend SET state = 'committed', amount = ?2, provider = ?3, "
    "model = ?4, input_tokens = ?5, cached_tokens = ?6, "
    "cache_write_tokens = ?7, output_tokens = ?8, finished_ms = ?9 "
    "WHERE call_id = ?1";
static const char sql_session_cost[] =
    "UPDATE session SET cost_microusd = cost_microusd + ?2 "
    "WHERE id = (SELECT session FROM spend WHERE call_id = ?1)";
static const char sql_release[] =
    "UPDATE spend SET state = 'released', amount = 0, finished_ms = ?2 "
    "WHERE call_id = ?1";
static const char sql_old[] =
    "SELECT DISTINCT s.holder, h.pid, h.started, h.boot, h.pid_space, "
    "h.beat_ms FROM spend s LEFT JOIN holder h ON h.id = s.holder "
    "WHERE s.state = 'reserved' AND s.created_ms < ?1";
static const char sql_drop[] =
    "UPDATE spend SET state = 'dropped', amount = 0, finished_ms = ?3 "
    "WHERE state = 'reserved' AND holder = ?1 AND created_ms < ?2";

static const char sql_cost_day[] =
    "SELECT day, '', '', count(*), sum(input_tokens), sum(cached_tokens), "
    "sum(output_tokens), sum(amount) FROM spend "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND state = 'committed' "
    "GROUP BY 1 ORDER BY 1 DESC";
static const char sql_cost_month[] =
    "SELECT substr(day, 1, 7), '', '', count(*), sum(input_tokens), "
    "sum(cached_tokens), sum(output_tokens), sum(amount) FROM spend "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND state = 'committed' "
    "GROUP BY 1 ORDER BY 1 DESC";
static const char sql_cost_model[] =
    "SELECT '', provider, model, count(*), sum(input_tokens), "
    "sum(cached_tokens), sum(output_tokens), sum(amount) FROM spend "
    "WHERE tenant_id = ?1 AND user_id = ?2 AND state = 'committed' "
    "GROUP BY provider, model ORDER BY 8 DESC, 2, 3";

static const char *const cost_queries[] = {
	[COST_DAY] = sql_cost_day,
	[COST_MONTH] = sql_cost_month,
	[COST_MODEL] = sql_cost_model,
};

enum { DAY_SIZE = 11 };

/* The user's day, not Greenwich's: "2026-11-21". */
static void
day_of(int64_t wall_ms, char out[DAY_SIZE])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm = { .tm_mday = 1 };

	localtime_r(&seconds, &tm);
	if (strftime(out, DAY_SIZE, "%Y-%m-%d", &tm) == 0)
		out[0] = '\0';
}

struct reserve_args {
	struct store *store;
	const char *call_id, *session, *root_run;
	int64_t estimate;
	const struct budget_caps *caps;
	struct budget_use use;
};

/* Reservations of processes that are gone, older than a day. Rare. */
static int
drop_old(struct db *db, struct error *err)
{
	int64_t now = clock_wall_ms();
	char dead[64][ID_SIZE];
	struct db_rows *rows;
	struct holder h;
	size_t n = 0;
	int rc = db_query(db, sql_old, DB_ARGS(db_int(now - DAY_MS)), &rows,
	    err);

	for (; rc == DB_ROW && n < ARRAY_LEN(dead); rc = db_next(rows, err)) {
		holder_read(rows, 1, &h);
		if (db_col_null(rows, 1) || !holder_alive(&h))
			db_col_copy(rows, 0, dead[n++], ID_SIZE);
	}
	db_done(rows);
	for (size_t i = 0; i < n && rc >= 0; i++) {
		rc = db_run(db, sql_drop,
		    DB_ARGS(db_text(dead[i]), db_int(now - DAY_MS),
			db_int(now)),
		    err);
		if (rc == 0)
			rc = holder_drop(db, dead[i], err);
	}
	return rc < 0 ? rc : 0;
}

static int
used_days(struct db *db, const struct scope *scope, const char *from,
    const char *to, int64_t *ret, struct error *err)
{
	return db_get_int(db, sql_used_days,
	    DB_ARGS(db_text(scope->tenant), db_text(scope->user),
		db_text(from), db_text(to)),
	    0, ret, err);
}

static int
sum_up(struct db *db, const struct scope *scope, const char *root_run,
    const char *day, struct budget_use *ret, struct error *err)
{
	char day_end[DAY_SIZE + 1], month[8], month_end[9];
	int rc;

	/* "~" sorts behind digits and "-". */
	snprintf(day_end, sizeof(day_end), "%s~", day);
	snprintf(month, sizeof(month), "%.7s", day);
	snprintf(month_end, sizeof(month_end), "%s~", month);
	rc = db_get_int(db, sql_used_run, DB_ARGS(db_text(root_run)), 0,
	    &ret->run, err);
	if (rc == 0)
		rc = used_days(db, scope, day, day_end, &ret->day, err);
	if (rc == 0)
		rc = used_days(db, scope, month, month_end, &ret->month, err);
	return rc;
}

static int
check_cap(const char *of, int64_t cap, int64_t used, int64_t estimate,
    struct error *err)
{
	if (cap <= 0 || (used <= cap && estimate <= cap - used))
		return 0;
	return error_set(err, ERR_BUDGET,
	    "the %s's budget of $%.2f does not cover this call: $%.4f is "
	    "used, the call may cost $%.4f", of, (double)cap / 1e6,
	    (double)used / 1e6, (double)estimate / 1e6);
}

static int
check_caps(const struct budget_caps *caps, const struct budget_use *use,
    int64_t estimate, struct error *err)
{
	int rc;

	if (caps == NULL)
		return 0;
	if ((rc = check_cap("run", caps->run, use->run, estimate, err)) != 0 ||
	    (rc = check_cap("day", caps->day, use->day, estimate, err)) != 0)
		return rc;
	return check_cap("month", caps->month, use->month, estimate, err);
}

/* The row's state; "" if there is none. */
static int
find_state(struct db *db, const struct scope *scope, const char *call_id,
    char out[16], struct error *err)
{
	struct db_rows *rows;
	int rc = db_query(db, sql_state,
	    DB_ARGS(db_text(call_id), db_text(scope->tenant),
		db_text(scope->user)),
	    &rows, err);

	out[0] = '\0';
	if (rc == DB_ROW)
		db_col_copy(rows, 0, out, 16);
	db_done(rows);
	return rc < 0 ? rc : 0;
}

static int
reserve(struct db *db, void *ctx, struct error *err)
{
	struct reserve_args *args = ctx;
	struct store *s = args->store;
	int64_t now = clock_wall_ms();
	char day[DAY_SIZE], state[16];
	int rc;

	args->use = (struct budget_use){ 0 };
	day_of(now, day);
	if ((rc = find_state(db, &s->scope, args->call_id, state, err)) != 0 ||
	    (rc = drop_old(db, err)) != 0 ||
	    (rc = sum_up(db, &s->scope, args->root_run, day, &args->use,
		 err)) != 0)
		return rc;
	if (strcmp(state, "reserved") == 0)
		return 0; /* asked again after a doubt: it counts once */
	if (state[0] != '\0')
		return error_set(err, ERR_EXISTS, "call %s is %s already",
		    args->call_id, state);
	rc = check_caps(args->caps, &args->use, args->estimate, err);
	if (rc == 0)
		rc = holder_put(db, &s->scope, s->holder, err);
	if (rc == 0)
		rc = db_run(db, sql_reserve,
		    DB_ARGS(db_text(args->call_id), db_text(s->scope.tenant),
			db_text(s->scope.user), db_text(args->session),
			db_text(args->root_run), db_text(day),
			db_int(args->estimate), db_text(s->holder),
			db_int(now)),
		    err);
	if (rc != 0)
		return rc;
	args->use.run += args->estimate;
	args->use.day += args->estimate;
	args->use.month += args->estimate;
	return 0;
}

int
store_budget_reserve(struct store *s, const char *call_id,
    const char *session, const char *root_run, int64_t estimate_microusd,
    const struct budget_caps *caps, struct budget_use *ret_use,
    struct error *err)
{
	struct reserve_args args = { s, call_id, session, root_run,
		estimate_microusd, caps, { 0 } };
	int rc;

	if (estimate_microusd < 0)
		return error_set(err, ERR_INVALID, "a cost below zero");
	rc = writer_call(s->writer, reserve, &args, WRITER_LAZY, err);
	if (rc == 0)
		atomic_store(&s->has_holder, true);
	if (ret_use != NULL && (rc == 0 || rc == -ERR_BUDGET))
		*ret_use = args.use;
	return rc;
}

struct settle_args {
	struct store *store;
	const char *call_id;
	const struct budget_spent *spent; /* NULL: released */
};

static int
settle(struct db *db, void *ctx, struct error *err)
{
	const struct settle_args *args = ctx;
	const struct budget_spent *spent = args->spent;
	const char *wanted = spent == NULL ? "released" : "committed";
	int64_t now = clock_wall_ms();
	char state[16];
	int rc = find_state(db, &args->store->scope, args->call_id, state,
	    err);

	if (rc != 0)
		return rc;
	if (state[0] == '\0')
		return error_set(err, ERR_NOT_FOUND, "no call %s",
		    args->call_id);
	if (strcmp(state, wanted) == 0)
		return 0;
	if (strcmp(state, "reserved") != 0 && strcmp(state, "dropped") != 0)
		return error_set(err, ERR_INVALID, "call %s is %s already",
		    args->call_id, state);
	if (spent == NULL)
		return db_run(db, sql_release,
		    DB_ARGS(db_text(args->call_id), db_int(now)), err);
	rc = db_run(db, sql_commit,
	    DB_ARGS(db_text(args->call_id), db_int(spent->cost_microusd),
		db_text(spent->provider == NULL ? "" : spent->provider),
		db_text(spent->model == NULL ? "" : spent->model),
		db_int(spent->input_tokens), db_int(spent->cached_tokens),
		db_int(spent->cache_write_tokens),
		db_int(spent->output_tokens), db_int(now)),
	    err);
	if (rc != 0)
		return rc;
	return db_run(db, sql_session_cost,
	    DB_ARGS(db_text(args->call_id), db_int(spent->cost_microusd)),
	    err);
}

int
store_budget_commit(struct store *s, const char *call_id,
    const struct budget_spent *spent, struct error *err)
{
	struct settle_args args = { s, call_id, spent };

	return writer_call(s->writer, settle, &args, WRITER_LAZY, err);
}

int
store_budget_release(struct store *s, const char *call_id, struct error *err)
{
	struct settle_args args = { s, call_id, NULL };

	return writer_call(s->writer, settle, &args, WRITER_LAZY, err);
}

int
store_cost(struct store_reader *r, enum cost_group group, cost_row_fn *fn,
    void *ctx, struct error *err)
{
	struct cost_row row;
	struct db_rows *rows;
	int rc = db_query(r->db, cost_queries[group],
	    DB_ARGS(db_text(r->scope.tenant), db_text(r->scope.user)), &rows,
	    err);

	while (rc == DB_ROW) {
		db_col_copy(rows, 0, row.period, sizeof(row.period));
		db_col_copy(rows, 1, row.provider, sizeof(row.provider));
		db_col_copy(rows, 2, row.model, sizeof(row.model));
		row.calls = db_col_int(rows, 3);
		row.input_tokens = db_col_int(rows, 4);
		row.cached_tokens = db_col_int(rows, 5);
		row.output_tokens = db_col_int(rows, 6);
		row.cost_microusd = db_col_int(rows, 7);
		rc = fn(&row, ctx);
		if (rc != 0)
			break;
		rc = db_next(rows, err);
	}
	db_done(rows);
	return rc;
}
