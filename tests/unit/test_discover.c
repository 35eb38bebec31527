/* discover: local servers are found, in the table's order, with a model that
 * can talk; nobody there is told fast. */
#include "base/json.h"
#include "llm/client.h"
#include "tests/unit/http_server.h"
#include "tests/unit/unit.h"

static struct catalog *
catalog_with(const char *ollama, const char *llamacpp, const char *lmstudio)
{
	CLEANUP_BUF struct buf text = BUF_INIT(KIB);
	CLEANUP_JSON struct json *json = NULL;
	struct catalog *catalog;
	struct error err;

	buf_printf(&text, "{\"ollama\":{\"base_url\":\"%s\"},"
	    "\"llamacpp\":{\"base_url\":\"%s\"},"
	    "\"lmstudio\":{\"base_url\":\"%s\"},"
	    "\"vllm\":{\"base_url\":\"http://127.0.0.1:1\"}}",
	    ollama, llamacpp, lmstudio);
	assert_ok(json_parse(buf_str(&text), NULL, &json, &err));
	assert_ok(catalog_create(json, NULL, &catalog, &err));
	return catalog;
}

#define NOBODY "http://127.0.0.1:1"

static void
test_nobody(void **state)
{
	struct catalog *catalog = catalog_with(NOBODY, NOBODY, NOBODY);
	char *model = NULL;

	assert_null(llm_discover_local(catalog, 200, NULL, &model));
	assert_null(model);
	catalog_destroy(catalog);
}

static void
test_first_in_order_with_a_model(void **state)
{
	/* Ollama runs and has only a model for embeddings. */
	static const struct http_reply tags[] = { { .bytes =
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	    "{\"models\":[{\"name\":\"nomic-embed-text\"}]}",
	    .after = HTTP_CLOSE } };
	static const struct http_reply list[] = { { .bytes =
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
	    "{\"data\":[{\"id\":\"text-embedding-3\"},{\"id\":\"qwen\"},"
	    "{\"id\":\"other\"}]}", .after = HTTP_CLOSE } };
	struct http_server *a = http_server_start(tags, 1);
	struct http_server *b = http_server_start(list, 1);
	struct http_server *c = http_server_start(list, 1);
	struct catalog *catalog = catalog_with(http_server_url(a),
	    http_server_url(b), http_server_url(c));
	const struct provider *found;
	char *model = NULL;

	/* Ample: a loaded machine must not fail the test. */
	found = llm_discover_local(catalog, 10000, NULL, &model);
	assert_non_null(found);
	assert_string_equal(found->name, "llamacpp");
	assert_string_equal(model, "qwen");
	free(model);
	catalog_destroy(catalog);
	http_server_stop(a);
	http_server_stop(b);
	http_server_stop(c);
}

static void
test_silent_and_odd_servers(void **state)
{
	static const struct http_reply silent[] = {
		{ .bytes = "", .after = HTTP_HANG } };
	static const struct http_reply page[] = { { .bytes =
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>",
	    .after = HTTP_CLOSE } };
	struct http_server *a = http_server_start(silent, 1);
	struct http_server *b = http_server_start(page, 1);
	struct catalog *catalog = catalog_with(http_server_url(a),
	    http_server_url(b), NOBODY);
	char *model = NULL;

	assert_null(llm_discover_local(catalog, 100, NULL, &model));
	assert_null(model);
	catalog_destroy(catalog);
	http_server_stop(a);
	http_server_stop(b);
}

static void
test_a_server_elsewhere_is_not_asked(void **state)
{
	struct catalog *catalog = catalog_with("http://192.0.2.1:11434",
	    "https://example.invalid", NOBODY);
	char *model = NULL;

	assert_null(llm_discover_local(catalog, 10000, NULL, &model));
	catalog_destroy(catalog);
}

static void
test_cancelled(void **state)
{
	static const struct http_reply silent[] = {
		{ .bytes = "", .after = HTTP_HANG } };
	struct http_server *a = http_server_start(silent, 1);
	struct catalog *catalog = catalog_with(http_server_url(a), NOBODY,
	    NOBODY);
	struct cancel cancel;
	char *model = NULL;

	assert_int_equal(cancel_init(&cancel, NULL), 0);
	cancel_raise(&cancel, CANCEL_STOP);
	assert_null(llm_discover_local(catalog, 60000, &cancel, &model));
	cancel_release(&cancel);
	catalog_destroy(catalog);
	http_server_stop(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_first_in_order_with_a_model),
		cmocka_unit_test(test_silent_and_odd_servers),
		cmocka_unit_test(test_a_server_elsewhere_is_not_asked),
		cmocka_unit_test(test_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
