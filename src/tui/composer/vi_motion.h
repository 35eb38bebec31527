/* Where vi's motions lead: a row each in vi_motion.c. */
#ifndef FRIDAY_TUI_COMPOSER_VI_MOTION_H
#define FRIDAY_TUI_COMPOSER_VI_MOTION_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/composer/edit_buffer.h"

enum vi_motion_flags {
	VI_INCLUSIVE = 1, /* an operator takes the character at the end too */
	VI_LINES = 2,	  /* an operator takes whole lines */
};

struct vi_find { /* f F t T */
	char kind;	/* 0: none yet */
	uint32_t code;
};

struct vi_move {
	const struct edit *edit;
	int count;	/* 0: none was given */
	bool operator;	/* an operator waits: the end of a line is in reach */
	struct vi_find find; /* for ; and , */
};

/* False: no such motion, or it leads nowhere. `key` is the motion's letter;
 * 'g' stands for gg. */
bool vi_motion(const struct vi_move *m, uint32_t key, size_t from,
    size_t *ret_to, unsigned *ret_flags);
bool vi_is_motion(uint32_t key);
/* To the count-th character on the line. */
bool vi_find_motion(const struct vi_move *m, const struct vi_find *find,
    size_t from, size_t *ret_to, unsigned *ret_flags);
/* "iw", "a\"" and their like around `at`: bytes [from, to). */
bool vi_object(struct str text, bool around, uint32_t key, size_t at,
    size_t *ret_from, size_t *ret_to);
size_t vi_first_nonblank(struct str text, size_t at);

#endif
