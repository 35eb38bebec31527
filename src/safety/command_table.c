/* The rows; see command_table.h. */
#include "safety/command_table.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define F READER_FILES

static const struct reader_row reader_table[] = {
	{ "[", NULL, "v", NULL, "", 0 },
	{ "arch", NULL, "", NULL, "", 0 },
	{ "b2sum", NULL, "", NULL, "", F },
	{ "base32", NULL, "", NULL, "w", F },
	{ "base64", NULL, "", NULL, "w", F },
	{ "basename", NULL, "", NULL, "s", READER_NAMES },
	{ "cal", NULL, "", NULL, "", 0 },
	{ "cat", NULL, "", NULL, "", F },
	{ "cksum", NULL, "", NULL, "", F },
	{ "cloc", NULL, "", " --out --report-file --sql --extract-with --pipe",
	    "", F },
	{ "cmp", NULL, "", NULL, "", F },
	{ "column", NULL, "", NULL, "sctNo", F },
	{ "comm", NULL, "", NULL, "", F },
	{ "cut", NULL, "", NULL, "dfbc", F },
	{ "date", NULL, "sf", " --set --file ", "dr", READER_FORMATS },
	{ "df", NULL, "", NULL, "", READER_NAMES | F },
	{ "diff", NULL, "", NULL, "UCI", F },
	{ "dir", NULL, "", NULL, "I", F | READER_NAMES },
	{ "dirname", NULL, "", NULL, "", READER_NAMES },
	{ "du", NULL, "", NULL, "dB", F | READER_NAMES },
	{ "echo", NULL, "", NULL, "", READER_NAMES },
	{ "egrep", NULL, "", NULL, "ABCefm", F | READER_PATTERN },
	{ "expand", NULL, "", NULL, "t", F },
	{ "expr", NULL, "", NULL, "", 0 },
	{ "factor", NULL, "", NULL, "", 0 },
	{ "false", NULL, "", NULL, "", 0 },
	{ "fd", NULL, "xX", " --exec --exec-batch --list-details ", "dEteSo",
	    F | READER_PATTERN | READER_NAMES },
	{ "fgrep", NULL, "", NULL, "ABCefm", F | READER_PATTERN },
	{ "file", NULL, "Cm", " --compile --magic-file ", "F", F },
	{ "fmt", NULL, "", NULL, "w", F },
	{ "fold", NULL, "", NULL, "w", F },
	{ "free", NULL, "s", NULL, "", READER_NO_OPERANDS },
	{ "getconf", NULL, "", NULL, "", 0 },
	{ "grep", NULL, "", NULL, "ABCefm", F | READER_PATTERN },
	{ "groups", NULL, "", NULL, "", 0 },
	{ "head", NULL, "", NULL, "nc", F },
	{ "hexdump", NULL, "", NULL, "nsefC", F },
	{ "hostname", NULL, "FbB", " --file --boot ", "", READER_NO_OPERANDS },
	{ "id", NULL, "", NULL, "", 0 },
	{ "join", NULL, "", NULL, "12aetvj", F },
	{ "jq", NULL, "fL", " --from-file --rawfile --slurpfile ", "",
	    F | READER_PATTERN },
	{ "locale", NULL, "", NULL, "", 0 },
	{ "ls", NULL, "", NULL, "ITw", F | READER_NAMES },
	{ "lsblk", NULL, "", NULL, "", 0 },
	{ "lscpu", NULL, "", NULL, "", 0 },
	{ "md5sum", NULL, "", NULL, "", F },
	{ "nl", NULL, "", NULL, "", F },
	{ "nm", NULL, "", " --plugin ", "", F },
	{ "nproc", NULL, "", NULL, "", 0 },
	{ "numfmt", NULL, "", NULL, "", 0 },
	{ "objdump", NULL, "", NULL, "", F },
	{ "od", NULL, "", NULL, "AjNtw", F },
	{ "paste", NULL, "", NULL, "d", F },
	{ "pgrep", NULL, "", NULL, "", 0 },
	{ "pidof", NULL, "", NULL, "", 0 },
	{ "printf", NULL, "v", NULL, "", READER_NAMES },
	{ "printenv", NULL, "", NULL, "", 0 },
	{ "ps", NULL, "", NULL, "opuC", 0 },
	{ "pwd", NULL, "", NULL, "", 0 },
	{ "readelf", NULL, "", NULL, "xpR", F },
	{ "readlink", NULL, "", NULL, "", F | READER_NAMES },
	{ "realpath", NULL, "", NULL, "", F | READER_NAMES },
	{ "rev", NULL, "", NULL, "", F },
	{ "rg", NULL, "z", " --pre --search-zip --hostname-bin ",
	    "ABCefgmMtTjr", F | READER_PATTERN },
	{ "seq", NULL, "", NULL, "fs", 0 },
	{ "sha1sum", NULL, "", NULL, "", F },
	{ "sha224sum", NULL, "", NULL, "", F },
	{ "sha256sum", NULL, "", NULL, "", F },
	{ "sha384sum", NULL, "", NULL, "", F },
	{ "sha512sum", NULL, "", NULL, "", F },
	{ "shuf", NULL, "o", " --output ", "ein", F },
	{ "size", NULL, "", NULL, "", F },
	{ "sleep", NULL, "", NULL, "", 0 },
	{ "sort", NULL, "oT",
	    " --output --compress-program --temporary-directory --files0-from ",
	    "ktS", F },
	{ "stat", NULL, "", NULL, "cf", F | READER_NAMES },
	{ "strings", NULL, "", NULL, "nt", F },
	{ "sum", NULL, "", NULL, "", F },
	{ "tac", NULL, "", NULL, "s", F },
	{ "tail", NULL, "", NULL, "nc", F },
	{ "test", NULL, "v", NULL, "", 0 },
	{ "tokei", NULL, "", NULL, "e", F },
	{ "tr", NULL, "", NULL, "", 0 },
	{ "tree", NULL, "oR", " --output ", "LPI", F | READER_NAMES },
	{ "true", NULL, "", NULL, "", 0 },
	{ ":", NULL, "", NULL, "", 0 },
	{ "tsort", NULL, "", NULL, "", F },
	{ "type", NULL, "", NULL, "", 0 },
	{ "uname", NULL, "", NULL, "", READER_NO_OPERANDS },
	{ "unexpand", NULL, "", NULL, "t", F },
	{ "uniq", NULL, "", NULL, "fsw", F | READER_ONE_OPERAND },
	{ "uptime", NULL, "", NULL, "", READER_NO_OPERANDS },
	{ "wc", NULL, "", NULL, "", F },
	{ "whereis", NULL, "", NULL, "", 0 },
	{ "which", NULL, "", NULL, "", 0 },
	{ "who", NULL, "", NULL, "", 0 },
	{ "whoami", NULL, "", NULL, "", READER_NO_OPERANDS },
	{ "xxd", NULL, "r", " -revert ", "lscg", F | READER_ONE_OPERAND },
	{ "zcat", NULL, "", NULL, "", F },
	{ "zgrep", NULL, "", NULL, "ABCefm", F | READER_PATTERN },

	{ "git", "status", "", NULL, "", READER_NAMES },
	{ "git", "log", "", " --output --ext-diff --textconv ", "", F },
	{ "git", "diff", "", " --output --ext-diff --textconv ", "", F },
	{ "git", "show", "", " --output --ext-diff --textconv ", "", F },
	{ "git", "blame", "", " --contents --textconv ", "", F },
	{ "git", "annotate", "", " --contents ", "", F },
	{ "git", "shortlog", "", " --output ", "", 0 },
	{ "git", "describe", "", NULL, "", 0 },
	{ "git", "rev-parse", "", NULL, "", READER_NAMES },
	{ "git", "rev-list", "", " --output ", "", 0 },
	{ "git", "ls-files", "", NULL, "", READER_NAMES },
	{ "git", "ls-tree", "", NULL, "", READER_NAMES },
	{ "git", "cat-file", "", " --textconv --filters ", "", F },
	{ "git", "show-ref", "", NULL, "", 0 },
	{ "git", "for-each-ref", "", NULL, "", 0 },
	{ "git", "name-rev", "", NULL, "", 0 },
	{ "git", "merge-base", "", NULL, "", 0 },
	{ "git", "cherry", "", NULL, "", 0 },
	{ "git", "count-objects", "", NULL, "", 0 },
	{ "git", "grep", "O", " --open-files-in-pager --ext-grep --textconv ",
	    "", F | READER_PATTERN },
	{ "git", "whatchanged", "", " --output --ext-diff --textconv ", "",
	    F },
	{ "git", "diff-tree", "", " --output --ext-diff --textconv ", "", F },
	{ "git", "diff-index", "", " --output --ext-diff --textconv ", "",
	    F },
	{ "git", "diff-files", "", " --output --ext-diff --textconv ", "",
	    F },
	{ "git", "range-diff", "", " --output --ext-diff ", "", 0 },
	{ "git", "check-ignore", "", NULL, "", READER_NAMES },
	{ "git", "check-attr", "", NULL, "", READER_NAMES },
	{ "git", "var", "", NULL, "", 0 },
	{ "git", "version", "", NULL, "", 0 },
	{ "git", "verify-commit", "", NULL, "", 0 },
};

