/* The deny list: which paths are on it, which are not. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/units.h"
#include "safety/deny_list.h"
#include "tests/unit/unit.h"

struct place {
	char root[64];
	struct deny_list *d;
};

static void
put(const struct place *p, const char *name, const char *text)
{
	CLEANUP(free_ptr) char *path = file_join(p->root, name);
	CLEANUP(free_ptr) char *folder = mem_strdup(path);
	struct error err = ERROR_INIT;

	*strrchr(folder, '/') = '\0';
	assert_ok(file_make_dirs(folder, &err));
	assert_ok(file_write_atomic(path, str_from(text), 0600, &err));
}

static int
set_up(void **state)
{
	struct place *p = mem_new(struct place);
	const char *roots[] = { p->root };
	static const char *const own[] = { "/home/u/.config/friday",
		"/home/u/.local/state/friday" };
	static const char *const readable[] = {
		"/home/u/.local/state/friday/spill" };

	snprintf(p->root, sizeof(p->root), "/tmp/friday-deny-XXXXXX");
	assert_non_null(mkdtemp(p->root));
	p->d = deny_list_create(&(struct deny_opts){ .home = "/home/u",
	    .roots = roots, .n_roots = 1, .own = own, .n_own = 2,
	    .readable = readable, .n_readable = 1 });
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	deny_list_destroy(p->d);
	file_remove_tree(p->root);
	free(p);
	return 0;
}

static void
test_names(void **state)
{
	static const struct {
		const char *path;
		bool denied;
	} cases[] = {
		{ "/w/.env", true }, { "/w/a/b/.env", true },
		{ "/w/.env.local", true }, { "/w/.env.production", true },
		{ "/w/.envrc", true }, { "/w/.env.example", false },
		{ "/w/.env.sample", false }, { "/w/.env.template", false },
		{ "/w/.env.local.example", false }, { "/w/env", false },
		{ "/w/src/env.c", false }, { "/w/.environment/x", false },
		{ "/w/.envs/.local/.django", true },
		{ "/w/.ENV", true }, { "/w/.Env.Local", true },
		{ "/w/.env ", true }, { "/w/.env.", true },
		{ "/w/.e\xe2\x80\x8bnv", true },     /* zero width space */
		{ "/w/\xef\xbc\x8e\xef\xbd\x85nv", true }, /* full width */
		{ "/w/.\xd0\xb5nv", false }, /* Cyrillic: another file */
		{ "/w/a/../.env", true }, { "/w/./.env", true },
		{ "/w//.env", true }, { "/w/.env/", true },
		{ "/w/.env/../x", false }, { "/w/.ssh/../x", false },
		{ "/w/id_rsa", true }, { "/w/id_rsa.pub", false },
		{ "/w/id_ed25519", true }, { "/w/id_ed25519.pub", false },
		{ "/w/src/id_rsa_test.c", false },
		{ "/w/x.p12", true }, { "/w/x.pfx", true },
		{ "/w/x.jks", true }, { "/w/debug.keystore", true },
		{ "/w/my-key.pem", true }, { "/w/private-key.pem", true },
		{ "/w/keyboard.c", false }, { "/w/monkey.py", false },
		{ "/w/.netrc", true }, { "/w/.pypirc", true },
		{ "/w/.git-credentials", true },
		{ "/w/.docker/config.json", true },
		{ "/w/docker/config.json", false },
		{ "/w/config.json", false },
		{ "/home/u/.ssh/config", true },
		{ "/home/u/.ssh/known_hosts", true },
		{ "/home/u/.aws/credentials", true },
		{ "/home/u/.gnupg/x", true }, { "/home/u/.kube/config", true },
		{ "/home/u/.config/gcloud/x", true },
		{ "/home/u/.azure/x", true },
		{ "/home/u/.config/friday/config.json", true },
		{ "/home/u/.local/state/friday/friday.db", true },
		{ "/home/u/.local/state/friday/spill/x.txt", false },
		{ "/home/u/.local/state/fridayx/x", false },
		{ "/home/u/.config/gh/hosts.yml", true },
		{ "/w/.config/gh/hosts.yml", false },
		{ "/home/u/.m2/settings.xml", true },
		{ "/etc/shadow", true }, { "/etc/passwd", false },
		{ "/w/etc/shadow", false }, { "/proc/self/environ", true },
		{ "/proc/1/task/1/environ", true },
		{ "/proc/cpuinfo", false }, { "/w/README.md", false },
		{ "/w/.npmrc", false }, { "/w/cert.pem", false },
		{ "/", false }, { "/w", false },
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (deny_list_check(p->d, str_from(cases[i].path), 0, NULL) !=
		    cases[i].denied)
			fail_msg("%s", cases[i].path);
}

