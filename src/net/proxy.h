/* The way out of a sandbox: an HTTP proxy that connects only to listed hosts.
 * It resolves names itself and connects only to public addresses, so that a
 * name that leads to this machine or its network leads nowhere.
 *
 * A sandbox has no network but its own. The helper makes a listening socket in
 * there and hands it out over a unix socket (libexec/sandbox/network.c); who
 * connects to it inside is accepted here. The listener is let go when the
 * helper closes that connection.
 *
 * Thread: any; connections have threads of their own, at most PROXY_MAX. */
#ifndef FRIDAY_NET_PROXY_H
#define FRIDAY_NET_PROXY_H

#include "base/cleanup.h"
#include "base/error.h"

#define PROXY_MAX 64

struct proxy;

struct proxy_opts {
	const char *const *hosts; /* see proxy_hosts_allow(); copied */
	size_t n_hosts;
	/* Each request, as it is decided; any thread. May be NULL. */
	void (*decided)(const char *host, unsigned port, bool allowed,
	    void *ctx);
	void *ctx;
};

/* Errors: ERR_IO. */
int proxy_create(const struct proxy_opts *opts, struct proxy **ret,
    struct error *err);
/* Ends all connections and waits for them. */
void proxy_destroy(struct proxy *p);
DEFINE_CLEANUP(proxy_destroy, struct proxy);
/* Of the unix socket, in a folder of our own; lives as long as the proxy. */
const char *proxy_path(const struct proxy *p);

#endif
