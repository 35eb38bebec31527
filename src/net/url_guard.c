/* Where requests may go; see url_guard.h. */
#include "net/url_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

/* IANA's special-purpose registries (RFC 6890 and later entries), without the
 * ranges that are meant for the public. */
static const struct range4 {
	uint8_t prefix[4];
	unsigned bits;
} special4[] = {
	{ { 0, 0, 0, 0 }, 8 },	    /* "this network"; 0.0.0.0 is ourselves */
	{ { 10, 0, 0, 0 }, 8 },	    /* private */
	{ { 100, 64, 0, 0 }, 10 },  /* carrier-grade NAT */
	{ { 127, 0, 0, 0 }, 8 },    /* loopback */
	{ { 169, 254, 0, 0 }, 16 }, /* link-local, cloud metadata */
	{ { 172, 16, 0, 0 }, 12 },  /* private */
	{ { 192, 0, 0, 0 }, 24 },   /* protocol assignments */
	{ { 192, 0, 2, 0 }, 24 },   /* documentation */
	{ { 192, 88, 99, 0 }, 24 }, /* 6to4 relays */
	{ { 192, 168, 0, 0 }, 16 }, /* private */
	{ { 198, 18, 0, 0 }, 15 },  /* benchmarks */
	{ { 198, 51, 100, 0 }, 24 }, /* documentation */
	{ { 203, 0, 113, 0 }, 24 }, /* documentation */
	{ { 224, 0, 0, 0 }, 4 },    /* multicast */
	{ { 240, 0, 0, 0 }, 4 },    /* reserved, broadcast */
};

/* Within 2000::/3; everything outside it (loopback, v4-mapped and
 * v4-compatible, NAT64, unique local, link-local, multicast) is refused
 * anyway. */
static const struct range6 {
	uint8_t prefix[16];
	unsigned bits;
} special6[] = {
	{ { 0x20, 0x01, 0x00 }, 23 },		  /* Teredo, ORCHID, … */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	  /* documentation */
	{ { 0x20, 0x02 }, 16 },			  /* 6to4: any IPv4 inside */
	{ { 0x3f, 0xff, 0x00 }, 20 },		  /* documentation */
};
static const struct range6 global6 = { { 0x20 }, 3 };

static bool
in_range(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	unsigned mask = 0xff00u >> rest & 0xffu;

	if (memcmp(address, prefix, whole) != 0)
		return false;
	return rest == 0 || (address[whole] & mask) == (prefix[whole] & mask);
}

static bool
is_public4(const uint8_t *address)
{
	for (size_t i = 0; i < ARRAY_LEN(special4); i++)
		if (in_range(address, special4[i].prefix, special4[i].bits))
			return false;
	return true;
}

static bool
is_public6(const uint8_t *address)
{
	if (!in_range(address, global6.prefix, global6.bits))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(special6); i++)
		if (in_range(address, special6[i].prefix, special6[i].bits))
			return false;
	return true;
}

bool
address_is_public(const struct sockaddr *address)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	/* Copied out: the caller's memory need not be aligned for it. */
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return is_public4((const uint8_t *)&in.sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		return is_public6(in6.sin6_addr.s6_addr);
	}
	return false;
}

int
url_guard_origin(struct url_guard *ret, struct str base_url, struct error *err)
{
	struct url u;
	int rc = url_parse(base_url, &u, err);

	if (rc != 0)
		return rc;
	*ret = (struct url_guard){ .profile = URL_GUARD_ORIGIN,
		.https = u.https, .host_is_v6 = u.host_is_v6, .port = u.port };
	memcpy(ret->host, u.host, sizeof(ret->host));
	return 0;
}

void
url_guard_public(struct url_guard *ret, bool allow_private)
{
	*ret = (struct url_guard){ .profile = URL_GUARD_PUBLIC,
		.allow_private = allow_private };
}

/* A host that is an address as it stands need not be resolved to be judged. */
static bool
is_special_literal(const struct url *u)
{
	uint8_t address[16];

	if (u->host_is_v6)
		return inet_pton(AF_INET6, u->host, address) == 1 &&
		    !is_public6(address);
	return inet_pton(AF_INET, u->host, address) == 1 &&
	    !is_public4(address);
}

int
url_guard_check(const struct url_guard *g, const struct url *u,
    struct error *err)
{
	if (g->profile == URL_GUARD_PUBLIC) {
		if (!g->allow_private && url_is_loopback(u))
			return error_set(err, ERR_NET_BLOCKED,
			    "%s is this machine: only public addresses may be "
			    "fetched", u->host);
		if (!g->allow_private && is_special_literal(u))
			return error_set(err, ERR_NET_BLOCKED,
			    "%s is a private or special address: only public "
			    "addresses may be fetched", u->host);
		return 0;
	}
	if (u->https != g->https || u->port != g->port ||
	    u->host_is_v6 != g->host_is_v6 || strcmp(u->host, g->host) != 0)
		return error_set(err, ERR_NET_BLOCKED,
		    "a request to %.100s:%u is refused: only %.100s:%u is "
		    "configured here", u->host, u->port, g->host, g->port);
	return 0;
}

bool
url_guard_address(const struct url_guard *g, const struct sockaddr *to)
{
	return g->profile == URL_GUARD_ORIGIN || g->allow_private ||
	    address_is_public(to);
}
