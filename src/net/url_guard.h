/* Where requests may go. Every http handle is made with one guard, and there
 * is no other way to send a request: url_guard_check looks at each URL (also
 * of each redirect), url_guard_address at each address that a connection is
 * about to be made to, after resolution. A name that resolves to something
 * else a moment later gains nothing: it is the address in hand that counts.
 *
 * Two profiles: an origin from the configuration (any address, but exactly
 * that scheme, host and port), and public fetch (any host, but no address of
 * this machine, of a private network or of a special range). */
#ifndef FRIDAY_NET_URL_GUARD_H
#define FRIDAY_NET_URL_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/error.h"
#include "net/url.h"

struct url_guard {
	enum { URL_GUARD_ORIGIN, URL_GUARD_PUBLIC } profile;
	bool allow_private; /* public: addresses are not looked at */
	bool https;	    /* origin */
	char host[256];
	bool host_is_v6;
	unsigned port;
};

/* The origin of a base URL. Errors: as url_parse. */
int url_guard_origin(struct url_guard *ret, struct str base_url,
    struct error *err);
/* allow_private: for tests and a user's own wish only. */
void url_guard_public(struct url_guard *ret, bool allow_private);
/* Before a request. Errors: ERR_NET_BLOCKED. */
int url_guard_check(const struct url_guard *g, const struct url *u,
    struct error *err);
/* Before a connection: may it go to this address? */
bool url_guard_address(const struct url_guard *g, const struct sockaddr *to);
/* The address is one of the public internet. Anything but IPv4 and IPv6 is
 * not. */
bool address_is_public(const struct sockaddr *address);

#endif
