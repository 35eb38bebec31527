/* keyring: in which order keys are found, how long they are kept, what is
 * done when they are old. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/keyring.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/unit.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define START_MS (1000 * DAY_MS)

struct place {
	char folder[64];
	char *vault, *key, *count;
	struct config *config;
	struct keyring *keys;
	struct buf record;
	bool refuse;
};

static int
record(const struct secret_access *access, void *ctx, struct error *err)
{
	struct place *p = ctx;

	if (p->refuse)
		return error_set(err, ERR_STORE, "no record");
	buf_printf(&p->record, "%s %s %s %s\n", access->action, access->name,
	    access->source, error_name(access->result));
	return 0;
}

static void
use(struct place *p, const char *secrets)
{
	CLEANUP(free_ptr) char *settings = mem_printf("{\"secrets\":{%s}}",
	    secrets);
	struct config_opts opts = { .folder = p->folder,
		.settings = settings };
	struct error err;

	config_destroy(p->config);
	p->config = NULL;
	if (config_load(&opts, &p->config, &err) != 0)
		fail_msg("%s", err.message);
}

static int
setup(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-keyring-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	setenv("XDG_CONFIG_HOME", p->folder, 1);
	unsetenv("A_KEY");
	p->vault = file_join(p->folder, "vault");
	p->key = file_join(p->folder, "vault.key");
	p->count = file_join(p->folder, "count");
	p->record = BUF_INIT(64 * KIB);
	p->keys = keyring_create(&(struct keyring_opts){
	    .vault_path = p->vault, .key_path = p->key,
	    .on_access = record, .ctx = p });
	clock_fake(START_MS, START_MS);
	use(p, "");
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	clock_fake(-1, -1);
	keyring_destroy(p->keys);
	config_destroy(p->config);
	file_remove_tree(p->folder);
	buf_release(&p->record);
	free(p->vault);
	free(p->key);
	free(p->count);
	free(p);
	return 0;
}

static void
expect(struct place *p, const char *value)
{
	struct key_query q = { .config = p->config, .name = "A_KEY",
		.purpose = "test" };
	CLEANUP(secret_destroyp) struct secret *s = NULL;
	struct error err;

	if (keyring_get(p->keys, &q, &s, &err) != 0)
		fail_msg("%s", err.message);
	assert_string_equal(secret_reveal(s).ptr, value);
}

static void
expect_error(struct place *p, enum error_code code)
{
	struct key_query q = { .config = p->config, .name = "A_KEY",
		.purpose = "test" };
	struct secret *s = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(keyring_get(p->keys, &q, &s, &err), -(int)code);
	assert_int_equal(err.code, code);
	assert_null(s);
}

static void
set(struct place *p, const char *name, const char *value)
{
	assert_int_equal(keyring_set(p->keys, p->config, str_from(name),
	    str_from(value), "set", NULL), 0);
}

static enum key_place
where(struct place *p)
{
	struct key_query q = { .config = p->config, .name = "A_KEY" };

	return keyring_where(p->keys, &q);
}

static void
test_the_order_of_places(void **state)
{
	struct place *p = *state;

	assert_int_equal(where(p), KEY_NOWHERE);
	expect_error(p, ERR_NOT_FOUND);
	set(p, "A_KEY", "from-vault");
	assert_int_equal(where(p), KEY_VAULT);
	expect(p, "from-vault");
	setenv("A_KEY", "from-env", 1);
	assert_int_equal(where(p), KEY_ENVIRONMENT);
	expect(p, "from-env");
	set(p, "b", "from-b");
	use(p, "\"sources\":{\"A_KEY\":\"vault:b\"}");
	assert_int_equal(where(p), KEY_SOURCE);
	expect(p, "from-b");
}

static void
test_strict_mode(void **state)
{
	struct place *p = *state;

	setenv("A_KEY", "from-env", 1);
	use(p, "\"strict\":true");
	expect_error(p, ERR_SECRET_STRICT);
	set(p, "A_KEY", "from-vault");
	expect(p, "from-vault");
	use(p, "\"strict\":true,\"sources\":{\"A_KEY\":\"env:A_KEY\"}");
	expect_error(p, ERR_SECRET_STRICT);
}

/* A source that is silent is a fault, even where the vault has the key. */
static void
test_a_source_that_fails(void **state)
{
	static const char *const sources[] = { "\"vault:none\"",
		"\"env:NONE_X\"", "\"what\"", "{\"command\":[]}", "7",
		"{\"command\":[\"false\"]}", "{\"command\":[\"true\"]}",
		"{\"command\":[\"no-such-program\"]}",
		"\"hashicorp:a/b#c\"" };
	struct place *p = *state;

	set(p, "A_KEY", "from-vault");
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		CLEANUP(free_ptr) char *s = mem_printf(
		    "\"sources\":{\"A_KEY\":%s}", sources[i]);

		use(p, s);
		expect_error(p, ERR_SECRET_SOURCE);
	}
}

