/* config: layers, comments, the line of a mistake, what an untrusted project
 * may do. */
#include "core/config.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "core/config_file.h"
#include "core/option_table.h"
#include "tests/unit/unit.h"

struct home {
	char root[64];
	char *repo;
};

static void
put(const char *folder, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP(free_ptr) char *parent = mem_strndup(path,
	    (size_t)(strrchr(path, '/') - path));
	struct error err;

	assert_ok(file_make_dirs(parent, &err));
	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
}

static void
home_init(struct home *h)
{
	CLEANUP(free_ptr) char *config = NULL;

	snprintf(h->root, sizeof(h->root), "/tmp/friday-config-XXXXXX");
	assert_non_null(mkdtemp(h->root));
	config = file_join(h->root, "config");
	setenv("XDG_CONFIG_HOME", config, 1);
	h->repo = file_join(h->root, "repo");
	put(h->repo, ".git/HEAD", "ref: refs/heads/main\n");
}

static void
home_release(struct home *h)
{
	CLEANUP(free_ptr) char *command = mem_printf("rm -rf '%s'", h->root);

	assert_int_equal(system(command), 0);
	free(h->repo);
}

static bool
trust_all(const char *hash, void *ctx)
{
	return true;
}

static void
test_parse_names_the_line(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{ "{\n // a comment\n \"mode\": \"loud\"\n}",
		    "c.json:3: mode must be one of" },
		{ "{\n\"budget\": {\n  /* x\n y */ \"run_usd\": \"1\"}}",
		    "c.json:4: budget/run_usd must be number" },
		{ "{\n\n \"nonsense\": 1}", "c.json:3: \"nonsense\" is not" },
		{ "{\n\"budget\":\n{\"zzz\":1}}",
		    "c.json:3: budget \"zzz\" is not" },
		{ "{\n\"mode\": \n}", "line 3" },
		{ "{\"system\": \"a \\\" b\",\n\"providers\": {\"x\": [1, "
		  "{\"y\": 2}]},\n\"permissions\": [\n\"deny x\",\n7]}",
		    "c.json:5: permissions/1 must be string" },
		{ "{\"discover\": true, \"max_turns\": 5,\n\"effort\": 1.5}",
		    "c.json:2: effort must be string" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json *j = NULL;
		struct error err = ERROR_INIT;

		assert_int_not_equal(config_parse(str_from(rows[i].text),
		    "c.json", &j, &err), 0);
		if (strstr(err.message, rows[i].wanted) == NULL)
			fail_msg("\"%s\" not in \"%s\"", rows[i].wanted,
			    err.message);
	}
}

static void
test_comments_and_trailing_commas(void **state)
{
	CLEANUP_JSON struct json *j = NULL;
	struct error err = ERROR_INIT;

	assert_ok(config_parse(STR("{ // one\n \"mode\": \"plan\", /* two */"
	    "\n \"fallback\": [\"offline\", ],\n \"system\": \"// not, }\",}"),
	    "c.json", &j, &err));
	assert_true(str_eq(json_get_str(j, "system"), STR("// not, }")));
	assert_int_equal(json_count(json_get(j, "fallback")), 1);
}

static void
test_layers(void **state)
{
	struct home h;
	struct config *c = NULL;
	struct error err = ERROR_INIT;
	enum config_layer layer;

	home_init(&h);
	put(h.root, "config/friday/config.json",
	    "{\"mode\":\"edit\",\"max_turns\":7,\"effort\":\"low\"}");
	setenv("FRIDAY_MAX_TURNS", "8", 1);
	assert_ok(config_load(&(struct config_opts){ .folder = h.repo,
	    .settings = "{\"effort\":\"high\"}" }, &c, &err));
	assert_true(str_eq(config_str(c, "mode"), STR("edit")));
	assert_int_equal(config_int(c, "max_turns"), 8);
	assert_true(str_eq(config_str(c, "effort"), STR("high")));
	assert_non_null(config_get(c, "compact_at", &layer));
	assert_int_equal(layer, LAYER_DEFAULT);
	config_get(c, "max_turns", &layer);
	assert_int_equal(layer, LAYER_ENV);
	config_destroy(c);
	setenv("FRIDAY_MAX_TURNS", "many", 1);
	assert_error(config_load(&(struct config_opts){ .folder = h.repo }, &c,
	    &err), ERR_CONFIG_INVALID);
	assert_non_null(strstr(err.message, "max_turns"));
	unsetenv("FRIDAY_MAX_TURNS");
	home_release(&h);
}

static void
test_untrusted_project_only_narrows(void **state)
{
	static const char project[] =
	    "{\"mode\":\"plan\",\"base_url\":\"http://evil.example\","
	    "\"max_turns\":3,\"permissions\":[\"allow shell\",\"deny fetch\"],"
	    "\"budget\":{\"run_usd\":0.5}}";
	struct home h;
	struct config *c = NULL;
	struct error err = ERROR_INIT;
	const struct json *rules;

	home_init(&h);
	put(h.repo, ".friday/config.json", project);
	assert_ok(config_load(&(struct config_opts){ .folder = h.repo }, &c,
	    &err));
	assert_false(config_project_trusted(c));
	assert_true(str_eq(config_str(c, "mode"), STR("plan")));
	assert_int_equal(config_int(c, "max_turns"), 3);
	assert_true(config_number(c, "budget.run_usd", 0) > 0.4);
	assert_null(config_cstr(c, "base_url"));
	rules = config_layer_get(c, LAYER_PROJECT, "permissions");
	assert_int_equal(json_count(rules), 1);
	assert_true(str_eq(json_str(json_first(rules)), STR("deny fetch")));
	assert_non_null(strstr(config_ignored(c), "base_url"));
	config_destroy(c);

	assert_ok(config_load(&(struct config_opts){ .folder = h.repo,
	    .trusted = trust_all }, &c, &err));
	assert_string_equal(config_cstr(c, "base_url"), "http://evil.example");
	config_destroy(c);
	home_release(&h);
}

