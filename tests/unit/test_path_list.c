/* The paths for completion: which one stands first, what is left out. */
#include "core/path_list.h"
#include "tests/unit/unit.h"
#include "tests/unit/ws_fixture.h"

static const char *const files[] = { "README.md", "src/main.c",
	"src/domain.c", "src/tui/composer/composer.c",
	"src/tui/composer/composer.h", "src/compose_all_the_things.c",
	"docs/components.md", "tests/unit/test_composer.c", "node_modules/x.js",
	"lib/widget/index.js", "lib/gadget/index.js", ".gitignore" };

static struct path_list *
make_list(void)
{
	struct path_list *list = path_list_create();
	char *folder = fixture_folder();
	CLEANUP(workspace_destroyp) struct workspace *w = NULL;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		fixture_text(folder, files[i],
		    strcmp(files[i], ".gitignore") == 0 ?
		    "node_modules\n" : "x");
	w = fixture_workspace(folder);
	assert_ok(path_list_read(list, w, &err));
	fixture_remove(folder);
	return list;
}

/* The first `limit` paths, a blank behind each. */
static void
find(struct path_list *list, const char *query, size_t limit, struct buf *out)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *found = NULL;
	struct json_writer w = JSON_WRITER(&text);
	struct error err = ERROR_INIT;

	jw_array(&w);
	path_list_find(list, str_from(query), limit, &w);
	jw_end(&w);
	assert_ok(json_parse(buf_str(&text), NULL, &found, &err));
	for (const struct json *i = json_first(found); i; i = json_next(i))
		buf_printf(out, "%s ", json_get_str(i, "path").ptr);
}

static void
test_ranking(void **state)
{
	static const struct {
		const char *query, *first;
	} cases[] = {
		{ "main", "src/main.c " },
		{ "composer.c", "src/tui/composer/composer.c " },
		{ "readme", "README.md " },
		{ "composer", "src/tui/composer/ " },
		{ "tui", "src/tui/ " },
		{ "widget/index", "lib/widget/index.js " },
		{ "gadin", "lib/gadget/index.js " },
		{ "node_modules", "" },
		{ "zzz", "" },
	};
	struct path_list *list = make_list();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

		find(list, cases[i].query, 1, &out);
		if (strcmp(buf_text(&out), cases[i].first) != 0)
			fail_msg("%s: %s, wanted %s", cases[i].query,
			    buf_text(&out), cases[i].first);
	}
	path_list_destroy(list);
}

static void
test_what_was_named_comes_first(void **state)
{
	struct path_list *list = make_list();
	CLEANUP_BUF struct buf before = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf after = BUF_INIT(64 * KIB);
	CLEANUP_JSON struct json *used = NULL;
	struct error err = ERROR_INIT;

	find(list, "index", 1, &before);
	assert_string_equal(buf_text(&before), "lib/gadget/index.js ");
	assert_ok(json_parse(STR("{\"lib/widget/index.js\":[3,1]}"), NULL,
	    &used, &err));
	path_list_set_used(list, used);
	find(list, "index", 1, &after);
	assert_string_equal(buf_text(&after), "lib/widget/index.js ");
	path_list_destroy(list);
}

static void
test_nothing_typed_shows_the_top(void **state)
{
	struct path_list *list = make_list();
	CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);

	find(list, "", 3, &out);
	assert_non_null(strstr(buf_text(&out), "README.md "));
	assert_null(strstr(buf_text(&out), "composer"));
	path_list_destroy(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranking),
		cmocka_unit_test(test_what_was_named_comes_first),
		cmocka_unit_test(test_nothing_typed_shows_the_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
