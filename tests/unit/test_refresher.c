/* refresher: an index follows the files by itself. */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/monitor.h"
#include "index/code_index.h"
#include "tests/unit/unit.h"

enum { LIMIT_MS = 20 * 1000 };

struct place {
	char folder[64];
	char *root;
	struct code_index *index;
};

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	CLEANUP(free_ptr) char *cache = NULL;

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-refresh-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->root = file_join(p->folder, "root");
	cache = file_join(p->folder, "cache");
	assert_int_equal(file_make_dirs(p->root, NULL), 0);
	p->index = code_index_create(p->root, cache, NULL);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	code_index_destroy(p->index);
	file_remove_tree(p->folder);
	free(p->root);
	free(p);
	return 0;
}

static void
put(const struct place *p, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(p->root, name);
	struct error err = ERROR_INIT;

	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
}

static bool
finds(const struct place *p, const char *question)
{
	const struct search_opts opts = { 0 };
	struct search_hits hits;
	bool found;

	assert_int_equal(code_index_search(p->index, str_from(question),
			     &opts, &hits, NULL),
	    0);
	found = hits.n > 0;
	search_hits_release(&hits);
	return found;
}

static void
update(const struct place *p)
{
	const struct code_index_wait wait = { 0 };
	struct index_update_stats stats;
	struct error err = ERROR_INIT;

	assert_ok(code_index_update(p->index, &wait, &stats, &err));
}

static void
what_changed_is_found_without_an_update(void **state)
{
	const struct place *p = *state;
	int64_t end = clock_now_ms() + LIMIT_MS;
	struct monitor m;

	put(p, "a.c", "int walrus;\n");
	update(p);
	assert_false(finds(p, "otter"));
	put(p, "b.c", "int otter;\n");
	code_index_poke(p->index);
	put(p, "c.c", "int heron;\n");
	code_index_poke(p->index);
	monitor_init(&m);
	monitor_enter(&m);
	while (!finds(p, "heron") && clock_now_ms() < end)
		monitor_wait(&m, clock_now_ms() + 20);
	monitor_leave(&m);
	monitor_release(&m);
	assert_true(finds(p, "heron"));
	assert_true(finds(p, "otter"));
}

static void
no_index_is_made(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *cache = file_join(p->folder, "cache");

	put(p, "a.c", "int walrus;\n");
	code_index_poke(p->index);
	assert_false(file_exists(cache));
}

static void
it_ends_at_once_when_it_is_told_to(void **state)
{
	const struct place *p = *state;

	put(p, "a.c", "int walrus;\n");
	update(p);
	code_index_poke(p->index);
	/* tear_down() joins the thread, which has not been quiet for long. */
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_changed_is_found_without_an_update),
		TEST(no_index_is_made),
		TEST(it_ends_at_once_when_it_is_told_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
