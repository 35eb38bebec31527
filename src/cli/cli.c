/* Parsing argv, opening friday, calling operations, printing; see cli.h. */
#include "cli/cli.h"

#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/term_text.h"
#include "cli/ask_secret.h"
#include "cli/help.h"
#include "core/option_table.h"

void
cli_put(FILE *to, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(text.len * 8 + 64);

	term_text(text, &clean);
	fwrite(buf_text(&clean), 1, clean.len, to);
}

void
cli_put_line(FILE *to, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(text.len * 8 + 64);

	term_text_line(text, &clean);
	fwrite(buf_text(&clean), 1, clean.len, to);
}

int
cli_fail(int status, const char *format, ...)
{
	CLEANUP_BUF struct buf text = BUF_INIT(16 * KIB);
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	fputs("friday: ", stderr);
	cli_put_line(stderr, buf_str(&text));
	fputc('\n', stderr);
	return status;
}

void
cli_print_error(const struct json *error)
{
	struct str details = json_get_str(error, "details");
	struct str hint = json_get_str(error, "hint");

	fputs("friday: ", stderr);
	cli_put_line(stderr, json_get_str(error, "message"));
	fputs(" (", stderr);
	cli_put_line(stderr, json_get_str(error, "code"));
	fputs(")\n", stderr);
	if (details.len > 0) {
		fputs("  ", stderr);
		cli_put_line(stderr, details);
		fputc('\n', stderr);
	}
	if (hint.len > 0) {
		fputs("  ", stderr);
		cli_put_line(stderr, hint);
		fputc('\n', stderr);
	}
}

/* JSON text is made of printable ASCII but for its strings, so characters
 * that a terminal could obey can be escaped without knowing where they stand:
 * C1, DEL and bidirectional controls. */
void
cli_print_json(const struct json *j)
{
	CLEANUP_BUF struct buf text = BUF_INIT(512 * MIB);

	json_print(j, &text);
	buf_add_char(&text, '\n');
	fwrite(buf_text(&text), 1, text.len, stdout);
}

int
cli_usage(const struct cli *cli)
{
	fprintf(stderr, "usage: friday %s %s\n", cli->command->name,
	    cli->command->arguments);
	return EXIT_USAGE;
}

/* --- argv ---------------------------------------------------------------- */

/* How many words of argv the command's name takes; 0: not this command. */
static size_t
words_matched(const struct command *c, int argc, char **argv)
{
	struct str rest = str_from(c->name), word;
	size_t count = 0;

	while (str_next_field(&rest, ' ', &word)) {
		if ((int)count + 1 >= argc ||
		    !str_eq_c(word, argv[count + 1]))
			return 0;
		count++;
	}
	return count;
}

/* Commands that will come. Their words are no request: a model must not be
 * paid for answering "undo". */
static const char *const later_commands[] = { "acp", "build", "mcp",
	"plugin", "queue", "serve" };

static bool
is_later_command(const struct cli *cli)
{
	struct str first = cli->n_arguments > 0 ? cli->arguments[0] : STR_NONE;

	/* One word, or words of a command: a request in quotes has a space. */
	for (size_t i = 0; cli->command->name[0] == '\0' &&
	    i < ARRAY_LEN(later_commands); i++)
		if (str_eq_c(first, later_commands[i]))
			return true;
	return false;
}

/* "friday session" alone, or with a verb that there is not, is half a command
 * and no request either. The exit status, or -1: it is something else. */
static int
explain_half_command(const struct cli *cli)
{
	bool asked = cli_flag(cli, "help");

	if (cli->command->name[0] != '\0' || cli->n_arguments == 0 ||
	    cli->n_arguments > 2 ||
	    !help_print_group(cli->arguments[0], asked ? stdout : stderr))
		return -1;
	return asked ? EXIT_DONE : EXIT_USAGE;
}

/* The command with the longest name that fits; without one, the conversation
 * (the row whose name is empty). */
static const struct command *
find_command(int argc, char **argv, size_t *ret_words)
{
	const struct command *c, *best = NULL;

	*ret_words = 0;
	for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
		size_t words = c->name[0] ? words_matched(c, argc, argv) : 0;

		if (c->name[0] == '\0' && best == NULL) {
			best = c;
		} else if (words > *ret_words) {
			best = c;
			*ret_words = words;
		}
	}
	return best;
}

