/* Unix sockets with a name, which the kernel lists for the whole network
 * namespace: those in folders that a command sees, but that are not of its
 * workspace, are hidden. One that is made later is not (Landlock has no right
 * for connecting to them yet), nor one that was renamed since it was bound. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "safety/sandbox_parts.h"

#define LIST_MAX (4 * MIB)
enum { SOCKETS_MAX = 1000 };

/* True: an argument before n brings it, as something to be read. */
static bool
is_brought(const struct sandbox_args *a, size_t n, const char *path)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (strcmp(a->items[i], "--read") == 0 &&
		    sandbox_is_below(path, a->items[i + 1]))
			return true;
	return false;
}

void
sandbox_mask_sockets(struct sandbox_args *a, const struct sandbox_opts *opts)
{
	CLEANUP_BUF struct buf text = BUF_INIT(LIST_MAX);
	struct str rest, line;
	size_t n = a->n, found = 0;

	if (file_read("/proc/net/unix", &text, NULL) != 0)
		return;
	rest = buf_str(&text);
	while (found < SOCKETS_MAX && str_next_line(&rest, &line)) {
		size_t at = str_find(line, STR(" /"), 0);
		CLEANUP(free_ptr) char *name = at == SIZE_MAX ? NULL :
		    str_dup(str_sub(line, at + 1, SIZE_MAX));
		CLEANUP(free_ptr) char *path = name == NULL ? NULL :
		    sandbox_real_path(name);
		struct stat st;

		if (path == NULL || sandbox_in_roots(opts, path) ||
		    !is_brought(a, n, path) || lstat(path, &st) != 0 ||
		    !S_ISSOCK(st.st_mode))
			continue;
		sandbox_args_add2(a, "--mask", path);
		found++;
	}
}
