/* Lines of JSON, as they arrive: any bytes in, whole lines out. A line ends in
 * LF or CRLF; blank lines are dropped (https://github.com/ndjson/ndjson-spec).
 * The lines are not parsed here.
 *
 * Life cycle: ndjson_init, ndjson_feed as often as bytes come, ndjson_finish
 * once, ndjson_release. After an error every further call returns it again. */
#ifndef FRIDAY_NET_NDJSON_H
#define FRIDAY_NET_NDJSON_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* One line without its end and without blanks around it; never empty; dies
 * when the callback returns. Returns 0, or a negative value that ends the
 * feeding and becomes its result. */
typedef int ndjson_line_fn(struct str line, void *ctx);

/* All members are private. */
struct ndjson {
	ndjson_line_fn *on_line;
	void *ctx;
	struct buf line; /* a line that is not whole yet */
	int failed;
};

/* line_max: bytes of one line. */
void ndjson_init(struct ndjson *p, size_t line_max, ndjson_line_fn *on_line,
    void *ctx);
void ndjson_release(struct ndjson *p);
/* Errors: ERR_TOO_LARGE, ERR_NO_MEMORY, what on_line returns (err is left
 * alone then). */
int ndjson_feed(struct ndjson *p, const char *bytes, size_t len,
    struct error *err);
/* The body has ended: a last line without LF counts. */
int ndjson_finish(struct ndjson *p, struct error *err);

#endif
