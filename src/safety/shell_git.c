/* git on a command line: its own options first, then what the subcommand
 * does. See shell_look.h. */
#include "safety/shell_look.h"

#include <string.h>

#include "base/units.h"

/* Settings that change how things look or who wrote them, not what is run. */
static bool
setting_is_harmless(struct str text)
{
	static const char *const prefixes[] = { "color.", "advice.",
		"core.quotepath", "core.abbrev", "core.autocrlf",
		"core.pager=cat", "log.", "status.", "user.name=",
		"user.email=", "commit.gpgsign=false", "tag.gpgsign=false",
		"init.defaultbranch=", "pull.rebase=", "diff.renames",
		"diff.noprefix", "diff.context", "diff.algorithm",
		"merge.conflictstyle", "grep.", "blame.", "column.",
		"safe.directory=", "protocol.version=", "fetch.prune" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts_nocase(text, str_from(prefixes[i])))
			return true;
	return false;
}

/* Subcommands that read as long as their words are of these. */
static const struct listing {
	const char *sub;
	const char *words;    /* allowed options and first operands */
	bool operands;	      /* others may follow one of them */
	bool needs;	      /* one of them must be there */
} listings[] = {
	{ "branch", " -a --all -r --remotes -v -vv --verbose --list -l"
		    " --show-current --no-color --column --merged --no-merged"
		    " --contains --sort ", true, false },
	{ "tag", " -l --list -n --contains --sort --points-at ", true, false },
	{ "stash", " list show -p --patch --stat --name-only ", true, true },
	{ "remote", " -v --verbose show get-url ", true, false },
	{ "config", " --get --get-all --get-regexp --list -l get list"
		    " --get-urlmatch ", true, true },
	{ "worktree", " list --porcelain ", false, true },
	{ "reflog", " show list ", true, false },
	{ "submodule", " status summary --recursive ", true, true },
	{ "notes", " list show ", true, true },
	{ "bundle", " verify list-heads ", true, true },
	{ "bisect", " log view ", true, true },
	{ "help", " ", true, false },
};

static bool
only_lists(const struct look *l, size_t at, const struct listing *row)
{
	bool seen = false;

	for (size_t i = at + 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;
		size_t eq = str_find_char(text, '=', 0);

		if (shell_unknown(w) && shell_may_be_option(w) &&
		    (text.ptr[0] == SHELL_HOLE))
			return false;
		if (text.len > 0 && text.ptr[0] == '-' && eq != SIZE_MAX)
			text = str_sub(text, 0, eq);
		if (command_in_list(text, " --global --local --system"
		    " --worktree --show-origin --show-scope --name-only "))
			continue;
		if (command_in_list(text, row->words)) {
			seen = true;
			continue;
		}
		/* --format, --sort=… and the like only shape the output. */
		if (str_starts(text, STR("--format")) ||
		    str_starts(text, STR("--sort")) ||
		    str_starts(text, STR("--pretty")) ||
		    str_starts(text, STR("--date")) || (text.len > 1 &&
			text.ptr[0] == '-' && text.ptr[1] >= '0' &&
			text.ptr[1] <= '9'))
			continue;
		if (text.len > 0 && text.ptr[0] == '-')
			return false;
		if (!row->operands || !seen)
			return false;
	}
	return seen || !row->needs;
}

static bool
has_word(const struct look *l, size_t from, const char *list)
{
	for (size_t i = from; i < l->n; i++)
		if (command_in_list(l->words[i].text, list))
			return true;
	return false;
}

/* checkout, restore, push: their operands say what is lost. */
static void
look_at_operands(struct look *l, size_t at)
{
	const struct shell_judge_opts *o = l->j->opts;
	struct str sub = l->words[at].text;
	bool makes_branch = has_word(l, at, " -b -B --orphan ");

	for (size_t i = at + 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (text.len == 0)
			continue;
		if (str_eq_c(sub, "push") && (text.ptr[0] == '+' ||
		    text.ptr[0] == ':'))
			shell_look_add(l, EFFECT_DESTROYS,
			    "it rewrites or deletes what is on the server");
		if (str_eq_c(sub, "checkout") && !makes_branch &&
		    text.ptr[0] != '-' && o->exists != NULL &&
		    !shell_unknown(w) &&
		    o->exists(text, l->j->folders[0], o->ctx))
			shell_look_add(l, EFFECT_DESTROYS,
			    "it throws away changes");
	}
	if (str_eq_c(sub, "restore") && !(has_word(l, at, " --staged -S ") &&
	    !has_word(l, at, " --worktree -W -SW -WS ")))
		shell_look_add(l, EFFECT_DESTROYS, "it throws away changes");
}

