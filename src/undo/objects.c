/* Objects of undo; see objects.h. Contents are kept as they are: compressing
 * costs more time before each command than the disk it saves is worth, and
 * source trees are small. */
#include "undo/objects.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"

enum { NAME_MAX_LEN = 80, CHUNK = 64 * 1024, HASH_LEN = HASH_SIZE - 1 };

struct undo_objects {
	int folder; /* STATE/undo/objects */
};

int
undo_objects_open(const char *state_dir, struct undo_objects **ret,
    struct error *err)
{
	CLEANUP(free_ptr) char *path = mem_printf("%s/undo/objects",
	    state_dir);
	struct undo_objects *o;
	int rc = file_make_dirs(path, err), fd;

	if (rc != 0)
		return rc;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	o = mem_new(struct undo_objects);
	o->folder = fd;
	*ret = o;
	return 0;
}

void
undo_objects_close(struct undo_objects *o)
{
	if (o == NULL)
		return;
	close(o->folder);
	free(o);
}

static bool
is_hash(const char *hash)
{
	return strlen(hash) == HASH_LEN &&
	    strspn(hash, "0123456789abcdef") == HASH_LEN;
}

static void
name_of(const char *hash, char out[NAME_MAX_LEN])
{
	snprintf(out, NAME_MAX_LEN, "%.2s/%s", hash, hash + 2);
}

bool
undo_objects_has(const struct undo_objects *o, const char *hash)
{
	return undo_objects_bytes(o, hash) >= 0;
}

int64_t
undo_objects_bytes(const struct undo_objects *o, const char *hash)
{
	char name[NAME_MAX_LEN];
	struct stat st;

	if (!is_hash(hash))
		return -1;
	name_of(hash, name);
	return fstatat(o->folder, name, &st, 0) == 0 ? (int64_t)st.st_size :
							-1;
}

/* --- writing ------------------------------------------------------------ */

/* An object is there: it counts as new for the next sweep, which another
 * process may have begun. */
static bool
renew(struct undo_objects *o, const char *hash)
{
	char name[NAME_MAX_LEN];

	name_of(hash, name);
	return utimensat(o->folder, name, NULL, 0) == 0;
}

static int
open_temporary(struct undo_objects *o, char name[NAME_MAX_LEN], int *ret,
    struct error *err)
{
	char id[ID_SIZE];

	id_make(id);
	snprintf(name, NAME_MAX_LEN, "tmp-%s", id);
	*ret = openat(o->folder, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *ret < 0 ? error_errno(err, errno,
			      "cannot keep a file's former content") :
			  0;
}

/* The temporary file becomes the object. */
static int
settle(struct undo_objects *o, const char *temporary, const char *hash, int fd,
    unsigned flags, struct error *err)
{
	char name[NAME_MAX_LEN], shard[3] = { hash[0], hash[1], '\0' };

	name_of(hash, name);
	if ((flags & UNDO_OBJECT_SYNCED) != 0 && fdatasync(fd) < 0)
		return error_errno(err, errno,
		    "cannot keep a file's former content");
	if (renameat(o->folder, temporary, o->folder, name) == 0)
		return 0;
	if (errno == ENOENT && mkdirat(o->folder, shard, 0700) < 0 &&
	    errno != EEXIST)
		return error_errno(err, errno, "cannot make a folder for undo");
	if (renameat(o->folder, temporary, o->folder, name) < 0)
		return error_errno(err, errno,
		    "cannot keep a file's former content");
	return 0;
}

int
undo_objects_put(struct undo_objects *o, struct str bytes, unsigned flags,
    char ret_hash[HASH_SIZE], struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	char temporary[NAME_MAX_LEN], hash[HASH_SIZE];
	int rc;

	hash_blake2b(bytes, hash);
	memcpy(ret_hash, hash, sizeof(hash));
	if ((flags & UNDO_OBJECT_HASH_ONLY) != 0 || renew(o, hash))
		return 0;
	rc = open_temporary(o, temporary, &fd, err);
	if (rc != 0)
		return rc;
	rc = file_write_fd(fd, bytes, err);
	if (rc == 0)
		rc = settle(o, temporary, hash, fd, flags, err);
	if (rc != 0)
		unlinkat(o->folder, temporary, 0);
	return rc;
}

/* Reads to the end, hashing, and writing where `to` is a descriptor. */
static int
pass_through(int from, int to, int64_t max_bytes, char hash[HASH_SIZE],
    struct error *err)
{
	CLEANUP(hash_stream_destroyp) struct hash_stream *h =
	    hash_stream_create();
	CLEANUP(free_ptr) char *chunk = mem_alloc(CHUNK, 1);
	int64_t sum = 0;
	int rc = 0;

