/* The effects of a shell command; see shell_effects.h.
 *
 * Two questions with opposite biases. "Does it only read?" is answered yes
 * only for one simple command without any character that the shell treats
 * specially. "Does it destroy?" is asked of the words wherever they stand,
 * also inside quotes, after sudo or xargs: a needless question does less harm
 * than lost work. */
#include "tools/shell_effects.h"

#include "base/buf.h"
#include "safety/policy.h"
#include "tools/workspace.h"

#define WORDS_MAX 512
#define COMMAND_MAX (256 * KIB)

/* Programs that only read what they are given, with the option letters that
 * would make them do more or follow links out of the workspace. */
static const struct reader {
	const char *name;
	const char *refused;
	bool no_words; /* no arguments but options: they would be set */
} readers[] = {
	{ "basename", "", false },
	{ "cat", "", false },
	{ "cmp", "", false },
	{ "cut", "", false },
	{ "date", "fsr", true },
	{ "df", "", false },
	{ "diff", "", false },
	{ "dirname", "", false },
	{ "du", "DHLX", false },
	{ "false", "", false },
	{ "grep", "DPRdf", false },
	{ "head", "", false },
	{ "id", "", false },
	{ "ls", "HL", false },
	{ "nproc", "", false },
	{ "pwd", "", false },
	{ "stat", "L", false },
	{ "tail", "Ffs", false },
	{ "true", "", false },
	{ "uname", "", true },
	{ "wc", "", false },
	{ "whoami", "", true },
};

/* Forms that lose work. `sub`: a word that follows (NULL: none needed);
 * `letters`: one of these in a cluster of short options; `words`: one of these
 * whole words, each between spaces. Without letters and words the form itself
 * is enough. */
static const struct destroyer {
	const char *name, *sub, *letters, *words;
} destroyers[] = {
	{ "rm", NULL, "rR", " --recursive * . .. / ~ " },
	{ "git", "reset", "", " --hard --merge " },
	{ "git", "clean", "fx", " --force " },
	{ "git", "push", "fd",
	    " --force --force-with-lease --force-if-includes --mirror"
	    " --delete --prune " },
	{ "git", "checkout", "f", " -- . --force --ours --theirs " },
	{ "git", "switch", "f", " --force --discard-changes " },
	{ "git", "restore", NULL, NULL },
	{ "git", "branch", "D", " --delete --force " },
	{ "git", "stash", "", " drop clear " },
	{ "git", "rm", "f", " --force " },
	{ "git", "worktree", "f", " remove --force " },
	{ "git", "update-ref", "d", " --delete " },
	{ "git", "reflog", "", " expire delete " },
	{ "git", "filter-branch", NULL, NULL },
	{ "git", "filter-repo", NULL, NULL },
	{ "git", "gc", "", " --prune=now " },
	{ "chmod", NULL, "R", " --recursive " },
	{ "chown", NULL, "R", " --recursive " },
	{ "find", NULL, "", " -delete rm shred " },
	{ "rsync", NULL, "",
	    " --delete --delete-after --remove-source-files " },
	{ "dd", NULL, NULL, NULL },
	{ "shred", NULL, NULL, NULL },
	{ "truncate", NULL, NULL, NULL },
	{ "mkfs", NULL, NULL, NULL },
	{ "wipefs", NULL, NULL, NULL },
	{ "shutdown", NULL, NULL, NULL },
	{ "reboot", NULL, NULL, NULL },
	{ "rmdir", NULL, "p", " --parents " },
	{ "docker", NULL, "", " prune " },
};

struct words {
	struct str word[WORDS_MAX];
	size_t n;
	bool overflow;
};

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("_./,:@%+-", c));
}

static void
add_word(struct words *words, struct str word)
{
	if (words->n == WORDS_MAX)
		words->overflow = true;
	else
		words->word[words->n++] = word;
}

/* Cuts at the characters that `is_word` refuses. Where a command ends (; & |
 * or a line's end) an empty word is put. */
static void
split(struct str text, bool (*is_word)(char c), struct words *ret)
{
	size_t at = 0;

	ret->n = 0;
	ret->overflow = false;
	while (at < text.len && !ret->overflow) {
		size_t start = at;

		while (at < text.len && is_word(text.ptr[at]))
			at++;
		if (at > start) {
			add_word(ret, str_sub(text, start, at - start));
			continue;
		}
		if (text.ptr[at] != '\0' && strchr(";|&\n", text.ptr[at]))
			add_word(ret, STR_NONE);
		at++;
	}
}

static bool
is_short_option(struct str word)
{
	if (word.len < 2 || word.ptr[0] != '-')
		return false;
	for (size_t i = 1; i < word.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
			word.ptr[i]) == NULL || word.ptr[i] == '\0')
			return false;
	return true;
}

