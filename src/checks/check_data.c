/* Files of data that no program can read any more: JSON by cJSON, YAML and
 * TOML by their tree-sitter grammars (Debian has no TOML parser for C, and a
 * grammar says where). */
#include "base/json.h"
#include "base/json_comments.h"
#include "base/units.h"
#include "checks/families.h"
#include "index/source.h"
#include "safety/wildmatch.h"

enum { ROW_JSON, ROW_YAML, ROW_TOML, PARSE_MS = 1000, DEPTH_MAX = 500 };

static const struct check_row rows[] = {
	[ROW_JSON] = { "json", "Invalid JSON", FINDING_ERROR,
	    "A JSON file that is none (comments count where their readers "
	    "take them), or has a key twice.",
	    "Correct it; the place is where reading ends.", false },
	[ROW_YAML] = { "yaml", "Invalid YAML", FINDING_ERROR,
	    "A YAML file that does not parse; templates are left out.",
	    "Correct it; often it is the indentation, or a tab.", false },
	[ROW_TOML] = { "toml", "Invalid TOML", FINDING_ERROR,
	    "A TOML file that does not parse.", "Correct it.", false },
};

/* Files in which comments and trailing commas are read. */
static bool
takes_comments(const struct check_file *f)
{
	static const char *const names[] = { "*.jsonc", "*.json5",
		"*.code-workspace", "tsconfig*.json", "jsconfig*.json",
		"*tsconfig*.json", ".eslintrc*", ".babelrc*", ".swcrc",
		"devcontainer.json", "api-extractor*.json", "deno.json",
		"*.code-snippets", "settings.json", "launch.json",
		"tasks.json", "extensions.json", "keybindings.json",
		"language-configuration.json", ".jshintrc", ".jscsrc",
		".hintrc", "turbo.json", "wrangler.json", "nx.json",
		"biome.json", "renovate.json", "typedoc.json", "*.hujson",
		"sublime-*", "*.sublime-*" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (wildmatch(str_from(names[i]), f->name))
			return true;
	return false;
}

/* --- JSON --------------------------------------------------------------- */

static int
parse_json(struct str text, bool comments, unsigned flags, struct error *err)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	CLEANUP_JSON struct json *value = NULL;
	struct json_limits limits = JSON_LIMITS_INIT;

	limits.depth_max = DEPTH_MAX;
	limits.flags = flags | JSON_REPAIR_UTF8;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, SIZE_MAX);
	if (comments && buf_add_str(&clean, text) == 0) {
		json_blank_comments(&clean);
		text = buf_str(&clean);
	}
	return json_parse(text, &limits, &value, err);
}

/* "…at line 3, column 7" at the end of an error. */
static void
find_place(const char *message, uint32_t *line, uint32_t *column)
{
	const char *at = strstr(message, " at line ");
	unsigned l, c;

	if (at != NULL && sscanf(at, " at line %u, column %u", &l, &c) == 2) {
		*line = l;
		*column = c;
	}
}

static void
look_at_json(struct check_run *run, struct check_file *f)
{
	bool comments = takes_comments(f);
	struct error err = ERROR_INIT;
	uint32_t line = 0, column = 0;

	if (str_trim(f->text).len == 0 || !check_is_on(run, &rows[ROW_JSON]))
		return;
	if (parse_json(f->text, comments, 0, &err) == 0) {
		/* Strict also refuses \u0000, which is valid. */
		if (parse_json(f->text, comments, JSON_STRICT, &err) == 0 ||
		    strstr(err.message, "duplicate") == NULL ||
		    (f->old.len > 0 && parse_json(f->old, comments,
			JSON_STRICT, NULL) != 0))
			return;
		check_report(run, &rows[ROW_JSON], f, 0, 0,
		    "an object has the same key twice");
		return;
	}
	if (err.code != ERR_PARSE || (f->old.len > 0 &&
	    parse_json(f->old, comments, 0, NULL) != 0))
		return;
	find_place(err.message, &line, &column);
	check_report(run, &rows[ROW_JSON], f,
	    line <= check_file_lines(f) ? line : 0, column, "%s",
	    line > 0 ? "reading the JSON ends here" : err.message);
}

/* --- grammars ----------------------------------------------------------- */

/* Text that becomes YAML only when it is filled in. */
static bool
is_template(struct str text)
{
	static const char *const marks[] = { "{{", "{%", "<%", "[[ ", "#{" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_find(text, str_from(marks[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

static void
look_by_grammar(struct check_run *run, struct check_file *f,
    const struct check_row *row)
{
	struct syntax_opts opts = SYNTAX_OPTS_INIT;
	struct syntax_errors errors = { .count = 0 };

	opts.timeout_ms = PARSE_MS;
	opts.cancel = f->cancel;
	if (!check_is_on(run, row) || is_template(f->text) ||
	    !check_may_parse(run, f->text.len) ||
	    syntax_new_errors(f->language, f->old, f->text, &opts, &errors,
	    NULL) != 0 || errors.n_shown == 0)
		return;
	check_report(run, row, f, errors.shown[0].line,
	    errors.shown[0].column, "%s: %s", f->language->title,
	    errors.shown[0].message);
}

static void
look(struct check_run *run, struct check_file *f)
{
	static const struct {
		const char *language;
		const struct check_row *row;
	} kinds[] = {
		{ "yaml", &rows[ROW_YAML] },
		{ "toml", &rows[ROW_TOML] },
	};

	if (f->added.n == 0 || f->language == NULL ||
	    (f->source & SOURCE_VENDORED) != 0 || check_is_sample(f))
		return;
	if (strcmp(f->language->name, "json") == 0 &&
	    !str_ends(f->name, STR(".json5"))) {
		look_at_json(run, f);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(f->language->name, kinds[i].language) == 0)
			look_by_grammar(run, f, kinds[i].row);
}

const struct check_family check_data = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
