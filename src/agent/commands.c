/* User commands; see commands.h. */
#include "agent/commands.h"

#include "agent/instructions.h"
#include "agent/session.h"
#include "agent/text_file.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"

#define COMMAND_MAX (64 * KIB)
enum { FILES_MAX = 200, DEPTH_MAX = 3, NAME_BYTES_MAX = 128, WORDS_MAX = 9 };

static const char init_prompt[] =
    "Look through this repository and write an AGENTS.md at its root, for "
    "coding agents that come after you (if there is one, improve it). Keep it "
    "under 60 lines: what the project is, how to build, run one test and all "
    "tests, how the code is laid out, which conventions hold that are not "
    "plain from the code. Take commands from the build files and CI, not from "
    "guesses, and leave out what any developer knows. $ARGUMENTS";

/* Where commands are found, first come first served. */
static const struct {
	enum { IN_REPOSITORY, IN_CONFIG, IN_HOME } base;
	const char *folder;
	bool needs_trust;
} place_table[] = {
	{ IN_REPOSITORY, ".friday/commands", false },
	{ IN_CONFIG, "commands", false },
	{ IN_REPOSITORY, ".claude/commands", true },
	{ IN_REPOSITORY, ".opencode/command", true },
	{ IN_REPOSITORY, ".opencode/commands", true },
	{ IN_HOME, ".codex/prompts", true },
};

struct walk {
	struct map *seen;
	bool (*fn)(const struct user_command *command, struct str body,
	    void *ctx);
	void *ctx;
	bool ended;
	/* The folder that is walked. */
	const char *folder, *within;
	const char *prefix; /* of names: "git:" */
	int depth;
};

struct fields {
	char description[256], hint[128];
};

static void
take_field(struct str key, struct str value, void *ctx)
{
	struct fields *f = ctx;

	if (str_eq_nocase(key, STR("description")))
		snprintf(f->description, sizeof(f->description), "%.*s",
		    STR_ARG(value));
	else if (str_eq_nocase(key, STR("argument-hint")))
		snprintf(f->hint, sizeof(f->hint), "%.*s", STR_ARG(value));
}

static void
found(struct walk *walk, const char *name, const char *path, struct str text)
{
	struct fields f = { .description = "" };
	struct user_command command = { .name = name, .path = path,
		.description = f.description, .argument_hint = f.hint };

	if (walk->ended || map_has(walk->seen, str_from(name)))
		return;
	map_set(walk->seen, str_from(name), walk);
	front_matter_split(&text, take_field, &f);
	walk->ended = walk->fn(&command, text, walk->ctx);
}

static void
visit(const char *entry, void *ctx)
{
	struct walk *walk = ctx;
	CLEANUP(free_ptr) char *path = file_join(walk->folder, entry);
	CLEANUP_BUF struct buf text = BUF_INIT(4 * COMMAND_MAX);
	struct str name = str_from(entry);
	char full[NAME_BYTES_MAX];

	if (walk->ended)
		return;
	if (str_ends(name, STR(".md"))) {
		name = str_sub(name, 0, name.len - 3);
		if (text_file_read(path, walk->within, COMMAND_MAX, &text,
			NULL, NULL) != 0)
			return;
		snprintf(full, sizeof(full), "%s%.*s", walk->prefix,
		    STR_ARG(name));
		found(walk, full, path, buf_str(&text));
	} else if (walk->depth < DEPTH_MAX && file_is_dir(path)) {
		struct walk sub = *walk;

		snprintf(full, sizeof(full), "%s%s:", walk->prefix, entry);
		sub.folder = path;
		sub.prefix = full;
		sub.depth++;
		text_file_names(path, FILES_MAX, visit, &sub);
		walk->ended = sub.ended;
	}
}

