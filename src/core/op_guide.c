/* Operations on what guides the agent and dresses the screen: instruction
 * files, skills, themes. */
#include "agent/instructions.h"
#include "agent/skills.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/host_session.h"
#include "core/operation.h"

enum { THEMES_MAX = 100 };
#define THEME_BYTES_MAX (64 * KIB)

static void
write_file(const char *path, bool exists, void *ctx)
{
	struct json_writer *w = ctx;

	jw_object(w);
	jw_key_cstr(w, "path", path);
	jw_key_bool(w, "exists", exists);
	jw_end(w);
}

static int
memory(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *config_dir = file_config_dir();

	jw_key(call->out, "files");
	jw_array(call->out);
	instructions_list(config_dir, call->host->folder, write_file,
	    call->out);
	jw_end(call->out);
	return 0;
}

static void
write_skill(const char *name, const char *description, const char *folder,
    void *ctx)
{
	struct json_writer *w = ctx;

	jw_object(w);
	jw_key_cstr(w, "name", name);
	jw_key_cstr(w, "description", description);
	jw_key_cstr(w, "folder", folder);
	jw_end(w);
}

static int
skills(struct op_call *call, struct error *err)
{
	const struct agent_opts *opts = host_session_agent_opts(call->host,
	    json_get_str(call->args, "session"));

	if (opts == NULL)
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "that session is not open here");
	jw_key(call->out, "skills");
	jw_array(call->out);
	skills_list(opts, write_skill, call->out);
	jw_end(call->out);
	return 0;
}

/* A theme's name is its file's. */
static void
write_themes(const char *folder, const char *source, struct json_writer *w)
{
	CLEANUP(close_dir) DIR *dir = folder ? opendir(folder) : NULL;
	struct dirent *entry;
	int n = 0;

	while (dir != NULL && n < THEMES_MAX &&
	    (entry = readdir(dir)) != NULL) {
		struct str name = str_from(entry->d_name);
		CLEANUP(free_ptr) char *path = file_join(folder,
		    entry->d_name);
		CLEANUP_BUF struct buf text = BUF_INIT(THEME_BYTES_MAX);
		struct error err = ERROR_INIT;

		if (!str_ends(name, STR(".json")) || name.ptr[0] == '.')
			continue;
		n++;
		jw_object(w);
		jw_key_str(w, "name", str_sub(name, 0, name.len - 5));
		jw_key_cstr(w, "source", source);
		jw_key_cstr(w, "path", path);
		if (file_read(path, &text, &err) == 0)
			jw_key_str(w, "text", buf_str(&text));
		else
			jw_key_cstr(w, "error", err.message);
		jw_end(w);
	}
}

static int
themes(struct op_call *call, struct error *err)
{
	CLEANUP(free_ptr) char *shipped = file_data_path("themes", "");
	CLEANUP(free_ptr) char *config_dir = file_config_dir();
	CLEANUP(free_ptr) char *own = config_dir ?
	    file_join(config_dir, "themes") : NULL;

	jw_key(call->out, "themes");
	jw_array(call->out);
	write_themes(own, "user", call->out);
	write_themes(shipped, "shipped", call->out);
	jw_end(call->out);
	return 0;
}

const struct operation op_guide_rows[] = {
	OPERATION("memory.list", "read",
	    "The files of instructions that the agent reads here", ARGS_NONE,
	    memory),
	OPERATION("skill.list", "read", "The skills that the agent can load",
	    ARGS_WITH("\"session\"", "\"session\":{\"type\":\"string\"}"),
	    skills),
	OPERATION_SLOW("theme.list", "read",
	    "Themes of the screen, with their text", ARGS_NONE, themes),
	{ .face = { .name = NULL } },
};
