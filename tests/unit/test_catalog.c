/* The tables of providers and models, and what a configuration may do to
 * them. */
#include "base/json.h"
#include "llm/provider.h"

#include "tests/unit/unit.h"

static struct error err;

/* JSON texts; NULL: none. */
static int
create(const char *providers, const char *models, struct catalog **ret)
{
	struct json *p = NULL, *m = NULL;
	int rc;

	if (providers != NULL)
		assert_ok(json_parse(str_from(providers), NULL, &p, &err));
	if (models != NULL)
		assert_ok(json_parse(str_from(models), NULL, &m, &err));
	rc = catalog_create(p, m, ret, &err);
	json_destroy(p);
	json_destroy(m);
	return rc;
}

static void
test_every_row_is_complete(void **state)
{
	for (size_t i = 0; i < provider_table_len; i++) {
		const struct provider *p = &provider_table[i];

		assert_non_null(p->name);
		assert_true(strlen(p->name) < 32);
		assert_non_null(p->title);
		assert_non_null(p->wire);
		assert_non_null(p->base_url);
		assert_non_null(p->key_variables);
		assert_int_not_equal(p->base_url[0] == '\0' ? 'x' :
		    p->base_url[strlen(p->base_url) - 1], '/');
		if ((p->flags & PROVIDER_OFFLINE) == 0) {
			assert_true(strncmp(p->base_url, "http", 4) == 0);
			assert_true(p->key_variables[0] != '\0');
		}
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(p->name,
			    provider_table[k].name);
	}
}

static void
test_every_default_model_has_a_row(void **state)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;

	assert_ok(create(NULL, NULL, &c));
	for (size_t i = 0; i < provider_table_len; i++) {
		const struct provider *p = &provider_table[i];
		const char *const ids[] = { p->default_model, p->small_model };

		for (size_t k = 0; k < 2; k++) {
			struct model m;

			if (ids[k] == NULL)
				continue;
			m = catalog_model(c, p->name, ids[k]);
			if (m.price_input < 0 &&
			    strcmp(p->name, "github-models") != 0)
				fail_msg("%s/%s has no row", p->name, ids[k]);
			assert_true(m.abilities & MODEL_TOOLS);
		}
	}
}

static void
test_every_model_row_is_sane(void **state)
{
	for (size_t i = 0; i < model_table_len; i++) {
		const struct model *m = &model_table[i];

		assert_true(m->context_tokens >= 1000);
		assert_true(m->output_tokens >= 1000);
		assert_true(m->price_output >= m->price_input);
		assert_true(m->price_cached <= m->price_input);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(m->provider, model_table[k].provider) == 0)
				assert_string_not_equal(m->id,
				    model_table[k].id);
		}
	}
}

static void
test_the_closest_pattern_wins(void **state)
{
	static const struct {
		const char *provider, *model;
		int64_t context, price_input, price_output;
	} rows[] = {
		{ "anthropic", "claude-sonnet-4-5-20250929", 200000, 3000000,
		    15000000 },
		{ "anthropic", "claude-opus-5-5", 1000000, 4000000, 20000000 },
		{ "anthropic", "claude-opus-5", 1000000, 5000000, 25000000 },
		{ "anthropic", "claude-next", 200000, -1, -1 },
		{ "openai", "gpt-5", 272000, 1250000, 10000000 },
		{ "openai", "gpt-5-mini-2025-08-07", 272000, 250000, 2000000 },
		{ "openai", "gpt-5.4-mini", 272000, 750000, 4500000 },
		{ "openai", "gpt-5.9", 272000, -1, -1 },
		{ "openai", "gpt-5.1-chat-latest", 111616, 1250000, 10000000 },
		{ "openai-chat", "gpt-4.1", 1014808, 2000000, 8000000 },
		{ "azure", "GPT-4o-Mini", 111616, 150000, 600000 },
		{ "openrouter", "anthropic/claude-sonnet-4.6", 1000000,
		    3000000, 15000000 },
		{ "openrouter", "openai/gpt-5.4", 922000, 2500000, 15000000 },
		{ "openrouter", "qwen/qwen3-coder", 262144, -1, -1 },
		{ "github-models", "openai/gpt-4.1", 1014808, -1, -1 },
		{ "gemini", "gemini-2.5-flash-lite", 1048576, 100000, 400000 },
		{ "ollama", "qwen2.5-coder:7b", 32768, 0, 0 },
		{ "llamacpp", "something.gguf", 32768, 0, 0 },
		{ "groq", "unheard-of", 128000, -1, -1 },
		{ "no-such-provider", "x", 128000, -1, -1 },
	};
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;

	assert_ok(create(NULL, NULL, &c));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct model m =
		    catalog_model(c, rows[i].provider, rows[i].model);

		if (m.context_tokens != rows[i].context ||
		    m.price_input != rows[i].price_input ||
		    m.price_output != rows[i].price_output)
			fail_msg("%s/%s: %lld %lld %lld", rows[i].provider,
			    rows[i].model, (long long)m.context_tokens,
			    (long long)m.price_input,
			    (long long)m.price_output);
		assert_string_equal(m.id, rows[i].model);
		assert_string_equal(m.provider, rows[i].provider);
	}
}