static void
test_content_decides(void **state)
{
	static const struct {
		const char *name, *text;
		bool denied;
	} cases[] = {
		{ "ca.pem", "-----BEGIN CERTIFICATE-----\n", false },
		{ "s.pem", "x\n-----BEGIN RSA PRIVATE KEY-----\n", true },
		{ "talk.key", "a slide\n", false },
		{ "t.key", "-----BEGIN EC PRIVATE KEY-----\n", true },
		{ ".npmrc", "save-exact=true\n", false },
		{ "sub/.npmrc", "//r/:_authToken=x\n", true },
		{ "id_rsa_old", "-----BEGIN OPENSSH PRIVATE KEY-----", true },
		{ "auth.json", "{\"a\":1}", false },
		{ "sub/auth.json", "{\"access_token\":1}", true },
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *path = file_join(p->root,
		    cases[i].name);

		put(p, cases[i].name, cases[i].text);
		if (deny_list_check(p->d, str_from(path), 0, NULL) !=
		    cases[i].denied)
			fail_msg("%s", cases[i].name);
		assert_int_equal(deny_list_check(p->d, str_from(path),
		    DENY_BY_NAME, NULL), true);
	}
}

static void
test_fridayignore(void **state)
{
	static const struct {
		const char *path;
		bool denied;
	} cases[] = {
		{ "data/x.csv", true }, { "x.csv", false },
		{ "secret.txt", true }, { "a/secret.txt", true },
		{ "a/b/secret.txt", false }, { "a/b/own.txt", true },
		{ "own.txt", false }, { "a/.env", true },
	};
	struct place *p = *state;
	struct deny_hit hit;

	put(p, ".fridayignore", "/data/\nsecret.txt\n");
	put(p, "a/b/.fridayignore", "!secret.txt\nown.txt\n!.env\n");
	put(p, "a/.fridayignore", "!.env\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(free_ptr) char *path = file_join(p->root,
		    cases[i].path);

		if (deny_list_check(p->d, str_from(path), 0, &hit) !=
		    cases[i].denied)
			fail_msg("%s", cases[i].path);
		if (deny_list_check(p->d, str_from(cases[i].path), 0, &hit) !=
		    cases[i].denied)
			fail_msg("relative %s", cases[i].path);
	}
	assert_string_equal(hit.kind, "an environment file");
}

static void
test_fridayignore_is_read_again(void **state)
{
	struct place *p = *state;

	put(p, ".fridayignore", "a.txt\n");
	assert_true(deny_list_check(p->d, STR("a.txt"), 0, NULL));
	put(p, ".fridayignore", "bb.txt\n");
	assert_false(deny_list_check(p->d, STR("a.txt"), 0, NULL));
	assert_true(deny_list_check(p->d, STR("bb.txt"), 0, NULL));
}

static void
test_hard_links_are_known(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *env = file_join(p->root, ".env");
	CLEANUP(free_ptr) char *other = file_join(p->root, "other");
	struct stat st;

	put(p, ".env", "A=1\n");
	assert_int_equal(link(env, other), 0);
	assert_int_equal(stat(other, &st), 0);
	assert_true(deny_list_seeks(p->d, &st));
}

static void
test_hard_links_into_folders_of_the_list_are_known(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *secret = file_join(p->root, "private/a/x");
	CLEANUP(free_ptr) char *other = file_join(p->root, "other");
	struct stat st;

	put(p, ".fridayignore", "private/\n");
	put(p, "private/a/x", "A=1\n");
	assert_int_equal(link(secret, other), 0);
	assert_int_equal(stat(other, &st), 0);
	assert_true(deny_list_seeks(p->d, &st));
}

