/* Reads git's configuration files as far as paths go (git-config(1), Syntax);
 * see sandbox_git.h. Not by `git config`: that would be a process for each
 * command that runs in the sandbox. */
#include "safety/sandbox_git.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "safety/sandbox_parts.h"

#define CONFIG_MAX_BYTES (1 * MIB)
enum { INCLUDE_DEPTH_MAX = 6 };

/* Where a relative value starts. */
enum base { FROM_NOWHERE, FROM_TOP, FROM_FILE };

static const struct {
	const char *section, *key;
	enum git_path what;
	enum base base;
} rows[] = {
	{ "blame", "ignorerevsfile", GIT_PATH_OTHER, FROM_NOWHERE },
	{ "commit", "template", GIT_PATH_OTHER, FROM_NOWHERE },
	{ "core", "attributesfile", GIT_PATH_RULES, FROM_NOWHERE },
	{ "core", "excludesfile", GIT_PATH_OTHER, FROM_NOWHERE },
	{ "core", "hookspath", GIT_PATH_HOOKS, FROM_TOP },
	{ "core", "worktree", GIT_PATH_WORKTREE, FROM_FILE },
	{ "include", "path", GIT_PATH_INCLUDE, FROM_FILE },
	{ "includeif", "path", GIT_PATH_INCLUDE, FROM_FILE },
	{ "init", "templatedir", GIT_PATH_OTHER, FROM_NOWHERE },
	{ "mailmap", "file", GIT_PATH_OTHER, FROM_NOWHERE },
};

struct reading {
	const char *top, *home;
	void (*take)(enum git_path what, const char *path, void *ctx);
	void *ctx;
};

static void read_config(const struct reading *r, const char *config,
    int depth);

/* "[section]" or "[section "sub"]" at the start of *line, taken off. */
static void
take_section(struct str *line, struct str *section)
{
	size_t end = str_find_char(*line, ']', 0), cut;

	if (end == SIZE_MAX)
		return;
	*section = str_trim(str_sub(*line, 1, end - 1));
	cut = str_find_char(*section, '"', 0);
	if (cut != SIZE_MAX)
		*section = str_trim(str_sub(*section, 0, cut));
	*line = str_trim(str_sub(*line, end + 1, SIZE_MAX));
}

/* The value without quotes, escapes and a comment behind it. */
static char *
plain_value(struct str text)
{
	char *value = mem_alloc(text.len + 1, 1);
	size_t n = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!quoted && (c == '#' || c == ';'))
			break;
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && i + 1 < text.len)
			value[n++] = text.ptr[++i];
		else
			value[n++] = c;
	}
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		n--;
	value[n] = '\0';
	return value;
}

static char *
resolve(const struct reading *r, const char *config, enum base base,
    const char *value)
{
	CLEANUP(free_ptr) char *path = NULL;

	if (value[0] == '/') {
		path = mem_strdup(value);
	} else if (value[0] == '~' && value[1] == '/' && r->home != NULL) {
		path = file_join(r->home, value + 2);
	} else if (base == FROM_TOP && r->top != NULL) {
		path = file_join(r->top, value);
	} else if (base == FROM_FILE) {
		CLEANUP(free_ptr) char *folder = mem_strdup(config);

		*strrchr(folder, '/') = '\0';
		path = file_join(folder, value);
	}
	return path == NULL ? NULL : sandbox_real_path(path);
}

static void
take_setting(const struct reading *r, const char *config, struct str section,
    struct str line, int depth)
{
	size_t eq = str_find_char(line, '=', 0);
	struct str key;

	if (eq == SIZE_MAX)
		return;
	key = str_trim(str_sub(line, 0, eq));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(free_ptr) char *value = NULL;
		CLEANUP(free_ptr) char *path = NULL;

		if (!str_eq_nocase(section, str_from(rows[i].section)) ||
		    !str_eq_nocase(key, str_from(rows[i].key)))
			continue;
		value = plain_value(str_trim(str_sub(line, eq + 1, SIZE_MAX)));
		path = resolve(r, config, rows[i].base, value);
		if (path == NULL)
			return;
		r->take(rows[i].what, path, r->ctx);
		if (rows[i].what == GIT_PATH_INCLUDE)
			read_config(r, path, depth + 1);
		return;
	}
}

static void
read_config(const struct reading *r, const char *config, int depth)
{
	CLEANUP_BUF struct buf text = BUF_INIT(CONFIG_MAX_BYTES);
	struct str rest, line, section = STR_NONE;

	if (depth > INCLUDE_DEPTH_MAX || file_read(config, &text, NULL) != 0)
		return;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		line = str_trim(line);
		if (line.len > 0 && line.ptr[0] == '[')
			take_section(&line, &section);
		if (line.len > 0)
			take_setting(r, config, section, line, depth);
	}
}

void
sandbox_git_paths(const char *config, const char *top, const char *home,
    void (*take)(enum git_path what, const char *path, void *ctx), void *ctx)
{
	const struct reading r = { .top = top, .home = home, .take = take,
		.ctx = ctx };

	read_config(&r, config, 0);
}