static const struct command_option *
own_option(const struct command *c, struct str flag)
{
	for (const struct command_option *o = c->options; o && o->flag; o++)
		if (str_eq_c(flag, o->flag) ||
		    (o->short_flag && str_eq_c(flag, o->short_flag)))
			return o;
	return NULL;
}

/* A setting's value from its text, in its kind; the configuration's check
 * names what does not fit. */
static struct json *
setting_value(const struct option_row *row, struct str text)
{
	struct json *value = NULL;

	if (row->kind == OPTION_STRING || row->kind == OPTION_ENUM)
		return json_new_str(text);
	if (row->kind != OPTION_STRINGS &&
	    json_parse(text, NULL, &value, NULL) == 0)
		return value;
	return json_new_str(text);
}

static void
set_setting(struct cli *cli, const struct option_row *row, struct str text)
{
	struct str key = str_from(row->key);
	size_t dot = str_find_char(key, '.', 0);
	struct json *object = cli->settings;

	if (dot != SIZE_MAX) {
		CLEANUP(free_ptr) char *group = str_dup(str_sub(key, 0, dot));

		if (json_get(object, group) == NULL)
			json_set(object, group, json_new_object());
		object = json_get_mutable(object, group);
		key = str_sub(key, dot + 1, SIZE_MAX);
	}
	if (row->kind == OPTION_STRINGS) {
		CLEANUP(free_ptr) char *name = str_dup(key);

		if (json_get(object, name) == NULL)
			json_set(object, name, json_new_array());
		json_add(json_get_mutable(object, name), json_new_str(text));
	} else {
		json_set_n(object, key, setting_value(row, text));
	}
}

static void
set_option(struct cli *cli, const struct command_option *o, struct str value)
{
	if (o->value != NULL)
		json_set_str(cli->options, o->flag + 2, value);
	else
		json_set_bool(cli->options, o->flag + 2, true);
}

/* One option with its value. Returns how many words were used, 0 after a
 * mistake. */
static int
parse_option(struct cli *cli, int left, char **argv)
{
	struct str word = str_from(argv[0]), value = STR_NONE;
	size_t equals = str_starts(word, STR("--")) ?
	    str_find_char(word, '=', 0) :
	    SIZE_MAX;
	struct str flag = str_sub(word, 0, equals);
	const struct command_option *own = own_option(cli->command, flag);
	const struct option_row *row = own == NULL && cli->command->settings ?
	    option_by_flag(flag) :
	    NULL;
	bool takes_value = (own && own->value) || row;
	int used = 1;

	if (own == NULL && row == NULL) {
		cli_fail(0, "there is no option %.*s here; see friday %s%s"
		    "--help", STR_ARG(flag), cli->command->name,
		    cli->command->name[0] ? " " : "");
		return 0;
	}
	if (equals != SIZE_MAX) {
		value = str_sub(word, equals + 1, SIZE_MAX);
	} else if (takes_value) {
		if (left < 2) {
			cli_fail(0, "%.*s needs a value", STR_ARG(flag));
			return 0;
		}
		value = str_from(argv[1]);
		used = 2;
	}
	if (equals != SIZE_MAX && !takes_value) {
		cli_fail(0, "%.*s takes no value", STR_ARG(flag));
		return 0;
	}
	if (own != NULL)
		set_option(cli, own, value);
	else
		set_setting(cli, row, value);
	return used;
}

int
cli_parse(struct cli *cli, int argc, char **argv)
{
	size_t words;
	bool only_arguments = false;

	cli->options = json_new_object();
	cli->settings = json_new_object();
	cli->arguments = mem_alloc((size_t)argc + 1,
	    sizeof(*cli->arguments));
	cli->command = find_command(argc, argv, &words);
	for (int i = 1 + (int)words; i < argc;) {
		int used = 1;

		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
		} else if (!only_arguments && argv[i][0] == '-' &&
		    argv[i][1] != '\0') {
			if (strcmp(argv[i], "--help") == 0 ||
			    strcmp(argv[i], "-h") == 0)
				json_set_bool(cli->options, "help", true);
			else
				used = parse_option(cli, argc - i, argv + i);
			if (used == 0)
				return EXIT_USAGE;
		} else {
			cli->arguments[cli->n_arguments++] = str_from(argv[i]);
		}
		i += used;
	}
	if (is_later_command(cli))
		return cli_fail(EXIT_USAGE, "friday %.*s is not there yet; to "
		    "say that to the model, use friday run",
		    STR_ARG(cli->arguments[0]));
	return explain_half_command(cli);
}

