/* What the user types: requests, answers, files named with '@'. */
#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/chat.h"

enum { FILES_MAX = 10 };
#define FILE_BYTES_MAX (1 * MIB)
#define IMAGE_BYTES_MAX (5 * MIB)

int
chat_call(struct chat *c, const char *operation, struct json *args,
    struct json **ret)
{
	CLEANUP_JSON struct json *own = args ? args : json_new_object();

	if (c->session != NULL && json_get(own, "session") == NULL)
		json_set_str(own, "session", str_from(c->session));
	fflush(stdout);
	return cli_call(c->cli, operation, own, ret);
}

static const char *
image_type(const char *path)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
		{ ".png", "image/png" },
		{ ".jpg", "image/jpeg" },
		{ ".jpeg", "image/jpeg" },
		{ ".gif", "image/gif" },
		{ ".webp", "image/webp" },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_ends(str_from(path), str_from(types[i].ending)))
			return types[i].type;
	return NULL;
}

static struct json *
attach_image(const char *path, const char *type, struct str bytes)
{
	struct json *item = json_new_object();
	CLEANUP_BUF struct buf text = BUF_INIT(2 * IMAGE_BYTES_MAX);

	base64_encode(bytes, &text);
	json_set_str(item, "media_type", str_from(type));
	json_set_str(item, "name", str_from(path));
	json_set_str(item, "data", buf_str(&text));
	return item;
}

/* A file named in the request. NULL: it is no file of ours to send. */
static struct json *
attach(struct chat *c, const char *path)
{
	const char *type = image_type(path);
	CLEANUP_BUF struct buf bytes = BUF_INIT(
	    type ? IMAGE_BYTES_MAX : FILE_BYTES_MAX);
	struct error err = ERROR_INIT;
	struct json *item;

	if (!file_exists(path) || file_is_dir(path))
		return NULL;
	if (file_read(path, &bytes, &err) != 0) {
		chat_print(c, "note: @%s is not attached: %s", path,
		    err.message);
		return NULL;
	}
	if (type != NULL)
		return attach_image(path, type, buf_str(&bytes));
	if (memchr(buf_text(&bytes), '\0', bytes.len) != NULL)
		return NULL;
	item = json_new_object();
	json_set_str(item, "media_type", STR("text/plain"));
	json_set_str(item, "name", str_from(path));
	json_set_str(item, "text", buf_str(&bytes));
	return item;
}

static struct json *
attachments_of(struct chat *c, struct str text)
{
	struct json *list = json_new_array();
	struct str word;
	size_t count = 0;

	while (count < FILES_MAX && str_next_field(&text, ' ', &word)) {
		CLEANUP(free_ptr) char *path = NULL;
		struct json *item;

		word = str_trim(word);
		if (word.len < 2 || word.ptr[0] != '@')
			continue;
		word = str_sub(word, 1, SIZE_MAX);
		while (word.len > 0 &&
		    strchr(",;:!?)", word.ptr[word.len - 1]) != NULL)
			word.len--;
		path = str_dup(word);
		item = attach(c, path);
		if (item == NULL)
			continue;
		json_add(list, item);
		count++;
	}
	return list;
}

void
chat_submit(struct chat *c, struct str text, bool queue)
{
	struct json *args = json_new_object();
	struct json *history = json_new_object();

	json_set_str(history, "text", text);
	cli_call(c->cli, "history.add", history, NULL);
	json_destroy(history);
	json_set_str(args, "text", text);
	json_set(args, "attachments", attachments_of(c, text));
	if (queue)
		json_set_str(args, "when_busy", STR("queue"));
	if (chat_call(c, "run.submit", args, NULL) == 0)
		c->running = c->said = true;
	else if (!c->running)
		chat_ask(c);
}

/* '!' runs a command of the user's own, at once and without the model. */
static void
run_shell(struct chat *c, struct str command)
{
	struct json *args = json_new_object();
	struct json *inner = json_new_object();
	CLEANUP_JSON struct json *reply = NULL;

	json_set_str(inner, "command", command);
	json_set_str(args, "name", STR("shell"));
	json_set(args, "arguments", inner);
	if (cli_call(c->cli, "tool.run", args, &reply) == 0)
		chat_print(c, "%.*s", STR_ARG(json_get_str(reply, "result")));
	json_destroy(args);
}

/* --- answers ------------------------------------------------------------- */

static const struct {
	const char *typed, *decision;
} decisions[] = {
	{ "y", "once" },
	{ "yes", "once" },
	{ "1", "once" },
	{ "a", "session" },
	{ "s", "session" },
	{ "2", "session" },
	{ "p", "always" },
	{ "3", "always" },
	{ "n", "no" },
	{ "no", "no" },
	{ "d", "no" },
	{ "4", "no" },
};

