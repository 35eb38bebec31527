/* A scan's table as a file; see scan.h. Rows are text, each ended by a NUL, so
 * that paths can hold anything:
 *
 *	friday-scan 1 ROOT OF THE WORKSPACE
 *	KIND MODE BYTES SIZE MTIME CTIME INO FLAGS HASH PATH
 *
 * Later rows of a path replace earlier ones; KIND 0 removes it. The first save
 * of a session writes a whole file and renames it; later ones append, so that
 * a command in a large tree costs what it changed. A row cut off by a kill is
 * left out. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "undo/scan_table.h"

#define TABLE_MAX (512 * MIB)
#define TABLE_AGE_MS (INT64_C(7) * 24 * 3600 * 1000)
#define MAGIC "friday-scan 1 "

enum { FIELDS = 8, ROOT_NAME = 32 };

char *
scan_folder(struct undo *u, const char *root)
{
	char hash[HASH_SIZE];

	hash_blake2b(str_from(root), hash);
	return mem_printf("%s/undo/scan/%.*s", undo_opts_of(u)->state_dir,
	    ROOT_NAME, hash);
}

/* --- reading ------------------------------------------------------------ */

static bool
parse_row(struct str text, struct scan_row *row, struct str *ret_path)
{
	int64_t n[FIELDS];
	struct str field;

	for (size_t i = 0; i < FIELDS; i++)
		if (!str_next_field(&text, ' ', &field) ||
		    !str_to_int(field, INT64_MIN, INT64_MAX, &n[i]))
			return false;
	if (!str_next_field(&text, ' ', &field) || field.len >= HASH_SIZE ||
	    text.len == 0 || n[0] < UNDO_ABSENT || n[0] > UNDO_OTHER)
		return false;
	*row = (struct scan_row){ .size = n[3], .mtime_ns = n[4],
		.ctime_ns = n[5], .ino = (uint64_t)n[6],
		.flags = (unsigned)n[7] };
	row->state.kind = (enum undo_kind)n[0];
	row->state.mode = (unsigned)n[1] & 07777;
	row->state.bytes = n[2];
	if (field.len > 1) /* "-": none */
		memcpy(row->state.hash, field.ptr, field.len);
	*ret_path = text;
	return true;
}

static bool
read_root(struct str *rest, struct str *ret_root)
{
	struct str head;

	if (!str_next_field(rest, '\0', &head) ||
	    !str_starts(head, STR(MAGIC)))
		return false;
	*ret_root = str_sub(head, sizeof(MAGIC) - 1, SIZE_MAX);
	return true;
}

/* A content that is gone is not known any more. */
static bool
is_usable(struct scan *s, const struct scan_row *row)
{
	if (row->state.hash[0] == '\0' ||
	    (row->flags & (SCAN_GIT | SCAN_UNKEPT)) != 0)
		return true;
	return undo_objects_has(undo_objects_of(s->undo), row->state.hash);
}

static bool
load_file(struct scan *s, const char *path)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TABLE_MAX);
	struct str rest, item, root;

	if (file_read(path, &text, NULL) != 0)
		return false;
	/* The last row has no end: it was cut. */
	while (text.len > 0 && text.ptr[text.len - 1] != '\0')
		buf_truncate(&text, text.len - 1);
	rest = buf_str(&text);
	if (!read_root(&rest, &root) || !str_eq_c(root, s->root))
		return false;
	while (str_next_field(&rest, '\0', &item)) {
		struct scan_row row, *own;
		struct str name;

		if (!parse_row(item, &row, &name))
			continue;
		if (row.state.kind == UNDO_ABSENT) {
			map_remove(s->rows, name);
			continue;
		}
		if (!is_usable(s, &row))
			continue;
		own = mem_new(struct scan_row);
		*own = row;
		map_set(s->rows, name, own);
	}
	return true;
}

/* The newest table of the folder; new string, or NULL. */
static char *
newest_in(const char *folder)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	struct timespec best = { 0, 0 };
	const struct dirent *d;
	char *path = NULL;
	struct stat st;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (!id_valid(str_from(d->d_name)) ||
		    fstatat(dirfd(dir), d->d_name, &st,
			AT_SYMLINK_NOFOLLOW) < 0 ||
		    st.st_mtim.tv_sec < best.tv_sec ||
		    (st.st_mtim.tv_sec == best.tv_sec &&
			st.st_mtim.tv_nsec < best.tv_nsec))
			continue;
		best = st.st_mtim;
		free(path);
		path = file_join(folder, d->d_name);
	}
	return path;
}

void
scan_load(struct scan *s, const char *session)
{
	CLEANUP(free_ptr) char *folder = scan_folder(s->undo, s->root);
	CLEANUP(free_ptr) char *newest = NULL;

	if (load_file(s, s->cache_path))
		return;
	newest = newest_in(folder);
	if (newest != NULL)
		load_file(s, newest);
}

/* --- writing ------------------------------------------------------------ */

static void
print_row(const struct scan_row *r, struct str path, struct buf *out)
{
	buf_printf(out, "%d %u %lld %lld %lld %lld %lld %u %s ",
	    (int)r->state.kind, r->state.mode, (long long)r->state.bytes,
	    (long long)r->size, (long long)r->mtime_ns,
	    (long long)r->ctime_ns, (long long)(int64_t)r->ino, r->flags,
	    r->state.hash[0] != '\0' ? r->state.hash : "-");
	buf_add_str(out, path);
	buf_add_char(out, '\0');
}

