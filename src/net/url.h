/* URLs of http and https, parsed strictly: what is unusual is refused, not
 * guessed, so that no two readers can see different hosts in one text. The
 * parsed parts are written out again (url_print), and only that text goes to
 * curl. RFC 3986; numeric hosts that are no plain dotted quad ("0x7f.1",
 * "2130706433") are refused. */
#ifndef FRIDAY_NET_URL_H
#define FRIDAY_NET_URL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

#define URL_MAX (8 * KIB)

struct url {
	bool https;
	char host[256];	    /* lower case; IPv6 without its brackets */
	bool host_is_v6;
	unsigned port;	    /* 1 to 65535, the scheme's where none was given */
	char target[URL_MAX]; /* path and query, from its "/"; no fragment */
};

/* Bytes that a URL may not hold raw (blanks, quotes, beyond ASCII) are
 * percent-encoded in the target and refused in the host. Errors: ERR_INVALID
 * (no URL, userinfo, bad port), ERR_UNSUPPORTED (another scheme),
 * ERR_TOO_LARGE. */
int url_parse(struct str text, struct url *ret, struct error *err);
/* The URL that a reference (a Location header) means when found at `base`.
 * Errors: as url_parse. */
int url_join(const struct url *base, struct str reference, struct url *ret,
    struct error *err);
/* Appends "https://host:port/target"; the scheme's own port is left out. */
int url_print(const struct url *u, struct buf *out);
/* Scheme, host and port are the same. */
bool url_same_origin(const struct url *a, const struct url *b);
/* localhost, names under .localhost, 127.0.0.0/8 or ::1. */
bool url_is_loopback(const struct url *u);

#endif
