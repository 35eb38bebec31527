/* Paths against the deny list: never a crash; a name of the list is on it
 * below whatever folder, and however often "." and case change. */
#include <stdint.h>

#include "base/buf.h"
#include "base/units.h"
#include "safety/deny_list.h"

static bool
denied(struct deny_list *list, const char *before, struct str middle,
    const char *after)
{
	CLEANUP_BUF struct buf path = BUF_INIT(64 * KIB);

	buf_add_cstr(&path, before);
	buf_add_str(&path, middle);
	buf_add_cstr(&path, after);
	return deny_list_check(list, buf_str(&path), DENY_BY_NAME, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const roots[] = { "/nowhere" };
	CLEANUP(deny_list_destroyp) struct deny_list *list =
	    deny_list_create(&(struct deny_opts){ .home = "/home/u",
		.roots = roots, .n_roots = 1 });
	struct str path = str_make((const char *)data, size);

	if (memchr(data, '\0', size) != NULL || size > 2000)
		return 0;
	deny_list_check(list, path, 0, NULL);
	deny_list_guards(list, path);
	if (!denied(list, "/nowhere/", path, "/.env"))
		abort();
	if (!denied(list, "/nowhere/", path, "/./.ENV.local"))
		abort();
	/* What is on the list stays on it one folder further down. */
	if (denied(list, "/nowhere/", path, "") &&
	    !denied(list, "/nowhere/a/../", path, ""))
		abort();
	return 0;
}
