/* vault: there and back, wrong keys, damage anywhere, the copy that stays, a
 * change of the key that was cut short. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "safety/vault.h"
#include "tests/unit/unit.h"

struct place {
	char folder[64];
	char *path, *key, *copy;
};

static int
setup(void **state)
{
	struct place *p = mem_new(struct place);

	snprintf(p->folder, sizeof(p->folder), "/tmp/friday-vault-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	p->path = file_join(p->folder, "vault");
	p->key = file_join(p->folder, "vault.key");
	p->copy = file_join(p->folder, "vault.bak");
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	file_remove_tree(p->folder);
	free(p->path);
	free(p->key);
	free(p->copy);
	free(p);
	return 0;
}

static int
open_vault(const struct place *p, const struct secret *passphrase,
    struct vault **ret, struct error *err)
{
	struct vault_opts opts = { .path = p->path, .key_path = p->key,
		.passphrase = passphrase, .now_ms = 1 };

	return vault_open(&opts, ret, err);
}

static void
put(const struct place *p, const char *name, const char *value)
{
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	struct error err;

	assert_ok(open_vault(p, NULL, &v, &err));
	assert_ok(vault_set(v, str_from(name), str_from(value), "set", 5,
	    &err));
}

static void
assert_value(const struct place *p, const struct secret *passphrase,
    const char *name, const char *wanted)
{
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	struct error err;

	assert_ok(open_vault(p, passphrase, &v, &err));
	assert_ok(vault_get(v, str_from(name), &value, &err));
	assert_true(str_eq_c(secret_reveal(value), wanted));
}

static void
test_values_come_back(void **state)
{
	const struct place *p = *state;
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	CLEANUP(secret_destroyp) struct secret *value = NULL;
	struct vault_entry e;
	struct error err;

	put(p, "openai", "first");
	put(p, "anthropic", "second");
	put(p, "openai", "third");
	assert_value(p, NULL, "openai", "third");
	assert_ok(open_vault(p, NULL, &v, &err));
	assert_int_equal(vault_count(v), 2);
	assert_true(vault_at(v, 1, &e));
	assert_string_equal(e.name, "anthropic");
	assert_string_equal(e.origin, "set");
	assert_ok(vault_remove(v, STR("openai"), &err));
	assert_error(vault_get(v, STR("openai"), &value, &err), ERR_NOT_FOUND);
	assert_error(vault_remove(v, STR("openai"), &err), ERR_NOT_FOUND);
}

static void
test_files_are_the_owners_alone(void **state)
{
	const struct place *p = *state;
	CLEANUP_BUF struct buf file = BUF_INIT(MIB);
	struct stat st;

	put(p, "a", "needle-in-the-file");
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(p->key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	file_read(p->path, &file, NULL);
	assert_true(str_find(buf_str(&file), STR("needle"), 0) == SIZE_MAX);
}

static void
test_names_are_checked(void **state)
{
	static const char *const names[] = { "", "a b", "a\n", "ü", "a=b" };
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	struct error err;

	assert_ok(open_vault(*state, NULL, &v, &err));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_error(vault_set(v, str_from(names[i]), STR("x"), "set",
		    1, &err), ERR_INVALID);
}

static void
test_each_changed_byte_is_noticed(void **state)
{
	const struct place *p = *state;
	CLEANUP_BUF struct buf file = BUF_INIT(MIB);
	struct error err;

	put(p, "a", "value");
	assert_int_equal(file_read(p->path, &file, NULL), 0);
	for (size_t i = 0; i < file.len; i++) {
		CLEANUP(vault_destroyp) struct vault *v = NULL;

		file.ptr[i] ^= 1;
		file_write_atomic(p->path, buf_str(&file), 0600, NULL);
		file.ptr[i] ^= 1;
		if (open_vault(p, NULL, &v, &err) == 0)
			fail_msg("byte %zu may be changed", i);
	}
}

static void
test_a_cut_file_is_noticed_and_left_alone(void **state)
{
	const struct place *p = *state;
	CLEANUP_BUF struct buf file = BUF_INIT(MIB), after = BUF_INIT(MIB);
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	struct error err;

	put(p, "a", "value");
	file_read(p->path, &file, NULL);
	assert_ok(open_vault(p, NULL, &v, &err));
	for (size_t len = 0; len < file.len; len++) {
		CLEANUP(vault_destroyp) struct vault *other = NULL;

		file_write_atomic(p->path, str_sub(buf_str(&file), 0, len),
		    0600, NULL);
		assert_error(open_vault(p, NULL, &other, &err),
		    ERR_VAULT_DAMAGED);
		assert_error(vault_set(v, STR("b"), STR("x"), "set", 1, &err),
		    ERR_VAULT_DAMAGED);
	}
	file_read(p->path, &after, NULL);
	assert_int_equal(after.len, file.len - 1);
}

static void
test_the_former_file_stays_as_a_copy(void **state)
{
	const struct place *p = *state;
	CLEANUP_BUF struct buf before = BUF_INIT(MIB), copy = BUF_INIT(MIB);

	put(p, "a", "value");
	file_read(p->path, &before, NULL);
	put(p, "b", "value");
	file_read(p->copy, &copy, NULL);
	assert_true(str_eq(buf_str(&before), buf_str(&copy)));
	/* And it is whole: put in place it serves. */
	assert_int_equal(rename(p->copy, p->path), 0);
	assert_value(p, NULL, "a", "value");
}

