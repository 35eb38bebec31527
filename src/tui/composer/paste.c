/* What is pasted: text, a long text as a chip, the path of an image as an
 * image; and the clipboard of the machine (Ctrl+V). */
#include "base/mem.h"
#include "tui/composer/edit_text.h"
#include "tui/composer/inner.h"

enum { PASTE_LINES = 8, PASTE_BYTES = 800 }; /* more becomes a chip */

static size_t
line_feeds(struct str text)
{
	size_t feeds = 0;

	for (size_t i = 0; i < text.len; i++)
		feeds += text.ptr[i] == '\n';
	return feeds;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The path as a terminal pastes a file that was dropped on it: in quotes, with
 * backslashes, or as a URL. */
static void
plain_path(struct str text, struct buf *out)
{
	bool url = str_starts(text, STR("file://"));
	const char *home = getenv("HOME");

	if (text.len > 1 && (text.ptr[0] == '\'' || text.ptr[0] == '"') &&
	    text.ptr[text.len - 1] == text.ptr[0])
		text = str_sub(text, 1, text.len - 2);
	if (url)
		text = str_sub(text, 7, SIZE_MAX);
	if (str_starts(text, STR("~/")) && home != NULL) {
		buf_add_cstr(out, home);
		text = str_sub(text, 1, SIZE_MAX);
	}
	for (size_t i = 0; i < text.len; i++) {
		if (url && text.ptr[i] == '%' && i + 2 < text.len &&
		    hex(text.ptr[i + 1]) >= 0 && hex(text.ptr[i + 2]) >= 0) {
			buf_add_char(out, (char)(hex(text.ptr[i + 1]) * 16 +
			    hex(text.ptr[i + 2])));
			i += 2;
		} else if (text.ptr[i] != '\\' || i + 1 == text.len) {
			buf_add_char(out, text.ptr[i]);
		} else {
			buf_add_char(out, text.ptr[++i]);
		}
	}
}

static bool
is_image_name(struct str path)
{
	static const char *const endings[] = { ".png", ".jpg", ".jpeg",
		".gif", ".webp" };

	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t len = strlen(endings[i]);

		if (path.len > len && str_eq_nocase(str_sub(path,
		    path.len - len, len), str_from(endings[i])))
			return true;
	}
	return false;
}

static bool
paste_image_path(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf path = BUF_INIT(64 * KIB);
	char character[5];

	text = str_trim(text);
	if (text.len > 4 * KIB || line_feeds(text) > 0)
		return false;
	plain_path(text, &path);
	if (path.len == 0 || path.ptr[0] != '/' ||
	    memchr(path.ptr, '\0', path.len) != NULL ||
	    !is_image_name(buf_str(&path)) ||
	    !chips_add_image_file(&c->chips, buf_str(&path), character))
		return false;
	return edit_insert(&c->edit, str_from(character));
}

void
composer_paste(struct composer *c, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(CHIP_TEXT_MAX);
	char character[5];

	kill_ring_rest(&c->ring);
	c->history.searching = false;
	c->queue.open = false;
	/* A control character takes up to four bytes when it is shown. */
	edit_filter(str_sub(text, 0, CHIP_TEXT_MAX / 4), &clean);
	if (c->prompt == PROMPT_TEXT && paste_image_path(c, text)) {
		composer_changed(c);
		return;
	}
	if ((line_feeds(buf_str(&clean)) >= PASTE_LINES ||
	    clean.len > PASTE_BYTES) &&
	    chips_add_paste(&c->chips, buf_str(&clean), character))
		edit_insert(&c->edit, str_from(character));
	else if (!edit_insert(&c->edit, buf_str(&clean)))
		app_toast(c->app, TOAST_WARNING, "That is too much text");
	composer_changed(c);
}

static void
on_clipboard(struct app *app, int status, const struct json *reply, void *ctx)
{
	struct composer *c = ctx;
	char character[5];

	if (status != 0) {
		app_toast_error(app, reply);
		return;
	}
	if (json_get(reply, "data") == NULL) {
		composer_paste(c, json_get_str(reply, "text"));
		return;
	}
	if (chips_add_image(&c->chips, reply, character))
		edit_insert(&c->edit, str_from(character));
	composer_changed(c);
}

void
composer_paste_clipboard(struct composer *c)
{
	app_request(c->app, "clipboard.read", NULL, on_clipboard, c);
}

/* The chip at the caret, or before it. */
bool
composer_open_paste(struct composer *c)
{
	struct str text = edit_text(&c->edit);
	size_t at = c->edit.caret;
	int index = edit_chip_at(text, at);
	const struct chip *chip;

	if (index < 0 && at >= CHIP_BYTES) {
		at -= CHIP_BYTES;
		index = edit_chip_at(text, at);
	}
	chip = chips_at(&c->chips, index);
	if (chip == NULL || chip->kind != CHIP_PASTE)
		return false;
	if (!edit_replace(&c->edit, at, CHIP_BYTES, buf_str(&chip->text),
	    EDIT_OTHER))
		app_toast(c->app, TOAST_WARNING,
		    "That is too much text to edit here");
	return true;
}
