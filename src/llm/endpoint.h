/* Where a target is reached: its base URL as an address, its headers, its key,
 * and one kept-alive http handle that can go to that origin only. So a key
 * cannot travel anywhere else, whatever a path or a server says. */
#ifndef FRIDAY_LLM_ENDPOINT_H
#define FRIDAY_LLM_ENDPOINT_H

#include "base/buf.h"
#include "base/error.h"
#include "llm/client.h"
#include "net/http.h"

struct endpoint {
	const struct llm_target *target;
	struct buf base; /* expanded, without a slash at the end */
	struct http *http;
};

/* Loads libcurl. The target is borrowed. Release it also after an error.
 * Errors: ERR_CONFIG_INVALID (no URL, a ${VARIABLE} that is not set),
 * ERR_INVALID, ERR_UNSUPPORTED. */
int endpoint_init(struct endpoint *e, const struct llm_target *target,
    struct error *err);
void endpoint_release(struct endpoint *e);
/* Base URL, path, and the row's query. */
int endpoint_url(const struct endpoint *e, const char *path, struct buf *out,
    struct error *err);
/* Sets secret and secret_prefix as the row wants them. */
void endpoint_authorise(const struct endpoint *e, struct http_request *request);

#endif
