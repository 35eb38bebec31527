/* One attempt at one target: the request out, the stream in. What to do about
 * a failure is the client's business (client.c). */
#ifndef FRIDAY_LLM_CLIENT_STREAM_H
#define FRIDAY_LLM_CLIENT_STREAM_H

#include "base/cancel.h"
#include "llm/endpoint.h"
#include "llm/reply.h"
#include "llm/wire.h"

struct stream_opts {
	int connect_timeout_ms;
	int first_byte_timeout_ms;
	int idle_timeout_ms;
	struct cancel *cancel;
};

/* Sends the encoded request and decodes the answer into *reply, which is
 * initialised and holds what came also after an error. err->retry_after_ms is
 * what the server asked for. Errors: ERR_NET_*, ERR_LLM_*, ERR_CANCELLED,
 * ERR_TOO_LARGE. Thread: the caller's, as are the reply's callbacks. */
int stream_perform(const struct endpoint *e, const struct wire *wire,
    const struct wire_http *http, const struct stream_opts *opts,
    struct reply *reply, struct error *err);

#endif
