/* Help, shell completion and the reference in the man page's form, all out of
 * the tables of commands and options. */
#include "cli/help.h"

#include <string.h>

#include "base/json_writer.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/reference_screen.h"
#include "core/option_table.h"
#include "event/event.h"

static const char *
value_name(const struct option_row *row)
{
	switch (row->kind) {
	case OPTION_INT:
		return "N";
	case OPTION_NUMBER:
		return str_starts(str_from(row->key), STR("budget")) ? "USD" :
								       "X";
	case OPTION_STRINGS:
		return "DIR";
	default:
		return row->values ? "NAME" : "TEXT";
	}
}

static void
print_option(const char *flag, const char *short_flag, const char *value,
    const char *summary)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s%s%s", short_flag ? short_flag : "",
	    short_flag ? ", " : "", flag, value ? " " : "",
	    value ? value : "");
	printf("  %-26s %s\n", left, summary);
}

static void
print_options(const struct command *c)
{
	puts("\nOptions:");
	for (const struct command_option *o = c->options; o && o->flag; o++)
		print_option(o->flag, o->short_flag, o->value, o->summary);
	for (size_t i = 0; c->settings && i < option_table_len; i++)
		if (option_table[i].flag != NULL)
			print_option(option_table[i].flag, NULL,
			    value_name(&option_table[i]),
			    option_table[i].summary);
	print_option("--help", "-h", NULL, "This help");
}

/* Whether a command's name goes on after this word; "" leads to all. */
static bool
is_led_by(const struct command *c, struct str word)
{
	struct str name = str_from(c->name);

	return word.len == 0 ? c->name[0] != '\0' && c->name[0] != '-' :
			       str_starts(name, word) && name.len > word.len &&
		name.ptr[word.len] == ' ';
}

static bool
print_commands(struct str word, const char *title, FILE *out)
{
	const struct command *c;
	bool any = false;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		if (!is_led_by(c, word))
			continue;
		fprintf(out, "%s  %-26s %s\n", any ? "" : title, c->name,
		    c->summary);
		any = true;
	}
	return any;
}

bool
help_print_group(struct str word, FILE *out)
{
	CLEANUP(free_ptr) char *title = mem_printf("usage: friday %.*s "
	    "COMMAND\n\nCommands:\n", STR_ARG(word));

	if (!print_commands(word, title, out))
		return false;
	fprintf(out, "\nfriday %.*s COMMAND --help tells more.\n",
	    STR_ARG(word));
	return true;
}

int
help_print(const struct command *c)
{
	printf("usage: friday %s%s%s\n\n%s\n", c->name,
	    c->name[0] && c->arguments[0] ? " " : "", c->arguments,
	    c->summary);
	print_commands(str_from(c->name), "\nCommands:\n", stdout);
	print_options(c);
	if (c->name[0] == '\0')
		puts("\nfriday COMMAND --help tells more; so do man friday and "
		     "man friday-config.");
	return EXIT_DONE;
}

static int
help_run(struct cli *cli)
{
	CLEANUP_BUF struct buf name = BUF_INIT(256);
	const struct command *c;

	cli_join_arguments(cli, 0, &name);
	for (size_t i = 0; (c = command_at(i)) != NULL; i++)
		if (strcmp(c->name, buf_text(&name)) == 0)
			return help_print(c);
	if (help_print_group(buf_str(&name), stdout))
		return EXIT_DONE;
	return cli_fail(EXIT_USAGE, "there is no command \"%s\"",
	    buf_text(&name));
}

static int
version_run(struct cli *cli)
{
	printf("friday %s\n", friday_version());
	return EXIT_DONE;
}

/* --- completion ---------------------------------------------------------- */

/* The words that may stand at a place: commands' first words, second words
 * after a first, flags of a command. One line each: what every shell's script
 * asks for. */
