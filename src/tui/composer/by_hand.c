/* What people do themselves: "!command" runs one through the same door as the
 * agent's, "#note" adds a line to AGENTS.md. What a command printed is shown,
 * and goes along with the next message, so that one can talk about it. */
#include "base/term_text.h"
#include "tui/composer/inner.h"
#include "tui/text/plain_output.h"
#include "tui/transcript/transcript.h"

enum { ALONG_MAX = 8 };
#define OUTPUT_MAX (64 * KIB)

/* Longer than any run of backticks within. */
static size_t
fence_of(struct str text)
{
	size_t run = 0, longest = 2;

	for (size_t i = 0; i < text.len; i++) {
		run = text.ptr[i] == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest + 1;
}

static void
show_result(struct composer *c, struct str command, struct str output)
{
	CLEANUP_BUF struct buf note = BUF_INIT(4 * MIB);
	CLEANUP_BUF struct buf plain = BUF_INIT(4 * MIB);
	size_t fence = fence_of(output), command_fence = fence_of(command);

	if (command_fence > fence)
		fence = command_fence;
	buf_add_repeated(&note, '`', fence);
	buf_printf(&note, "console\n$ %.*s\n", STR_ARG(command));
	plain_output(output, &plain);
	term_text(buf_str(&plain), &note);
	if (note.len > 0 && note.ptr[note.len - 1] != '\n')
		buf_add_char(&note, '\n');
	buf_add_repeated(&note, '`', fence);
	transcript_note(app_transcript(c->app), buf_str(&note));
}

static void
let_go_along(struct composer *c, struct str command, struct str output)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * OUTPUT_MAX);
	CLEANUP_BUF struct buf name = BUF_INIT(64 * KIB);
	struct json *item;

	if (c->along == NULL)
		c->along = json_new_array();
	if (json_count(c->along) == ALONG_MAX)
		return;
	buf_printf(&text, "I ran this command myself:\n$ %.*s\n",
	    STR_ARG(command));
	plain_output(str_sub(output, 0, OUTPUT_MAX), &text);
	term_text_line(str_sub(command, 0, 60), &name);
	item = json_new_object();
	json_set_str(item, "media_type", STR("text/plain"));
	json_set_str(item, "name", buf_str(&name));
	json_set_str(item, "text", buf_str(&text));
	json_add(c->along, item);
}

static void
on_command(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	CLEANUP_BUF struct buf command = BUF_INIT(EDIT_BYTES_MAX);
	struct str output = json_get_str(reply, "result");

	buf_add_str(&command, buf_str(&c->command));
	buf_clear(&c->command);
	composer_changed(c);
	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	if (output.len == 0)
		output = json_get_str(json_get(reply, "error"), "message");
	show_result(c, buf_str(&command), output);
	let_go_along(c, buf_str(&command), output);
	draft_drop(c);
}

bool
composer_run_command(struct composer *c, struct str command)
{
	struct json *args, *inner;

	if (c->command.len > 0) {
		app_toast(c->app, TOAST_WARNING,
		    "A command runs already; Esc stops it");
		return false;
	}
	buf_add_str(&c->command, command);
	inner = json_new_object();
	json_set_str(inner, "command", command);
	args = json_new_object();
	json_set_str(args, "name", STR("shell"));
	json_set(args, "arguments", inner);
	app_request(c->app, "tool.run", args, on_command, c);
	return true;
}

bool
composer_stop_command(struct composer *c)
{
	if (c->command.len == 0)
		return false;
	app_request(c->app, "tool.cancel", NULL, NULL, c);
	return true;
}

static void
on_note(struct app *app, int status, const struct json *reply, void *ctx)
{
	if (status != 0)
		app_toast_error(app, reply);
	else
		app_toast(app, TOAST_INFO, "Added to %.*s",
		    STR_ARG(json_get_str(reply, "file")));
}

void
composer_add_note(struct composer *c, struct str text)
{
	struct json *args = json_new_object();

	json_set_str(args, "text", text);
	app_request(c->app, "note.add", args, on_note, c);
}

/* --- what goes along, over the input ------------------------------------- */

int
along_rows(const struct composer *c)
{
	return (c->command.len > 0) + (int)json_count(c->along);
}

void
along_draw(struct composer *c, struct surface *s, struct rect r)
{
	int row = r.row;

	for (const struct json *i = json_first(c->along);
	    i && row < r.row + r.rows; i = json_next(i), row++) {
		int col = r.col + 2;

		col += surface_text(s, row, col, r.cols - 2,
		    STR("output of "), STYLE(ROLE_MUTED));
		col += surface_text_cut(s, row, col,
		    (r.col + r.cols - col) / 2, json_get_str(i, "name"),
		    STYLE(ROLE_CODE), false);
		surface_text_cut(s, row, col, r.col + r.cols - col,
		    STR(" goes with the next message"), STYLE(ROLE_MUTED),
		    false);
	}
	if (c->command.len > 0 && row < r.row + r.rows) {
		CLEANUP_BUF struct buf line = BUF_INIT(64 * KIB);
		int col = r.col + 2;

		term_text_line(str_sub(buf_str(&c->command), 0, 200), &line);
		col += surface_text(s, row, col, r.cols - 2, STR("running "),
		    STYLE(ROLE_WARNING));
		col += surface_text_cut(s, row, col,
		    (r.col + r.cols - col) / 2, buf_str(&line),
		    STYLE(ROLE_CODE), false);
		surface_text_cut(s, row, col, r.col + r.cols - col,
		    STR(" · Esc stops it"), STYLE(ROLE_MUTED), false);
	}
}

/* Backspace in an empty input: the last one stays here. */
bool
along_drop(struct composer *c)
{
	struct json *kept;
	size_t n = json_count(c->along);

	if (n == 0)
		return false;
	kept = json_new_array();
	for (size_t i = 0; i + 1 < n; i++)
		json_add(kept, json_copy(json_at(c->along, i)));
	json_destroy(c->along);
	c->along = kept;
	draft_drop(c);
	return true;
}
