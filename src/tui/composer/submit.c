/* Enter: where the text goes. A command ("/…") to the table, "!…" to the shell,
 * "#…" to AGENTS.md, everything else to the agent - with the files that it
 * names by "@", its images, and the output of commands that goes along. */
#include "base/mem.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"
#include "tui/slash.h"

enum { FILES_MAX = 20 };

/* A message whose files are being read. They are sent in the order of Enter:
 * the worker answers in order. */
struct sending {
	struct sending *next;
	char *text;
	struct json *attachments; /* those that need no reading */
	bool queue;
};

static void
sending_destroy(struct sending *s)
{
	free(s->text);
	json_destroy(s->attachments);
	free(s);
}

void
submit_release(struct composer *c)
{
	while (c->sending != NULL) {
		struct sending *s = c->sending;

		c->sending = s->next;
		sending_destroy(s);
	}
}

/* --- what is named ------------------------------------------------------- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* The next path behind "@" from *at on; "@" within a word is none (an
 * address). Quotes hold blanks. */
static bool
next_path(struct str text, size_t *at, struct str *ret)
{
	for (; *at < text.len; ++*at) {
		size_t start = *at + 1, end;
		bool begins = *at == 0 || is_blank(text.ptr[*at - 1]) ||
		    text.ptr[*at - 1] == '(';

		if (text.ptr[*at] != '@' || !begins)
			continue;
		if (start < text.len && text.ptr[start] == '"') {
			end = str_find_char(text, '"', ++start);
			if (end == SIZE_MAX)
				continue;
			*at = end;
		} else {
			end = start;
			while (end < text.len && !is_blank(text.ptr[end]))
				end++;
			*at = end;
			while (end > start && strchr(",;:!?)'\"",
			    text.ptr[end - 1]) != NULL)
				end--;
			/* The full stop of a sentence. */
			if (end > start + 1 && text.ptr[end - 1] == '.')
				end--;
		}
		if (end == start)
			continue;
		*ret = str_sub(text, start, end - start);
		return true;
	}
	return false;
}

static void
add_item(struct json *items, const char *key, struct str value)
{
	struct json *item;

	if (json_count(items) == FILES_MAX)
		return;
	item = json_new_object();
	json_set_str(item, key, value);
	json_add(items, item);
}

/* Chips in the text: files are to be read, data is there already. */
static void
collect_images(struct composer *c, struct json *items,
    struct json *attachments)
{
	struct str text = edit_text(&c->edit);

	for (size_t at = 0; at < text.len; at++) {
		const struct chip *chip = chips_at(&c->chips,
		    edit_chip_at(text, at));
		struct json *image;

		if (chip == NULL || chip->kind != CHIP_IMAGE)
			continue;
		if (chip->path != NULL) {
			add_item(items, "image", str_from(chip->path));
			continue;
		}
		image = json_new_object();
		json_set_str(image, "media_type",
		    str_from(chip->media_type));
		json_set_str(image, "name", str_from(chip->label));
		json_set_str(image, "data", buf_str(&chip->text));
		json_add(attachments, image);
	}
}

static void
collect_paths(struct composer *c, struct json *items)
{
	struct json *paths = json_new_array(), *args;
	struct str text = edit_text(&c->edit), path;
	size_t at = 0;

	while (next_path(text, &at, &path) &&
	    json_count(items) < FILES_MAX) {
		add_item(items, "path", path);
		json_add(paths, json_new_str(path));
	}
	if (json_count(paths) == 0) {
		json_destroy(paths);
		return;
	}
	args = json_new_object();
	json_set(args, "paths", paths);
	app_request(c->app, "complete.use", args, NULL, c);
}

/* --- sending ------------------------------------------------------------- */

static void
on_read(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	struct sending *s = c->sending;
	struct str problem = json_str(json_first(json_get(reply,
	    "problems")));

	if (s == NULL)
		return;
	c->sending = s->next;
	for (const struct json *i = json_first(json_get(reply,
	    "attachments")); i; i = json_next(i))
		json_add(s->attachments, json_copy(i));
	if (status != 0)
		app_toast_error(app, reply);
	else if (problem.len > 0)
		app_toast(app, TOAST_WARNING, "Not attached: %.*s",
		    STR_ARG(problem));
	app_submit(app, str_from(s->text), steal(s->attachments), s->queue);
	sending_destroy(s);
}

static void
send_message(struct composer *c, struct str text, bool queue)
{
	struct json *attachments = c->along ? c->along : json_new_array();
	struct json *items = json_new_array(), *args;
	struct sending *s, **end = &c->sending;

	c->along = NULL;
	collect_images(c, items, attachments);
	collect_paths(c, items);
	if (json_count(items) == 0 && c->sending == NULL) {
		json_destroy(items);
		app_submit(c->app, text, attachments, queue);
		return;
	}
	s = mem_new(struct sending);
	*s = (struct sending){ .text = str_dup(text),
		.attachments = attachments, .queue = queue };
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	args = json_new_object();
	json_set(args, "items", items);
	app_request(c->app, "attachment.read", args, on_read, c);
}

/* "/name" and no further slash: a path such as /etc/hosts is text. */
static bool
looks_like_command(struct str text)
{
	size_t end = 1;

	if (text.len < 2 || text.ptr[0] != '/')
		return false;
	while (end < text.len && !is_blank(text.ptr[end]))
		if (text.ptr[end++] == '/')
			return false;
	return true;
}

/* The agent knows the user's own commands. */
static bool
is_user_command(const struct composer *c, struct str text)
{
	struct str name = str_sub(text, 1, str_find_char(text, ' ', 0) - 1);

	for (const struct json *i = json_first(json_get(
	    c->completion.commands, "commands")); i; i = json_next(i))
		if (str_eq(json_get_str(i, "name"), name))
			return true;
	return false;
}

static struct str
first_word(struct str text)
{
	size_t end = 0;

	while (end < text.len && !is_blank(text.ptr[end]))
		end++;
	return str_sub(text, 0, end);
}

static void
submit_text(struct composer *c, struct str text, bool queue)
{
	bool command = looks_like_command(text);

	if (command && slash_find(str_sub(first_word(text), 1, SIZE_MAX))) {
		history_add(c, text);
		composer_reset(c);
		draft_drop(c);
		app_slash(c->app, text);
		return;
	}
	/* A slip of the finger is not for the model; it stays to be mended. */
	if (command && !is_user_command(c, text) &&
	    first_word(text).len == text.len &&
	    json_get(c->completion.commands, "commands") != NULL) {
		app_toast(c->app, TOAST_WARNING,
		    "There is no command %.*s; / lists them", STR_ARG(text));
		return;
	}
	history_add(c, text);
	send_message(c, text, queue);
	composer_reset(c);
	draft_drop(c);
}

void
composer_submit(struct composer *c, bool queue)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct str body;

	completion_close(c);
	buf_add_str(&text, str_trim(composer_text(c)));
	body = buf_str(&text);
	if (c->prompt == PROMPT_TEXT) {
		if (body.len > 0)
			submit_text(c, body, queue);
		else if (!queue)
			queue_list_send(c);
		return;
	}
	body = str_trim(str_sub(body, 1, SIZE_MAX));
	if (body.len == 0)
		return;
	if (c->prompt == PROMPT_NOTE)
		composer_add_note(c, body);
	else if (!composer_run_command(c, body))
		return;
	history_add(c, buf_str(&text));
	composer_reset(c);
	draft_drop(c);
}