const struct destroyer_row destroyer_table[] = {
	{ "rm", NULL, "rR", " --recursive ", NULL, "it deletes recursively" },
	{ "git", "reset", "", " --hard --merge --keep ", NULL,
	    "it throws away changes" },
	{ "git", "clean", "fdxX", " --force ", " -n --dry-run ",
	    "it deletes untracked files" },
	{ "git", "push", "fd",
	    " --force --force-with-lease --force-if-includes --mirror"
	    " --delete --prune ", " -n --dry-run ",
	    "it rewrites or deletes what is on the server" },
	{ "git", "checkout", "fBp",
	    " -- . --force --ours --theirs --patch --pathspec-from-file ",
	    NULL, "it throws away changes" },
	{ "git", "switch", "fC", " --force --discard-changes --force-create ",
	    NULL, "it throws away changes" },
	{ "git", "branch", "DMCf", " --delete --force ", NULL,
	    "it deletes or moves a branch" },
	{ "git", "tag", "df", " --delete --force ", NULL,
	    "it deletes or moves a tag" },
	{ "git", "stash", "", " drop clear ", NULL, "it deletes a stash" },
	{ "git", "rm", "f", " --force ", " --cached ",
	    "it deletes changed files" },
	{ "git", "worktree", "f", " remove --force prune ", NULL,
	    "it deletes a working tree" },
	{ "git", "update-ref", NULL, NULL, NULL, "it moves refs" },
	{ "git", "symbolic-ref", "d", " --delete ", NULL, "it deletes a ref" },
	{ "git", "reflog", "", " expire delete ", NULL,
	    "it deletes the record of former commits" },
	{ "git", "filter-branch", NULL, NULL, NULL, "it rewrites history" },
	{ "git", "filter-repo", NULL, NULL, NULL, "it rewrites history" },
	{ "git", "rebase", NULL, NULL, " --continue --show-current-patch ",
	    "it rewrites history" },
	{ "git", "commit", "", " --amend ", NULL, "it rewrites a commit" },
	{ "git", "gc", "", " --prune --prune=now --prune=all ", NULL,
	    "it deletes former commits" },
	{ "git", "prune", NULL, NULL, " -n --dry-run ",
	    "it deletes former commits" },
	{ "git", "replace", NULL, NULL, " -l --list ", "it rewrites history" },
	{ "git", "merge", "", " --abort ", NULL, "it throws away changes" },
	{ "git", "am", "", " --abort ", NULL, "it throws away changes" },
	{ "git", "cherry-pick", "", " --abort ", NULL,
	    "it throws away changes" },
	{ "git", "revert", "", " --abort ", NULL, "it throws away changes" },
	{ "git", "read-tree", "u", " --reset ", NULL,
	    "it throws away changes" },
	{ "git", "checkout-index", "f", " --force ", NULL,
	    "it throws away changes" },
	{ "git", "submodule", "f", " --force deinit ", NULL,
	    "it throws away changes" },
	{ "git", "remote", "", " remove rm prune set-url ", NULL,
	    "it changes or deletes a remote" },
	{ "git", "notes", "", " remove prune ", NULL, "it deletes notes" },
	{ "git", "lfs", "", " prune ", NULL, "it deletes files" },
	{ "chmod", NULL, "R", " --recursive ", NULL,
	    "it changes modes recursively" },
	{ "chown", NULL, "R", " --recursive ", NULL,
	    "it changes owners recursively" },
	{ "chgrp", NULL, "R", " --recursive ", NULL,
	    "it changes groups recursively" },
	{ "setfacl", NULL, "R", " --recursive ", NULL,
	    "it changes modes recursively" },
	{ "find", NULL, NULL, " -delete -fprint -fprintf -fprint0 -fls ", NULL,
	    "it deletes or writes files" },
	{ "rsync", NULL, NULL,
	    " --delete --del --delete-before --delete-during --delete-after"
	    " --delete-delay --delete-excluded --remove-source-files ",
	    " -n --dry-run ", "it deletes files" },
	{ "dd", NULL, NULL, NULL, NULL, "it overwrites what it is given" },
	{ "shred", NULL, NULL, NULL, NULL, "it destroys files" },
	{ "srm", NULL, NULL, NULL, NULL, "it destroys files" },
	{ "wipe", NULL, NULL, NULL, NULL, "it destroys files" },
	{ "truncate", NULL, NULL, NULL, NULL, "it cuts files" },
	{ "mkfs", NULL, NULL, NULL, NULL, "it makes a file system" },
	{ "mkswap", NULL, NULL, NULL, NULL, "it overwrites a device" },
	{ "wipefs", NULL, NULL, NULL, NULL, "it overwrites a device" },
	{ "fdisk", NULL, NULL, NULL, NULL, "it changes partitions" },
	{ "parted", NULL, NULL, NULL, NULL, "it changes partitions" },
	{ "shutdown", NULL, NULL, NULL, NULL, "it stops the machine" },
	{ "reboot", NULL, NULL, NULL, NULL, "it stops the machine" },
	{ "halt", NULL, NULL, NULL, NULL, "it stops the machine" },
	{ "poweroff", NULL, NULL, NULL, NULL, "it stops the machine" },
	{ "crontab", NULL, NULL, NULL, " -l ", "it changes what runs later" },
	{ "at", NULL, NULL, NULL, NULL, "it runs something later" },
	{ "rmdir", NULL, "p", " --parents ", NULL, "it deletes folders" },
	{ "npm", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "npm", "unpublish", NULL, NULL, NULL, "it withdraws a package" },
	{ "npm", "deprecate", NULL, NULL, NULL, "it changes a package" },
	{ "yarn", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "yarn", "npm", NULL, " publish ", NULL, "it publishes a package" },
	{ "pnpm", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "bun", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "deno", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "lerna", "publish", NULL, NULL, NULL, "it publishes packages" },
	{ "cargo", "publish", NULL, NULL, " --dry-run -n ",
	    "it publishes a package" },
	{ "cargo", "yank", NULL, NULL, NULL, "it withdraws a package" },
	{ "twine", "upload", NULL, NULL, NULL, "it publishes a package" },
	{ "poetry", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "uv", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "flit", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "hatch", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "pip", "upload", NULL, NULL, NULL, "it publishes a package" },
	{ "gem", "push", NULL, NULL, NULL, "it publishes a package" },
	{ "gem", "yank", NULL, NULL, NULL, "it withdraws a package" },
	{ "mvn", NULL, NULL, " deploy release:perform ", NULL,
	    "it publishes a package" },
	{ "gradle", NULL, NULL, " publish ", NULL, "it publishes a package" },
	{ "gradlew", NULL, NULL, " publish ", NULL, "it publishes a package" },
	{ "dotnet", "nuget", NULL, " push delete ", NULL,
	    "it publishes a package" },
	{ "vsce", "publish", NULL, NULL, NULL, "it publishes a package" },
	{ "goreleaser", "release", NULL, NULL, NULL, "it publishes" },
	{ "helm", "push", NULL, NULL, NULL, "it publishes" },
	{ "docker", NULL, NULL,
	    " push prune rm rmi kill remove down ", NULL,
	    "it publishes or deletes images, containers or volumes" },
	{ "podman", NULL, NULL,
	    " push prune rm rmi kill remove down ", NULL,
	    "it publishes or deletes images, containers or volumes" },
	{ "kubectl", NULL, NULL, " delete apply drain replace patch ", NULL,
	    "it changes a cluster" },
	{ "terraform", NULL, NULL, " apply destroy import taint ", NULL,
	    "it changes machines" },
	{ "gh", NULL, NULL, " delete merge create close edit archive ",
	    NULL, "it changes what is on the server" },
	{ "dropdb", NULL, NULL, NULL, NULL, "it deletes a database" },
	{ "redis-cli", NULL, NULL, " flushall flushdb FLUSHALL FLUSHDB ", NULL,
	    "it deletes a database" },
};
const size_t destroyer_table_len = ARRAY_LEN(destroyer_table);

