/* html_text: any bytes give UTF-8 text without control characters beyond what
 * the page itself had raw. */
#include <stdint.h>

#include "base/utf8.h"
#include "net/url.h"
#include "tools/html_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	struct url base;

	if (url_parse(STR("https://h.org/a/b?c"), &base, NULL) != 0)
		abort();
	html_to_text(str_make((const char *)data, size), &base, &out, NULL);
	if (!utf8_valid(buf_str(&out)))
		abort();
	if (size > 0 && memchr(data, 0x1b, size) == NULL && out.len > 0 &&
	    memchr(out.ptr, 0x1b, out.len) != NULL)
		abort();
	return 0;
}
