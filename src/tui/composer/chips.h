/* What the chips in the text stand for (edit_text.h): long pastes and images.
 * They live until the message is sent or cleared. */
#ifndef FRIDAY_TUI_COMPOSER_CHIPS_H
#define FRIDAY_TUI_COMPOSER_CHIPS_H

#include <stdbool.h>

#include "base/json.h"

enum { CHIPS_MAX = 100 };
#define CHIP_TEXT_MAX (8 * MIB)

enum chip_kind {
	CHIP_PASTE, /* text */
	CHIP_IMAGE, /* a file (path), or data in base64 */
};

struct chip {
	enum chip_kind kind;
	char label[96];	  /* "[pasted 42 lines]" */
	char *path;	  /* of an image; NULL: data */
	char *media_type; /* with data */
	int64_t width, height; /* pixels; 0: not known */
	struct buf text;  /* the paste, or the data */
};

struct chips {
	struct chip items[CHIPS_MAX];
	size_t n;
};

void chips_release(struct chips *c);
/* Writes the chip's character (CHIP_BYTES and a NUL). False: too many. */
bool chips_add_paste(struct chips *c, struct str text, char out[5]);
bool chips_add_image_file(struct chips *c, struct str path, char out[5]);
/* {"media_type","data","width"?,"height"?}. */
bool chips_add_image(struct chips *c, const struct json *image, char out[5]);
struct chip_character {
	char text[5];
};
struct chip_character chip_character(int index);
/* NULL: it stands for nothing any more. */
const struct chip *chips_at(const struct chips *c, int index);
struct str chips_label(const struct chips *c, int index);
/* Appends the text with pastes in full and the labels of images. */
void chips_expand(const struct chips *c, struct str text, struct buf *out);
/* As JSON for the draft, and back. */
struct json *chips_json(const struct chips *c);
void chips_from_json(struct chips *c, const struct json *list);

#endif
