/* The terminal of the screen's tests; see vt.c. */
#ifndef FRIDAY_TESTS_SCREEN_VT_H
#define FRIDAY_TESTS_SCREEN_VT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>

#include <vterm.h>

#include "base/buf.h"

struct vt {
	VTerm *vterm;
	VTermScreen *screen;
	int rows, cols;
	int master, slave;
	pid_t child;
	bool ended, held, sync, kitty, deaf;
	int status;
	const char *background;
	struct buf raw;	   /* everything that came */
	size_t answered;   /* how much of it was looked at for questions */
	int64_t last_us;   /* when something last came */
	int64_t start_us;
	int64_t sent_us;   /* when keys were last typed, 0: never */
	int64_t seen_us;   /* when there was something to see */
	/* Since the last "frames". */
	int frames;	   /* pieces with a pause before them */
	int64_t gap_us;	   /* the longest pause */
	/* Modes. */
	bool altscreen, cursor, paste, focus;
	int mouse;
	char title[256];
	struct termios before;
};

/* vt_pty.c */
int64_t vt_now_us(void);
void vt_start(struct vt *v, char **argv);
/* Tells libvterm v->rows and v->cols. */
void vt_set_size(struct vt *v);
void vt_send(struct vt *v, const char *bytes, size_t len);
/* Takes what came. */
void vt_read(struct vt *v);
/* Whether it ended. */
void vt_reap(struct vt *v);
/* Waits for output at most until then; takes all that is there. */
void vt_pump(struct vt *v, int64_t deadline_us);

/* vt_rows.c */
void vt_row_text(struct vt *v, int row, struct buf *out);
/* One row as runs "COLUMNS FORE BACK FLAGS HEX;": text of one look. */
void vt_row_cells(struct vt *v, int row, struct buf *out);
/* How often the text stands on the screen. */
bool vt_is_blank(struct vt *v);
int vt_count(struct vt *v, struct str text);

/* vt_wait.c: they print the answer. */
void vt_wait_count(struct vt *v, int64_t ms, struct str text, int least,
    int most);
void vt_wait_exit(struct vt *v, int64_t ms);
void vt_wait_quiet(struct vt *v, int64_t ms, int64_t quiet_ms);
void vt_wait_visible(struct vt *v, int64_t ms);
void vt_wait_changed(struct vt *v, int64_t ms);
void vt_wait_stop(struct vt *v, int64_t ms);
void vt_wait_bytes(struct vt *v, int64_t ms, size_t count);

#endif
