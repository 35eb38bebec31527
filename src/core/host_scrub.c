/* Scrubbers outside a run; see host_scrub.h. */
#include "core/host_scrub.h"

#include "agent/hide.h"

void
host_scrub_log(struct str text, struct buf *out, void *ctx)
{
	if (scrubber_clean(ctx, NULL, text, out, NULL) != 0)
		buf_clear(out);
}

struct scrubber *
host_scrub_create(void)
{
	char hex[65];

	id_hex(hex, 32);
	return scrubber_create_by_text(str_from(hex));
}

struct scrubber *
host_scrub_session(struct store_reader *r, const char *session)
{
	CLEANUP_BUF struct buf key = BUF_INIT(1 * KIB);
	char name[HIDE_KEY_SIZE];

	snprintf(name, sizeof(name), HIDE_KEY, session);
	if (!store_state_get(r, name, &key))
		return host_scrub_create();
	return scrubber_create_by_text(buf_str(&key));
}