static void
test_what_a_command_gives_is_kept_for_five_minutes(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *s = mem_printf("\"sources\":{\"A_KEY\":"
	    "{\"command\":[\"sh\",\"-c\",\"echo x >> %s; grep -c x %s\"]}}",
	    p->count, p->count);

	use(p, s);
	expect(p, "1");
	clock_fake(START_MS + KEYRING_CACHE_MS - 1, START_MS);
	expect(p, "1");
	clock_fake(START_MS + KEYRING_CACHE_MS, START_MS);
	expect(p, "2");
	assert_string_equal(buf_text(&p->record),
	    "read A_KEY command none\nread A_KEY cache none\n"
	    "read A_KEY command none\n");
}

static void
test_no_value_without_its_record(void **state)
{
	struct place *p = *state;

	setenv("A_KEY", "from-env", 1);
	p->refuse = true;
	expect_error(p, ERR_STORE);
	assert_int_equal(keyring_set(p->keys, p->config, STR("x"), STR("y"),
	    "set", NULL), -ERR_STORE);
	assert_false(file_exists(p->vault));
}

static void
test_another_process_changes_the_vault(void **state)
{
	struct place *p = *state;
	struct keyring *other = keyring_create(&(struct keyring_opts){
	    .vault_path = p->vault, .key_path = p->key });

	set(p, "A_KEY", "one");
	expect(p, "one");
	assert_int_equal(keyring_set(other, p->config, STR("A_KEY"),
	    STR("two"), "set", NULL), 0);
	expect(p, "two");
	assert_int_equal(keyring_rekey(other, p->config, NULL, NULL), 0);
	expect(p, "two");
	keyring_destroy(other);
}

static void
take_warning(const char *text, void *ctx)
{
	buf_printf(ctx, "%s\n", text);
}

static void
test_what_is_old_is_rotated_or_warned_about(void **state)
{
	struct place *p = *state;
	CLEANUP_BUF struct buf said = BUF_INIT(16 * KIB),
	    before = BUF_INIT(KIB), after = BUF_INIT(KIB);

	use(p, "\"rotate\":{\"A_KEY\":[\"sed\",\"s/^/new-/\"],"
	    "\"c\":[\"false\"]}");
	set(p, "A_KEY", "one");
	set(p, "b", "two");
	set(p, "c", "three");
	file_read(p->key, &before, NULL);
	clock_fake(START_MS, START_MS + 89 * DAY_MS);
	keyring_upkeep(p->keys, p->config, take_warning, &said);
	assert_int_equal(said.len, 0);
	expect(p, "one");
	clock_fake(START_MS, START_MS + 90 * DAY_MS);
	keyring_upkeep(p->keys, p->config, take_warning, &said);
	expect(p, "new-one");
	file_read(p->key, &after, NULL);
	assert_false(str_eq(buf_str(&before), buf_str(&after)));
	assert_non_null(strstr(buf_text(&said), "the key b is 90 days old"));
	assert_non_null(strstr(buf_text(&said),
	    "the key c is 90 days old and could not be rotated"));
	assert_null(strstr(buf_text(&said), "A_KEY"));
	buf_clear(&said);
	keyring_upkeep(p->keys, p->config, take_warning, &said);
	expect(p, "new-one");
}

static void
test_a_passphrase_locks_it(void **state)
{
	struct place *p = *state;
	CLEANUP(secret_destroyp) struct secret *phrase =
	    secret_create(STR("long enough"));

	set(p, "A_KEY", "one");
	assert_int_equal(keyring_rekey(p->keys, p->config, phrase, NULL), 0);
	expect(p, "one");
	keyring_destroy(p->keys);
	p->keys = keyring_create(&(struct keyring_opts){
	    .vault_path = p->vault, .key_path = p->key });
	assert_true(keyring_is_locked(p->keys, p->config));
	expect_error(p, ERR_VAULT_KEY);
	assert_int_equal(keyring_unlock(p->keys, p->config, STR("wrong"),
	    NULL), -ERR_VAULT_KEY);
	assert_int_equal(keyring_unlock(p->keys, p->config,
	    STR("long enough"), NULL), 0);
	expect(p, "one");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_order_of_places,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(test_strict_mode, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_a_source_that_fails,
		    setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_what_a_command_gives_is_kept_for_five_minutes, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    test_no_value_without_its_record, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_another_process_changes_the_vault, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_what_is_old_is_rotated_or_warned_about, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_a_passphrase_locks_it,
		    setup, teardown),
	};

	use_build_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
