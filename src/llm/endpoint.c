/* Where a target is reached; see endpoint.h. */
#include "llm/endpoint.h"

static const char *const auth_prefixes[] = {
	[AUTH_BEARER] = "Authorization: Bearer ",
	[AUTH_X_API_KEY] = "x-api-key: ",
	[AUTH_X_GOOG] = "x-goog-api-key: ",
	[AUTH_API_KEY] = "api-key: ",
};

/* Replaces each ${VARIABLE} by the environment's value. */
static int
expand(struct str text, struct buf *out, struct error *err)
{
	size_t at, end;

	while ((at = str_find(text, STR("${"), 0)) != SIZE_MAX &&
	    (end = str_find_char(text, '}', at)) != SIZE_MAX) {
		CLEANUP(free_ptr) char *name =
		    str_dup(str_sub(text, at + 2, end - at - 2));
		const char *value = getenv(name);

		if (value == NULL || *value == '\0')
			return error_set(err, ERR_CONFIG_INVALID,
			    "the provider's URL needs the environment variable "
			    "%.80s", name);
		buf_add_str(out, str_sub(text, 0, at));
		buf_add_cstr(out, value);
		text = str_sub(text, end + 1, SIZE_MAX);
	}
	buf_add_str(out, text);
	return buf_check(out, err);
}

int
endpoint_init(struct endpoint *e, const struct llm_target *target,
    struct error *err)
{
	const struct provider *p = target->provider;
	struct str base = str_from(
	    target->base_url != NULL ? target->base_url : p->base_url);
	struct url_guard guard;
	int rc;

	*e = (struct endpoint){ .target = target, .base = BUF_INIT(URL_MAX) };
	if (base.len == 0)
		return error_set(err, ERR_CONFIG_INVALID,
		    "provider %s has no base URL: give one with --base-url",
		    p->name);
	rc = expand(base, &e->base, err);
	if (rc != 0)
		return rc;
	while (e->base.len > 0 && e->base.ptr[e->base.len - 1] == '/')
		buf_truncate(&e->base, e->base.len - 1);
	rc = url_guard_origin(&guard, buf_str(&e->base), err);
	if (rc != 0)
		return rc;
	return http_create(&guard, &e->http, err);
}

void
endpoint_release(struct endpoint *e)
{
	http_destroy(e->http);
	e->http = NULL;
	buf_release(&e->base);
}

int
endpoint_url(const struct endpoint *e, const char *path, struct buf *out,
    struct error *err)
{
	const char *query = e->target->provider->query;
	struct str base = buf_str(&e->base);
	size_t mark = str_find_char(base, '?', 0);

	/* Some give Anthropic's base URL with the version, as others' are. */
	if (str_ends(str_sub(base, 0, mark), STR("/v1")) &&
	    str_starts(str_from(path), STR("/v1/")))
		path += strlen("/v1");
	/* A base URL with a query of its own keeps it behind the path. */
	buf_add_str(out, str_sub(base, 0, mark));
	buf_add_cstr(out, path);
	if (mark != SIZE_MAX) {
		buf_add_char(out, strchr(path, '?') == NULL ? '?' : '&');
		buf_add_str(out, str_sub(base, mark + 1, SIZE_MAX));
	}
	if (query != NULL && *query != '\0') {
		bool first = memchr(buf_text(out), '?', out->len) == NULL;

		buf_add_char(out, first ? '?' : '&');
		buf_add_cstr(out, query);
	}
	return buf_check(out, err);
}

void
endpoint_authorise(const struct endpoint *e, struct http_request *request)
{
	enum provider_auth auth = e->target->provider->auth;

	if (e->target->key == NULL ||
	    (size_t)auth >= ARRAY_LEN(auth_prefixes) ||
	    auth_prefixes[auth] == NULL)
		return;
	request->secret = e->target->key;
	request->secret_prefix = auth_prefixes[auth];
}