static void
walk_all(const struct agent_opts *opts, struct walk *walk)
{
	CLEANUP(free_ptr) char *root = instructions_root(opts->roots[0]);
	CLEANUP(map_destroyp) struct map *seen = map_create(NULL);
	const char *const bases[] = { [IN_REPOSITORY] = root,
		[IN_CONFIG] = opts->config_dir, [IN_HOME] = getenv("HOME") };

	walk->seen = seen;
	for (size_t i = 0; i < ARRAY_LEN(place_table); i++) {
		const char *base = bases[place_table[i].base];
		CLEANUP(free_ptr) char *folder = NULL;

		if (base == NULL ||
		    (place_table[i].needs_trust && !opts->trusted))
			continue;
		folder = file_join(base, place_table[i].folder);
		walk->folder = folder;
		/* The user's own files may be links to anywhere. */
		walk->within =
		    place_table[i].base == IN_REPOSITORY ? root : "/";
		walk->prefix = "";
		walk->depth = 0;
		text_file_names(folder, FILES_MAX, visit, walk);
	}
	if (!walk->ended && !map_has(seen, STR("init"))) {
		struct user_command init = { .name = "init",
			.description = "Write an AGENTS.md",
			.argument_hint = "" };

		walk->fn(&init, str_from(init_prompt), walk->ctx);
	}
}

/* --- listing ------------------------------------------------------------ */

struct listing {
	void (*fn)(const struct user_command *command, void *ctx);
	void *ctx;
};

static bool
list_one(const struct user_command *command, struct str body, void *ctx)
{
	struct listing *listing = ctx;

	(void)body;
	listing->fn(command, listing->ctx);
	return false;
}

void
commands_list(const struct agent_opts *opts,
    void (*fn)(const struct user_command *command, void *ctx), void *ctx)
{
	struct listing listing = { fn, ctx };
	struct walk walk = { .fn = list_one, .ctx = &listing };

	walk_all(opts, &walk);
}

/* --- expanding ---------------------------------------------------------- */

/* Cuts the next word off; quotes hold spaces together. */
static bool
next_word(struct str *rest, struct str *ret)
{
	size_t end = 0;
	char quote;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return false;
	quote = rest->ptr[0];
	if (quote == '"' || quote == '\'') {
		end = str_find_char(*rest, quote, 1);
		if (end != SIZE_MAX) {
			*ret = str_sub(*rest, 1, end - 1);
			*rest = str_sub(*rest, end + 1, SIZE_MAX);
			return true;
		}
		end = 0;
	}
	while (end < rest->len && strchr(" \t\r\n", rest->ptr[end]) == NULL)
		end++;
	*ret = str_sub(*rest, 0, end);
	*rest = str_sub(*rest, end, SIZE_MAX);
	return true;
}

static void
substitute(struct str body, struct str arguments, struct buf *out)
{
	struct str words[WORDS_MAX] = { STR_NONE };
	struct str rest = arguments;
	bool used = false;
	size_t i = 0;

	for (size_t n = 0; n < WORDS_MAX && next_word(&rest, &words[n]); n++)
		;
	while (i < body.len) {
		struct str here = str_sub(body, i, SIZE_MAX);

		if (str_starts(here, STR("$ARGUMENTS"))) {
			buf_add_str(out, arguments);
			i += 10;
			used = true;
		} else if (here.len > 1 && here.ptr[0] == '$' &&
		    here.ptr[1] >= '1' && here.ptr[1] <= '9') {
			buf_add_str(out, words[here.ptr[1] - '1']);
			i += 2;
			used = true;
		} else {
			buf_add_char(out, here.ptr[0]);
			i++;
		}
	}
	if (!used && arguments.len > 0) {
		buf_add_cstr(out, "\n\n");
		buf_add_str(out, arguments);
	}
}

struct expansion {
	struct str name, arguments;
	struct buf *out;
	bool found;
};

static bool
expand_one(const struct user_command *command, struct str body, void *ctx)
{
	struct expansion *x = ctx;

	if (!str_eq_c(x->name, command->name))
		return false;
	substitute(str_trim(body), x->arguments, x->out);
	x->found = true;
	return true;
}

bool
commands_expand(const struct agent_opts *opts, struct str text,
    struct buf *out)
{
	struct expansion x = { .out = out };
	struct walk walk = { .fn = expand_one, .ctx = &x };
	size_t end = 1;

	if (text.len < 2 || text.ptr[0] != '/')
		return false;
	while (end < text.len && strchr(" \t\r\n", text.ptr[end]) == NULL)
		end++;
	x.name = str_sub(text, 1, end - 1);
	x.arguments = str_trim(str_sub(text, end, SIZE_MAX));
	walk_all(opts, &walk);
	return x.found && out->failed == 0;
}