static void
test_configuration_adds_a_provider(void **state)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;
	const struct provider *p;

	assert_ok(create("{\"mine\":{\"wire\":\"openai-chat\","
	    "\"base_url\":\"http://10.0.0.7:9/v1//\",\"auth\":\"api-key\","
	    "\"key_env\":[\"A_KEY\",\"B_KEY\"],\"default_model\":\"m\","
	    "\"small_model\":\"s\",\"query\":\"api-version=1\","
	    "\"headers\":{\"X-Team\":\"a b\",\"X-Two\":\"2\"},"
	    "\"local\":true}}", NULL, &c));
	assert_int_equal(catalog_provider_count(c), provider_table_len + 1);
	p = catalog_provider(c, STR("mine"));
	assert_non_null(p);
	assert_ptr_equal(p, catalog_provider_at(c, provider_table_len));
	assert_null(catalog_provider_at(c, provider_table_len + 1));
	assert_string_equal(p->title, "mine");
	assert_string_equal(p->wire, "openai-chat");
	assert_string_equal(p->base_url, "http://10.0.0.7:9/v1");
	assert_string_equal(p->key_variables, "A_KEY B_KEY");
	assert_string_equal(p->default_model, "m");
	assert_string_equal(p->small_model, "s");
	assert_string_equal(p->query, "api-version=1");
	assert_string_equal(p->headers, "X-Team: a b\nX-Two: 2\n");
	assert_int_equal(p->auth, AUTH_API_KEY);
	assert_int_equal(p->flags, PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL);
}

static void
test_configuration_changes_a_provider(void **state)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;
	const struct provider *p;

	assert_ok(create("{\"openai\":{\"default_model\":\"gpt-4.1\"}}", NULL,
	    &c));
	assert_int_equal(catalog_provider_count(c), provider_table_len);
	p = catalog_provider(c, STR("openai"));
	assert_string_equal(p->default_model, "gpt-4.1");
	assert_string_equal(p->base_url, "https://api.openai.com/v1");
	assert_string_equal(p->key_variables, "OPENAI_API_KEY");
}

static void
test_configuration_changes_models(void **state)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;
	struct model m;

	assert_ok(create(NULL,
	    "{\"openai/gpt-4.1*\":{\"price\":{\"input\":1.5},"
	    "\"edit_tool\":\"edit\"},"
	    "\"openai/gpt-4.1-mini\":{\"context\":5000},"
	    "\"*/gpt-4.1*\":{\"price\":{\"input\":9,\"output\":9,"
	    "\"cached\":0.5,\"cache_write\":10}},"
	    "\"Qwen/Qwen3-8B\":{\"context\":40960,\"output\":1000,"
	    "\"images\":true,\"reasoning\":true,\"tools\":false}}", &c));
	m = catalog_model(c, "openai", "gpt-4.1-mini");
	assert_int_equal(m.price_input, 1500000); /* closer than any */
	assert_int_equal(m.price_output, 9000000);
	assert_int_equal(m.price_cached, 500000);
	assert_int_equal(m.price_cache_write, 10000000);
	assert_int_equal(m.context_tokens, 5000);
	assert_int_equal(m.output_tokens, 5000); /* not above the context */
	assert_int_equal(m.abilities, MODEL_TOOLS | MODEL_IMAGES);
	m = catalog_model(c, "vllm", "Qwen/Qwen3-8B");
	assert_int_equal(m.context_tokens, 40960);
	assert_int_equal(m.output_tokens, 1000);
	assert_int_equal(m.abilities, MODEL_IMAGES | MODEL_REASONING);
	assert_int_equal(m.price_input, 0);
}

static void
test_models_are_listed_with_configured_ones(void **state)
{
	CLEANUP(catalog_destroyp) struct catalog *c = NULL;
	size_t n = 0;
	const struct model *m, *last = NULL;

	assert_ok(create(NULL, "{\"deepseek/deepseek-v9\":{\"output\":77}}",
	    &c));
	while ((m = catalog_model_at(c, "deepseek", n)) != NULL) {
		assert_string_equal(m->provider, "deepseek");
		last = m;
		n++;
	}
	assert_true(n > 4);
	assert_string_equal(last->id, "deepseek-v9");
	assert_int_equal(last->output_tokens, 77);
	assert_int_equal(last->context_tokens, 128000);
	assert_null(catalog_model_at(c, "nobody", 0));
}