static void
print_rows(struct scan *s, bool all, struct buf *out)
{
	const struct scan_row gone = { .state = { .kind = UNDO_ABSENT } };
	struct str path;
	size_t at = 0;
	void *value;

	/* Before the rows: a path that went may have come back. */
	for (size_t i = 0; i < s->n_removed; i++) {
		if (!all)
			print_row(&gone, str_from(s->removed[i]), out);
		free(s->removed[i]);
	}
	s->n_removed = 0;
	while (map_next(s->rows, &at, &path, &value)) {
		struct scan_row *row = value;

		if (all || row->unsaved)
			print_row(row, path, out);
		row->unsaved = false;
	}
}

static int
write_whole(struct scan *s, struct error *err)
{
	CLEANUP(free_ptr) char *folder = scan_folder(s->undo, s->root);
	CLEANUP(free_ptr) char *temporary = mem_printf("%s.tmp",
	    s->cache_path);
	CLEANUP_BUF struct buf text = BUF_INIT(TABLE_MAX);
	CLEANUP(close_fd) int fd = -1;
	int rc = file_make_dirs(folder, err);

	if (rc != 0)
		return rc;
	buf_printf(&text, MAGIC "%s", s->root);
	buf_add_char(&text, '\0');
	print_rows(s, true, &text);
	if ((rc = buf_check(&text, err)) != 0)
		return rc;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_errno(err, errno, "cannot write %s", temporary);
	rc = file_write_fd(fd, buf_str(&text), err);
	if (rc == 0 && rename(temporary, s->cache_path) < 0)
		rc = error_errno(err, errno, "cannot write %s", s->cache_path);
	if (rc != 0)
		unlink(temporary);
	s->written = rc == 0;
	return rc;
}

int
scan_save(struct scan *s, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TABLE_MAX);
	CLEANUP(close_fd) int fd = -1;
	int rc;

	if (s->written)
		fd = open(s->cache_path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return write_whole(s, err);
	print_rows(s, false, &text);
	rc = buf_check(&text, err);
	if (rc == 0)
		rc = file_write_fd(fd, buf_str(&text), err);
	if (rc != 0)
		s->written = false; /* half a row: next time all of it */
	return rc;
}

/* --- retention ---------------------------------------------------------- */

static void
mark_file(const char *path, struct map *kept)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TABLE_MAX);
	struct str rest, item, name;
	struct scan_row row;

	if (file_read(path, &text, NULL) != 0)
		return;
	rest = buf_str(&text);
	while (str_next_field(&rest, '\0', &item))
		if (parse_row(item, &row, &name) &&
		    row.state.hash[0] != '\0' && (row.flags & SCAN_GIT) == 0)
			map_set(kept, str_from(row.state.hash), kept);
}

static void
mark_folder(const char *folder, struct map *kept)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	CLEANUP(free_ptr) char *newest = newest_in(folder);
	time_t old = (time_t)((clock_wall_ms() - TABLE_AGE_MS) / 1000);
	const struct dirent *d;
	struct stat st;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *path = file_join(folder, d->d_name);

		if (d->d_name[0] == '.' || stat(path, &st) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (st.st_mtim.tv_sec < old &&
		    (newest == NULL || strcmp(path, newest) != 0))
			unlink(path);
		else
			mark_file(path, kept);
	}
}

int
scan_mark_kept(struct undo *u, struct map *kept, struct error *err)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s/undo/scan",
	    undo_opts_of(u)->state_dir);
	CLEANUP(close_dir) DIR *dir = opendir(path);
	const struct dirent *d;

	if (dir == NULL && errno != ENOENT)
		return error_errno(err, errno, "cannot look through %s", path);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *folder = file_join(path, d->d_name);

		if (d->d_name[0] != '.')
			mark_folder(folder, kept);
	}
	return 0;
}

/* --- after a kill ------------------------------------------------------- */

static char *
root_of_table(const char *path)
{
	CLEANUP_BUF struct buf text = BUF_INIT(TABLE_MAX);
	struct str rest, root;

	if (file_read(path, &text, NULL) != 0)
		return NULL;
	rest = buf_str(&text);
	return read_root(&rest, &root) ? str_dup(root) : NULL;
}

static void
find_changes(struct undo *u, const char *folder, const char *session,
    struct scan_changes *changes)
{
	CLEANUP(free_ptr) char *path = file_join(folder, session);
	CLEANUP(free_ptr) char *root = root_of_table(path);
	CLEANUP(scan_closep) struct scan *s = NULL;

	/* A folder that is gone since has nothing to be found. */
	if (root == NULL || scan_open(u, root, session, &s, NULL) != 0)
		return;
	if (scan_run(s, changes, NULL) == 0)
		scan_save(s, NULL);
}

int
scan_recover(struct undo *u, struct store_reader *r,
    const struct undo_point *point, struct error *err)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s/undo/scan",
	    undo_opts_of(u)->state_dir);
	CLEANUP(close_dir) DIR *dir = opendir(path);
	CLEANUP_SCAN_CHANGES struct scan_changes changes = { .n = 0 };
	struct store *store = undo_opts_of(u)->store;
	struct undo_point fresh = *point;
	const struct dirent *d;
	int64_t num;
	int rc = 0;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *folder = file_join(path, d->d_name);

		if (d->d_name[0] != '.')
			find_changes(u, folder, point->session, &changes);
	}
	if (changes.n > 0) {
		id_make(fresh.id);
		fresh.source = UNDO_BY_BACKGROUND;
		rc = store_undo_begin(store, &fresh, changes.items, changes.n,
		    NULL, 0, &num, err);
		if (rc == 0)
			rc = store_undo_finish(store, num, NULL, 0, err);
	}
	if (rc == 0)
		rc = store_undo_finish(store, point->num,
		    (const struct undo_entry[1]){ { NULL } }, 0, err);
	return rc;
}