	while (rc == 0) {
		ssize_t n = read(from, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "read");
		if (n == 0)
			break;
		sum += n;
		if (sum > max_bytes)
			return error_set(err, ERR_TOO_LARGE,
			    "more than %lld bytes", (long long)max_bytes);
		hash_stream_add(h, str_make(chunk, (size_t)n));
		if (to >= 0)
			rc = file_write_fd(to, str_make(chunk, (size_t)n),
			    err);
	}
	if (rc == 0)
		hash_stream_end(h, hash);
	return rc;
}

int
undo_objects_put_fd(struct undo_objects *o, int fd, int64_t max_bytes,
    unsigned flags, char ret_hash[HASH_SIZE], struct error *err)
{
	CLEANUP(close_fd) int to = -1;
	char temporary[NAME_MAX_LEN], hash[HASH_SIZE];
	int rc;

	if ((flags & UNDO_OBJECT_HASH_ONLY) != 0)
		return pass_through(fd, -1, max_bytes, ret_hash, err);
	rc = open_temporary(o, temporary, &to, err);
	if (rc != 0)
		return rc;
	rc = pass_through(fd, to, max_bytes, hash, err);
	if (rc == 0 && !renew(o, hash))
		rc = settle(o, temporary, hash, to, flags, err);
	else
		unlinkat(o->folder, temporary, 0);
	if (rc == 0)
		memcpy(ret_hash, hash, sizeof(hash));
	else
		unlinkat(o->folder, temporary, 0);
	return rc;
}

/* --- reading ------------------------------------------------------------ */

static int
open_object(const struct undo_objects *o, const char *hash, int *ret,
    struct error *err)
{
	char name[NAME_MAX_LEN];

	if (!is_hash(hash))
		return error_set(err, ERR_NOT_FOUND,
		    "that content was not kept");
	name_of(hash, name);
	*ret = openat(o->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (*ret >= 0)
		return 0;
	return errno == ENOENT ?
	    error_set(err, ERR_NOT_FOUND,
		"that content is not kept any more") :
	    error_errno(err, errno, "cannot open a kept content");
}

static int
damaged(struct error *err)
{
	return error_set(err, ERR_IO,
	    "a kept content is damaged, so it is not used");
}

int
undo_objects_read(const struct undo_objects *o, const char *hash,
    struct buf *out, struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	char found[HASH_SIZE];
	size_t before = out->len;
	int rc = open_object(o, hash, &fd, err);

	if (rc == 0)
		rc = file_read_fd(fd, out, err);
	if (rc != 0)
		return rc;
	hash_blake2b(str_sub(buf_str(out), before, SIZE_MAX), found);
	if (strcmp(found, hash) == 0)
		return 0;
	buf_truncate(out, before);
	return damaged(err);
}

int
undo_objects_copy(const struct undo_objects *o, const char *hash, int to,
    struct error *err)
{
	CLEANUP(close_fd) int fd = -1;
	char found[HASH_SIZE];
	int rc = open_object(o, hash, &fd, err);

	if (rc == 0)
		rc = pass_through(fd, to, INT64_MAX, found, err);
	if (rc == 0 && strcmp(found, hash) != 0)
		rc = damaged(err);
	return rc;
}

/* --- sweeping ----------------------------------------------------------- */

struct sweep {
	const struct map *kept;
	int64_t before_s; /* changed earlier: may go */
	struct undo_objects_sum sum;
};

static void
sweep_file(struct sweep *s, int folder, const char *shard, const char *name)
{
	char hash[NAME_MAX_LEN];
	struct stat st;
	bool kept;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	snprintf(hash, sizeof(hash), "%s%s", shard, name);
	kept = s->kept == NULL || st.st_mtim.tv_sec >= s->before_s ||
	    map_has(s->kept, str_from(hash));
	if (!kept && unlinkat(folder, name, 0) == 0)
		return;
	s->sum.objects++;
	s->sum.bytes += st.st_size;
}

/* Names of a folder that begin with no dot. */
static void
sweep_folder(struct sweep *s, int parent, const char *shard)
{
	CLEANUP(close_dir) DIR *dir = NULL;
	const struct dirent *d;
	int fd = openat(parent, shard,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return;
	}
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			sweep_file(s, fd, shard, d->d_name);
}

int
undo_objects_sweep(struct undo_objects *o, const struct map *kept,
    int64_t age_ms, struct undo_objects_sum *ret, struct error *err)
{
	CLEANUP(close_dir) DIR *dir = NULL;
	struct sweep s = { .kept = kept,
		.before_s = (clock_wall_ms() - age_ms) / 1000 };
	const struct dirent *d;
	int fd = openat(o->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (dir = fdopendir(fd)) == NULL) {
		int rc = error_errno(err, errno, "cannot look through undo");

		if (fd >= 0)
			close(fd);
		return rc;
	}
	while ((d = readdir(dir)) != NULL) {
		if (strlen(d->d_name) == 2 && d->d_name[0] != '.')
			sweep_folder(&s, fd, d->d_name);
		else if (strncmp(d->d_name, "tmp-", 4) == 0)
			sweep_file(&s, fd, "", d->d_name); /* of a kill */
	}
	*ret = s.sum;
	return 0;
}