static void
test_mistakes_name_their_key(void **state)
{
	static const struct {
		const char *providers, *models, *named;
	} rows[] = {
		{ "[]", NULL, "providers: must be an object" },
		{ "{\"x\":1}", NULL, "providers.x: must be an object" },
		{ "{\"X\":{}}", NULL, "providers.X: a provider's name" },
		{ "{\"\":{}}", NULL, "providers.: " },
		{ "{\"x\":{}}", NULL, "providers.x: a new provider needs" },
		{ "{\"x\":{\"colour\":1}}", NULL, "providers.x.colour: " },
		{ "{\"offline\":{}}", NULL, "providers.offline: cannot" },
		{ "{\"openai\":{\"wire\":\"offline\"}}", NULL,
		    "providers.openai.wire: must be openai-chat" },
		{ "{\"openai\":{\"wire\":7}}", NULL,
		    "providers.openai.wire: must be a string" },
		{ "{\"openai\":{\"base_url\":\"file:///etc\"}}", NULL,
		    "providers.openai.base_url: must start" },
		{ "{\"openai\":{\"base_url\":\"https://\"}}", NULL,
		    "providers.openai.base_url: has no host" },
		{ "{\"openai\":{\"base_url\":\"https://a:b@c/\"}}", NULL,
		    "providers.openai.base_url: must not hold" },
		{ "{\"openai\":{\"base_url\":\"https://a/?k=1\"}}", NULL,
		    "providers.openai.base_url: must be a plain" },
		{ "{\"openai\":{\"base_url\":\"https://a/\\r\\nX: y\"}}", NULL,
		    "providers.openai.base_url: must be a plain" },
		{ "{\"openai\":{\"query\":\"a=b#c\"}}", NULL,
		    "providers.openai.query: " },
		{ "{\"openai\":{\"auth\":\"basic\"}}", NULL,
		    "providers.openai.auth: must be none" },
		{ "{\"openai\":{\"key_env\":7}}", NULL,
		    "providers.openai.key_env: " },
		{ "{\"openai\":{\"key_env\":\"sk-abc\"}}", NULL,
		    "providers.openai.key_env: must name environment" },
		{ "{\"openai\":{\"headers\":{\"A\":\"b\\nC: d\"}}}", NULL,
		    "providers.openai.headers: a header's value" },
		{ "{\"openai\":{\"headers\":{\"A B\":\"b\"}}}", NULL,
		    "providers.openai.headers: a header's name" },
		{ "{\"openai\":{\"headers\":{\"authorization\":\"b\"}}}", NULL,
		    "providers.openai.headers: may not set" },
		{ "{\"openai\":{\"headers\":{\"A\":1}}}", NULL,
		    "providers.openai.headers: a header's value" },
		{ "{\"openai\":{\"local\":\"yes\"}}", NULL,
		    "providers.openai.local: must be true" },
		{ NULL, "7", "models: must be an object" },
		{ NULL, "{\"a/b\":7}", "models.a/b: must be an object" },
		{ NULL, "{\"openai/\":{}}", "models.openai/: must be" },
		{ NULL, "{\"m\":{\"context\":\"1\"}}", "models.m.context: " },
		{ NULL, "{\"m\":{\"context\":0}}", "models.m.context: " },
		{ NULL, "{\"m\":{\"output\":1.5}}", "models.m.output: " },
		{ NULL, "{\"m\":{\"price\":3}}", "models.m.price: " },
		{ NULL, "{\"m\":{\"price\":{\"inputs\":3}}}",
		    "models.m.price: knows" },
		{ NULL, "{\"m\":{\"price\":{\"input\":-3}}}",
		    "models.m.price: must be in USD" },
		{ NULL, "{\"m\":{\"price\":{\"input\":1e300}}}",
		    "models.m.price: must be in USD" },
		{ NULL, "{\"m\":{\"tools\":1}}", "models.m.tools: " },
		{ NULL, "{\"m\":{\"edit_tool\":\"sed\"}}",
		    "models.m.edit_tool: must be edit" },
		{ NULL, "{\"m\":{\"speed\":1}}", "models.m." },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct catalog *c = NULL;

		assert_error(create(rows[i].providers, rows[i].models, &c),
		    ERR_CONFIG_INVALID);
		assert_null(c);
		if (strncmp(err.message, rows[i].named,
		    strlen(rows[i].named)) != 0)
			fail_msg("'%s', wanted '%s'", err.message,
			    rows[i].named);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_complete),
		cmocka_unit_test(test_every_default_model_has_a_row),
		cmocka_unit_test(test_every_model_row_is_sane),
		cmocka_unit_test(test_the_closest_pattern_wins),
		cmocka_unit_test(test_configuration_adds_a_provider),
		cmocka_unit_test(test_configuration_changes_a_provider),
		cmocka_unit_test(test_configuration_changes_models),
		cmocka_unit_test(test_models_are_listed_with_configured_ones),
		cmocka_unit_test(test_mistakes_name_their_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
