/* Changed files of real repositories, read by libgit2 and by the git program,
 * which must agree. */
#include "base/mem.h"
#include "git/repo_changes.h"
#include "git/repo_index.h"
#include "git/repo_listing.h"
#include "tests/unit/git_fixture.h"

#define INIT "git init -q -b main . && "

static int
setup(void **state)
{
	*state = fixture_folder();
	return 0;
}

static int
teardown(void **state)
{
	fixture_remove(*state);
	return 0;
}

/* "M a.c 2,1 A b.c 1,3": kind, path, ranges of added lines. */
static void
describe(struct repo *r, const struct repo_change *c, struct buf *out)
{
	CLEANUP_LINE_SET struct line_set lines = { .n = 0 };
	CLEANUP_BUF struct buf before = BUF_INIT(1 * MIB);
	CLEANUP_BUF struct buf after = BUF_INIT(1 * MIB);
	struct error err = ERROR_INIT;
	char kind = 'M';

	if (c->old_oid[0] == '\0')
		kind = 'A';
	else if (c->oid[0] == '\0')
		kind = 'D';
	else if (c->old_path != NULL)
		kind = 'R';
	else if (strcmp(c->oid, c->old_oid) == 0)
		kind = 'X'; /* the mode alone */
	buf_printf(out, "%s%c %s", out->len > 0 ? ", " : "", kind, c->path);
	if (c->mode == 0160000)
		return;
	if (c->old_oid[0] != '\0')
		assert_ok(repo_blob_read(r, c->old_oid, &before, &err));
	if (c->oid[0] != '\0')
		assert_ok(repo_blob_read(r, c->oid, &after, &err));
	assert_ok(repo_change_lines(r, c, buf_str(&before), buf_str(&after),
	    &lines, &err));
	for (size_t i = 0; i < lines.n; i++)
		buf_printf(out, " %u+%u", lines.items[i].first,
		    lines.items[i].count);
}

static void
assert_changes(const char *folder, enum repo_changes_what what,
    const char *revision, const char *want)
{
	for (int by_program = 0; by_program < 2; by_program++) {
		struct repo_opts opts = { .folder = folder,
			.by_program = by_program };
		struct repo_changes_opts which = { .what = what,
			.revision = str_from(revision) };
		CLEANUP_REPO_CHANGES struct repo_changes changes = { .n = 0 };
		CLEANUP_BUF struct buf got = BUF_INIT(64 * KIB);
		CLEANUP_REPO struct repo *r = NULL;
		struct error err = ERROR_INIT;

		assert_ok(repo_open(&opts, &r, &err));
		assert_ok(repo_changes_read(r, &which, &changes, &err));
		for (size_t i = 0; i < changes.n; i++)
			describe(r, &changes.items[i], &got);
		if (strcmp(buf_text(&got), want) != 0)
			fail_msg("by program %d: got \"%s\", wanted \"%s\"",
			    by_program, buf_text(&got), want);
	}
}

static void
test_first_commit(void **state)
{
	git_fixture_sh(*state, INIT "printf 'a\\nb\\n' >x && git add x && "
	    "echo more >>x && echo new >untracked");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL, "A x 1+2");
}

#define BASE                                                                  \
	INIT "printf '1\\n2\\n3\\n4\\n5\\n' >a && "                          \
	     "printf 'x\\ny\\nz\\n' >b && "                                 \
	     "printf 'old\\nlines\\nof\\nit\\n' >c && git add . && "          \
	     "git commit -qm one && "

static void
test_staged(void **state)
{
	git_fixture_sh(*state, BASE
	    "printf '1\\n2a\\n3\\n4\\n5\\n6\\n7\\n' >a && git rm -q b && "
	    "git mv c d && chmod +x d && git add . && "
	    "echo unstaged >>a && echo n >new");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL,
	    "M a 2+1 6+2, D b, R d");
}

static void
test_mode_and_intent_to_add(void **state)
{
	git_fixture_sh(*state, BASE
	    "chmod +x a && git add a && echo later >soon && "
	    "git add -N soon");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL, "X a");
}

