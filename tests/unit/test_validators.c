/* How often the validators of paths and URLs are wrong, on labelled lists
 * (tests/fixtures/policy); commands have a test of their own
 * (test_shell_judge). The rates are printed; bench/validators has the costs. */
#include <netdb.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "net/url_guard.h"
#include "safety/deny_list.h"
#include "tests/unit/unit.h"

struct tally {
	size_t good, alarms, bad, missed;
};

static void
read_fixture(const char *name, struct buf *out)
{
	const char *source = getenv("srcdir");
	CLEANUP(free_ptr) char *path = mem_printf(
	    "%s/tests/fixtures/policy/%s", source != NULL ? source : "..",
	    name);
	struct error err = ERROR_INIT;

	assert_ok(file_read(path, out, &err));
}

static struct tally
count(const char *name, bool (*refuses)(struct str text, void *ctx),
    void *ctx)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct tally t = { 0 };
	struct str rest, line, label;

	read_fixture(name, &text);
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		bool good, refused;

		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		assert_true(str_next_field(&line, '\t', &label));
		good = str_eq_c(label, "ok");
		refused = refuses(line, ctx);
		t.good += good;
		t.bad += !good;
		t.alarms += good && refused;
		t.missed += !good && !refused;
		if (good == refused)
			print_message("%s: %.*s\n", good ? "alarm" : "missed",
			    STR_ARG(line));
	}
	print_message("%s: %zu harmless, %zu false alarms: %.2f %%; "
	    "%zu hostile, %zu missed\n", name, t.good, t.alarms,
	    100.0 * (double)t.alarms / (double)t.good, t.bad, t.missed);
	return t;
}

static bool
path_is_denied(struct str text, void *ctx)
{
	return deny_list_check(ctx, text, 0, NULL);
}

static void
test_paths(void **state)
{
	static const char *const roots[] = { "/w" };
	static const char *const own[] = { "/home/u/.config/friday",
		"/home/u/.local/state/friday" };
	CLEANUP(deny_list_destroyp) struct deny_list *list =
	    deny_list_create(&(struct deny_opts){ .home = "/home/u",
		.roots = roots, .n_roots = 1, .own = own, .n_own = 2 });
	struct tally t = count("paths.txt", path_is_denied, list);

	assert_true(t.good >= 400 && t.bad >= 100);
	assert_int_equal(t.missed, 0);
	assert_true(t.alarms * 100 <= t.good); /* 1 % */
}

/* As a fetch would look at it: the text, then the address where the text has
 * one. Names are resolved later, and their addresses looked at then. */
static bool
url_is_refused(struct str text, void *ctx)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM }, *found = NULL;
	struct url_guard guard;
	struct url u;
	bool refused;

	url_guard_public(&guard, false);
	if (url_parse(text, &u, NULL) != 0 ||
	    url_guard_check(&guard, &u, NULL) != 0)
		return true;
	if (getaddrinfo(u.host, NULL, &hints, &found) != 0)
		return false;
	refused = !url_guard_address(&guard, found->ai_addr);
	freeaddrinfo(found);
	return refused;
}

static void
test_urls(void **state)
{
	struct tally t = count("urls.txt", url_is_refused, NULL);

	assert_true(t.good >= 400 && t.bad >= 80);
	assert_int_equal(t.missed, 0);
	assert_true(t.alarms * 100 <= t.good); /* 1 % */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
