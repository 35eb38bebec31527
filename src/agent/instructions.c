/* Project instructions; see instructions.h. */
#include "agent/instructions.h"

#include "agent/text_file.h"
#include "base/file.h"
#include "base/mem.h"

enum { FOLDERS_MAX = 64 };

static bool
add_file(const char *folder, const char *name, const char *within,
    struct buf *out)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP_BUF struct buf text = BUF_INIT(4 * INSTRUCTIONS_FILE_MAX);
	bool cut = false;

	if (text_file_read(path, within, INSTRUCTIONS_FILE_MAX, &text, &cut,
		NULL) != 0)
		return false;
	if (str_trim(buf_str(&text)).len == 0)
		return true;
	buf_printf(out, "<instructions path=\"%s\">\n", path);
	buf_add_str(out, str_trim(buf_str(&text)));
	if (cut)
		buf_printf(out,
		    "\n[cut: %s is longer than %zu KiB; read the file for the "
		    "rest]", name, INSTRUCTIONS_FILE_MAX / KIB);
	buf_add_cstr(out, "\n</instructions>\n");
	return true;
}

static size_t
parent_len(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len;
}

char *
instructions_root(const char *cwd)
{
	size_t len = strlen(cwd);

	for (int i = 0; i < FOLDERS_MAX && len > 0; i++) {
		CLEANUP(free_ptr) char *folder = mem_strndup(cwd, len);
		CLEANUP(free_ptr) char *git = file_join(folder, ".git");

		if (file_exists(git))
			return steal(folder);
		if (len == 1)
			break;
		len = parent_len(cwd, len);
	}
	return mem_strdup(cwd);
}

void
instructions_read(const char *config_dir, const char *cwd, struct buf *out)
{
	CLEANUP(free_ptr) char *root = instructions_root(cwd);
	size_t len = strlen(root), end = strlen(cwd);

	if (config_dir != NULL)
		add_file(config_dir, "AGENTS.md", "/", out);
	for (;;) {
		CLEANUP(free_ptr) char *folder = mem_strndup(cwd, len);

		if (!add_file(folder, "AGENTS.md", root, out))
			add_file(folder, "CLAUDE.md", root, out);
		if (len >= end)
			break;
		/* The next folder on the way down. */
		len++;
		while (len < end && cwd[len] != '/')
			len++;
	}
}

static void
list_folder(const char *folder, bool claude,
    void (*fn)(const char *path, bool exists, void *ctx), void *ctx)
{
	CLEANUP(free_ptr) char *path = file_join(folder, "AGENTS.md");
	CLEANUP(free_ptr) char *other = file_join(folder, "CLAUDE.md");

	if (!file_exists(path) && claude && file_exists(other))
		fn(other, true, ctx);
	else
		fn(path, file_exists(path), ctx);
}

void
instructions_list(const char *config_dir, const char *cwd,
    void (*fn)(const char *path, bool exists, void *ctx), void *ctx)
{
	CLEANUP(free_ptr) char *root = instructions_root(cwd);
	size_t len = strlen(root), end = strlen(cwd);

	if (config_dir != NULL)
		list_folder(config_dir, false, fn, ctx);
	for (;;) {
		CLEANUP(free_ptr) char *folder = mem_strndup(cwd, len);

		list_folder(folder, true, fn, ctx);
		if (len >= end)
			break;
		len++;
		while (len < end && cwd[len] != '/')
			len++;
	}
}
