/* SQL and shell commands put together from variables, in added lines. What a
 * line looks like is all that is judged: a value in a place where SQL takes
 * one, or words for a shell with something put in. Names of tables and columns
 * put in from constants are usual and are left alone. */
#include "base/units.h"
#include "checks/families.h"
#include "index/source.h"

enum { ROW_SQL, ROW_SHELL };

static const struct check_row rows[] = {
	[ROW_SQL] = { "sql-injection", "SQL from variables", FINDING_WARNING,
	    "A value put into the text of an SQL statement: who chooses the "
	    "value can write the statement.",
	    "Use placeholders (?, $1, :name) and pass the value beside.",
	    false },
	[ROW_SHELL] = { "shell-injection", "Shell command from variables",
	    FINDING_WARNING,
	    "A value put into a command line for a shell: who chooses the "
	    "value can run commands.",
	    "Pass a list of arguments without a shell, or quote the value.",
	    false },
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* A word, whatever its case, with no letters around it. */
static size_t
find_word(struct str line, const char *word, size_t from)
{
	size_t len = strlen(word);

	for (size_t i = from; i + len <= line.len; i++) {
		size_t k = 0;

		while (k < len && lower(line.ptr[i + k]) == word[k])
			k++;
		if (k == len && (i == 0 || !is_letter(line.ptr[i - 1])) &&
		    (i + len == line.len || !is_letter(line.ptr[i + len])))
			return i;
	}
	return SIZE_MAX;
}

/* Where a line begins to be SQL: two words that belong together. */
static size_t
find_statement(struct str line)
{
	static const char *const pairs[][2] = {
		{ "select", "from" },
		{ "insert", "values" },
		{ "update", "set" },
		{ "delete", "from" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		size_t at = find_word(line, pairs[i][0], 0);

		if (at != SIZE_MAX && find_word(line, pairs[i][1], at) !=
		    SIZE_MAX)
			return at;
	}
	return SIZE_MAX;
}

/* How a language puts a value into a string; empty: only by joining. */
static const struct {
	const char *language, *open;
} fillings[] = {
	{ "javascript", "${" },
	{ "typescript", "${" },
	{ "tsx", "${" },
	{ "python", "{" },
	{ "ruby", "#{" },
	{ "kotlin", "$" },
	{ "scala", "$" },
	{ "swift", "\\(" },
	{ "php", "$" },
	{ "c_sharp", "{" },
	{ "java", "" },
	{ "go", "" },
	{ "rust", "{" },
};

static const char *
filling_of(const struct language *language)
{
	for (size_t i = 0; i < ARRAY_LEN(fillings); i++)
		if (strcmp(language->name, fillings[i].language) == 0)
			return fillings[i].open;
	return NULL;
}

/* Behind what a value is expected: "id = ", "in (", "like '", "values (". */
static bool
expects_value(struct str before)
{
	static const char *const words[] = { "like", "in", "values", "limit",
		"offset", "and", "between" };
	bool quoted = false;

	while (before.len > 0 && strchr(" '\"(%", before.ptr[before.len - 1])) {
		quoted |= before.ptr[before.len - 1] == '\'';
		before.len--;
	}
	if (quoted)
		return true;
	if (before.len > 0 && strchr("=<>", before.ptr[before.len - 1]))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t len = strlen(words[i]);

		if (before.len > len && find_word(before, words[i],
		    before.len - len) == before.len - len)
			return true;
	}
	return false;
}

/* The byte after which an SQL text has a value put in; SIZE_MAX: nowhere. */
static size_t
find_value(struct str line, size_t from, const char *open)
{
	static const char *const joins[] = { "\" + ", "' + ", "\" . $",
		"' . $", "\" & ", "\" .. ", "\"+" };
	static const char *const formats[] = { "%s", "%d", "%v", "{}" };
	bool formatted = find_word(line, "format", from) != SIZE_MAX ||
	    find_word(line, "sprintf", 0) != SIZE_MAX ||
	    str_find(line, STR("\" % "), from) != SIZE_MAX ||
	    str_find(line, STR("' % "), from) != SIZE_MAX;
	size_t at;

	for (at = from; open[0] != '\0' &&
	    (at = str_find(line, str_from(open), at)) != SIZE_MAX; at++)
		if (expects_value(str_sub(line, from, at - from)) &&
		    at + strlen(open) < line.len &&
		    (is_letter(line.ptr[at + strlen(open)]) ||
			line.ptr[at + strlen(open)] == '$'))
			return at;
	for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
		at = str_find(line, str_from(joins[i]), from);
		if (at != SIZE_MAX &&
		    expects_value(str_sub(line, from, at - from)))
			return at;
	}
	for (size_t i = 0; formatted && i < ARRAY_LEN(formats); i++) {
		at = str_find(line, str_from(formats[i]), from);
		if (at != SIZE_MAX &&
		    expects_value(str_sub(line, from, at - from)))
			return at;
	}
	return SIZE_MAX;
}

/* In Python braces only count in a string that is marked for it. */
static bool
is_filled(const struct language *language, struct str line, size_t at)
{
	size_t quote = at;

	if (strcmp(language->name, "c_sharp") == 0)
		return str_find(line, STR("$\""), 0) < at ||
		    str_find(line, STR("$@\""), 0) < at;
	if (strcmp(language->name, "rust") == 0)
		return find_word(line, "format", 0) < at;
	if (strcmp(language->name, "python") != 0)
		return true;
	while (quote > 0 && line.ptr[quote - 1] != '"' &&
	    line.ptr[quote - 1] != '\'')
		quote--;
	while (quote > 0 && (line.ptr[quote - 1] == '"' ||
	    line.ptr[quote - 1] == '\''))
		quote--;
	return quote > 0 && (lower(line.ptr[quote - 1]) == 'f' ||
	    (quote > 1 && lower(line.ptr[quote - 2]) == 'f' &&
		lower(line.ptr[quote - 1]) == 'r'));
}