static const struct wrapper_row wrapper_table[] = {
	{ "env", "uC", " --unset --chdir ", "S", 0,
	    WRAPPER_ASSIGNS | WRAPPER_PLAIN },
	{ "sudo", "ugphrtCDT", " --user --group --prompt --host --chdir ",
	    "eiKkvlsA", 0, WRAPPER_ASSIGNS | WRAPPER_OTHER_USER },
	{ "doas", "uC", NULL, "s", 0, WRAPPER_OTHER_USER },
	{ "xargs", "InPLdEsa",
	    " --replace --max-args --max-procs --max-lines --delimiter"
	    " --arg-file --max-chars ", "", 0, WRAPPER_APPENDS },
	{ "timeout", "ks", " --kill-after --signal ", "", 1, 0 },
	{ "nice", "n", " --adjustment ", "", 0, WRAPPER_PLAIN },
	{ "ionice", "cnp", " --class --classdata ", "", 0, WRAPPER_PLAIN },
	{ "nohup", "", NULL, "", 0, 0 },
	{ "setsid", "", NULL, "", 0, 0 },
	{ "stdbuf", "ioe", " --input --output --error ", "", 0, 0 },
	{ "time", "f", " --format ", "o", 0, 0 },
	{ "command", "", NULL, "", 0, 0 },
	{ "builtin", "", NULL, "", 0, 0 },
	{ "exec", "a", NULL, "", 0, 0 },
	{ "busybox", "", NULL, "", 0, 0 },
	{ "toybox", "", NULL, "", 0, 0 },
	{ "chrt", "p", NULL, "", 1, 0 },
	{ "taskset", "", NULL, "p", 1, 0 },
	{ "unbuffer", "", NULL, "", 0, WRAPPER_RUNS },
	{ "catchsegv", "", NULL, "", 0, WRAPPER_RUNS },
	{ "faketime", "", NULL, "", 1, WRAPPER_RUNS },
	{ "flock", "wE", " --timeout --conflict-exit-code ", "c", 1, 0 },
	/* Their output may go to a program or over a file. */
	{ "strace", "eEopsSaIbOuP", " --output ", "oEu", 0, WRAPPER_RUNS },
	{ "ltrace", "eopsaulFn", " --output ", "ou", 0, WRAPPER_RUNS },
	{ "valgrind", "", NULL, "", 0, WRAPPER_RUNS },
	{ "runuser", "ugG", NULL, "cls", 0, WRAPPER_OTHER_USER },
	{ "chroot", "", NULL, "", 1, WRAPPER_OTHER_USER },
};

