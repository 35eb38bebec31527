/* Strict URLs; see url.h. */
#include "net/url.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cuts "scheme:" off *text. False: there is none, as in a relative
 * reference. */
static bool
cut_scheme(struct str *text, struct str *ret)
{
	size_t i = 0;

	while (i < text->len && (is_alpha(text->ptr[i]) ||
				    (i > 0 && (is_digit(text->ptr[i]) ||
						  text->ptr[i] == '+' ||
						  text->ptr[i] == '-' ||
						  text->ptr[i] == '.'))))
		i++;
	if (i == 0 || i == text->len || text->ptr[i] != ':')
		return false;
	*ret = str_sub(*text, 0, i);
	*text = str_sub(*text, i + 1, SIZE_MAX);
	return true;
}

static int
take_scheme(struct str scheme, struct url *ret, struct error *err)
{
	if (str_eq_nocase(scheme, STR("https")))
		ret->https = true;
	else if (str_eq_nocase(scheme, STR("http")))
		ret->https = false;
	else
		return error_set(err, ERR_UNSUPPORTED,
		    "only http and https URLs are supported, not %.*s",
		    (int)(scheme.len > 20 ? 20 : scheme.len), scheme.ptr);
	return 0;
}

static int
bad_host(struct error *err)
{
	return error_set(err, ERR_INVALID,
	    "the URL's host is not valid (write it in ASCII, an IPv4 address "
	    "as four decimal numbers)");
}

static int
take_v6(struct str host, struct url *ret, struct error *err)
{
	struct in6_addr address;

	if (host.len >= INET6_ADDRSTRLEN)
		return bad_host(err);
	snprintf(ret->host, sizeof(ret->host), "%.*s", STR_ARG(host));
	if (strlen(ret->host) != host.len ||
	    inet_pton(AF_INET6, ret->host, &address) != 1)
		return bad_host(err);
	/* One spelling for one address, so that origins can be compared. */
	inet_ntop(AF_INET6, &address, ret->host, sizeof(ret->host));
	ret->host_is_v6 = true;
	return 0;
}

/* A resolver takes "127.1" or "0x7f000001" for an address, so a last label
 * that looks like a number must belong to a dotted quad. */
static bool
looks_numeric(const char *host)
{
	const char *label = strrchr(host, '.');

	label = label == NULL ? host : label + 1;
	if (label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
		return true;
	return label[0] != '\0' && strspn(label, "0123456789") == strlen(label);
}

static int
take_name(struct str host, struct url *ret, struct error *err)
{
	struct in_addr address;
	char previous = '.';

	/* One dot at the end says "absolute"; it is the same host. */
	if (host.len > 1 && host.ptr[host.len - 1] == '.')
		host.len--;
	if (host.len == 0 || host.len > 253 || host.ptr[host.len - 1] == '.')
		return bad_host(err);
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_' &&
		    (c != '.' || previous == '.'))
			return bad_host(err);
		ret->host[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		previous = c;
	}
	ret->host[host.len] = '\0';
	ret->host_is_v6 = false;
	if (looks_numeric(ret->host) &&
	    inet_pton(AF_INET, ret->host, &address) != 1)
		return bad_host(err);
	return 0;
}

static int
take_authority(struct str text, struct url *ret, struct error *err)
{
	struct str host = text, port = STR_NONE;
	size_t end;
	int64_t number;
	int rc;

	if (str_find_char(text, '@', 0) != SIZE_MAX)
		return error_set(err, ERR_INVALID,
		    "a URL with a user name or password is refused");
	if (text.len > 0 && text.ptr[0] == '[') {
		end = str_find_char(text, ']', 0);
		if (end == SIZE_MAX)
			return bad_host(err);
		host = str_sub(text, 1, end - 1);
		port = str_sub(text, end + 1, SIZE_MAX);
		if (port.len > 0 && port.ptr[0] != ':')
			return bad_host(err);
		rc = take_v6(host, ret, err);
	} else {
		end = str_find_char(text, ':', 0);
		host = str_sub(text, 0, end);
		port = str_sub(text, end, SIZE_MAX);
		rc = take_name(host, ret, err);
	}
	if (rc != 0)
		return rc;
	ret->port = ret->https ? 443 : 80;
	if (port.len <= 1)
		return 0;
	port = str_sub(port, 1, SIZE_MAX);
	if (!is_digit(port.ptr[0]) || !str_to_int(port, 1, 65535, &number))
		return error_set(err, ERR_INVALID, "the URL's port is wrong");
	ret->port = (unsigned)number;
	return 0;
}

