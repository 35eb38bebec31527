/* For tests of tools that run something: a workspace in a new folder, and a
 * door that allows everything. */
#ifndef FRIDAY_TESTS_TOOL_FIXTURE_H
#define FRIDAY_TESTS_TOOL_FIXTURE_H

#include "base/json.h"
#include "tests/unit/build_folder.h"
#include "tests/unit/ws_fixture.h"
#include "tools/tool_run.h"
#include "tools/workspace.h"

struct tool_fixture {
	char *folder;
	struct workspace *workspace;
	struct tool_registry *registry;
	struct tool_env env;
	struct policy policy;
	struct policy_rule rules[1];
	struct tool_door door;
};

static inline int
tool_fixture_setup(void **state)
{
	struct tool_fixture *f = mem_new(struct tool_fixture);
	const char *roots[1];
	struct workspace_opts opts = { .roots = roots, .n_roots = 1 };
	struct error err;

	f->folder = fixture_folder();
	roots[0] = f->folder;
	assert_ok(workspace_create(&opts, &f->workspace, &err));
	f->registry = tool_registry_create();
	f->env.workspace = f->workspace;
	f->env.registry = f->registry;
	f->policy.mode = MODE_AUTO;
	f->door.registry = f->registry;
	f->door.env = &f->env;
	f->door.policy = &f->policy;
	*state = f;
	return 0;
}

static inline int
tool_fixture_teardown(void **state)
{
	struct tool_fixture *f = *state;

	tool_registry_destroy(f->registry);
	workspace_destroy(f->workspace);
	fixture_remove(f->folder);
	free(f);
	return 0;
}

/* Runs through the door; release the result. */
static inline void
tool_fixture_run(struct tool_fixture *f, const char *tool, const char *args,
    struct tool_result *ret)
{
	tool_run(&f->door, "call1", str_from(tool), str_from(args), ret);
}

/* Runs, wants success, and compares what the text begins with. */
static inline void
assert_tool_text(struct tool_fixture *f, const char *tool, const char *args,
    const char *start)
{
	struct tool_result r;

	tool_fixture_run(f, tool, args, &r);
	if (!r.ok || strncmp(buf_text(&r.text), start, strlen(start)) != 0)
		fail_msg("%s %s gave:\n%s\nwanted:\n%s", tool, args,
		    buf_text(&r.text), start);
	tool_result_release(&r);
}

static inline void
assert_tool_error(struct tool_fixture *f, const char *tool, const char *args,
    enum error_code wanted)
{
	struct tool_result r;

	tool_fixture_run(f, tool, args, &r);
	if (r.ok || r.error.code != wanted)
		fail_msg("%s %s: got %s, wanted %s:\n%s", tool, args,
		    r.ok ? "success" : error_name(r.error.code),
		    error_name(wanted), buf_text(&r.text));
	tool_result_release(&r);
}

#define TOOL_TEST(f)                                                          \
	cmocka_unit_test_setup_teardown(f, tool_fixture_setup,                \
	    tool_fixture_teardown)

#endif
