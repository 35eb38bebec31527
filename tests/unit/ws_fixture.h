/* A folder of its own for tests of the file tools: made in TMPDIR, entered by
 * nobody, removed at the end. */
#ifndef FRIDAY_TESTS_WS_FIXTURE_H
#define FRIDAY_TESTS_WS_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/unit.h"
#include "tools/workspace.h"

static inline char *
fixture_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *path = mem_printf("%s/friday-test-XXXXXX",
	    base != NULL && base[0] == '/' ? base : "/tmp");
	char *real;

	assert_non_null(mkdtemp(path));
	real = realpath(path, NULL);
	free(path);
	return real;
}

static inline int
fixture_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *ftw)
{
	return remove(path);
}

static inline void
fixture_remove(char *folder)
{
	nftw(folder, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(folder);
}

/* Makes folders on the way. */
static inline void
fixture_write(const char *folder, const char *name, struct str content)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP(free_ptr) char *parent = mem_strdup(path);
	CLEANUP(close_fd) int fd = -1;

	*strrchr(parent, '/') = '\0';
	assert_int_equal(file_make_dirs(parent, NULL), 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(file_write_fd(fd, content, NULL), 0);
}

static inline void
fixture_text(const char *folder, const char *name, const char *text)
{
	fixture_write(folder, name, str_from(text));
}

static inline void
fixture_link(const char *folder, const char *name, const char *target)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);

	assert_int_equal(symlink(target, path), 0);
}

static inline bool
fixture_exists(const char *folder, const char *name)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);

	return file_exists(path);
}

static inline mode_t
fixture_mode(const char *folder, const char *name)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

/* Fails unless the file holds exactly these bytes. */
static inline void
fixture_assert(const char *folder, const char *name, struct str wanted)
{
	CLEANUP(free_ptr) char *path = file_join(folder, name);
	CLEANUP_BUF struct buf b = BUF_INIT(64 * MIB);
	struct error err;

	assert_ok(file_read(path, &b, &err));
	if (!str_eq(buf_str(&b), wanted))
		fail_msg("%s holds \"%s\", wanted \"%.*s\"", name,
		    buf_text(&b), STR_ARG(wanted));
}

static inline struct workspace *
fixture_workspace(const char *folder)
{
	struct workspace *w;
	struct error err;

	assert_ok(workspace_create(&(struct workspace_opts){
	    .roots = &folder, .n_roots = 1 }, &w, &err));
	return w;
}

#endif