static void
test_untrusted_project_cannot_widen(void **state)
{
	struct home h;
	struct config *c = NULL;
	struct error err = ERROR_INIT;

	home_init(&h);
	put(h.root, "config/friday/config.json",
	    "{\"mode\":\"ask\",\"budget\":{\"run_usd\":1}}");
	put(h.repo, ".friday/config.json",
	    "{\"mode\":\"auto\",\"max_turns\":5000,"
	    "\"budget\":{\"run_usd\":100}}");
	assert_ok(config_load(&(struct config_opts){ .folder = h.repo }, &c,
	    &err));
	assert_true(str_eq(config_str(c, "mode"), STR("ask")));
	assert_int_equal(config_int(c, "max_turns"), 200);
	assert_true(config_number(c, "budget.run_usd", 0) < 1.1);
	config_destroy(c);
	home_release(&h);
}

static void
test_schema_is_valid_json(void **state)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *j = NULL;
	struct error err = ERROR_INIT;

	option_schema_print(&text);
	assert_ok(json_parse(buf_str(&text), NULL, &j, &err));
	assert_non_null(json_get(json_get(json_get(json_get(j, "properties"),
	    "budget"), "properties"), "day_usd"));
}

/* What a value is checked against is only the part for its members. */
static void
test_part_of_the_schema_decides_as_the_whole(void **state)
{
	static const char *const values[] = { "{}", "[]", "7",
		"{\"mode\":\"edit\",\"budget\":{\"run_usd\":2}}",
		"{\"mode\":\"loud\"}", "{\"budget\":{\"zzz\":1}}",
		"{\"budget\":null}", "{\"zzz\":{}}", "{\"\":1}",
		"{\"$schema\":\"x\",\"ui\":{\"mouse\":true}}",
		"{\"ui\":{\"mouse\":1},\"mode\":3}" };
	CLEANUP_BUF struct buf whole = BUF_INIT(1 * MIB);
	CLEANUP_JSON struct json *all = NULL;
	struct error err = ERROR_INIT;

	option_schema_print(&whole);
	assert_ok(json_parse(buf_str(&whole), NULL, &all, &err));
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
		CLEANUP_JSON struct json *part = NULL, *value = NULL;
		struct error first = ERROR_INIT, second = ERROR_INIT;

		assert_ok(json_parse(str_from(values[i]), NULL, &value,
		    &err));
		option_schema_print_for(value, &text);
		assert_ok(json_parse(buf_str(&text), NULL, &part, &err));
		assert_int_equal(json_schema_check(all, value, NULL, &first),
		    json_schema_check(part, value, NULL, &second));
		assert_string_equal(first.message, second.message);
	}
}

static void
test_a_changed_value_leaves_the_rest(void **state)
{
	static const struct {
		const char *text, *key, *value, *wanted;
	} cases[] = {
		{ "", "model", "\"a\"", "{\n  \"model\": \"a\"\n}\n" },
		{ "{}", "budget.run_usd", "2",
		    "{\n  \"budget\": {\"run_usd\": 2}\n}" },
		{ "{ \"model\": \"a\" /* why */ }", "model", "\"b\"",
		    "{ \"model\": \"b\" /* why */ }" },
		{ "{\n  // mine\n  \"mode\": \"ask\",\n}\n", "model",
		    "\"a\"",
		    "{\n  \"model\": \"a\",\n  // mine\n"
		    "  \"mode\": \"ask\",\n}\n" },
		{ "{\n  \"budget\": {\"run_usd\": 1}\n}",
		    "budget.run_usd", "0.5",
		    "{\n  \"budget\": {\"run_usd\": 0.5}\n}" },
		{ "{\n  \"budget\": {\"run_usd\": 1}\n}",
		    "budget.day_usd", "3",
		    "{\n  \"budget\": {\n    \"day_usd\": 3,"
		    "\"run_usd\": 1}\n}" },
		{ "{\n  \"mode\": \"ask\", // x\n  \"model\": \"a\"\n}",
		    "mode", "", "{\n // x\n  \"model\": \"a\"\n}" },
		{ "{\n  \"mode\": \"ask\",\n  \"model\": \"a\"\n}",
		    "model", "", "{\n  \"mode\": \"ask\",\n}" },
		{ "{\"mode\": \"ask\"}", "model", "",
		    "{\"mode\": \"ask\"}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP_BUF struct buf out = BUF_INIT(64 * KIB);
		CLEANUP_JSON struct json *parsed = NULL;
		struct error err = ERROR_INIT;

		assert_ok(config_edit(str_from(cases[i].text), cases[i].key,
		    str_from(cases[i].value), &out, &err));
		assert_string_equal(buf_text(&out), cases[i].wanted);
		assert_ok(config_parse(buf_str(&out), "config.json", &parsed,
		    &err));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_names_the_line),
		cmocka_unit_test(test_comments_and_trailing_commas),
		cmocka_unit_test(test_part_of_the_schema_decides_as_the_whole),
		cmocka_unit_test(test_a_changed_value_leaves_the_rest),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_untrusted_project_only_narrows),
		cmocka_unit_test(test_untrusted_project_cannot_widen),
		cmocka_unit_test(test_schema_is_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
