/* secret_scan: findings are in order and inside the text; what is scrubbed
 * comes back byte for byte. */
#include <sodium.h>
#include <stdint.h>

#include "safety/scrubber.h"
#include "safety/secret_scan.h"

struct seen {
	size_t end, len;
};

static bool
check(const struct secret_finding *f, void *ctx)
{
	struct seen *s = ctx;

	if (f->start < s->end || f->len == 0 || f->line == 0 ||
	    f->start + f->len > s->len)
		abort();
	s->end = f->start + f->len;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[SCRUBBER_KEY_SIZE] = { 7 };
	CLEANUP_BUF struct buf clean = BUF_INIT(64 * MIB);
	CLEANUP_BUF struct buf back = BUF_INIT(64 * MIB);
	struct str text = str_make((const char *)data, size);
	struct seen seen = { 0, size };
	struct scrubber *s;

	if (size > 64 * KIB || sodium_init() < 0)
		return 0;
	secret_scan(text, check, &seen);
	s = scrubber_create(key);
	scrubber_clean(s, "f", text, &clean, NULL);
	scrubber_restore(s, "f", buf_str(&clean), &back, NULL);
	if (!str_eq(buf_str(&back), text))
		abort();
	scrubber_destroy(s);
	return 0;
}