static int
complete_run(struct cli *cli)
{
	struct str first = cli->n_arguments > 0 ? cli->arguments[0] : STR("");
	struct str last = STR("");
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		struct str rest = str_from(c->name), word;

		if (c->name[0] == '\0' || c->name[0] == '-')
			continue;
		str_next_field(&rest, ' ', &word);
		if (first.len == 0) {
			if (!str_eq(word, last))
				printf("%.*s\n", STR_ARG(word));
			last = word;
			continue;
		}
		if (!str_eq(word, first))
			continue;
		if (rest.len > 0)
			printf("%.*s\n", STR_ARG(rest));
		for (const struct command_option *o = c->options;
		    o && o->flag; o++)
			puts(o->flag);
		for (size_t k = 0; c->settings && k < option_table_len; k++)
			if (option_table[k].flag != NULL)
				puts(option_table[k].flag);
	}
	return EXIT_DONE;
}

static const struct shell_script {
	const char *shell, *text;
} shell_scripts[] = {
	{ "bash",
	    "_friday() {\n"
	    "  local first=\"\"\n"
	    "  [ \"$COMP_CWORD\" -gt 1 ] && first=\"${COMP_WORDS[1]}\"\n"
	    "  COMPREPLY=($(compgen -W \"$(friday complete \"$first\" "
	    "2>/dev/null)\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
	    "}\n"
	    "complete -o default -F _friday friday\n" },
	{ "zsh",
	    "#compdef friday\n"
	    "_friday() {\n"
	    "  local first=\"\" words_\n"
	    "  (( CURRENT > 2 )) && first=\"${words[2]}\"\n"
	    "  words_=(${(f)\"$(friday complete \"$first\" 2>/dev/null)\"})\n"
	    "  compadd -- $words_ || _files\n"
	    "}\n"
	    "compdef _friday friday\n" },
	{ "fish",
	    "function __friday_words\n"
	    "  set -l t (commandline -opc)\n"
	    "  if test (count $t) -gt 1\n"
	    "    friday complete $t[2] 2>/dev/null\n"
	    "  else\n"
	    "    friday complete '' 2>/dev/null\n"
	    "  end\n"
	    "end\n"
	    "complete -c friday -a '(__friday_words)'\n" },
};

static int
completion_run(struct cli *cli)
{
	for (size_t i = 0; i < ARRAY_LEN(shell_scripts); i++) {
		if (cli->n_arguments != 1 ||
		    !str_eq_c(cli->arguments[0], shell_scripts[i].shell))
			continue;
		fputs(shell_scripts[i].text, stdout);
		return EXIT_DONE;
	}
	return cli_usage(cli);
}

/* --- reference ----------------------------------------------------------- */

/* Text for roff: backslashes, and points and quotes at the line's start. */
static void
put_roff(const char *text)
{
	if (text[0] == '.' || text[0] == '\'')
		fputs("\\&", stdout);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
	putchar('\n');
}

static void
roff_settings(void)
{
	for (size_t i = 0; i < option_table_len; i++) {
		const struct option_row *row = &option_table[i];

		puts(".TP");
		fputs(".B ", stdout);
		put_roff(row->key);
		put_roff(row->summary);
		if (row->values != NULL)
			printf("One of %s.\n", row->values);
		if (row->fallback != NULL)
			printf("Default: %s.\n", row->fallback);
		if (row->env != NULL)
			printf("Environment: %s.\n", row->env);
		if (row->flag != NULL) {
			fputs("Option: ", stdout);
			put_roff(row->flag);
		}
	}
}

static void
roff_commands(void)
{
	const struct command *c;

	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		puts(".TP");
		printf(".B friday %s\n", c->name[0] == '-' ? "\\-p" : c->name);
		put_roff(c->arguments);
		puts(".br");
		put_roff(c->summary);
		for (const struct command_option *o = c->options; o && o->flag;
		    o++) {
			puts(".RS\n.TP");
			printf(".B \\-\\-%s%s%s\n", o->flag + 2,
			    o->value ? " " : "", o->value ? o->value : "");
			put_roff(o->summary);
			puts(".RE");
		}
	}
}

