/* Server-sent events, as they arrive: any bytes in, whole events out. Follows
 * the event stream of the WHATWG HTML standard, section 9.2.6: lines end in
 * LF, CR or CRLF, one leading byte order mark is dropped, comments and unknown
 * fields are ignored, several data lines are joined by LF, and an event
 * without a data line is none. One thing goes beyond it: a line "error: TEXT",
 * as llama.cpp sends it, is an event "error" with that data.
 *
 * Life cycle: sse_init, sse_feed as often as bytes come, sse_finish once,
 * sse_release. After an error every further call returns that error again. */
#ifndef FRIDAY_NET_SSE_H
#define FRIDAY_NET_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct sse_opts {
	size_t line_max;  /* bytes of one line */
	size_t event_max; /* bytes of the data of one event */
};

#define SSE_OPTS_INIT                                                         \
	((struct sse_opts){ .line_max = 8 * MIB, .event_max = 16 * MIB })

/* One event; event is empty where the stream named none. Both die when the
 * callback returns. Returns 0, or a negative value that ends the feeding and
 * becomes its result. Must not call the parser. */
typedef int sse_event_fn(struct str event, struct str data, void *ctx);

/* Text that is still in the caller's bytes, or was copied out of them because
 * the event goes on behind their end. */
struct sse_text {
	struct str here;
	struct buf copy;
	bool copied;
};

/* All members are private. */
struct sse {
	sse_event_fn *on_event;
	void *ctx;
	struct buf line; /* a line that is not whole yet */
	struct sse_text event;
	struct sse_text data;
	bool has_data;
	bool not_first; /* a first line was seen */
	bool after_cr;	/* an LF that comes now belongs to that CR */
	int failed;
};

void sse_init(struct sse *p, struct sse_opts opts, sse_event_fn *on_event,
    void *ctx);
void sse_release(struct sse *p);
/* Feeds `len` bytes of the body; calls on_event for each event that becomes
 * whole. Thread: the caller's. Errors: ERR_TOO_LARGE, ERR_NO_MEMORY, what
 * on_event returns (err is left alone then). */
int sse_feed(struct sse *p, const char *bytes, size_t len, struct error *err);
/* The body has ended. The standard drops an event without its blank line;
 * model servers forget that line, so the event is delivered: its reader knows
 * by the JSON whether it is whole. Errors: as sse_feed. */
int sse_finish(struct sse *p, struct error *err);

#endif