static void
test_names_of_any_bytes(void **state)
{
	git_fixture_sh(*state, INIT "printf 'q\\n' >\"a \\\"b\t$(printf "
	    "'\\303\\244\\nc')\" && git add .");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL,
	    "A a \"b\t\xc3\xa4\nc 1+1");
}

static void
test_commits_and_ranges(void **state)
{
	git_fixture_sh(*state, BASE
	    "echo 6 >>a && git commit -qam two && echo w >>b && "
	    "git commit -qam three");
	assert_changes(*state, REPO_CHANGES_COMMIT, "HEAD", "M b 4+1");
	assert_changes(*state, REPO_CHANGES_COMMIT, "HEAD~1", "M a 6+1");
	assert_changes(*state, REPO_CHANGES_COMMIT, "HEAD~2",
	    "A a 1+5, A b 1+3, A c 1+4");
	assert_changes(*state, REPO_CHANGES_RANGE, "HEAD~2..HEAD",
	    "M a 6+1, M b 4+1");
	assert_changes(*state, REPO_CHANGES_RANGE, "HEAD~1..", "M b 4+1");
	assert_changes(*state, REPO_CHANGES_ALL, NULL,
	    "A a 1+6, A b 1+4, A c 1+4");
	assert_changes(*state, REPO_CHANGES_ALL, "HEAD~2",
	    "A a 1+5, A b 1+3, A c 1+4");
}

#define BRANCHES                                                              \
	BASE "git checkout -qb side && echo side >>a && echo s >>b && "       \
	     "git commit -qam side && git checkout -q main && "

static void
test_range_from_the_merge_base(void **state)
{
	git_fixture_sh(*state, BRANCHES "echo m >>c && git commit -qam main");
	assert_changes(*state, REPO_CHANGES_RANGE, "main...side",
	    "M a 6+1, M b 4+1");
}

/* Of a merge only what neither side has. */
static void
test_merge(void **state)
{
	git_fixture_sh(*state, BRANCHES "sed -i s/1/one/ a && "
	    "git commit -qam main && git merge -q --no-commit side && "
	    "echo evil >>a && git add a");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL, "M a 7+1");
	git_fixture_sh(*state, "git commit -qm merged");
	assert_changes(*state, REPO_CHANGES_COMMIT, "HEAD", "M a 7+1");
}

static void
test_clean_merge_changes_nothing(void **state)
{
	git_fixture_sh(*state, BRANCHES "echo m >>c && git commit -qam main "
	    "&& git merge -q --no-commit side");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL, "");
}

/* Where the index is large, git itself is asked: the answer is the same. */
static void
test_large_index(void **state)
{
	git_fixture_sh(*state, INIT "o=$(echo x | git hash-object -w --stdin) "
	    "&& awk -v o=$o 'BEGIN { for (i = 0; i < 30000; i++) printf "
	    "\"100644 %s\\tsome/folder/file_%d.c\\n\", o, i }' | "
	    "git update-index --index-info && git commit -qm many && "
	    "mkdir -p some/folder && cd some/folder && echo y >file_7.c && "
	    "echo z >new.c && git add file_7.c new.c && "
	    "git rm -q --cached file_8.c");
	assert_changes(*state, REPO_CHANGES_STAGED, NULL,
	    "M some/folder/file_7.c 1+1, D some/folder/file_8.c, "
	    "A some/folder/new.c 1+1");
}

