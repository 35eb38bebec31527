/* Runs a tool through the door in a folder of its own, as `friday tool run`
 * would with mode auto. */
#ifndef FRIDAY_TESTS_DOOR_FIXTURE_H
#define FRIDAY_TESTS_DOOR_FIXTURE_H

#include "base/json.h"
#include "base/json_writer.h"
#include "tests/unit/ws_fixture.h"
#include "tools/tool_run.h"

struct tool_fixture {
	char *dir;
	struct workspace *workspace;
	struct tool_registry *registry;
	struct tool_env env;
	struct policy policy;
	struct tool_door door;
	struct tool_result result; /* of the last call */
};

static inline void
tool_setup(struct tool_fixture *f)
{
	*f = (struct tool_fixture){ .dir = fixture_folder() };
	f->workspace = fixture_workspace(f->dir);
	f->registry = tool_registry_create();
	f->env = (struct tool_env){ .workspace = f->workspace,
		.registry = f->registry };
	f->policy.mode = MODE_AUTO;
	f->door = (struct tool_door){ .registry = f->registry,
		.env = &f->env, .policy = &f->policy };
	tool_result_init(&f->result);
}

static inline void
tool_teardown(struct tool_fixture *f)
{
	tool_result_release(&f->result);
	tool_registry_destroy(f->registry);
	workspace_destroy(f->workspace);
	fixture_remove(f->dir);
}

/* Runs and expects this code; text (may be NULL) must be in the answer. */
static inline void
tool_expect(struct tool_fixture *f, const char *tool, const char *args,
    enum error_code code, const char *text)
{
	tool_result_release(&f->result);
	tool_run(&f->door, "call", str_from(tool), str_from(args),
	    &f->result);
	if (f->result.ok != (code == ERR_NONE) ||
	    (code != ERR_NONE && f->result.error.code != code))
		fail_msg("%s %s: wanted %s, got %s", tool, args,
		    error_name(code), buf_text(&f->result.text));
	if (text != NULL && strstr(buf_text(&f->result.text), text) == NULL)
		fail_msg("%s %s: \"%s\" is not in: %s", tool, args, text,
		    buf_text(&f->result.text));
}

/* {"KEY":"VALUE"} with one text, escaped. */
static inline void
tool_expect_text(struct tool_fixture *f, const char *tool, const char *key,
    const char *value, enum error_code code, const char *text)
{
	CLEANUP_BUF struct buf args = BUF_INIT(1 * MIB);
	struct json_writer w = JSON_WRITER(&args);

	jw_object(&w);
	jw_key_cstr(&w, key, value);
	jw_end(&w);
	tool_expect(f, tool, buf_text(&args), code, text);
}

#endif
