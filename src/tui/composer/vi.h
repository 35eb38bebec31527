/* Vi's keys for the input: normal, insert and visual mode. Insert mode is the
 * input as it always is; this only remembers what is typed, for ".".
 *
 *	vi_key() takes what is pressed in normal and visual mode
 *	vi_typed() is told what is typed in insert mode
 *	vi_escape() leaves insert mode
 */
#ifndef FRIDAY_TUI_COMPOSER_VI_H
#define FRIDAY_TUI_COMPOSER_VI_H

#include "tui/composer/edit_buffer.h"
#include "tui/composer/vi_motion.h"
#include "tui/terminal/key.h"

enum vi_mode { VI_INSERT, VI_NORMAL, VI_VISUAL, VI_VISUAL_LINE };

enum { VI_DOT_MAX = 512, VI_COUNT_MAX = 9999 };

struct vi {
	bool on;
	enum vi_mode mode;
	size_t anchor;	   /* of the selection */
	/* The command so far: "2d3f" */
	int count, operator_count;
	char operator;	   /* d c y; 0 */
	char pending;	   /* f F t T r g i a: a character follows; 0 */
	struct vi_find find;
	struct buf taken;  /* the register */
	bool taken_lines;
	bool grouped;	   /* insert mode is one step of undo */
	/* The last change, and the one under way. */
	struct key dot[VI_DOT_MAX], recorded[VI_DOT_MAX];
	size_t n_dot, n_recorded;
	bool recording, replaying;
};

void vi_init(struct vi *v);
void vi_release(struct vi *v);
/* Another text: back to insert mode, nothing pending. */
void vi_reset(struct vi *v, struct edit *e);

enum vi_result {
	VI_TAKEN,
	VI_NOT_TAKEN, /* Enter, Esc with nothing pending, Ctrl keys */
	VI_OLDER,     /* k in the first line: history */
	VI_NEWER,
};
enum vi_result vi_key(struct vi *v, struct edit *e, const struct key *key);
/* Before the text takes the key: what is typed up to Esc is one step of undo,
 * also where insert mode was not entered by a command. */
void vi_typed(struct vi *v, struct edit *e, const struct key *key);
void vi_escape(struct vi *v, struct edit *e);
/* Bytes [from, to) that are selected; false: none. */
bool vi_selection(const struct vi *v, const struct edit *e, size_t *ret_from,
    size_t *ret_to);

#endif