static void
test_listings(void **state)
{
	git_fixture_sh(*state, BASE "mkdir -p d/e d-x && echo 1 >d/e/f && "
	    "echo 1 >d-x/y && git add . && echo 1 >untracked");
	for (int i = 0; i < 4; i++) {
		struct repo_opts opts = { .folder = *state,
			.by_program = i % 2 == 1 };
		CLEANUP_REPO struct repo *r = NULL;
		CLEANUP(repo_listing_destroyp) struct repo_listing *l = NULL;
		struct repo_entry entry;
		struct error err = ERROR_INIT;
		bool staged = i < 2;

		assert_ok(repo_open(&opts, &r, &err));
		assert_ok(repo_listing_open(r, staged ? STR_NONE :
		    STR("HEAD"), &l, &err));
		assert_int_equal(repo_listing_count(l), staged ? 5 : 3);
		assert_string_equal(repo_listing_path(l, 0), "a");
		assert_true(repo_listing_find(l, STR("b"), &entry));
		assert_int_equal(entry.mode, 0100644);
		assert_int_equal(strlen(entry.oid), 40);
		assert_int_equal(repo_listing_find(l, STR("d/e/f"), NULL),
		    staged);
		assert_int_equal(repo_listing_has_folder(l, STR("d/e")),
		    staged);
		assert_int_equal(repo_listing_has_folder(l, STR("d")),
		    staged);
		assert_false(repo_listing_find(l, STR("d"), NULL));
		assert_false(repo_listing_has_folder(l, STR("a")));
		assert_false(repo_listing_find(l, STR("untracked"), NULL));
	}
}

static void
test_bad_revisions(void **state)
{
	static const struct {
		enum repo_changes_what what;
		const char *revision;
		enum error_code code;
	} cases[] = {
		{ REPO_CHANGES_COMMIT, "--all", ERR_INVALID },
		{ REPO_CHANGES_COMMIT, "", ERR_INVALID },
		{ REPO_CHANGES_COMMIT, "nothing", ERR_NOT_FOUND },
		{ REPO_CHANGES_RANGE, "HEAD", ERR_INVALID },
		{ REPO_CHANGES_RANGE, "a..b", ERR_NOT_FOUND },
		{ REPO_CHANGES_ALL, "nothing", ERR_NOT_FOUND },
	};

	git_fixture_sh(*state, BASE "true");
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		struct repo_opts opts = { .folder = *state,
			.by_program = i % 2 == 1 };
		struct repo_changes_opts which = {
			.what = cases[i / 2].what,
			.revision = str_from(cases[i / 2].revision) };
		struct repo_changes changes = { .n = 0 };
		CLEANUP_REPO struct repo *r = NULL;
		struct error err = ERROR_INIT;

		assert_ok(repo_open(&opts, &r, &err));
		assert_error(repo_changes_read(r, &which, &changes, &err),
		    cases[i / 2].code);
	}
}

static void
test_sets_of_lines(void **state)
{
	CLEANUP_LINE_SET struct line_set a = { .n = 0 };
	CLEANUP_LINE_SET struct line_set b = { .n = 0 };

	line_set_add(&a, 2, 3);
	line_set_add(&a, 5, 1); /* touches */
	line_set_add(&a, 10, 2);
	assert_int_equal(a.n, 2);
	assert_int_equal(line_set_count(&a), 6);
	assert_false(line_set_has(&a, 0));
	assert_false(line_set_has(&a, 1));
	assert_true(line_set_has(&a, 5));
	assert_false(line_set_has(&a, 6));
	assert_int_equal(line_set_next(&a, 6), 10);
	assert_int_equal(line_set_next(&a, 12), 0);
	line_set_add(&b, 4, 7);
	line_set_meet(&a, &b);
	assert_int_equal(a.n, 2);
	assert_int_equal(a.items[0].first, 4);
	assert_int_equal(a.items[0].count, 2);
	assert_int_equal(a.items[1].first, 10);
	assert_int_equal(a.items[1].count, 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_first_commit),
		CASE(test_staged),
		CASE(test_mode_and_intent_to_add),
		CASE(test_names_of_any_bytes),
		CASE(test_commits_and_ranges),
		CASE(test_range_from_the_merge_base),
		CASE(test_merge),
		CASE(test_clean_merge_changes_nothing),
		CASE(test_large_index),
		CASE(test_listings),
		CASE(test_bad_revisions),
		cmocka_unit_test(test_sets_of_lines),
	};

	git_fixture_environment();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