void
cli_release(struct cli *cli)
{
	friday_close(cli->friday);
	json_destroy(cli->options);
	json_destroy(cli->settings);
	free(cli->arguments);
}

bool
cli_flag(const struct cli *cli, const char *name)
{
	return json_get_bool(cli->options, name, false);
}

struct str
cli_option(const struct cli *cli, const char *name)
{
	return json_get_str(cli->options, name);
}

void
cli_join_arguments(const struct cli *cli, size_t from, struct buf *out)
{
	for (size_t i = from; i < cli->n_arguments; i++) {
		if (i > from)
			buf_add_char(out, ' ');
		buf_add_str(out, cli->arguments[i]);
	}
}

/* --- friday -------------------------------------------------------------- */

static int
print_reply_error(char *text, int status)
{
	CLEANUP_JSON struct json *error = NULL;

	if (json_parse(str_from(text), NULL, &error, NULL) == 0)
		cli_print_error(error);
	friday_free(text);
	return status;
}

int
cli_open_at(struct cli *cli, struct str where)
{
	CLEANUP_BUF struct buf settings = BUF_INIT(1 * MIB);
	CLEANUP(free_ptr) char *folder = str_dup(where);
	struct friday_options options = FRIDAY_OPTIONS_INIT;
	char *error = NULL;
	int status;

	/* Grammars ask it what a letter is. */
	setlocale(LC_CTYPE, "");
	json_print(cli->settings, &settings);
	options.folder = folder[0] ? folder : NULL;
	options.settings = buf_text(&settings);
	options.flags = cli->flags;
	status = friday_open(&options, &cli->friday, &error);
	return status == FRIDAY_OK ? 0 : print_reply_error(error, status);
}

int
cli_open(struct cli *cli)
{
	return cli_open_at(cli, cli_option(cli, "cwd"));
}

int
cli_try(struct cli *cli, const char *operation, const struct json *args,
    struct json **ret)
{
	CLEANUP_BUF struct buf text = BUF_INIT(256 * MIB);
	char *reply = NULL;
	int status;

	if (args != NULL)
		json_print(args, &text);
	status = friday_call(cli->friday, operation,
	    args ? buf_text(&text) : NULL, &reply);
	*ret = NULL;
	if (reply != NULL)
		json_parse(str_from(reply), &(struct json_limits){
		    .bytes_max = 512 * MIB, .depth_max = 200 }, ret, NULL);
	friday_free(reply);
	return status;
}

int
cli_call_private(struct cli *cli, const char *operation,
    const struct json *args, struct json **ret)
{
	CLEANUP_WIPE struct buf text = BUF_INIT(1 * MIB);
	CLEANUP(json_wipep) struct json *reply = NULL;
	char *given = NULL;
	int status;

	buf_reserve(&text, 512 * KIB);
	json_print(args, &text);
	status = friday_call(cli->friday, operation, buf_text(&text), &given);
	if (given != NULL) {
		json_parse(str_from(given), NULL, &reply, NULL);
		explicit_bzero(given, strlen(given));
	}
	friday_free(given);
	if (status != FRIDAY_OK)
		cli_print_error(reply);
	else if (ret != NULL)
		*ret = steal(reply);
	return status;
}

int
cli_unlock(struct cli *cli)
{
	CLEANUP(secret_destroyp) struct secret *passphrase = NULL;
	CLEANUP(json_wipep) struct json *args = json_new_object();
	CLEANUP_JSON struct json *state = NULL;
	int rc, status = cli_call(cli, "secret.status", NULL, &state);

	if (status != 0 || !json_get_bool(state, "locked", false) ||
	    (!isatty(STDIN_FILENO) && !isatty(STDERR_FILENO)))
		return status;
	rc = ask_secret("Passphrase of the vault: ", &passphrase, NULL);
	if (rc != 0)
		return rc == -ERR_CANCELLED ? EXIT_CANCELLED : 0;
	json_set_str(args, "passphrase", secret_reveal(passphrase));
	return cli_call_private(cli, "secret.unlock", args, NULL);
}

int
cli_call(struct cli *cli, const char *operation, const struct json *args,
    struct json **ret)
{
	struct json *reply = NULL;
	int status = cli_try(cli, operation, args, &reply);

	if (status != FRIDAY_OK) {
		cli_print_error(reply);
		json_destroy(reply);
		return status;
	}
	if (ret != NULL)
		*ret = reply;
	else
		json_destroy(reply);
	return 0;
}
