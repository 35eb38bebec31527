/* Bytes of a command's output become text as they come: bytes that are no
 * UTF-8 and NULs are replaced by U+FFFD, and a character that was cut between
 * two reads waits for its rest. */
#ifndef FRIDAY_TOOLS_TEXT_STREAM_H
#define FRIDAY_TOOLS_TEXT_STREAM_H

#include <stddef.h>

#include "base/buf.h"

struct text_stream {
	char pending[4];
	size_t n_pending;
};

/* Appends the text that is complete now. Errors: out's ceiling. */
int text_stream_feed(struct text_stream *t, struct str bytes,
    struct buf *out);
/* Appends what is left of a cut character, as U+FFFD. */
int text_stream_end(struct text_stream *t, struct buf *out);

#endif
