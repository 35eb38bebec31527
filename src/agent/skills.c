/* Skills; see skills.h. */
#include "agent/skills.h"

#include "agent/instructions.h"
#include "agent/session.h"
#include "agent/text_file.h"
#include "base/file.h"
#include "base/mem.h"

#define SKILL_MAX (64 * KIB)
enum { SKILLS_MAX = 100, NAME_MAX_BYTES = 64, DESCRIPTION_MAX = 300 };

struct skill {
	char name[NAME_MAX_BYTES];
	char description[DESCRIPTION_MAX];
	char *folder;
	struct str body; /* inside the text that was read */
};

/* One walk over all skills; fn ends it by returning true. */
struct walk {
	bool (*fn)(const struct skill *skill, void *ctx);
	void *ctx;
	const char *parent; /* folder that is walked */
	const char *within;
	bool ended;
};

static void
take_field(struct str key, struct str value, void *ctx)
{
	struct skill *skill = ctx;

	if (str_eq_nocase(key, STR("name")) && value.len > 0)
		snprintf(skill->name, sizeof(skill->name), "%.*s",
		    STR_ARG(value));
	else if (str_eq_nocase(key, STR("description")))
		snprintf(skill->description, sizeof(skill->description),
		    "%.*s", STR_ARG(value));
}

static void
visit(const char *name, void *ctx)
{
	struct walk *walk = ctx;
	CLEANUP(free_ptr) char *folder = file_join(walk->parent, name);
	CLEANUP(free_ptr) char *path = file_join(folder, "SKILL.md");
	CLEANUP_BUF struct buf text = BUF_INIT(4 * SKILL_MAX);
	struct skill skill = { .folder = folder };

	if (walk->ended ||
	    text_file_read(path, walk->within, SKILL_MAX, &text, NULL, NULL) !=
		0)
		return;
	snprintf(skill.name, sizeof(skill.name), "%s", name);
	skill.body = buf_str(&text);
	front_matter_split(&skill.body, take_field, &skill);
	walk->ended = walk->fn(&skill, walk->ctx);
}

static void
walk_folder(struct walk *walk, const char *base, const char *sub,
    const char *within)
{
	CLEANUP(free_ptr) char *parent = NULL;

	if (base == NULL || walk->ended)
		return;
	parent = file_join(base, sub);
	walk->parent = parent;
	walk->within = within;
	text_file_names(parent, SKILLS_MAX, visit, walk);
}

static void
walk_all(const struct agent_opts *opts, struct walk *walk)
{
	CLEANUP(free_ptr) char *root = instructions_root(opts->roots[0]);

	walk_folder(walk, root, ".friday/skills", root);
	walk_folder(walk, opts->config_dir, "skills", "/");
	if (opts->trusted)
		walk_folder(walk, root, ".claude/skills", root);
}

static bool
write_line(const struct skill *skill, void *ctx)
{
	struct buf *out = ctx;

	if (out->len == 0)
		buf_add_cstr(out,
		    "<skills>\nLoad one with the `skill` tool (tool_search "
		    "offers it) before doing what it describes.\n");
	buf_printf(out, "- %s: %s\n", skill->name, skill->description);
	return false;
}

void
skills_write_list(const struct agent_opts *opts, struct buf *out)
{
	CLEANUP_BUF struct buf list = BUF_INIT(64 * KIB);
	struct walk walk = { .fn = write_line, .ctx = &list };

	walk_all(opts, &walk);
	if (list.len == 0 || list.failed != 0)
		return;
	buf_add_str(out, buf_str(&list));
	buf_add_cstr(out, "</skills>\n");
}

struct listing {
	skills_list_fn *fn;
	void *ctx;
};

static bool
list_one(const struct skill *skill, void *ctx)
{
	const struct listing *listing = ctx;

	listing->fn(skill->name, skill->description, skill->folder,
	    listing->ctx);
	return false;
}

void
skills_list(const struct agent_opts *opts, skills_list_fn *fn, void *ctx)
{
	struct listing listing = { fn, ctx };
	struct walk walk = { .fn = list_one, .ctx = &listing };

	walk_all(opts, &walk);
}

struct wanted {
	struct str name;
	struct buf *out;
	bool found;
};

static bool
write_body(const struct skill *skill, void *ctx)
{
	struct wanted *wanted = ctx;

	if (!str_eq_nocase(wanted->name, str_from(skill->name)))
		return false;
	buf_printf(wanted->out, "Skill %s, in the folder %s\n\n", skill->name,
	    skill->folder);
	buf_add_str(wanted->out, skill->body);
	wanted->found = true;
	return true;
}

int
skills_read(const struct agent_opts *opts, struct str name, struct buf *out,
    struct error *err)
{
	struct wanted wanted = { .name = str_trim(name), .out = out };
	struct walk walk = { .fn = write_body, .ctx = &wanted };

	walk_all(opts, &walk);
	if (!wanted.found)
		return error_set(err, ERR_NOT_FOUND,
		    "there is no skill \"%.*s\"",
		    (int)(name.len > 64 ? 64 : name.len), name.ptr);
	return buf_check(out, err);
}