static bool
has_letter(struct str option, const char *letters)
{
	for (size_t i = 1; i < option.len; i++)
		if (strchr(letters, option.ptr[i]) != NULL)
			return true;
	return false;
}

/* A word that is no path at all does no harm: it names nothing. */
static bool
stays_inside(const struct workspace *w, struct str folder, struct str word)
{
	struct workspace_node node = WORKSPACE_NODE_INIT;
	CLEANUP_BUF struct buf path = BUF_INIT(8 * KIB);
	bool inside;

	if (word.ptr[0] != '/' && folder.len > 0) {
		buf_add_str(&path, folder);
		buf_add_char(&path, '/');
	}
	buf_add_str(&path, word);
	if (path.failed != 0)
		return false;
	inside = workspace_locate(w, buf_str(&path), WORKSPACE_READ, &node,
		     NULL) == 0;
	workspace_node_release(&node);
	return inside;
}

static bool
reads_only(const struct words *words, const struct workspace *w,
    struct str folder)
{
	const struct reader *row = NULL;

	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (words->n > 0 && str_eq_c(words->word[0], readers[i].name))
			row = &readers[i];
	if (row == NULL || words->overflow)
		return false;
	for (size_t i = 1; i < words->n; i++) {
		struct str word = words->word[i];

		if (word.ptr[0] == '-' && word.len > 1) {
			if (!is_short_option(word) ||
			    has_letter(word, row->refused))
				return false;
		} else if (row->no_words || !stays_inside(w, folder, word)) {
			return false;
		}
	}
	return true;
}

/* Of the shell's syntax only what ends a word matters here. A backslash or a
 * quote inside a word is dropped by the shell; `r\m` is for people who want
 * to be asked nothing, and the sandbox is there for them. */
static bool
is_word_char(char c)
{
	return c != '\0' && strchr(" \t\r\n;|&(){}<>`\"'\\$=", c) == NULL;
}

static struct str
base_name(struct str word)
{
	for (size_t i = word.len; i > 0; i--)
		if (word.ptr[i - 1] == '/')
			return str_sub(word, i, SIZE_MAX);
	return word;
}

static bool
in_list(struct str word, const char *list)
{
	char wanted[64];

	if (word.len > sizeof(wanted) - 3)
		return false;
	snprintf(wanted, sizeof(wanted), " %.*s ", STR_ARG(word));
	return strstr(list, wanted) != NULL;
}

static bool
destroys_at(const struct words *words, size_t at, const struct destroyer *row)
{
	struct str name = base_name(words->word[at]);
	bool sub_seen = row->sub == NULL;

	if (!str_eq_c(name, row->name) &&
	    !(strcmp(row->name, "mkfs") == 0 && str_starts(name, STR("mkfs."))))
		return false;
	if (sub_seen && row->letters == NULL)
		return true;
	for (size_t i = at + 1; i < words->n && words->word[i].len > 0; i++) {
		struct str word = words->word[i];

		if (!sub_seen) {
			sub_seen = str_eq_c(word, row->sub);
			if (sub_seen && row->letters == NULL)
				return true;
			continue;
		}
		if ((is_short_option(word) && has_letter(word, row->letters)) ||
		    in_list(word, row->words))
			return true;
		/* git push origin +main */
		if (str_eq_c(name, "git") && word.len > 1 &&
		    word.ptr[0] == '+' && strcmp(row->sub, "push") == 0)
			return true;
	}
	return false;
}

static bool
destroys(const struct words *words)
{
	for (size_t at = 0; at < words->n; at++)
		for (size_t i = 0; i < ARRAY_LEN(destroyers); i++)
			if (destroys_at(words, at, &destroyers[i]))
				return true;
	return false;
}

static bool
is_simple(struct str command)
{
	for (size_t i = 0; i < command.len; i++)
		if (command.ptr[i] != ' ' && !is_plain(command.ptr[i]))
			return false;
	return true;
}

unsigned
shell_effects(struct str command, const struct workspace *workspace,
    struct str folder)
{
	struct words words;

	command = str_trim(command);
	if (workspace != NULL && is_simple(command)) {
		split(command, is_plain, &words);
		if (reads_only(&words, workspace, folder))
			return EFFECT_READS_FILES;
	}
	if (command.len > COMMAND_MAX)
		return EFFECT_RUNS_COMMANDS | EFFECT_DESTROYS;
	split(command, is_word_char, &words);
	/* Too long to be looked at as a whole: ask. */
	if (words.overflow || destroys(&words))
		return EFFECT_RUNS_COMMANDS | EFFECT_DESTROYS;
	return EFFECT_RUNS_COMMANDS;
}
