/* What a client asks of a proxy: CONNECT and plain HTTP in absolute form
 * (RFC 9110 section 9.3.6, RFC 9112 section 3.2.2), and whether a list of hosts
 * allows it. */
#ifndef FRIDAY_NET_PROXY_REQUEST_H
#define FRIDAY_NET_PROXY_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#define PROXY_HEAD_MAX ((size_t)64 * 1024)

struct proxy_request {
	bool tunnel; /* CONNECT */
	char host[256];
	unsigned port;
	bool may_be_private; /* set by proxy_hosts_allow() */
};

/* True: the head is whole (its empty line is in); *ret_len is its length. */
bool proxy_head_complete(struct str bytes, size_t *ret_len);
/* Parses a whole head. For plain HTTP appends to `forward` what the server is
 * to get: origin form, its own Host, one request for a connection, nothing that
 * is meant for us. Errors: ERR_PROTOCOL, ERR_INVALID, ERR_UNSUPPORTED. */
int proxy_request_parse(struct str head, struct proxy_request *ret,
    struct buf *forward, struct error *err);
/* A row is "host", "*.host" (names below it) or "host:port"; without a port
 * 80 and 443 are meant. An address or localhost with a port may be a private
 * one: the user has named exactly that. */
bool proxy_hosts_allow(const char *const *rows, size_t n,
    struct proxy_request *request);

#endif