static const struct interpreter_row interpreter_table[] = {
	{ "sh", "c", NULL, true },
	{ "bash", "c", NULL, true },
	{ "dash", "c", NULL, true },
	{ "zsh", "c", NULL, true },
	{ "ksh", "c", NULL, true },
	{ "ash", "c", NULL, true },
	{ "fish", "c", " --command ", false },
	{ "su", "c", " --command ", true },
	{ "python", "c", NULL, false },
	{ "python2", "c", NULL, false },
	{ "python3", "c", NULL, false },
	{ "pypy", "c", NULL, false },
	{ "pypy3", "c", NULL, false },
	{ "perl", "eE", NULL, false },
	{ "ruby", "e", NULL, false },
	{ "node", "ep", " --eval --print ", false },
	{ "nodejs", "ep", " --eval --print ", false },
	{ "bun", "e", " --eval ", false },
	{ "php", "rBRE", NULL, false },
	{ "lua", "e", NULL, false },
	{ "osascript", "e", NULL, false },
	{ "Rscript", "e", NULL, false },
};

const struct reader_row *
reader_find(struct str name, struct str sub)
{
	for (size_t i = 0; i < ARRAY_LEN(reader_table); i++) {
		const struct reader_row *row = &reader_table[i];

		if (str_eq_c(name, row->name) &&
		    (row->sub == NULL || str_eq_c(sub, row->sub)))
			return row;
	}
	return NULL;
}