static void
look_for_sql(struct check_run *run, struct check_file *f, const char *open,
    uint32_t line, struct str text)
{
	size_t at = find_statement(text), value;

	if (at == SIZE_MAX)
		return;
	/* A tag in front of a template takes the values apart (sql`…`). */
	if (at > 3 && str_find(str_sub(text, 0, at), STR("sql`"), 0) !=
	    SIZE_MAX)
		return;
	value = find_value(text, at, is_filled(f->language, text, at) ?
	    open : "");
	if (value != SIZE_MAX && check_file_kind(f, check_file_offset(f,
	    line) + at) != SYNTAX_COMMENT)
		check_report(run, &rows[ROW_SQL], f, line,
		    (uint32_t)value + 1,
		    "a value is put into an SQL statement");
}

/* --- shell -------------------------------------------------------------- */

/* Functions that give their text to a shell. */
static const struct {
	const char *languages, *call;
	bool needs_shell; /* only with shell=True and the like */
} shells[] = {
	{ "python", "os.system(", false },
	{ "python", "os.popen(", false },
	{ "python", "subprocess.run(", true },
	{ "python", "subprocess.call(", true },
	{ "python", "subprocess.check_call(", true },
	{ "python", "subprocess.check_output(", true },
	{ "python", "subprocess.Popen(", true },
	{ "python", "subprocess.getoutput(", false },
	{ "javascript typescript tsx", "execSync(", false },
	{ "javascript typescript tsx", "child_process.exec(", false },
	{ "ruby", "system(", false },
	{ "ruby", "IO.popen(", false },
	{ "ruby", "Open3.capture2e(", false },
	{ "ruby", "Open3.capture3(", false },
	{ "php", "shell_exec(", false },
	{ "php", "passthru(", false },
	{ "php", "system(", false },
	{ "php", " exec(", false },
	{ "go", "exec.Command(\"sh\", \"-c\", ", false },
	{ "go", "exec.Command(\"bash\", \"-c\", ", false },
	{ "go", "exec.Command(\"/bin/sh\", \"-c\", ", false },
	{ "java kotlin", "Runtime.getRuntime().exec(", false },
};

static bool
is_of(const char *languages, const struct language *language)
{
	struct str rest = str_from(languages), one;

	while (str_next_field(&rest, ' ', &one))
		if (str_eq_c(one, language->name))
			return true;
	return false;
}

/* Functions that make a value harmless. */
static bool
is_quoted(struct str text)
{
	static const char *const words[] = { "quote", "escapeshellarg",
		"escapeshellcmd", "Shellwords", "shellescape", "shlex" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_find(text, str_from(words[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

/* The rest of a call is a text with something put in. */
static bool
is_put_together(const struct language *language, struct str rest,
    const char *open)
{
	static const char *const joins[] = { "\" + ", "' + ", "\" . $",
		"' . $", "\" % ", "' % ", "\".format(", "'.format(",
		"Sprintf(", "` + " };
	bool filled = false;

	if (open[0] != '\0') {
		struct str head = str_sub(rest, 0, 2);
		size_t at = str_find(rest, str_from(open), 0);
		bool marked = strcmp(language->name, "python") != 0 ||
		    str_starts_nocase(head, STR("f\"")) ||
		    str_starts_nocase(head, STR("f'"));

		filled = at != SIZE_MAX && marked && rest.len > 0 &&
		    strchr("\"'`fF", rest.ptr[0]) != NULL &&
		    (strcmp(open, "$") != 0 || rest.ptr[0] == '"');
	}
	for (size_t i = 0; i < ARRAY_LEN(joins); i++)
		filled |= str_find(rest, str_from(joins[i]), 0) != SIZE_MAX;
	return filled;
}

static void
look_for_shell(struct check_run *run, struct check_file *f, const char *open,
    uint32_t line, struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		struct str call = str_from(shells[i].call), rest;
		size_t at;

		if (!is_of(shells[i].languages, f->language))
			continue;
		at = str_find(text, call, 0);
		if (at == SIZE_MAX || (at > 0 && is_letter(text.ptr[at]) &&
		    (is_letter(text.ptr[at - 1]) ||
			text.ptr[at - 1] == '.')))
			continue;
		rest = str_trim(str_sub(text, at + call.len, SIZE_MAX));
		if ((shells[i].needs_shell && str_find(rest,
		    STR("shell=True"), 0) == SIZE_MAX) || is_quoted(rest) ||
		    !is_put_together(f->language, rest, open) ||
		    !check_file_is_code(f, check_file_offset(f, line) + at))
			continue;
		check_report(run, &rows[ROW_SHELL], f, line,
		    (uint32_t)at + 1,
		    "a value is put into a command for a shell");
		return;
	}
}

static void
look(struct check_run *run, struct check_file *f)
{
	const char *open = f->language == NULL ? NULL :
	    filling_of(f->language);
	bool sql = check_is_on(run, &rows[ROW_SQL]);
	bool shell = check_is_on(run, &rows[ROW_SHELL]);
	uint32_t line = 0;
	struct str text;

	/* Tests put values into what they run, and nobody else chooses. */
	if (open == NULL || f->source != 0)
		return;
	while (check_file_next_added(f, &line, &text)) {
		if (sql)
			look_for_sql(run, f, open, line, text);
		if (shell)
			look_for_shell(run, f, open, line, text);
	}
}

const struct check_family check_inject = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