/* Options of subcommands, and subcommands, that run a program by name. */
static void
look_for_programs(struct look *l, size_t at)
{
	struct str sub = l->words[at].text;

	for (size_t i = at + 1; i < l->n; i++) {
		struct str text = l->words[i].text;

		if (str_starts(text, STR("--upload-pack")) ||
		    str_starts(text, STR("--receive-pack")) ||
		    str_starts(text, STR("--exec")) ||
		    str_starts(text, STR("--extcmd")) ||
		    str_starts(text, STR("ext::")) ||
		    (str_starts(text, STR("-x")) && str_eq_c(sub, "rebase")) ||
		    (str_eq_c(text, "-u") && command_in_list(sub,
			" clone fetch ls-remote ")) ||
		    ((str_eq_c(text, "-c") || str_starts(text,
			STR("--config"))) && str_eq_c(sub, "clone")) ||
		    (str_starts(text, STR("--template")) &&
			command_in_list(sub, " clone init ")))
			shell_look_add(l, EFFECT_OPAQUE,
			    "an option of it starts a program");
	}
	if ((str_eq_c(sub, "bisect") && has_word(l, at, " run ")) ||
	    (str_eq_c(sub, "submodule") && has_word(l, at, " foreach ")) ||
	    command_in_list(sub, " difftool mergetool instaweb daemon"
		" for-each-repo maintenance "))
		shell_look_add(l, EFFECT_OPAQUE, "it starts other programs");
}

/* What writes .git/config; the sandbox holds that still otherwise. */
static const struct {
	const char *sub;
	const char *words; /* one of them must be there; NULL: any word */
} config_writers[] = {
	{ "branch", " -m -M --move -c -C --copy -u --unset-upstream"
		    " --edit-description --track -t " },
	{ "config", NULL },
	{ "push", " -u --set-upstream " },
	{ "remote", " add rename remove rm set-head set-branches set-url " },
	{ "sparse-checkout", " init set add reapply disable " },
	{ "submodule", " add init update deinit set-branch set-url sync"
		       " absorbgitdirs " },
	{ "worktree", " move repair " },
};

static void
look_for_config(struct look *l, size_t at)
{
	struct str sub = l->words[at].text;

	for (size_t i = 0; i < ARRAY_LEN(config_writers); i++)
		if (str_eq_c(sub, config_writers[i].sub) && l->n > at + 1 &&
		    (config_writers[i].words == NULL ||
			has_word(l, at, config_writers[i].words)))
			shell_look_add(l, EFFECT_GUARDED,
			    "it changes git's configuration");
	for (size_t i = at + 1; i < l->n; i++)
		if (str_eq_c(sub, "branch") &&
		    str_starts(l->words[i].text, STR("--set-upstream-to")))
			shell_look_add(l, EFFECT_GUARDED,
			    "it changes git's configuration");
}

/* git's own options. Returns where the subcommand is; n: nowhere. */
static size_t
skip_global(struct look *l)
{
	size_t i = 1;

	for (; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (text.len == 0 || text.ptr[0] != '-')
			break;
		if (str_eq_c(text, "-c") || str_eq_c(text, "-C")) {
			const struct shell_word *value = i + 1 < l->n ?
			    &l->words[i + 1] : w;

			if (text.ptr[1] == 'C')
				shell_look_read(l, value, value->text, true);
			else if (shell_unknown(value) ||
			    !setting_is_harmless(value->text))
				shell_look_add(l, EFFECT_OPAQUE |
				    EFFECT_RUNS_COMMANDS,
				    "a setting of it may start a program");
			i++;
		} else if (!command_in_list(text, " --no-pager -P --bare"
		    " --no-replace-objects --literal-pathspecs"
		    " --no-optional-locks --version --help --html-path"
		    " --exec-path --man-path ")) {
			shell_look_add(l, EFFECT_RUNS_COMMANDS |
			    (str_starts(text, STR("--git-dir")) ||
			    str_starts(text, STR("--work-tree")) ||
			    str_starts(text, STR("-p")) ||
			    str_starts(text, STR("--paginate")) ? 0 :
			    EFFECT_OPAQUE),
			    "an option of it may start a program");
			if (str_eq_c(text, "--git-dir") ||
			    str_eq_c(text, "--work-tree"))
				i++;
		}
	}
	return i;
}

void
shell_look_git(struct look *l)
{
	const struct reader_row *row;
	size_t at = skip_global(l);
	struct str sub;

	if (at >= l->n)
		return;
	sub = l->words[at].text;
	if (shell_unknown(&l->words[at])) {
		shell_look_add(l, EFFECT_OPAQUE | EFFECT_RUNS_COMMANDS,
		    "only the run tells what it does");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(listings); i++)
		if (str_eq_c(sub, listings[i].sub) &&
		    only_lists(l, at, &listings[i]))
			return;
	row = reader_find(STR("git"), sub);
	if (row != NULL && shell_look_reader(l, row, at + 1))
		return;
	shell_look_add(l, EFFECT_RUNS_COMMANDS | EFFECT_WRITES_GIT, NULL);
	if (command_in_list(sub, " fetch pull push clone ls-remote submodule"
	    " remote send-email lfs "))
		shell_look_add(l, EFFECT_NETWORK, NULL);
	shell_look_loss(l, STR("git"));
	/* What goes into the repository goes to the server some day. */
	if (command_in_list(sub, " add commit stash archive hash-object"
	    " update-index ")) {
		struct look rest = *l;

		rest.effects = 0;
		rest.words += at;
		rest.n -= at;
		shell_look_secrets(&rest, sub);
		shell_look_add(l, rest.effects, NULL);
	}
	look_at_operands(l, at);
	look_for_programs(l, at);
	look_for_config(l, at);
}
