/* /memory and /skills: files that guide the agent; Enter opens one in the
 * editor. */
#include <stdlib.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/view/page.h"
#include "tui/view/picker.h"
#include "tui/view/views.h"

static void
on_edited(struct app *app, int status, void *owner)
{
	if (status < 0)
		app_toast(app, TOAST_ERROR,
		    "The editor did not start: set VISUAL or EDITOR");
	else
		app_toast(app, TOAST_INFO,
		    "It counts from the next session on");
}

/* The variable may hold arguments: a shell takes it apart, as git does it. */
static void
edit_file(struct app *app, const char *path)
{
	const char *editor = getenv("VISUAL");
	CLEANUP(free_ptr) char *command = NULL;
	const char *argv[] = { "sh", "-c", NULL, "sh", path, NULL };

	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || editor[0] == '\0')
		editor = "vi";
	command = mem_printf("%s \"$@\"", editor);
	argv[2] = command;
	app_run_program(app, argv, on_edited, app);
}

/* --- memory -------------------------------------------------------------- */

static void
memory_load(struct picker *p)
{
	picker_request(p, "memory.list", NULL, false);
}

static void
memory_fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "files")); i;
	    i = json_next(i)) {
		struct str path = json_get_str(i, "path");
		struct list_item *item = list_add(&p->list, path);
		bool exists = json_get_bool(i, "exists", false);

		list_text(item, 0, path);
		list_text(item, 1, exists ? STR("") : STR("not there yet"));
		item->roles[0] = exists ? 0 : ROLE_MUTED;
	}
}

static void
memory_choose(struct picker *p, const struct list_item *item)
{
	struct app *app = p->view.app;
	CLEANUP(free_ptr) char *path = mem_strdup(item->key);

	picker_close(p);
	edit_file(app, path);
}

static const struct picker_ops memory_ops = {
	.view = PICKER_VIEW("memory", VIEW_DOCKED),
	.title = "Instructions", .choose_hint = "edit", .ghost = "",
	.columns = { { .cols = 0, .head = true },
	    { .cols = 14, .role = ROLE_MUTED } },
	.load = memory_load, .fill = memory_fill, .choose = memory_choose,
};

void
view_memory(struct app *app)
{
	picker_open(app, &memory_ops);
}

/* --- skills -------------------------------------------------------------- */

static void
skills_load(struct picker *p)
{
	picker_request(p, "skill.list", NULL, true);
}

static void
skills_fill(struct picker *p)
{
	for (const struct json *i = json_first(json_get(p->data, "skills"));
	    i; i = json_next(i)) {
		struct list_item *item = list_add(&p->list,
		    json_get_str(i, "folder"));

		list_text(item, 0, json_get_str(i, "name"));
		list_text(item, 1, json_get_str(i, "description"));
		item->data = i;
	}
}

static void
skills_choose(struct picker *p, const struct list_item *item)
{
	struct app *app = p->view.app;
	CLEANUP(free_ptr) char *path = mem_printf("%s/SKILL.md", item->key);

	picker_close(p);
	edit_file(app, path);
}

static const struct picker_ops skills_ops = {
	.view = PICKER_VIEW("skills", VIEW_DOCKED),
	.title = "Skills", .choose_hint = "edit",
	.empty = "No skills. One is a folder with a SKILL.md in .friday/skills "
	    "here, or in skills of your configuration folder.",
	.columns = { { .cols = 24 }, { .cols = 0, .role = ROLE_MUTED } },
	.load = skills_load, .fill = skills_fill, .choose = skills_choose,
};

void
view_skills(struct app *app)
{
	picker_open(app, &skills_ops);
}
