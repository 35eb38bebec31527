/* lookup: answers in time, or not at all. */
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/lookup.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

struct place {
	char folder[64];
	struct code_index *index;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	CLEANUP(free_ptr) char *root = NULL;
	CLEANUP(free_ptr) char *cache = NULL;
	CLEANUP(free_ptr) char *file = NULL;
	struct error err = ERROR_INIT;

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-lookup-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	root = file_join(p->folder, "root");
	cache = file_join(p->folder, "cache");
	file = file_join(root, "walrus.txt");
	assert_int_equal(mkdir(root, 0700), 0);
	assert_ok(file_write_atomic(file, STR("a walrus swims\n"), 0600,
	    &err));
	p->index = code_index_create(root, cache, NULL);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	code_index_destroy(p->index);
	file_remove_tree(p->folder);
	free(p);
	return 0;
}

static struct lookup_opts
question(int wait_ms)
{
	return (struct lookup_opts){ .question = STR("a walrus"), .hits = 3,
		.map_tokens = 100, .wait_ms = wait_ms };
}

static void
what_is_late_is_there_for_the_next(void **state)
{
	const struct place *p = *state;
	CLEANUP(lookup_destroyp) struct lookup *l = lookup_create(p->index);
	CLEANUP(lookup_answer_release) struct lookup_answer a = { 0 };
	const struct lookup_opts now = question(0), later = question(60000);
	struct error err = ERROR_INIT;

	assert_int_equal(lookup_ask(l, &now, &a, &err), -ERR_TIMEOUT);
	assert_ok(lookup_ask(l, &later, &a, &err));
	assert_int_equal(a.hits.n, 1);
	assert_string_equal(a.hits.items[0].path, "walrus.txt");
}

static void
how_far_it_is_can_be_asked_at_any_time(void **state)
{
	const struct place *p = *state;
	const struct code_index_wait wait = { 0 };
	struct code_index_progress before, after;
	struct index_update_stats stats;
	struct error err = ERROR_INIT;

	code_index_progress(p->index, &before);
	assert_ok(code_index_update(p->index, &wait, &stats, &err));
	code_index_progress(p->index, &after);
	assert_false(before.busy);
	assert_false(after.busy);
	assert_int_equal(before.total, 0);
	assert_int_equal(after.total, 1);
	assert_int_equal(after.done, 1);
}

static void
what_came_since_is_found_in_time(void **state)
{
	const struct place *p = *state;
	CLEANUP(lookup_destroyp) struct lookup *l = lookup_create(p->index);
	CLEANUP(lookup_answer_release) struct lookup_answer a = { 0 };
	CLEANUP(lookup_answer_release) struct lookup_answer b = { 0 };
	const struct lookup_opts later = question(60000);
	struct error err = ERROR_INIT;
	CLEANUP(free_ptr) char *file = mem_printf("%s/root/more.txt",
	    p->folder);

	assert_ok(lookup_ask(l, &later, &a, &err));
	/* What came since is there when there is time for it. */
	assert_ok(file_write_atomic(file, STR("a walrus dives\n"), 0600,
	    &err));
	assert_ok(lookup_ask(l, &later, &b, &err));
	assert_int_equal(b.hits.n, 2);
}

static void
it_may_go_away_while_it_works(void **state)
{
	const struct place *p = *state;
	struct lookup *l = lookup_create(p->index);
	CLEANUP(lookup_answer_release) struct lookup_answer a = { 0 };
	const struct lookup_opts now = question(0);

	lookup_ask(l, &now, &a, NULL);
	lookup_destroy(l);
	lookup_destroy(lookup_create(p->index));
	lookup_destroy(NULL);
}

static void
who_cancels_does_not_wait(void **state)
{
	const struct place *p = *state;
	CLEANUP(lookup_destroyp) struct lookup *l = lookup_create(p->index);
	CLEANUP(lookup_answer_release) struct lookup_answer a = { 0 };
	struct lookup_opts opts = question(3600 * 1000);
	struct cancel cancel;
	int rc;

	assert_int_equal(cancel_init(&cancel, NULL), 0);
	cancel_raise(&cancel, CANCEL_STOP);
	opts.cancel = &cancel;
	rc = lookup_ask(l, &opts, &a, NULL);
	assert_true(rc == -ERR_TIMEOUT || rc == 0);
	cancel_release(&cancel);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(what_is_late_is_there_for_the_next),
		T(how_far_it_is_can_be_asked_at_any_time),
		T(what_came_since_is_found_in_time),
		T(it_may_go_away_while_it_works),
		T(who_cancels_does_not_wait),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