/* "p 1,3": those of the rules that were shown. NULL: not understood. */
static struct json *
chosen_rules(const struct json *event, struct str numbers)
{
	const struct json *shown = json_get(event, "always");
	CLEANUP_JSON struct json *list = json_new_array();
	struct str field;

	while (str_next_field(&numbers, ',', &field)) {
		int64_t index;

		if (!str_to_int(str_trim(field), 1,
		    (int64_t)json_count(shown), &index))
			return NULL;
		json_add(list, json_copy(json_at(shown, (size_t)index - 1)));
	}
	return steal(list);
}

/* What is asked each time, or for one call, is answered for one call. */
static bool
can_be_kept(const struct json *event)
{
	return !str_eq_c(json_get_str(event, "kind"), "secret") &&
	    json_count(json_get(event, "always")) > 0;
}

/* Anything but a known answer asks again: it never means yes. */
static void
answer_approval(struct chat *c, struct str line)
{
	struct str text = str_trim(line);
	size_t space = str_find_char(text, ' ', 0);
	struct str word = str_sub(text, 0, space);
	struct str reason = space == SIZE_MAX ? STR_NONE :
	    str_trim(str_sub(text, space + 1, SIZE_MAX));
	const char *decision = NULL;
	struct json *rules = NULL;
	struct json *args;
	bool keeps, no;

	for (size_t i = 0; i < ARRAY_LEN(decisions); i++)
		if (str_eq_nocase(word, str_from(decisions[i].typed)))
			decision = decisions[i].decision;
	no = decision != NULL && strcmp(decision, "no") == 0;
	keeps = decision != NULL && !no && strcmp(decision, "once") != 0;
	if (keeps && reason.len > 0)
		rules = chosen_rules(c->pending[0], reason);
	if (decision == NULL || (keeps && !can_be_kept(c->pending[0])) ||
	    (reason.len > 0 && !no && rules == NULL)) {
		chat_ask(c);
		return;
	}
	args = json_new_object();
	if (rules != NULL)
		json_set(args, "always", rules);
	json_set_str(args, "call_id",
	    json_get_str(c->pending[0], "call_id"));
	json_set_str(args, "decision", str_from(decision));
	json_set_str(args, "reason", reason);
	chat_call(c, "run.answer", args, NULL);
}

/* "2" or "1, 3" of the options; other words as they are. */
static struct json *
chosen(const struct json *question, struct str line)
{
	const struct json *options = json_get(question, "options");
	struct json *list = json_new_array();
	struct str rest = str_trim(line), field;

	while (str_next_field(&rest, ',', &field)) {
		int64_t index;

		if (!str_to_int(str_trim(field), 1,
		    (int64_t)json_count(options), &index)) {
			json_destroy(list);
			return json_new_str(str_trim(line));
		}
		json_add(list, json_copy(json_at(options,
		    (size_t)index - 1)));
	}
	if (json_count(list) == 1) {
		struct json *only = json_copy(json_at(list, 0));

		json_destroy(list);
		return only;
	}
	return list;
}

static void
answer_question(struct chat *c, struct str line)
{
	const struct json *form = c->pending[0];
	const struct json *questions = json_get(form, "questions");
	struct json *args;

	if (c->answers == NULL)
		c->answers = json_new_array();
	json_add(c->answers, chosen(json_at(questions, c->question), line));
	if (++c->question < json_count(questions)) {
		chat_ask(c);
		return;
	}
	args = json_new_object();
	json_set_str(args, "call_id", json_get_str(form, "call_id"));
	json_set(args, "answers", steal(c->answers));
	c->question = 0;
	chat_call(c, "run.answer_question", args, NULL);
}

void
chat_take_line(struct chat *c, struct str line)
{
	CLEANUP_BUF struct buf whole = BUF_INIT(8 * MIB);
	struct str text;

	c->line_open = false;
	if (chat_waits_for(c) == CHAT_APPROVAL) {
		answer_approval(c, line);
		return;
	}
	if (chat_waits_for(c) == CHAT_QUESTION) {
		answer_question(c, line);
		return;
	}
	if (chat_waits_for(c) == CHAT_CONFIRM) {
		chat_undo_answer(c, line);
		chat_ask(c);
		return;
	}
	if (str_ends(line, STR("\\"))) {
		buf_add_str(&c->draft, str_sub(line, 0, line.len - 1));
		buf_add_char(&c->draft, '\n');
		return;
	}
	buf_add_str(&whole, buf_str(&c->draft));
	buf_clear(&c->draft);
	buf_add_str(&whole, line);
	text = str_trim(buf_str(&whole));
	if (text.len == 0) {
		chat_ask(c);
	} else if (text.ptr[0] == '/' && chat_slash(c, text)) {
		if (!c->quit)
			chat_ask(c);
	} else if (text.ptr[0] == '!' && text.len > 1) {
		run_shell(c, str_trim(str_sub(text, 1, SIZE_MAX)));
		chat_ask(c);
	} else {
		chat_submit(c, text, false);
	}
}
