/* Requests to a proxy; see proxy_request.h. */
#include "net/proxy_request.h"

#include <arpa/inet.h>

#include "base/units.h"
#include "net/url.h"

enum { HEADERS_MAX = 200 };

bool
proxy_head_complete(struct str bytes, size_t *ret_len)
{
	size_t end = str_find(bytes, STR("\r\n\r\n"), 0);

	if (end == SIZE_MAX)
		return false;
	*ret_len = end + 4;
	return true;
}

/* "GET http://host/ HTTP/1.1" in its three parts. */
static bool
split_line(struct str line, struct str *method, struct str *target,
    struct str *version)
{
	return str_next_field(&line, ' ', method) &&
	    str_next_field(&line, ' ', target) &&
	    str_next_field(&line, ' ', version) && line.len == 0 &&
	    method->len > 0 && target->len > 0 &&
	    str_starts(*version, STR("HTTP/1."));
}

static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= 0x20 || c >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", c))
			return false;
	}
	return s.len > 0;
}

static bool
is_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool
is_dropped(struct str name)
{
	static const char *const names[] = { "Host", "Connection",
		"Keep-Alive", "Proxy-Connection", "Proxy-Authorization",
		"Upgrade", "TE" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq_nocase(name, str_from(names[i])))
			return true;
	return false;
}

/* The next line without its CR LF; a bare LF ends no line of a head. */
static bool
next_line(struct str *rest, struct str *ret)
{
	size_t end = str_find(*rest, STR("\r\n"), 0);

	if (end == SIZE_MAX || end == 0)
		return false;
	*ret = str_sub(*rest, 0, end);
	*rest = str_sub(*rest, end + 2, SIZE_MAX);
	return true;
}

static int
forward_headers(struct str rest, struct buf *forward, struct error *err)
{
	struct str line;

	for (int n = 0; next_line(&rest, &line); n++) {
		size_t colon = str_find_char(line, ':', 0);
		struct str name = str_sub(line, 0, colon);

		if (n >= HEADERS_MAX || colon == SIZE_MAX || !is_token(name) ||
		    !is_value(str_sub(line, colon + 1, SIZE_MAX)))
			return error_set(err, ERR_PROTOCOL,
			    "a header that is none");
		if (is_dropped(name))
			continue;
		buf_add_str(forward, line);
		buf_add_cstr(forward, "\r\n");
	}
	buf_add_cstr(forward, "Connection: close\r\n\r\n");
	return buf_check(forward, err);
}

static int
parse_url(struct str text, struct url *ret, struct error *err)
{
	int rc = url_parse(text, ret, err);

	if (rc == 0 && str_find_char(str_from(ret->host), '%', 0) != SIZE_MAX)
		return error_set(err, ERR_INVALID, "not a host");
	return rc;
}

static int
parse_tunnel(struct str target, struct url *ret, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(512);

	buf_printf(&text, "https://%.*s/", STR_ARG(target));
	if (str_find_char(target, '/', 0) != SIZE_MAX || text.failed != 0)
		return error_set(err, ERR_INVALID, "not a host and a port");
	return parse_url(buf_str(&text), ret, err);
}

static int
parse_plain(struct str method, const struct url *u, struct str rest,
    struct buf *forward, struct error *err)
{
	const char *open = u->host_is_v6 ? "[" : "";
	const char *close = u->host_is_v6 ? "]" : "";

	if (u->https)
		return error_set(err, ERR_UNSUPPORTED,
		    "https goes through CONNECT");
	buf_printf(forward, "%.*s %s HTTP/1.1\r\nHost: %s%s%s",
	    STR_ARG(method), u->target, open, u->host, close);
	if (u->port != 80)
		buf_printf(forward, ":%u", u->port);
	buf_add_cstr(forward, "\r\n");
	return forward_headers(rest, forward, err);
}

int
proxy_request_parse(struct str head, struct proxy_request *ret,
    struct buf *forward, struct error *err)
{
	struct str rest = head, line, method, target, version;
	struct url u;
	int rc;

	*ret = (struct proxy_request){ .port = 0 };
	if (memchr(head.ptr, '\0', head.len) != NULL ||
	    !next_line(&rest, &line) ||
	    !split_line(line, &method, &target, &version) || !is_token(method))
		return error_set(err, ERR_PROTOCOL, "no HTTP request");
	ret->tunnel = str_eq(method, STR("CONNECT"));
	rc = ret->tunnel ? parse_tunnel(target, &u, err) :
			   parse_url(target, &u, err);
	if (rc == 0 && !ret->tunnel)
		rc = parse_plain(method, &u, rest, forward, err);
	if (rc != 0)
		return rc;
	snprintf(ret->host, sizeof(ret->host), "%s", u.host);
	ret->port = u.port;
	return 0;
}

static bool
is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 ||
	    inet_pton(AF_INET6, host, bytes) == 1;
}

/* Cuts ":port" off a row; false: it has none. "[::1]:80" for IPv6. */
static bool
cut_port(struct str *row, int64_t *ret)
{
	size_t at = row->len;

	while (at > 0 && row->ptr[at - 1] != ':' && row->ptr[at - 1] != ']')
		at--;
	if (at == 0 || row->ptr[at - 1] != ':' ||
	    !str_to_int(str_sub(*row, at, SIZE_MAX), 1, 65535, ret))
		return false;
	*row = str_sub(*row, 0, at - 1);
	if (row->len > 2 && row->ptr[0] == '[')
		*row = str_sub(*row, 1, row->len - 2);
	return true;
}

static bool
row_allows(struct str row, struct proxy_request *r)
{
	struct str host = str_from(r->host);
	int64_t port = 0;
	bool has_port = !is_address(r->host) || str_find_char(row, ']', 0) !=
	    SIZE_MAX || str_find_char(host, ':', 0) == SIZE_MAX;

	row = str_trim(row);
	has_port = has_port && cut_port(&row, &port);
	if (has_port ? r->port != (unsigned)port :
		       r->port != 80 && r->port != 443)
		return false;
	if (str_starts(row, STR("*."))) {
		struct str end = str_sub(row, 1, SIZE_MAX);

		return host.len > end.len && !is_address(r->host) &&
		    str_eq_nocase(str_sub(host, host.len - end.len, SIZE_MAX),
			end);
	}
	if (row.len == 0 || !str_eq_nocase(row, host))
		return false;
	r->may_be_private = has_port && (is_address(r->host) ||
	    str_eq_c(host, "localhost"));
	return true;
}

bool
proxy_hosts_allow(const char *const *rows, size_t n, struct proxy_request *r)
{
	for (size_t i = 0; i < n; i++)
		if (row_allows(str_from(rows[i]), r))
			return true;
	return false;
}