const struct wrapper_row *
wrapper_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(wrapper_table); i++)
		if (str_eq_c(name, wrapper_table[i].name))
			return &wrapper_table[i];
	return NULL;
}

const struct interpreter_row *
interpreter_find(struct str name)
{
	/* python3.11 is python3. */
	while (name.len > 1 && (str_starts(name, STR("python")) ||
	    str_starts(name, STR("perl")) || str_starts(name, STR("lua")) ||
	    str_starts(name, STR("php"))) &&
	    str_find_char(name, '.', 0) != SIZE_MAX)
		name.len = str_find_char(name, '.', 0);
	for (size_t i = 0; i < ARRAY_LEN(interpreter_table); i++)
		if (str_eq_c(name, interpreter_table[i].name))
			return &interpreter_table[i];
	return NULL;
}

bool
command_in_list(struct str word, const char *list)
{
	char wanted[96];

	if (list == NULL || word.len == 0 || word.len > sizeof(wanted) - 3 ||
	    memchr(word.ptr, ' ', word.len) != NULL)
		return false;
	snprintf(wanted, sizeof(wanted), " %.*s ", STR_ARG(word));
	return strstr(list, wanted) != NULL;
}

bool
command_tells_version(struct str name)
{
	return command_in_list(name,
	    " gcc g++ cc c++ clang clang++ ld make gmake cmake ninja meson"
	    " autoconf automake pkg-config python python3 pip pip3 uv poetry"
	    " pytest ruff mypy black node npm pnpm yarn bun deno tsc cargo"
	    " rustc rustup go java javac mvn gradle kotlin scala ruby gem"
	    " bundle rake perl php composer bash zsh sh git gh docker podman"
	    " kubectl helm terraform psql sqlite3 mysql redis-cli jq rg fd sed"
	    " awk gawk grep tar curl wget ssh openssl gdb lldb valgrind ccache"
	    " bwrap vim nvim emacs code tmux friday swift dotnet zig ");
}

bool
command_uses_network(struct str name)
{
	return command_in_list(name,
	    " curl wget ssh scp sftp rsync nc ncat netcat telnet ftp lftp"
	    " aria2c apt apt-get dnf yum pacman brew apk snap"
	    " pip pip3 pipx uv poetry"
	    " npm npx pnpm yarn bun gem bundle cargo go composer docker podman"
	    " kubectl helm gh glab aws gcloud az terraform ping dig nslookup"
	    " host traceroute http https xh socat ");
}

bool
variable_is_harmless(struct str name)
{
	return str_starts(name, STR("LC_")) ||
	    command_in_list(name,
		" LANG LANGUAGE TZ NO_COLOR CLICOLOR FORCE_COLOR COLUMNS LINES"
		" TERM CI DEBUG VERBOSE ");
}
