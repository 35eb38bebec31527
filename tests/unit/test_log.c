/* log: the form of a line, levels, the filter, rotation within bounds. */
#include "base/log.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "tests/unit/ws_fixture.h"

#include <sys/stat.h>

static int
setup(void **state)
{
	*state = fixture_folder();
	return 0;
}

static int
teardown(void **state)
{
	log_close();
	clock_fake(-1, -1);
	fixture_remove(*state);
	return 0;
}

static void
read_log(const char *path, struct buf *out)
{
	struct error err;

	assert_ok(file_read(path, out, &err));
}

static void
test_line_has_its_fields(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct log_opts opts = LOG_OPTS_INIT;
	struct log_fields fields = LOG_FIELDS_INIT;
	struct error err;

	opts.path = path;
	assert_ok(log_open(&opts, &err));
	clock_fake(0, 1000);
	fields.code = "llm.done";
	fields.run = "r1";
	fields.status = "ok";
	fields.trace = "t1";
	fields.duration_ms = 0;
	fields.tokens = 12;
	fields.cost_microusd = 1500000;
	log_write(LOG_INFO, &fields, "said \"%s\"", "hi");
	log_write(LOG_DEBUG, NULL, "dropped");
	assert_false(log_enabled(LOG_DEBUG));
	read_log(path, &text);
	assert_string_equal(buf_text(&text),
	    "{\"time\":\"1970-01-01T00:00:01.000Z\",\"level\":\"info\","
	    "\"code\":\"llm.done\",\"message\":\"said \\\"hi\\\"\","
	    "\"run\":\"r1\",\"duration_ms\":0,\"status\":\"ok\","
	    "\"tokens\":12,\"cost_usd\":1.500000,\"trace_id\":\"t1\"}\n");
}

static void
test_errors_carry_code_and_trace(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct log_opts opts = LOG_OPTS_INIT;
	struct error err, fault;

	opts.path = path;
	assert_ok(log_open(&opts, &err));
	error_set(&fault, ERR_IO, "broken");
	error_detail(&fault, "badly");
	log_error(&fault, NULL);
	read_log(path, &text);
	assert_non_null(strstr(buf_text(&text), "\"code\":\"io\""));
	assert_non_null(strstr(buf_text(&text), "broken - badly"));
}

static void
hide(struct str text, struct buf *out, void *ctx)
{
	buf_add_cstr(out, "[hidden]");
}

static void
test_filter_sees_every_message(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	struct log_opts opts = LOG_OPTS_INIT;
	struct error err;

	opts.path = path;
	opts.filter = hide;
	assert_ok(log_open(&opts, &err));
	log_write(LOG_WARN, NULL, "key sk-123");
	read_log(path, &text);
	assert_null(strstr(buf_text(&text), "sk-123"));
	assert_non_null(strstr(buf_text(&text), "[hidden]"));
}

static void
test_long_message_is_cut(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	CLEANUP_BUF struct buf message = BUF_INIT(MIB);
	CLEANUP_JSON struct json *j = NULL;
	struct log_opts opts = LOG_OPTS_INIT;
	struct error err;

	opts.path = path;
	assert_ok(log_open(&opts, &err));
	buf_add_repeated(&message, '\x01', 100000);
	log_write(LOG_INFO, NULL, "start %s", buf_text(&message));
	read_log(path, &text);
	assert_ok(json_parse(str_trim(buf_str(&text)), NULL, &j, &err));
	assert_true(str_starts(json_get_str(j, "message"), STR("start")));
}

static size_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

static void
fill(const char *path, unsigned files_max)
{
	struct log_opts opts = LOG_OPTS_INIT;
	struct error err;

	opts.path = path;
	opts.file_max = 1000;
	opts.files_max = files_max;
	assert_ok(log_open(&opts, &err));
	for (int i = 0; i < 200; i++)
		log_write(LOG_INFO, NULL, "line %d", i);
	log_close();
}

static void
test_rotates_within_bounds(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP(free_ptr) char *second = file_join(*state, "log.2");
	CLEANUP(free_ptr) char *third = file_join(*state, "log.3");
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);

	fill(path, 2);
	assert_true(size_of(path) > 0 && size_of(path) < 1200);
	assert_true(size_of(second) > 0 && size_of(second) < 1200);
	assert_false(file_exists(third));
	read_log(path, &text);
	assert_non_null(strstr(buf_text(&text), "line 199"));
}

static void
test_bounded_without_old_files(void **state)
{
	CLEANUP(free_ptr) char *path = file_join(*state, "log");
	CLEANUP(free_ptr) char *first = file_join(*state, "log.1");

	fill(path, 0);
	assert_true(size_of(path) < 1200);
	assert_false(file_exists(first));
}

static void
test_nothing_is_written_unopened(void **state)
{
	assert_false(log_enabled(LOG_ERROR));
	log_write(LOG_ERROR, NULL, "nowhere");
	log_close();
}

static void
test_level_names(void **state)
{
	enum log_level level = LOG_INFO;

	assert_true(log_level_by_name(STR("warn"), &level));
	assert_int_equal(level, LOG_WARN);
	assert_false(log_level_by_name(STR("loud"), &level));
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(test_line_has_its_fields),
		LOG_TEST(test_errors_carry_code_and_trace),
		LOG_TEST(test_filter_sees_every_message),
		LOG_TEST(test_long_message_is_cut),
		LOG_TEST(test_rotates_within_bounds),
		LOG_TEST(test_bounded_without_old_files),
		cmocka_unit_test(test_nothing_is_written_unopened),
		cmocka_unit_test(test_level_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
