/* What a command may lose, write over or give away, whatever else it does: the
 * table of destroying forms, targets of copies and downloads, options that
 * start programs, names of the deny list. See shell_look.h. */
#include "safety/shell_look.h"

#include <string.h>

#include "base/buf.h"
#include "base/units.h"

#define PATH_MAX_BYTES (8 * KIB)

struct str
shell_base_name(struct str path)
{
	const char *slash = path.len == 0 ? NULL :
					    memrchr(path.ptr, '/', path.len);

	return slash == NULL ? path :
	    str_sub(path, (size_t)(slash + 1 - path.ptr), SIZE_MAX);
}

bool
shell_is_short(struct str text)
{
	return text.len > 1 && text.ptr[0] == '-' && text.ptr[1] != '-' &&
	    text.ptr[1] != SHELL_HOLE;
}

bool
shell_has_letter(struct str option, const char *letters)
{
	for (size_t i = 1; i < option.len; i++)
		if (option.ptr[i] == '=' || option.ptr[i] == '\0')
			break;
		else if (strchr(letters, option.ptr[i]) != NULL)
			return true;
	return false;
}

/* A long option by any beginning of its name that is long enough to mean
 * something. */
bool
shell_is_long(struct str text, const char *list)
{
	struct str rest = str_from(list == NULL ? "" : list), item;
	size_t eq = str_find_char(text, '=', 0);

	if (!str_starts(text, STR("--")) || text.len < 3)
		return false;
	text = str_sub(text, 0, eq);
	while (str_next_field(&rest, ' ', &item))
		if (item.len > 2 && str_starts(item, text) &&
		    str_starts(item, STR("--")))
			return true;
	return false;
}

static bool
row_destroys(const struct look *l, const struct destroyer_row *row,
    struct str name)
{
	bool any = row->letters == NULL && row->words == NULL, saved = false;
	bool sub = row->sub == NULL;

	if (!str_eq_c(name, row->name) &&
	    !(strcmp(row->name, "mkfs") == 0 && str_starts(name,
		STR("mkfs."))))
		return false;
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;

		if (!sub) {
			sub = str_eq_c(text, row->sub);
			continue;
		}
		saved |= command_in_list(text, row->unless) ||
		    (command_in_list(STR("-n"), row->unless) &&
			shell_is_short(text) && shell_has_letter(text, "n"));
		any |= command_in_list(text, row->words) ||
		    shell_is_long(text, row->words) ||
		    (row->letters != NULL && shell_is_short(text) &&
			shell_has_letter(text, row->letters));
		/* $x may be such an option. */
		any |= (row->letters != NULL || row->words != NULL) &&
		    text.len > 0 && text.ptr[0] == SHELL_HOLE &&
		    (w->flags & SHELL_SPLITS);
	}
	return sub && any && !saved;
}

/* Plain rm of named files is a change like others; of what only the run
 * tells, or of folders, it is not. */
static bool
rm_destroys(const struct look *l)
{
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];

		if ((w->flags & SHELL_GLOB) || shell_has_hole(w->text) ||
		    command_in_list(w->text, " . .. / ~ * "))
			return true;
	}
	return false;
}

void
shell_look_loss(struct look *l, struct str name)
{
	for (size_t i = 0; i < destroyer_table_len; i++)
		if (row_destroys(l, &destroyer_table[i], name))
			shell_look_add(l, EFFECT_DESTROYS |
			    EFFECT_RUNS_COMMANDS, destroyer_table[i].what);
	if (str_eq_c(name, "rm") && rm_destroys(l))
		shell_look_add(l, EFFECT_DESTROYS | EFFECT_RUNS_COMMANDS,
		    "it deletes what only the run names");
}

/* cp FILE… FOLDER: what has the file's name in there. */
static void
look_in_folder(struct look *l, const struct shell_word *file,
    struct str folder)
{
	const struct shell_judge_opts *o = l->j->opts;
	struct str name = shell_base_name(file->text);
	CLEANUP_BUF struct buf path = BUF_INIT(PATH_MAX_BYTES);

	if (shell_unknown(file) || file->flags & SHELL_GLOB ||
	    name.len == 0 || o->loses == NULL)
		return;
	buf_add_str(&path, folder);
	buf_add_char(&path, '/');
	buf_add_str(&path, name);
	for (size_t i = 0; i < l->j->n_folders && path.failed == 0; i++)
		if (o->loses(buf_str(&path), l->j->folders[i], o->ctx))
			shell_look_add(l, EFFECT_DESTROYS,
			    "it overwrites a file that git does not have "
			    "like this");
}

/* The folder of cp -t FOLDER; NULL: it is the last word. */
static const struct shell_word *
target_folder(const struct look *l, struct shell_word *store)
{
	for (size_t i = 1; i < l->n; i++) {
		struct str text = l->words[i].text;
		struct str mark = STR("--target-directory=");

		if (command_in_list(text, " -t --target-directory "))
			return i + 1 < l->n ? &l->words[i + 1] : NULL;
		if (!str_starts(text, mark))
			continue;
		*store = l->words[i];
		store->text = str_sub(text, mark.len, SIZE_MAX);
		return store;
	}
	return NULL;
}

