/* Files of our own; see file.h. */
#include "base/file.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <link.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"

#ifndef FRIDAY_LIBDIR
#define FRIDAY_LIBDIR "/usr/local/lib/friday"
#endif
#ifndef FRIDAY_DATADIR
#define FRIDAY_DATADIR "/usr/local/share/friday"
#endif
#ifndef FRIDAY_LIBEXECDIR
#define FRIDAY_LIBEXECDIR "/usr/local/libexec/friday"
#endif

int
file_read_fd(int fd, struct buf *out, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uintmax_t)st.st_size > out->max)
		return error_set(err, ERR_TOO_LARGE,
		    "%lld bytes; %zu are allowed", (long long)st.st_size,
		    out->max);
	for (;;) {
		size_t room = out->max - out->len;
		char chunk[16 * 1024];
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "read");
		if (n == 0)
			return buf_check(out, err);
		if ((size_t)n > room)
			return error_set(err, ERR_TOO_LARGE,
			    "more than %zu bytes", out->max);
		buf_add(out, chunk, (size_t)n);
	}
}

int
file_read(const char *path, struct buf *out, struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	return file_read_fd(fd, out, err);
}

int
file_write_fd(int fd, struct str bytes, struct error *err)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "write");
		bytes = str_sub(bytes, (size_t)n, SIZE_MAX);
	}
	return 0;
}

static void
sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(free_ptr) char *folder = slash == NULL ? mem_strdup(".") :
	    slash == path ? mem_strdup("/") :
			    mem_strndup(path, (size_t)(slash - path));
	CLEANUP(close_fd) int fd = open(folder,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

int
file_write_atomic(const char *path, struct str bytes, mode_t mode,
    struct error *err)
{
	char id[ID_SIZE];
	CLEANUP(free_ptr) char *temporary = NULL;
	CLEANUP(close_fd) int fd = -1;
	int rc;

	id_make(id);
	temporary = mem_printf("%s.%s.tmp", path, id);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return error_errno(err, errno, "cannot create %s", temporary);
	rc = file_write_fd(fd, bytes, err);
	if (rc == 0 && fsync(fd) < 0)
		rc = error_errno(err, errno, "cannot write %s", temporary);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = error_errno(err, errno, "cannot replace %s", path);
	if (rc != 0) {
		unlink(temporary);
		return rc;
	}
	sync_folder_of(path);
	return 0;
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
file_make_dirs(const char *path, struct error *err)
{
	CLEANUP(free_ptr) char *partial = mem_strdup(path);

	for (char *p = partial + 1;; p++) {
		char saved = *p;

		if (saved != '/' && saved != '\0')
			continue;
		*p = '\0';
		if (mkdir(partial, 0700) < 0 && errno != EEXIST)
			return error_errno(err, errno, "cannot create %s",
			    partial);
		*p = saved;
		if (saved == '\0')
			break;
	}
	if (!file_is_dir(path))
		return error_set(err, ERR_EXISTS, "%s is not a folder", path);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	remove(path);
	return 0;
}

void
file_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *
file_join(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	bool slash = len > 0 && folder[len - 1] == '/';

	return mem_printf("%s%s%s", folder, slash || len == 0 ? "" : "/", name);
}

bool
file_on_network(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case V9FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case 0xff534d42UL: /* CIFS */
	case 0xfe534d42UL: /* SMB2 */
		return true;
	default:
		return false;
	}
}

static char *
xdg_dir(const char *variable, const char *under_home)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return file_join(base, "friday");
	if (home == NULL || home[0] != '/')
		return NULL;
	return mem_printf("%s/%s/friday", home, under_home);
}

char *
file_config_dir(void)
{
	return xdg_dir("XDG_CONFIG_HOME", ".config");
}

char *
file_state_dir(void)
{
	return xdg_dir("XDG_STATE_HOME", ".local/state");
}

char *
file_cache_dir(void)
{
	return xdg_dir("XDG_CACHE_HOME", ".cache");
}

char *
file_user_data_dir(void)
{
	return xdg_dir("XDG_DATA_HOME", ".local/share");
}

/* Folder of the object file (binary or libfriday) that holds this code. The
 * name of the main program (argv[0]) is not used: it says what the caller
 * likes, and a relative one means another file once we have changed folder,
 * perhaps into a hostile repository. Modules are loaded from what we find. */
static char *
own_folder(void)
{
	char resolved[PATH_MAX];
	struct link_map *map = NULL;
	const char *slash;
	Dl_info info;

	if (dladdr1((void *)(uintptr_t)&file_data_path, &info, (void **)&map,
		RTLD_DL_LINKMAP) == 0 ||
	    map == NULL)
		return NULL;
	if (map->l_name[0] == '\0') { /* the main program */
		ssize_t n = readlink("/proc/self/exe", resolved,
		    sizeof(resolved) - 1);

		if (n <= 0)
			return NULL;
		resolved[n] = '\0';
	} else if (map->l_name[0] != '/' ||
	    realpath(map->l_name, resolved) == NULL) {
		return NULL;
	}
	slash = strrchr(resolved, '/');
	if (slash == NULL)
		return NULL;
	return mem_strndup(resolved, (size_t)(slash - resolved));
}

/* The places of each kind, relative to the folder of the binary (bin/ or lib/
 * of a prefix), then absolute. */
static const struct data_kind {
	const char *kind, *beside_prefix, *installed;
} data_kinds[] = {
	{ "grammars", "../lib/friday/grammars", FRIDAY_LIBDIR "/grammars" },
	{ "themes", "../share/friday/themes", FRIDAY_DATADIR "/themes" },
	{ "terminfo", "../share/friday/terminfo", FRIDAY_DATADIR "/terminfo" },
	{ "libexec", "../libexec/friday", FRIDAY_LIBEXECDIR },
};

static char *
candidate(const char *folder, const char *kind, const char *name)
{
	char *path = mem_printf("%s%s%s%s%s", folder, kind[0] ? "/" : "", kind,
	    name[0] ? "/" : "", name);

	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

char *
file_data_path(const char *kind, const char *name)
{
	CLEANUP(free_ptr) char *own = own_folder();
	const char *chosen = secure_getenv("FRIDAY_DATA_DIR");
	char *path = NULL;

	if (chosen != NULL && (path = candidate(chosen, kind, name)) != NULL)
		return path;
	for (size_t i = 0; i < ARRAY_LEN(data_kinds); i++) {
		const struct data_kind *row = &data_kinds[i];

		if (strcmp(row->kind, kind) != 0)
			continue;
		if (own != NULL) {
			path = candidate(own, kind, name);
			if (path == NULL)
				path = candidate(own, row->beside_prefix, name);
		}
		if (path == NULL)
			path = candidate(row->installed, "", name);
		return path;
	}
	return NULL;
}