/* The walk has been, and is not due again for its age. */
static void
test_a_link_made_after_the_walk_is_known(void **state)
{
	struct place *p = *state;
	CLEANUP(free_ptr) char *env = file_join(p->root, ".env");
	CLEANUP(free_ptr) char *plain = file_join(p->root, "plain");
	CLEANUP(free_ptr) char *other = file_join(p->root, "other");
	struct stat st;

	put(p, "plain", "x\n");
	assert_int_equal(link(plain, other), 0);
	assert_int_equal(stat(other, &st), 0);
	assert_false(deny_list_seeks(p->d, &st));
	assert_int_equal(unlink(other), 0);
	put(p, ".env", "A=1\n");
	assert_int_equal(link(env, other), 0);
	assert_int_equal(stat(other, &st), 0);
	assert_true(deny_list_seeks(p->d, &st));
}

struct asker {
	struct deny_list *d;
	struct stat st;
	pthread_t thread;
	bool known;
};

static void *
ask(void *ctx)
{
	struct asker *a = ctx;

	a->known = deny_list_seeks(a->d, &a->st);
	return NULL;
}

/* Read-only calls of one turn run side by side: the second one must not be
 * told what the first one is still about to find out. */
static void
test_who_asks_during_a_walk_waits_for_it(void **state)
{
	enum { ASKERS = 4 };
	struct place *p = *state;
	CLEANUP(free_ptr) char *env = file_join(p->root, "z/.env");
	CLEANUP(free_ptr) char *other = file_join(p->root, "other");
	struct asker askers[ASKERS] = { 0 };

	for (int i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof(name), "d%d/file", i);
		put(p, name, "x\n");
	}
	put(p, "z/.env", "A=1\n");
	assert_int_equal(link(env, other), 0);
	for (int i = 0; i < ASKERS; i++) {
		askers[i].d = p->d;
		assert_int_equal(stat(other, &askers[i].st), 0);
		assert_int_equal(thread_start(&askers[i].thread, "ask", ask,
		    &askers[i], NULL), 0);
	}
	for (int i = 0; i < ASKERS; i++)
		pthread_join(askers[i].thread, NULL);
	for (int i = 0; i < ASKERS; i++)
		assert_true(askers[i].known);
}

static void
note(const char *path, bool is_folder, void *ctx)
{
	unsigned *seen = ctx;

	*seen |= strcmp(path, "/home/u/.ssh") == 0 && is_folder ? 1 : 0;
	*seen |= strcmp(path, "/home/u/.config/friday") == 0 ? 2 : 0;
	*seen |= strcmp(path, "/etc/ssl/private") == 0 ? 4 : 0;
	*seen |= strcmp(path, "/home/u/.netrc") == 0 && !is_folder ? 8 : 0;
}

static void
test_what_lies_outside(void **state)
{
	struct place *p = *state;
	unsigned seen = 0;

	deny_list_each_outside(p->d, note, &seen);
	assert_int_equal(seen, 15);
}

static void
test_guarded(void **state)
{
	struct place *p = *state;

	assert_true(deny_list_guards(p->d, STR("/w/.fridayignore")));
	assert_true(deny_list_guards(p->d, STR("a/.FRIDAYIGNORE")));
	assert_true(deny_list_guards(p->d, STR("/w/.friday/config.json")));
	assert_true(deny_list_guards(p->d, STR("/w/.git/hooks/pre-commit")));
	assert_true(deny_list_guards(p->d, STR("/w/.g\xe2\x80\x8cit/config")));
	assert_false(deny_list_guards(p->d, STR("/w/.gitignore")));
	assert_false(deny_list_guards(p->d, STR("/w/src/a.c")));
	assert_true(deny_list_guards(NULL, STR(".git/hooks/pre-commit")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_content_decides, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_fridayignore, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    test_fridayignore_is_read_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    test_hard_links_into_folders_of_the_list_are_known, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    test_a_link_made_after_the_walk_is_known, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    test_who_asks_during_a_walk_waits_for_it, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_hard_links_are_known,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_lies_outside, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_guarded, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
