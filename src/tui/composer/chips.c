/* What chips stand for; see chips.h. */
#include "tui/composer/chips.h"

#include "base/mem.h"
#include "base/term_text.h"
#include "base/utf8.h"
#include "base/width.h"
#include "tui/composer/edit_text.h"

enum { NAME_COLUMNS = 40 };

void
chips_release(struct chips *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->items[i].path);
		free(c->items[i].media_type);
		buf_release(&c->items[i].text);
	}
	c->n = 0;
}

static struct chip *
add(struct chips *c, enum chip_kind kind, char out[5])
{
	struct chip *chip;

	if (c->n == CHIPS_MAX)
		return NULL;
	out[utf8_encode((uint32_t)(CHIP_FIRST + (int)c->n), out)] = '\0';
	chip = &c->items[c->n++];
	*chip = (struct chip){ .kind = kind, .text = BUF_INIT(CHIP_TEXT_MAX) };
	return chip;
}

static size_t
lines_of(struct str text)
{
	size_t lines = 0;
	struct str line;

	while (str_next_line(&text, &line))
		lines++;
	return lines;
}

bool
chips_add_paste(struct chips *c, struct str text, char out[5])
{
	struct chip *chip = add(c, CHIP_PASTE, out);
	size_t lines = lines_of(text);

	if (chip == NULL)
		return false;
	buf_add_str(&chip->text, str_sub(text, 0, CHIP_TEXT_MAX));
	if (lines > 1)
		snprintf(chip->label, sizeof(chip->label),
		    "[pasted %zu lines]", lines);
	else
		snprintf(chip->label, sizeof(chip->label),
		    "[pasted %zu bytes]", text.len);
	return true;
}

static int
image_number(const struct chips *c)
{
	int number = 0;

	for (size_t i = 0; i < c->n; i++)
		number += c->items[i].kind == CHIP_IMAGE;
	return number;
}

bool
chips_add_image_file(struct chips *c, struct str path, char out[5])
{
	struct chip *chip = add(c, CHIP_IMAGE, out);
	CLEANUP_BUF struct buf name = BUF_INIT(64 * KIB);
	size_t slash = path.len;

	if (chip == NULL)
		return false;
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	term_text_line(str_sub(path, slash, SIZE_MAX), &name);
	chip->path = str_dup(path);
	snprintf(chip->label, sizeof(chip->label), "[image %d: %.*s]",
	    image_number(c), (int)utf8_cut(name.ptr, name.len,
	    width_fit(buf_str(&name), NAME_COLUMNS, NULL)), buf_text(&name));
	return true;
}

bool
chips_add_image(struct chips *c, const struct json *image, char out[5])
{
	struct chip *chip = add(c, CHIP_IMAGE, out);
	struct str data = json_get_str(image, "data");
	char pixels[48] = "";

	if (chip == NULL)
		return false;
	chip->media_type = str_dup(json_get_str(image, "media_type"));
	chip->width = json_get_int(image, "width", 0);
	chip->height = json_get_int(image, "height", 0);
	buf_add_str(&chip->text, data);
	if (chip->width > 0)
		snprintf(pixels, sizeof(pixels), "%lldx%lld, ",
		    (long long)chip->width, (long long)chip->height);
	snprintf(chip->label, sizeof(chip->label), "[image %d: %s%zu KiB]",
	    image_number(c), pixels, (data.len / 4 * 3 + 1023) / 1024);
	return true;
}

struct chip_character
chip_character(int index)
{
	struct chip_character c = { "" };

	utf8_encode((uint32_t)(CHIP_FIRST + index), c.text);
	return c;
}

const struct chip *
chips_at(const struct chips *c, int index)
{
	return index >= 0 && (size_t)index < c->n ? &c->items[index] : NULL;
}

struct str
chips_label(const struct chips *c, int index)
{
	const struct chip *chip = chips_at(c, index);

	return chip == NULL ? STR("[gone]") : str_from(chip->label);
}

void
chips_expand(const struct chips *c, struct str text, struct buf *out)
{
	size_t from = 0;

	for (size_t at = 0; at < text.len;) {
		int index = edit_chip_at(text, at);
		const struct chip *chip = chips_at(c, index);

		if (index < 0) {
			at++;
			continue;
		}
		buf_add_str(out, str_sub(text, from, at - from));
		if (chip != NULL && chip->kind == CHIP_PASTE)
			buf_add_str(out, buf_str(&chip->text));
		else
			buf_add_str(out, chips_label(c, index));
		at += CHIP_BYTES;
		from = at;
	}
	buf_add_str(out, str_sub(text, from, SIZE_MAX));
}

struct json *
chips_json(const struct chips *c)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < c->n; i++) {
		const struct chip *chip = &c->items[i];
		struct json *item = json_new_object();

		if (chip->kind == CHIP_PASTE)
			json_set_str(item, "text", buf_str(&chip->text));
		else if (chip->path != NULL)
			json_set_str(item, "path", str_from(chip->path));
		else {
			json_set_str(item, "media_type",
			    str_from(chip->media_type));
			json_set_str(item, "data", buf_str(&chip->text));
			json_set_int(item, "width", chip->width);
			json_set_int(item, "height", chip->height);
		}
		json_add(list, item);
	}
	return list;
}

void
chips_from_json(struct chips *c, const struct json *list)
{
	char character[5];

	chips_release(c);
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		struct str path = json_get_str(i, "path");
		struct str data = json_get_str(i, "data");

		if (path.ptr != NULL)
			chips_add_image_file(c, path, character);
		else if (data.ptr != NULL)
			chips_add_image(c, i, character);
		else
			chips_add_paste(c, json_get_str(i, "text"),
			    character);
	}
}
