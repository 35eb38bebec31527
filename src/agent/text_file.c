/* Small text files; see text_file.h. */
#include "agent/text_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "safety/deny_list.h"

static bool
is_within(const char *path, const char *folder)
{
	CLEANUP(free_ptr) char *real = realpath(folder, NULL);
	size_t len = real == NULL ? 0 : strlen(real);

	if (real == NULL)
		return false;
	while (len > 1 && real[len - 1] == '/')
		len--;
	return strncmp(path, real, len) == 0 &&
	    (path[len] == '/' || len == 1);
}

/* A repository must not get keys read by calling a link to them AGENTS.md. */
static bool
is_withheld(const char *real)
{
	CLEANUP(deny_list_destroyp) struct deny_list *list =
	    deny_list_create(&(struct deny_opts){ .home = NULL });

	return deny_list_check(list, str_from(real), 0, NULL);
}

/* The path is resolved once and what it names is opened without following
 * anything further in its last component. */
static int
open_within(const char *path, const char *within, int *ret, struct error *err)
{
	CLEANUP(free_ptr) char *real = realpath(path, NULL);
	CLEANUP(close_fd) int fd = -1;
	struct stat st;

	if (real == NULL)
		return error_errno(err, errno, "cannot read %s", path);
	if (!is_within(real, within))
		return error_set(err, ERR_PATH_ESCAPE,
		    "%s leads out of %s", path, within);
	if (is_withheld(real))
		return error_set(err, ERR_PATH_DENIED,
		    "%s leads to a file of the deny list", path);
	fd = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return error_set(err, ERR_INVALID, "%s is no regular file",
		    path);
	*ret = steal_fd(&fd);
	return 0;
}

int
text_file_read(const char *path, const char *within, size_t max,
    struct buf *out, bool *ret_cut, struct error *err)
{
	CLEANUP_BUF struct buf bytes = BUF_INIT(max + 1);
	CLEANUP(close_fd) int fd = -1;
	ssize_t n = 1;
	bool cut;
	int rc = open_within(path, within, &fd, err);

	if (rc != 0)
		return rc;
	while (n > 0 && bytes.len <= max) {
		size_t room = max + 1 - bytes.len;
		char *to = buf_reserve(&bytes, room);

		if (to == NULL)
			return buf_check(&bytes, err);
		n = read(fd, to, room);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0)
			return error_errno(err, errno, "cannot read %s", path);
		buf_added(&bytes, (size_t)n);
	}
	cut = bytes.len > max;
	if (cut)
		buf_truncate(&bytes, utf8_cut(bytes.ptr, bytes.len, max));
	if (ret_cut != NULL)
		*ret_cut = cut;
	utf8_repair(buf_str(&bytes), out);
	return buf_check(out, err);
}

static struct str
without_quotes(struct str s)
{
	s = str_trim(s);
	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') &&
	    s.ptr[s.len - 1] == s.ptr[0])
		return str_sub(s, 1, s.len - 2);
	return s;
}

void
front_matter_split(struct str *text,
    void (*fn)(struct str key, struct str value, void *ctx), void *ctx)
{
	struct str rest = *text, line, look;
	bool closed = false;

	if (!str_next_line(&rest, &line) ||
	    !str_eq(str_trim_end(line), STR("---")))
		return;
	/* Without its end it is no front matter. */
	for (look = rest; !closed && str_next_line(&look, &line);)
		closed = str_eq(str_trim_end(line), STR("---"));
	if (!closed)
		return;
	while (str_next_line(&rest, &line) &&
	    !str_eq(str_trim_end(line), STR("---"))) {
		size_t colon = str_find_char(line, ':', 0);

		if (colon == SIZE_MAX || colon == 0 || line.ptr[0] == ' ' ||
		    line.ptr[0] == '#')
			continue;
		fn(str_trim(str_sub(line, 0, colon)),
		    without_quotes(str_sub(line, colon + 1, SIZE_MAX)), ctx);
	}
	*text = rest;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
text_file_names(const char *folder, size_t max,
    void (*fn)(const char *name, void *ctx), void *ctx)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	CLEANUP(free_ptr) char **names = NULL;
	struct dirent *entry;
	size_t n = 0;

	while (dir != NULL && n < max && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		names = mem_resize(names, n + 1, sizeof(*names));
		names[n++] = mem_strdup(entry->d_name);
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 0; i < n; i++) {
		fn(names[i], ctx);
		free(names[i]);
	}
}