/* What may stand in a path or query; "%" is taken as it is. */
static bool
is_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
}

static int
add_target(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len && out->failed == 0; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (is_plain(c))
			buf_add_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
	return out->failed;
}

static int
take_target(struct str prefix, struct str text, struct url *ret,
    struct error *err)
{
	CLEANUP_BUF struct buf out = BUF_INIT(sizeof(ret->target) - 1);

	text = str_sub(text, 0, str_find_char(text, '#', 0));
	if (prefix.len == 0 && (text.len == 0 || text.ptr[0] != '/'))
		buf_add_char(&out, '/');
	buf_add_str(&out, prefix);
	if (add_target(&out, text) != 0)
		return error_set(err, ERR_TOO_LARGE, "the URL is too long");
	memcpy(ret->target, buf_text(&out), out.len + 1);
	return 0;
}

/* text starts with "//". */
static int
take_rest(struct str text, struct url *ret, struct error *err)
{
	size_t end = 2;
	int rc;

	while (end < text.len && strchr("/?#\\", text.ptr[end]) == NULL)
		end++;
	/* Browsers take "\" for "/", others for a part of the host. */
	if (end < text.len && text.ptr[end] == '\\')
		return bad_host(err);
	rc = take_authority(str_sub(text, 2, end - 2), ret, err);
	if (rc != 0)
		return rc;
	return take_target(STR_NONE, str_sub(text, end, SIZE_MAX), ret, err);
}

static int
check_text(struct str text, struct error *err)
{
	if (text.len >= URL_MAX)
		return error_set(err, ERR_TOO_LARGE, "the URL is too long");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
			return error_set(err, ERR_INVALID,
			    "the URL holds control characters");
	return 0;
}

int
url_parse(struct str text, struct url *ret, struct error *err)
{
	struct url u = { .https = false };
	struct str scheme;
	int rc;

	text = str_trim(text);
	rc = check_text(text, err);
	if (rc != 0)
		return rc;
	if (!cut_scheme(&text, &scheme))
		return error_set(err, ERR_INVALID,
		    "this is no URL: it must start with http:// or https://");
	rc = take_scheme(scheme, &u, err);
	if (rc != 0)
		return rc;
	if (!str_starts(text, STR("//")))
		return error_set(err, ERR_INVALID,
		    "this is no URL: \"//\" and a host are missing");
	rc = take_rest(text, &u, err);
	if (rc == 0)
		*ret = u;
	return rc;
}

int
url_join(const struct url *base, struct str reference, struct url *ret,
    struct error *err)
{
	struct url u = *base;
	struct str folder = str_from(base->target), rest, scheme;
	size_t query = str_find_char(folder, '?', 0);
	int rc;

	reference = str_trim(reference);
	rest = reference;
	if (cut_scheme(&rest, &scheme))
		return url_parse(reference, ret, err);
	rc = check_text(reference, err);
	if (rc != 0)
		return rc;
	folder = str_sub(folder, 0, query);
	if (str_starts(reference, STR("//")))
		rc = take_rest(reference, &u, err);
	else if (str_starts(reference, STR("/")))
		rc = take_target(STR_NONE, reference, &u, err);
	else if (str_starts(reference, STR("?")))
		rc = take_target(folder, reference, &u, err);
	else if (reference.len > 0 && reference.ptr[0] != '#') {
		while (folder.len > 1 && folder.ptr[folder.len - 1] != '/')
			folder.len--;
		rc = take_target(folder, reference, &u, err);
	}
	if (rc == 0)
		*ret = u;
	return rc;
}

int
url_print(const struct url *u, struct buf *out)
{
	buf_printf(out, u->host_is_v6 ? "%s://[%s]" : "%s://%s",
	    u->https ? "https" : "http", u->host);
	if (u->port != (u->https ? 443 : 80))
		buf_printf(out, ":%u", u->port);
	return buf_add_cstr(out, u->target);
}

bool
url_same_origin(const struct url *a, const struct url *b)
{
	return a->https == b->https && a->port == b->port &&
	    a->host_is_v6 == b->host_is_v6 && strcmp(a->host, b->host) == 0;
}

bool
url_is_loopback(const struct url *u)
{
	struct str host = str_from(u->host);
	struct in_addr address;

	if (u->host_is_v6)
		return strcmp(u->host, "::1") == 0;
	if (inet_pton(AF_INET, u->host, &address) == 1)
		return ntohl(address.s_addr) >> 24 == 127;
	return str_eq(host, STR("localhost")) ||
	    str_ends(host, STR(".localhost"));
}
