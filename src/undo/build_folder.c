/* Folders that builds fill; see build_folder.h. */
#include "undo/build_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/units.h"

enum {
	DEPTH_MAX = 100,
	/* One below this is kept like any other folder. */
	FILES_MAX = 2000,
	MEASURE_MAX = 4000,
};
#define BYTES_MAX ((int64_t)(32 * MIB))

static const char *const build_names[] = { "node_modules", "target", "build",
	"dist", "out", "venv", ".venv", ".tox", ".nox", "__pycache__",
	".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".cache",
	".next", ".nuxt", ".parcel-cache", ".svelte-kit", ".turbo",
	"bower_components", "Pods", "DerivedData", ".terraform", "_build",
	".stack-work", "dist-newstyle", ".build", "obj" };

bool
build_folder_named(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(build_names); i++)
		if (str_eq_c(name, build_names[i]))
			return true;
	return false;
}

struct measure {
	size_t files;
	int64_t bytes;
};

static void
measure(int parent, const char *name, struct measure *m, int depth)
{
	int fd = openat(parent, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(close_dir) DIR *dir = NULL;
	const struct dirent *d;
	struct stat st;

	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		close_fd(&fd);
		return;
	}
	while (m->files < MEASURE_MAX && m->bytes <= BYTES_MAX &&
	    (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0)
			continue;
		m->files++;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			measure(fd, d->d_name, m, depth + 1);
		else
			m->bytes += st.st_size;
	}
}

bool
build_folder_is_large(int parent, const char *name)
{
	struct measure m = { .files = 0 };

	measure(parent, name, &m, 0);
	return m.files > FILES_MAX || m.bytes > BYTES_MAX;
}
