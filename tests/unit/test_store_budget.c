/* Budgets are counted once; small state, counters and history. */
#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "tests/unit/store_fixture.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

static int
reserve(struct fixture *f, const char *call, const char *run, int64_t cost,
    struct budget_caps caps, struct budget_use *use, struct error *err)
{
	return store_budget_reserve(f->store, call, f->session, run, cost,
	    &caps, use, err);
}

static void
test_caps(void **state)
{
	static const struct {
		struct budget_caps caps;
		const char *run;
		int64_t cost;
		int rc;
		const char *word;
	} cases[] = {
		{ { 0, 0, 0 }, "r1", 1000, 0, "" },
		{ { 100, 0, 0 }, "r2", 100, 0, "" },
		{ { 100, 0, 0 }, "r2", 1, -ERR_BUDGET, "run" },
		{ { 0, 1100, 0 }, "r3", 1, -ERR_BUDGET, "day" },
		{ { 0, 0, 1100 }, "r3", 1, -ERR_BUDGET, "month" },
		{ { 0, 1101, 1101 }, "r3", 1, 0, "" },
		{ { 0, 1, 0 }, "r4", INT64_MAX, -ERR_BUDGET, "day" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct error err = ERROR_INIT;
		struct budget_use use = { -1, -1, -1 };
		char call[16];

		snprintf(call, sizeof(call), "c%zu", i);
		assert_int_equal(reserve(f, call, cases[i].run, cases[i].cost,
				     cases[i].caps, &use, &err),
		    cases[i].rc);
		assert_non_null(strstr(err.message, cases[i].word));
		assert_true(use.day >= 0);
	}
}

static void
test_each_call_counts_once(void **state)
{
	static const struct budget_spent spent = { .provider = "p",
		.model = "m", .input_tokens = 10, .output_tokens = 5,
		.cost_microusd = 70 };
	struct fixture *f = *state;
	struct error err = ERROR_INIT;
	struct budget_caps none = { 0 };
	struct session_row row;
	struct budget_use use;

	assert_ok(reserve(f, "a", "r", 100, none, &use, &err));
	assert_int_equal(use.run, 100);
	assert_ok(reserve(f, "a", "r", 100, none, &use, &err));
	assert_int_equal(use.run, 100);
	assert_ok(store_budget_commit(f->store, "a", &spent, &err));
	assert_ok(store_budget_commit(f->store, "a", &spent, &err));
	assert_error(store_budget_release(f->store, "a", &err), ERR_INVALID);
	assert_error(reserve(f, "a", "r", 1, none, &use, &err), ERR_EXISTS);
	assert_ok(reserve(f, "b", "r", 30, none, &use, &err));
	assert_int_equal(use.run, 100);
	assert_ok(store_budget_release(f->store, "b", &err));
	assert_ok(store_budget_release(f->store, "b", &err));
	assert_error(store_budget_commit(f->store, "b", &spent, &err),
	    ERR_INVALID);
	assert_error(store_budget_commit(f->store, "z", &spent, &err),
	    ERR_NOT_FOUND);
	assert_ok(reserve(f, "c", "r", 1, none, &use, &err));
	assert_int_equal(use.run, 71);
	assert_ok(store_session_get(f->reader, f->session, &row, &err));
	assert_int_equal(row.cost_microusd, 70);
}

static int
collect_cost(const struct cost_row *row, void *ctx)
{
	buf_printf(ctx, "%s|%s|%s|%d|%d|%d\n", row->period, row->provider,
	    row->model, (int)row->calls, (int)row->input_tokens,
	    (int)row->cost_microusd);
	return 0;
}

static void
test_costs_by_group(void **state)
{
	struct fixture *f = *state;
	struct budget_spent spent = { .provider = "p", .model = "m",
		.input_tokens = 10, .cost_microusd = 70 };
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct budget_caps none = { 0 };
	struct error err = ERROR_INIT;

	setenv("TZ", "UTC", 1);
	tzset();
	clock_fake(-1, INT64_C(1795255440000)); /* 2026-11-21 */
	assert_ok(reserve(f, "a", "r", 1, none, NULL, &err));
	assert_ok(store_budget_commit(f->store, "a", &spent, &err));
	clock_fake(-1, INT64_C(1795255440000) + DAY_MS);
	assert_ok(reserve(f, "b", "r", 1, none, NULL, &err));
	assert_ok(reserve(f, "open", "r", 1, none, NULL, &err));
	spent.model = "n";
	spent.cost_microusd = 80;
	assert_ok(store_budget_commit(f->store, "b", &spent, &err));
	clock_fake(-1, -1);
	assert_ok(store_cost(f->reader, COST_DAY, collect_cost, &out, &err));
	assert_string_equal(buf_text(&out), "2026-11-22|||1|10|80\n"
					    "2026-11-21|||1|10|70\n");
	buf_clear(&out);
	assert_ok(store_cost(f->reader, COST_MONTH, collect_cost, &out, &err));
	assert_string_equal(buf_text(&out), "2026-11|||2|20|150\n");
	buf_clear(&out);
	assert_ok(store_cost(f->reader, COST_MODEL, collect_cost, &out, &err));
	assert_string_equal(buf_text(&out), "|p|n|1|10|80\n|p|m|1|10|70\n");
}

/* A child reserves and is killed before it can settle. */
static void
reserve_and_die(struct fixture *f, const char *call)
{
	pid_t child = fork();

	if (child == 0) {
		struct store_opts opts = { .folder = f->folder };
		struct store *s;

		if (store_open(&opts, &s, NULL) == 0 &&
		    store_budget_reserve(s, call, f->session, "r", 500, NULL,
			NULL, NULL) == 0)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	int status = 0;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
test_a_killed_reservation_counts_for_a_day(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_wall_ms();
	struct budget_caps none = { 0 };
	struct error err = ERROR_INIT;
	struct budget_use use;

	reserve_and_die(f, "dead");
	assert_ok(reserve(f, "a", "r", 1, none, &use, &err));
	assert_int_equal(use.run, 501);
	clock_fake(-1, now + DAY_MS - 10000);
	assert_ok(reserve(f, "b", "r", 1, none, &use, &err));
	assert_int_equal(use.run, 502);
	clock_fake(-1, now + DAY_MS + 60000);
	assert_ok(reserve(f, "c", "r", 1, none, &use, &err));
	assert_int_equal(use.run, 3); /* ours are open and alive */
	clock_fake(-1, -1);
}

static void
test_state_values(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;

	assert_false(store_state_get(f->reader, "breaker/x", &out));
	assert_ok(store_state_set(f->store, "breaker/x", STR("1"), &err));
	assert_ok(store_state_set(f->store, "breaker/x", STR("{\"a\":2}"),
	    &err));
	assert_true(store_state_get(f->reader, "breaker/x", &out));
	assert_string_equal(buf_text(&out), "{\"a\":2}");
	assert_ok(store_state_set(f->store, "breaker/x", STR_NONE, &err));
	assert_false(store_state_get(f->reader, "breaker/x", &out));
}

static void
test_counters_forget(void **state)
{
	struct fixture *f = *state;
	int64_t start = INT64_C(1795255440000), sum = 0;
	struct error err = ERROR_INIT;

	clock_fake(-1, start);
	assert_ok(store_counter_add(f->store, "retry", 2, 3600000, &sum,
	    &err));
	assert_int_equal(sum, 2);
	clock_fake(-1, start + 1800000);
	assert_ok(store_counter_add(f->store, "retry", 3, 3600000, &sum,
	    &err));
	assert_int_equal(sum, 5);
	clock_fake(-1, start + 3700000);
	assert_ok(store_counter_add(f->store, "retry", 0, 3600000, &sum,
	    &err));
	assert_int_equal(sum, 3);
	assert_ok(store_counter_add(f->store, "other", 1, 3600000, &sum,
	    &err));
	assert_int_equal(sum, 1);
	clock_fake(-1, -1);
}

static int
collect_text(struct str text, int64_t time_ms, void *ctx)
{
	buf_printf(ctx, "%.*s ", STR_ARG(text));
	return 0;
}

static void
test_history_is_newest_first_and_bounded(void **state)
{
	struct fixture *f = *state;
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct error err = ERROR_INIT;
	static const char *const prompts[] = { "a", "b", "a", "c", "" };

	for (size_t i = 0; i < ARRAY_LEN(prompts); i++)
		assert_ok(store_history_add(f->store, "/x",
		    str_from(prompts[i]), &err));
	assert_ok(store_history_add(f->store, "/y", STR("y"), &err));
	assert_ok(store_history(f->reader, "/x", 0, collect_text, &out,
	    &err));
	assert_string_equal(buf_text(&out), "c a b ");
	buf_clear(&out);
	assert_ok(store_history(f->reader, NULL, 2, collect_text, &out,
	    &err));
	assert_string_equal(buf_text(&out), "y c ");
	for (int i = 0; i < 5010; i++) {
		char text[16];

		snprintf(text, sizeof(text), "n%d", i);
		assert_ok(store_history_add(f->store, "/x", str_from(text),
		    &err));
	}
	buf_clear(&out);
	assert_ok(store_history(f->reader, "/x", 6000, collect_text, &out,
	    &err));
	assert_non_null(strstr(buf_text(&out), "n10 "));
	assert_null(strstr(buf_text(&out), "n9 "));
}

#define TEST(f)                                                               \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_caps),
		TEST(test_each_call_counts_once),
		TEST(test_costs_by_group),
		TEST(test_a_killed_reservation_counts_for_a_day),
		TEST(test_state_values),
		TEST(test_counters_forget),
		TEST(test_history_is_newest_first_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
