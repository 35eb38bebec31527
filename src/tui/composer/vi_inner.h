/* What the parts of vi's keys share. Nobody else includes it.
 *
 *	vi.c          modes, keys, what is pending
 *	vi_operate.c  operators and motions
 *	vi_command.c  commands of one letter
 *	vi_visual.c   visual mode
 *	vi_repeat.c   the last change, for "." */
#ifndef FRIDAY_TUI_COMPOSER_VI_INNER_H
#define FRIDAY_TUI_COMPOSER_VI_INNER_H

#include "tui/composer/vi.h"

struct vi_span {
	size_t from, to; /* bytes [from, to) */
	bool lines;	 /* whole ones */
};

/* Nothing pending, no count, no operator. */
void vi_forget_command(struct vi *v);
/* The count of the command, 1 where there is none. */
int vi_times(const struct vi *v);
void vi_enter_insert(struct vi *v, struct edit *e);

/* operator: d, c or y. */
void vi_operate(struct vi *v, struct edit *e, char operator,
    struct vi_span s);
/* A motion led to `to`: the operator that waits takes what lies between, or
 * the caret goes there. flags: those of vi_motion.h. */
void vi_moved(struct vi *v, struct edit *e, size_t to, unsigned flags);
struct vi_move vi_move_of(const struct vi *v, const struct edit *e);
enum vi_result vi_run_motion(struct vi *v, struct edit *e, uint32_t key);
/* As many lines from this one on as the count says. */
void vi_whole_lines(struct vi *v, struct edit *e, char operator);

/* A command of one letter; another letter does nothing. */
void vi_run_letter(struct vi *v, struct edit *e, uint32_t code);
void vi_swap_case(struct vi *v, struct edit *e, size_t from, size_t to);
/* r */
void vi_replace_characters(struct vi *v, struct edit *e, uint32_t code);

/* False: none of visual mode's own, or another mode. */
bool vi_visual_command(struct vi *v, struct edit *e, uint32_t key);

void vi_record(struct vi *v, const struct key *key);
/* The command changed something and is complete. */
void vi_keep_change(struct vi *v);
void vi_repeat(struct vi *v, struct edit *e);

#endif
