/* proxy: whatever a client in a sandbox sends, a request that was understood
 * names a plain host, and what is forwarded is one request, to that host. */
#include <stdint.h>

#include "net/proxy_request.h"

static size_t
count(struct str text, struct str what)
{
	size_t n = 0;

	for (size_t at = 0; (at = str_find(text, what, at)) != SIZE_MAX; at++)
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hosts[] = { "*.example.org", "a.test:8080" };
	CLEANUP_BUF struct buf forward = BUF_INIT(2 * PROXY_HEAD_MAX);
	struct str text = str_make((const char *)data, size);
	struct proxy_request r;
	size_t len;

	if (!proxy_head_complete(text, &len) || len > PROXY_HEAD_MAX)
		return 0;
	if (proxy_request_parse(str_sub(text, 0, len), &r, &forward, NULL))
		return 0;
	if (r.host[0] == '\0' || r.port == 0 || r.port > 65535 ||
	    strpbrk(r.host, " \r\n\t/\\@#?%") != NULL)
		abort();
	if (!r.tunnel && (count(buf_str(&forward), STR("\r\n\r\n")) != 1 ||
	    count(buf_str(&forward), STR("\nHost:")) != 1))
		abort();
	if (proxy_hosts_allow(hosts, 2, &r) && r.may_be_private)
		abort();
	return 0;
}