static void
markdown_events(void)
{
	for (size_t i = 0; i < EVENT_TYPE_COUNT; i++) {
		struct str rest = str_from(event_table[i].fields), field;

		printf("| `%s` |", event_table[i].name);
		while (str_next_field(&rest, ' ', &field)) {
			size_t colon = str_find_char(field, ':', 0);

			if (colon == SIZE_MAX)
				continue;
			printf(" `%.*s`%s", (int)colon, field.ptr,
			    str_ends(field, STR("?")) ? "?" : "");
		}
		puts(" |");
	}
}

static void
markdown_operations(void)
{
	const struct friday_operation *o;

	for (size_t i = 0; (o = friday_operation_at(i)) != NULL; i++)
		printf("| `%s` | %s | %s |\n", o->name, o->scope, o->summary);
}

static void
markdown_errors(void)
{
	for (int i = 1; i < ERR_COUNT; i++) {
		const char *hint = error_hint((enum error_code)i);

		printf("| `%s` | %s |\n", error_name((enum error_code)i),
		    hint ? hint : "");
	}
}

/* The checks' table is core's: an operation tells it. */
static int
markdown_checks(struct cli *cli)
{
	CLEANUP_JSON struct json *reply = NULL;
	int status = cli_open(cli);

	if (status == 0)
		status = cli_call(cli, "checks.list", NULL, &reply);
	if (status != 0)
		return status;
	puts("| code | by default | what is found | what to do |\n"
	     "| --- | --- | --- | --- |");
	for (const struct json *c = json_first(json_get(reply, "checks")); c;
	    c = json_next(c))
		printf("| `%.*s` | %.*s | %.*s | %.*s%s |\n",
		    STR_ARG(json_get_str(c, "code")),
		    STR_ARG(json_get_str(c, "default")),
		    STR_ARG(json_get_str(c, "explanation")),
		    STR_ARG(json_get_str(c, "fix")),
		    json_get_bool(c, "fixable", false) ?
			" `--fix` does it." : "");
	return EXIT_DONE;
}

/* The parts of man pages and docs that tables know; script/docs puts them in
 * place, and a test compares. */
static const struct {
	const char *name;
	void (*print)(void);
	int (*print_of)(struct cli *cli); /* that asks for an operation */
} reference_table[] = {
	{ "settings", roff_settings, NULL },
	{ "commands", roff_commands, NULL },
	{ "events", markdown_events, NULL },
	{ "operations", markdown_operations, NULL },
	{ "errors", markdown_errors, NULL },
	{ "keys", reference_keys, NULL },
	{ "slash", reference_slash, NULL },
	{ "checks", NULL, markdown_checks },
};

static int
reference_run(struct cli *cli)
{
	for (size_t i = 0; i < ARRAY_LEN(reference_table); i++) {
		if (cli->n_arguments != 1 ||
		    !str_eq_c(cli->arguments[0], reference_table[i].name))
			continue;
		if (reference_table[i].print_of != NULL)
			return reference_table[i].print_of(cli);
		reference_table[i].print();
		return EXIT_DONE;
	}
	return cli_usage(cli);
}

const struct command command_help_rows[] = {
	{ "help", "[COMMAND]", "What a command does", NULL, false, help_run },
	{ "version", "", "The version", NULL, false, version_run },
	{ "completion", "bash|zsh|fish",
	    "A script that completes friday's commands in a shell", NULL,
	    false, completion_run },
	{ "complete", "[COMMAND]", "Words for a completion script", NULL,
	    false, complete_run },
	{ "reference", "settings|commands|events|operations|errors|keys|slash|"
	    "checks",
	    "Tables of the man pages and of docs/", NULL, false,
	    reference_run },
	{ NULL, NULL, NULL, NULL, false, NULL },
};