/* cp, mv, tee and their like: what they write over. */
static void
look_for_targets(struct look *l, struct str name)
{
	bool all = str_eq_c(name, "tee"), keeps = false, forces = false;
	size_t operands = 0;
	const struct shell_word *last = NULL, *folder;
	struct shell_word store;

	if (!command_in_list(name, " cp mv install ln tee uniq xxd ") ||
	    l->n < 2)
		return;
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];

		if (w->text.len > 1 && w->text.ptr[0] == '-') {
			forces |= (shell_is_short(w->text) &&
			    shell_has_letter(w->text, "f")) ||
			    str_eq_c(w->text, "--force");
			keeps |= command_in_list(w->text,
			    all ? " -a --append " :
				  " -n --no-clobber -b --backup ");
			continue;
		}
		last = w;
		operands++;
		if (all && !shell_unknown(w))
			shell_look_write(l, w, keeps);
	}
	if (str_eq_c(name, "ln"))
		keeps |= !forces;
	folder = all || command_in_list(name, " uniq xxd ") ? NULL :
	    target_folder(l, &store);
	if (all || (folder == NULL && operands < 2))
		return;
	if (folder == NULL && !shell_unknown(last))
		shell_look_write(l, last, keeps);
	else if (folder != NULL && !shell_unknown(folder))
		shell_look_write(l, folder, true);
	for (size_t i = 1; i < l->n && !keeps &&
	    command_in_list(name, " cp mv install ln "); i++)
		if (l->words[i].text.len > 0 && l->words[i].text.ptr[0] != '-')
			look_in_folder(l, &l->words[i], folder != NULL ?
			    folder->text : last->text);
}

/* curl -o FILE, wget -O FILE, sort -o FILE. */
static void
look_for_output(struct look *l, struct str name)
{
	const char *letter = command_in_list(name, " curl sort tree ") ?
	    "-o" : str_eq_c(name, "wget") ? "-O" : NULL;

	for (size_t i = 1; letter != NULL && i < l->n; i++) {
		struct shell_word w = l->words[i];

		if (str_starts(w.text, STR("--output-document=")))
			w.text = str_sub(w.text, 18, SIZE_MAX);
		else if (str_starts(w.text, STR("--output=")))
			w.text = str_sub(w.text, 9, SIZE_MAX);
		else if (i + 1 < l->n && (command_in_list(w.text,
		    " --output --output-document ") ||
		    (shell_is_short(w.text) && str_ends(w.text,
			str_from(letter + 1)))))
			w = l->words[++i];
		else if (str_starts(w.text, str_from(letter)))
			w.text = str_sub(w.text, 2, SIZE_MAX);
		else
			continue;
		if (!shell_unknown(&w) && w.text.len > 0 &&
		    !command_in_list(w.text, " - /dev/null "))
			shell_look_write(l, &w, false);
	}
}

/* Programs that have a command or an option for starting others. */
static void
look_for_starters(struct look *l, struct str name)
{
	static const struct {
		const char *names, *marks;
	} rows[] = {
		{ " vim vi nvim ex view ed emacs gdb lldb expect mysql ",
		    "! shell system exec spawn delete-file call-process" },
		{ " sqlite3 psql ", "\\! .shell .system .output .once"
				    " writefile( load_extension COPY" },
		{ " make gmake ", "--eval SHELL= MAKEFLAGS=" },
		{ " rsync scp sftp ", "-e --rsh -S --rsync-path" },
		{ " zip ", "-TT --unzip-command" },
		{ " curl ", "-K --config" },
		{ " wget ", "--use-askpass --config -e --execute" },
		{ " socat ", "exec: EXEC: system: SYSTEM:" },
		{ " nc ncat netcat ", "-e -c --exec --sh-exec" },
		{ " openssl ", "engine provider-path" },
	};

	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		if (!command_in_list(name, rows[r].names))
			continue;
		for (size_t i = 1; i < l->n; i++) {
			struct str marks = str_from(rows[r].marks), mark;

			while (str_next_field(&marks, ' ', &mark)) {
				bool option = mark.ptr[0] == '-';
				size_t at = str_find(l->words[i].text, mark,
				    0);

				if (option ? at == 0 : at != SIZE_MAX)
					shell_look_add(l, EFFECT_OPAQUE,
					    "a word of it may start a "
					    "program");
			}
		}
	}
}

/* The deny list also holds for programs that are not known as readers. */
void
shell_look_secrets(struct look *l, struct str name)
{
	if (command_in_list(name, " rm touch mkdir git chmod "))
		return;
	for (size_t i = 1; i < l->n; i++) {
		const struct shell_word *w = &l->words[i];
		struct str text = w->text;
		size_t mark = str_find_char(text, '@', 0);
		size_t eq = str_find_char(text, '=', 0);

		if (shell_has_hole(text) || text.len > 4096)
			continue;
		if (text.len > 0 && text.ptr[0] == '-' && eq != SIZE_MAX)
			text = str_sub(text, eq + 1, SIZE_MAX);
		if (mark != SIZE_MAX && mark < 32) /* curl -d @.env */
			text = str_sub(w->text, mark + 1, SIZE_MAX);
		if (text.len == 0 || text.ptr[0] == '-')
			continue;
		if (shell_look_place(l->j, w, text) == SHELL_DENIED) {
			shell_note_path(l->j, text);
			shell_look_add(l, EFFECT_NAMES_SECRET, NULL);
		}
	}
}

/* Destroying words behind a program that is not known: strace rm -r x. */
static void
look_behind(struct look *l)
{
	for (size_t i = 1; i + 1 < l->n; i++) {
		struct look inner = *l;
		struct str name = shell_base_name(l->words[i].text);

		if (!command_in_list(name, " rm git dd shred mkfs chmod chown"
		    " find npm cargo docker truncate "))
			continue;
		inner.words += i;
		inner.n -= i;
		inner.effects = 0;
		inner.what = NULL;
		shell_look_loss(&inner, name);
		shell_look_add(l, inner.effects & EFFECT_DESTROYS,
		    inner.what);
	}
}

void
shell_look_targets(struct look *l, struct str name)
{
	look_for_targets(l, name);
	look_for_output(l, name);
	look_for_starters(l, name);
	look_behind(l);
}
