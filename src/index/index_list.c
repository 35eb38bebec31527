/* The user's indexes; see index_list.h. */
#include "index/index_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"

enum { ROOT_BYTES_MAX = 16 * KIB };

static int
not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
measure(const char *folder, struct index_entry *ret)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *path = file_join(folder,
		    entry->d_name);
		struct stat st;
		int64_t written;

		if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
			continue;
		ret->bytes += st.st_size;
		written = (int64_t)st.st_mtim.tv_sec * 1000;
		if (written > ret->written_ms)
			ret->written_ms = written;
	}
	if (dir != NULL)
		closedir(dir);
}

/* False: whoever lists has enough. */
static bool
look_at(const char *folder,
    bool (*take)(const struct index_entry *entry, void *ctx), void *ctx)
{
	CLEANUP_BUF struct buf root = BUF_INIT(ROOT_BYTES_MAX);
	CLEANUP(free_ptr) char *path = file_join(folder, "root");
	struct index_entry e = { .folder = folder };

	if (file_read(path, &root, NULL) != 0 || root.len == 0)
		return true;
	e.root = buf_str(&root);
	e.gone = !file_is_dir(buf_text(&root));
	measure(folder, &e);
	return take(&e, ctx);
}

int
index_list(const char *all,
    bool (*take)(const struct index_entry *entry, void *ctx), void *ctx,
    struct error *err)
{
	struct dirent **names = NULL;
	int n = scandir(all, &names, not_hidden, alphasort);
	bool more = true;

	if (n < 0)
		return errno == ENOENT ? 0 :
		    error_errno(err, errno, "cannot read %s", all);
	for (int i = 0; i < n; i++) {
		CLEANUP(free_ptr) char *folder = file_join(all,
		    names[i]->d_name);

		more = more && look_at(folder, take, ctx);
		free(names[i]);
	}
	free(names);
	return 0;
}