static void
test_a_key_file_that_others_may_read_is_refused(void **state)
{
	const struct place *p = *state;
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	struct error err;

	put(p, "a", "value");
	assert_int_equal(chmod(p->key, 0640), 0);
	assert_error(open_vault(p, NULL, &v, &err), ERR_VAULT_KEY);
	assert_non_null(strstr(err.message, "chmod 600"));
}

static void
test_a_missing_or_other_key_is_refused(void **state)
{
	const struct place *p = *state;
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	char other[32] = "another key of the right length";
	struct error err;

	put(p, "a", "value");
	file_write_atomic(p->key, str_make(other, sizeof(other)), 0600, NULL);
	assert_error(open_vault(p, NULL, &v, &err), ERR_VAULT_KEY);
	unlink(p->key);
	assert_error(open_vault(p, NULL, &v, &err), ERR_VAULT_KEY);
}

static void
test_a_key_without_a_vault_is_kept(void **state)
{
	const struct place *p = *state;
	CLEANUP(free_ptr) char *away = file_join(p->folder, "away");

	put(p, "a", "value");
	assert_int_equal(rename(p->path, away), 0);
	put(p, "b", "value");
	assert_int_equal(rename(away, p->path), 0);
	assert_value(p, NULL, "a", "value");
}

static void
test_a_passphrase_opens_it(void **state)
{
	const struct place *p = *state;
	CLEANUP(secret_destroyp) struct secret *right =
	    secret_create(STR("correct horse"));
	CLEANUP(secret_destroyp) struct secret *wrong =
	    secret_create(STR("battery staple"));
	CLEANUP(vault_destroyp) struct vault *v = NULL, *none = NULL;
	struct error err;

	put(p, "a", "value");
	assert_ok(open_vault(p, NULL, &v, &err));
	assert_false(vault_wants_passphrase(p->path));
	assert_ok(vault_rekey(v, right, 7, &err));
	assert_true(vault_wants_passphrase(p->path));
	assert_int_equal(vault_key_made_ms(v), 7);
	assert_value(p, right, "a", "value");
	assert_error(open_vault(p, wrong, &none, &err), ERR_VAULT_KEY);
	assert_error(open_vault(p, NULL, &none, &err), ERR_VAULT_KEY);
	assert_ok(vault_set(v, STR("b"), STR("more"), "set", 8, &err));
	assert_value(p, right, "b", "more");
}

static void
test_a_change_of_the_key_that_was_cut_short(void **state)
{
	const struct place *p = *state;
	CLEANUP(vault_destroyp) struct vault *v = NULL;
	CLEANUP(free_ptr) char *next = mem_printf("%s.next", p->key);
	CLEANUP_BUF struct buf old = BUF_INIT(MIB);
	struct error err;

	put(p, "a", "value");
	file_read(p->key, &old, NULL);
	assert_ok(open_vault(p, NULL, &v, &err));
	assert_ok(vault_rekey(v, NULL, 9, &err));
	assert_value(p, NULL, "a", "value");
	/* As if killed between the vault and the key file. */
	assert_int_equal(rename(p->key, next), 0);
	file_write_atomic(p->key, buf_str(&old), 0600, NULL);
	assert_value(p, NULL, "a", "value");
	assert_false(file_exists(next));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_values_come_back),
		TEST(test_files_are_the_owners_alone),
		TEST(test_names_are_checked),
		TEST(test_each_changed_byte_is_noticed),
		TEST(test_a_cut_file_is_noticed_and_left_alone),
		TEST(test_the_former_file_stays_as_a_copy),
		TEST(test_a_key_file_that_others_may_read_is_refused),
		TEST(test_a_missing_or_other_key_is_refused),
		TEST(test_a_key_without_a_vault_is_kept),
		TEST(test_a_passphrase_opens_it),
		TEST(test_a_change_of_the_key_that_was_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
