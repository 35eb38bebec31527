/* url: what was parsed and printed parses again to the same URL, has no byte
 * that means something else to another reader, and never reaches an address
 * outside the guard. */
#include <stdint.h>

#include "net/url_guard.h"

static void
check(const struct url *u)
{
	CLEANUP_BUF struct buf text = BUF_INIT(4 * URL_MAX);
	struct url_guard g;
	struct url again;

	url_print(u, &text);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= 0x20 || text.ptr[i] == 0x7f ||
		    text.ptr[i] == '\\' || text.ptr[i] == '#')
			abort();
	if (text.len < URL_MAX &&
	    (url_parse(buf_str(&text), &again, NULL) != 0 ||
		!url_same_origin(u, &again) ||
		strcmp(u->target, again.target) != 0))
		abort();
	if (text.len < URL_MAX &&
	    (url_guard_origin(&g, buf_str(&text), NULL) != 0 ||
		url_guard_check(&g, u, NULL) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size), rest = text;
	struct str first;
	struct url u, joined;

	if (size == 0 || !str_next_line(&rest, &first))
		return 0;
	if (url_parse(first, &u, NULL) != 0)
		return 0;
	check(&u);
	if (url_join(&u, rest, &joined, NULL) == 0)
		check(&joined);
	return 0;
}
