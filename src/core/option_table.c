/* The rows; see option_table.h. */
#include "core/option_table.h"

#include "base/json.h"
#include "base/json_writer.h"

#define MANY 1e15

const struct option_row option_table[] = {
	{ "provider", OPTION_STRING, NULL, 0, 0, NULL, "FRIDAY_PROVIDER",
	    "--provider", TRUST_NEEDED,
	    "Provider row that answers (friday model list shows them); without "
	    "it, the first whose key or local server is found, else offline." },
	{ "model", OPTION_STRING, NULL, 0, 0, NULL, "FRIDAY_MODEL", "--model",
	    TRUST_NEEDED, "Model id, or provider/model." },
	{ "base_url", OPTION_STRING, NULL, 0, 0, NULL, "FRIDAY_BASE_URL",
	    "--base-url", TRUST_NEEDED,
	    "Server of the chosen provider, instead of the row's own." },
	{ "effort", OPTION_ENUM, "\"default\"", 0, 0,
	    "default none low medium high", "FRIDAY_EFFORT", "--effort",
	    TRUST_NEEDED, "How much a reasoning model thinks." },
	{ "temperature", OPTION_NUMBER, NULL, 0, 2, NULL, NULL, NULL,
	    TRUST_NEEDED, "Sampling temperature, where the model takes one." },
	{ "max_output_tokens", OPTION_INT, "0", 0, MANY, NULL, NULL, NULL,
	    TRUST_NEEDED, "Most tokens of one answer; 0: the model's own." },
	{ "fallback", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Providers (\"name\" or \"name/model\") asked in this order when "
	    "the first fails; \"offline\" may stand last." },
	{ "small", OPTION_STRING, NULL, 0, 0, NULL, "FRIDAY_SMALL_MODEL", NULL,
	    TRUST_NEEDED,
	    "\"provider/model\" for summaries; without it the main model." },
	{ "review", OPTION_STRING, NULL, 0, 0, NULL, "FRIDAY_REVIEW_MODEL",
	    NULL, TRUST_NEEDED,
	    "\"provider/model\" for reviews; without it the main model." },
	{ "providers", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED, "Own provider rows, by name." },
	{ "models", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Limits, prices and abilities of models, by \"provider/id\"." },
	{ "discover", OPTION_BOOL, "true", 0, 0, NULL, "FRIDAY_DISCOVER", NULL,
	    TRUST_NEEDED,
	    "Look for a local model server when nothing is configured." },
	{ "mode", OPTION_ENUM, "\"ask\"", 0, 0, "plan ask edit auto",
	    "FRIDAY_MODE", "--mode", TRUST_NARROW,
	    "What friday does without asking: plan reads only, ask asks before "
	    "each change, edit changes files without asking, auto does "
	    "everything." },
	{ "permissions", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NARROW,
	    "Rules: \"allow|ask|deny TOOL\" or \"… TOOL(PATTERN)\"; deny beats "
	    "ask beats allow." },
	{ "add_dirs", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, "--add-dir",
	    TRUST_NEEDED, "Further folders that belong to the workspace." },
	{ "max_turns", OPTION_INT, "200", 1, 100000, NULL, "FRIDAY_MAX_TURNS",
	    "--max-turns", TRUST_NARROW, "Model calls in one run." },
	{ "budget.run_usd", OPTION_NUMBER, "0", 0, MANY, NULL,
	    "FRIDAY_BUDGET", "--budget", TRUST_NARROW,
	    "US dollars that one run may cost; 0: no limit." },
	{ "budget.day_usd", OPTION_NUMBER, "0", 0, MANY, NULL, NULL, NULL,
	    TRUST_NARROW, "US dollars for all runs of a day; 0: no limit." },
	{ "budget.month_usd", OPTION_NUMBER, "0", 0, MANY, NULL, NULL, NULL,
	    TRUST_NARROW, "US dollars for all runs of a month; 0: no limit." },
	{ "budget.run_tokens", OPTION_INT, "0", 0, MANY, NULL, NULL, NULL,
	    TRUST_NARROW, "Tokens (in and out) of one run; 0: no limit." },
	{ "budget.run_seconds", OPTION_INT, "0", 0, 1e9, NULL, NULL, NULL,
	    TRUST_NARROW, "Wall time of one run; 0: no limit." },
	{ "compact_at", OPTION_NUMBER, "0.8", 0.2, 0.98, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Share of the context that is used when old turns are summed up." },
	{ "context_tokens", OPTION_INT, "1500", 0, 20000, NULL,
	    "FRIDAY_CONTEXT_TOKENS", NULL, TRUST_NEEDED,
	    "Tokens of code and map that the index adds to a request; 0 adds "
	    "nothing." },
	{ "index.embedder", OPTION_STRING, "\"local\"", 0, 0, NULL,
	    "FRIDAY_EMBEDDER", NULL, TRUST_NEEDED,
	    "What makes the index's vectors: local, from the repository "
	    "itself, or PROVIDER/MODEL, a server that gets the code." },
	{ "index.embed_batch", OPTION_INT, "64", 1, 256, NULL, NULL, NULL,
	    TRUST_NEEDED, "Pieces of code in a request for vectors." },
	{ "index.embed_per_minute", OPTION_INT, "0", 0, 1e5, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Requests for vectors in a minute; 0: as fast as they go." },
	{ "system", OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Text added to the system prompt." },
	{ "code_review.commit", OPTION_BOOL, "true", 0, 0, NULL,
	    "FRIDAY_REVIEW", NULL, TRUST_NEEDED,
	    "Review commits in the pre-commit hook, where a model is "
	    "configured." },
	{ "code_review.fail", OPTION_ENUM, "\"open\"", 0, 0, "open closed",
	    NULL, NULL, TRUST_NEEDED,
	    "What a commit does whose review fails or takes too long: open "
	    "goes on and says so, closed is refused." },
	{ "code_review.block", OPTION_ENUM, "\"never\"", 0, 0,
	    "never error warning", NULL, NULL, TRUST_NEEDED,
	    "Findings of this severity and above stop a commit." },
	{ "code_review.commit_seconds", OPTION_INT, "20", 1, 3600, NULL, NULL,
	    NULL, TRUST_NEEDED, "Time that the review of a commit may take." },
	{ "code_review.seconds", OPTION_INT, "300", 1, 86400, NULL, NULL, NULL,
	    TRUST_NEEDED, "Time that friday review may take." },
	{ "code_review.tokens", OPTION_INT, "24000", 500, 1e7, NULL, NULL,
	    NULL, TRUST_NEEDED,
	    "Tokens of a review's request: the diff, the definitions around "
	    "it, who uses them. Files that do not fit are left out and "
	    "named." },
	{ "code_review.min_confidence", OPTION_NUMBER, "0.5", 0, 1, NULL, NULL,
	    NULL, TRUST_NEEDED,
	    "Findings that the second look is less sure of are dropped." },
	{ "blame.notes", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "friday blame reads what others have noted in refs/notes/friday." },
	{ "hooks", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Programs told of what happens, which may refuse it, by event: "
	    "before_tool, after_tool, prompt, stop, session_start; each a "
	    "list of {command, tool, seconds, sandbox}. Those of all layers "
	    "add up." },
	{ "git_hooks.fail", OPTION_ENUM, "\"open\"", 0, 0, "open closed",
	    "FRIDAY_HOOK_FAIL", NULL, TRUST_NEEDED,
	    "What git does when friday fails in a hook: open, it goes on and "
	    "says so; closed, it stops." },
	{ "git_hooks.draft", OPTION_ENUM, "\"auto\"", 0, 0,
	    "auto text comment off", NULL, NULL, TRUST_NEEDED,
	    "What prepare-commit-msg puts into an empty message: auto, a "
	    "model's draft as text or else a summary as a comment; text or "
	    "comment, either of them as that." },
	{ "git_hooks.draft_seconds", OPTION_INT, "15", 1, 600, NULL, NULL,
	    NULL, TRUST_NEEDED, "Time that a model has for a draft." },
	{ "git_hooks.trailer", OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Line added to a message that a model drafted: \"Assisted-by: "
	    "friday\"; without it none is." },
	{ "git_hooks.message", OPTION_ENUM, "\"warn\"", 0, 0,
	    "off warn refuse", NULL, NULL, TRUST_NEEDED,
	    "What commit-msg does about a message with faults; a credential "
	    "in it is refused unless this is off." },
	{ "git_hooks.message_form", OPTION_ENUM, "\"log\"", 0, 0,
	    "log conventional any", NULL, NULL, TRUST_NEEDED,
	    "Form of a subject that commit-msg asks for: log, Conventional "
	    "Commits where the log has them." },
	{ "git_hooks.subject_columns", OPTION_INT, "72", 20, 1000, NULL, NULL,
	    NULL, TRUST_NEEDED,
	    "Columns of a subject; more where most of the log has more." },
	{ "edit.format", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Formatters run after edits, by pattern: {\"*.c\": "
	    "\"clang-format -i {file}\"}; in the sandbox." },
	{ "edit.test", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Tests run after edits, by pattern: {\"src/**\": \"make check\"}; "
	    "in the sandbox, their outcome goes to the model." },
	{ "edit.format_seconds", OPTION_INT, "30", 1, 3600, NULL, NULL, NULL,
	    TRUST_NEEDED, "Time that a formatter may take for a file." },
	{ "edit.test_seconds", OPTION_INT, "120", 1, 86400, NULL, NULL, NULL,
	    TRUST_NEEDED, "Time that a test command may take." },
	{ "shell", OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Program that runs commands; without it bash, else sh." },
	{ "fetch.allow_private", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Let the fetch tool reach private and loopback addresses." },
	{ "network.connect_seconds", OPTION_INT, "10", 1, 600, NULL, NULL,
	    NULL, TRUST_NEEDED, "Time to reach a model server." },
	{ "network.first_byte_seconds", OPTION_INT, "120", 1, 3600, NULL, NULL,
	    NULL, TRUST_NEEDED, "Time until an answer begins." },
	{ "network.idle_seconds", OPTION_INT, "90", 1, 3600, NULL, NULL, NULL,
	    TRUST_NEEDED, "Longest silence inside an answer." },
	{ "retry.count", OPTION_INT, "3", 0, 10, NULL, NULL, NULL,
	    TRUST_NEEDED, "Retries of a failed model call." },
	{ "retry.first_ms", OPTION_INT, "1000", 1, 60000, NULL,
	    "FRIDAY_RETRY_FIRST_MS", NULL, TRUST_NEEDED,
	    "Wait before the first retry; it doubles each time." },
	{ "retry.per_hour", OPTION_INT, "60", 0, 10000, NULL, NULL, NULL,
	    TRUST_NEEDED, "Retries of one provider within an hour." },
	{ "sandbox.mode", OPTION_ENUM, "\"ask\"", 0, 0, "required ask off",
	    NULL, NULL, TRUST_NEEDED,
	    "Where a layer of the sandbox is missing: required refuses "
	    "commands, ask asks before each one in every mode; off uses no "
	    "sandbox and asks before each command that no rule allows." },
	{ "sandbox.readable", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Further folders that commands may read (toolchains); those on "
	    "PATH are found." },
	{ "sandbox.env", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Names of further environment variables that commands get." },
	{ "sandbox.hosts", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Hosts that commands with network reach: \"host\", \"*.host\" or "
	    "\"host:port\"." },
	{ "sandbox.network", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Commands reach the hosts of sandbox.hosts, through a proxy." },
	{ "sandbox.memory", OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Memory of all processes of a command together (\"4G\"; \"0\": no "
	    "limit); without it three quarters of the machine's." },
	{ "sandbox.disk", OPTION_STRING, "\"2G\"", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED, "Size of a command's temporary folders." },
	{ "sandbox.file_size", OPTION_STRING, NULL, 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Size of a file that a command writes; without it no limit." },
	{ "sandbox.processes", OPTION_INT, "4096", 0, 1e7, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Processes and threads of a command at once; 0: no limit." },
	{ "sandbox.files", OPTION_INT, "65536", 0, 1e7, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Open files of one process of a command; 0: no limit." },
	{ "sandbox.cpu_seconds", OPTION_INT, "0", 0, 1e9, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Processor time of a command; 0: no limit." },
	{ "undo.max_age_days", OPTION_INT, "30", 1, 36500, NULL, NULL, NULL,
	    TRUST_NEEDED, "Days after which changes can no longer be undone." },
	{ "undo.max_bytes", OPTION_INT, "2147483648", 1048576, MANY, NULL,
	    NULL, NULL, TRUST_NEEDED,
	    "Bytes of former contents that are kept; beyond it the oldest "
	    "go." },
	{ "undo.max_file_bytes", OPTION_INT, "67108864", 4096, MANY, NULL,
	    NULL, NULL, TRUST_NEEDED,
	    "Larger files are not kept before commands; you are told which." },
	{ "undo.max_tree_bytes", OPTION_INT, "536870912", 4096, MANY, NULL,
	    NULL, NULL, TRUST_NEEDED,
	    "Bytes kept of one folder's files that git does not have." },
	{ "audit.head_command", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Program and arguments that get each head of the audit log as a "
	    "line on stdin, to keep it where this account cannot change it." },
	{ "secrets.strict", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Refuse keys from the environment; see friday secret import." },
	{ "secrets.sources", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Where keys come from, by name: \"vault:NAME\", \"env:NAME\", "
	    "\"hashicorp:MOUNT/PATH#FIELD\" or {\"command\": [\"pass\", "
	    "\"show\", \"openai\"]}; without a row, the environment and "
	    "then the vault by that name." },
	{ "secrets.rotate", OPTION_OBJECT, "{}", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Commands that make new keys, by name: an array of words that "
	    "gets the old value on stdin and prints the new one." },
	{ "secrets.rotate_days", OPTION_INT, "90", 1, 36500, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Days after which the vault gets a new key, keys with a command "
	    "are rotated, and the others are warned about." },
	{ "secrets.passphrase_command", OPTION_STRINGS, "[]", 0, 0, NULL,
	    NULL, NULL, TRUST_NEEDED,
	    "Command that prints the vault's passphrase, where it has one." },
	{ "secrets.hashicorp_url", OPTION_STRING, NULL, 0, 0, NULL,
	    "VAULT_ADDR", NULL, TRUST_NEEDED,
	    "HashiCorp Vault: \"https://host:8200\"." },
	{ "secrets.hashicorp_token", OPTION_STRING, "\"env:VAULT_TOKEN\"", 0,
	    0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Where its token comes from: \"vault:NAME\" or \"env:NAME\"." },
	{ "secrets.hashicorp_namespace", OPTION_STRING, NULL, 0, 0, NULL,
	    "VAULT_NAMESPACE", NULL, TRUST_NEEDED, "Its namespace." },
	{ "checks.rules", OPTION_STRINGS, "[]", 0, 0, NULL, NULL, NULL,
	    TRUST_NARROW,
	    "Rules of the commit checks: \"off|note|warning|error CODE\", "
	    "\"allow CODE PATTERN\" (paths), \"allow-line CODE TEXT\"; "
	    "those of all layers add up." },
	{ "checks.large_bytes", OPTION_INT, "1048576", 1, MANY, NULL, NULL,
	    NULL, TRUST_NARROW,
	    "Bytes from which on a file is too large for a commit." },
	{ "checks.seconds", OPTION_INT, "30", 1, 3600, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Time that the checks of a commit may take; you are told what "
	    "was left out." },
	{ "log.level", OPTION_ENUM, "\"info\"", 0, 0, "debug info warn error",
	    "FRIDAY_LOG", NULL, TRUST_NEEDED, "What goes to the log." },
	{ "log.max_bytes", OPTION_INT, "4194304", 65536, 1e9, NULL, NULL, NULL,
	    TRUST_NEEDED, "Size at which the log is rotated." },
	{ "ui.vi", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL, TRUST_NEEDED,
	    "Vi's keys in the input of the screen." },
	{ "ui.plain", OPTION_BOOL, "false", 0, 0, NULL, "FRIDAY_PLAIN", NULL,
	    TRUST_NEEDED,
	    "Lines instead of the screen, for screen readers and simple "
	    "terminals." },
	{ "ui.theme", OPTION_STRING, "\"auto\"", 0, 0, NULL, "FRIDAY_THEME",
	    NULL, TRUST_NEEDED,
	    "Colours of the screen (/theme lists them); auto: dark or light, "
	    "as the terminal's background is." },
	{ "ui.keymap", OPTION_ENUM, "\"friday\"", 0, 0,
	    "friday codex claude opencode", NULL, NULL, TRUST_NEEDED,
	    "Keys of the screen; keymap.json beside this file changes single "
	    "ones." },
	{ "ui.mouse", OPTION_BOOL, "false", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Take the mouse: clicks open cards, selecting copies source text. "
	    "Without it the terminal selects; the wheel scrolls either way." },
	{ "ui.notify", OPTION_BOOL, "true", 0, 0, NULL, NULL, NULL,
	    TRUST_NEEDED,
	    "Notify through the terminal when a run ends or asks while the "
	    "window is out of focus." },
};

const size_t option_table_len = ARRAY_LEN(option_table);

const struct option_row *
option_by_flag(struct str flag)
{
	for (size_t i = 0; i < option_table_len; i++)
		if (option_table[i].flag != NULL &&
		    str_eq_c(flag, option_table[i].flag))
			return &option_table[i];
	return NULL;
}

static void
print_row(const struct option_row *row, struct json_writer *w)
{
	static const char *const types[] = {
		[OPTION_STRING] = "string",
		[OPTION_INT] = "integer",
		[OPTION_NUMBER] = "number",
		[OPTION_BOOL] = "boolean",
		[OPTION_ENUM] = "string",
		[OPTION_STRINGS] = "array",
		[OPTION_OBJECT] = "object",
	};
	struct str rest = str_from(row->values), value;

	jw_object(w);
	jw_key_cstr(w, "description", row->summary);
	jw_key_cstr(w, "type", types[row->kind]);
	if (row->kind == OPTION_INT || row->kind == OPTION_NUMBER) {
		jw_key(w, "minimum");
		jw_double(w, row->min);
		jw_key(w, "maximum");
		jw_double(w, row->max);
	}
	if (row->kind == OPTION_ENUM) {
		jw_key(w, "enum");
		jw_array(w);
		while (str_next_field(&rest, ' ', &value))
			jw_str(w, value);
		jw_end(w);
	}
	if (row->kind == OPTION_STRINGS) {
		jw_key_raw(w, "items", STR("{\"type\":\"string\"}"));
	}
	if (row->fallback != NULL)
		jw_key_raw(w, "default", str_from(row->fallback));
	jw_end(w);
}

/* Rows with the same first word form one object; they stand together. */
static struct str
group_of(const struct option_row *row)
{
	struct str key = str_from(row->key);
	size_t dot = str_find_char(key, '.', 0);

	return dot == SIZE_MAX ? STR_NONE : str_sub(key, 0, dot);
}

/* Whether the value has the row's group, or the row itself. */
static bool
is_touched(const struct option_row *row, struct str group,
    const struct json *value)
{
	return json_get_n(value, group.len > 0 ? group :
						 str_from(row->key)) != NULL;
}

static void
print_schema(const struct json *value, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);
	struct str open = STR_NONE;

	jw_object(&w);
	jw_key_cstr(&w, "$schema",
	    "https://json-schema.org/draft/2020-12/schema");
	jw_key_cstr(&w, "title", "friday configuration");
	jw_key_cstr(&w, "type", "object");
	jw_key_bool(&w, "additionalProperties", false);
	jw_key(&w, "properties");
	jw_object(&w);
	jw_key_raw(&w, "$schema", STR("{\"type\":\"string\"}"));
	for (size_t i = 0; i < option_table_len; i++) {
		const struct option_row *row = &option_table[i];
		struct str group = group_of(row);

		if (value != NULL && !is_touched(row, group, value))
			continue;
		if (open.len > 0 && !str_eq(group, open)) {
			jw_end(&w);
			jw_end(&w);
			open = STR_NONE;
		}
		if (group.len > 0 && open.len == 0) {
			jw_key_n(&w, group);
			jw_object(&w);
			jw_key_cstr(&w, "type", "object");
			jw_key_bool(&w, "additionalProperties", false);
			jw_key(&w, "properties");
			jw_object(&w);
			open = group;
		}
		jw_key_n(&w, str_sub(str_from(row->key),
		    group.len ? group.len + 1 : 0, SIZE_MAX));
		print_row(row, &w);
	}
	if (open.len > 0) {
		jw_end(&w);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
}

void
option_schema_print(struct buf *out)
{
	print_schema(NULL, out);
}

void
option_schema_print_for(const struct json *value, struct buf *out)
{
	print_schema(value, out);
}
