/* The file of heads; see heads.h. */
#include "audit/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "audit/audit_key.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"

#define LABEL "friday-audit-head 1 "
/* A line has some 300 bytes. */
#define FILE_TRIM (512 * KIB)
#define FILE_MAX (4 * MIB)

void
audit_head_print(const struct audit_seal *s, struct buf *out)
{
	buf_printf(out, LABEL "%" PRId64 " %" PRId64 " %s %s %s", s->seq,
	    s->time_ms, s->hash, s->key, s->signature);
}

static bool
take_hex(struct str *rest, char *out, size_t size)
{
	struct str field;

	if (!str_next_field(rest, ' ', &field) || field.len + 1 != size)
		return false;
	memcpy(out, field.ptr, field.len);
	out[field.len] = '\0';
	return true;
}

static bool
take_number(struct str *rest, int64_t *ret)
{
	struct str field;

	return str_next_field(rest, ' ', &field) &&
	    str_to_int(field, 0, INT64_MAX, ret);
}

static bool
parse_line(struct str line, struct audit_seal *ret)
{
	*ret = (struct audit_seal){ .seq = 0 };
	if (!str_starts(line, STR(LABEL)))
		return false;
	line = str_sub(line, strlen(LABEL), SIZE_MAX);
	return take_number(&line, &ret->seq) &&
	    take_number(&line, &ret->time_ms) &&
	    take_hex(&line, ret->hash, sizeof(ret->hash)) &&
	    take_hex(&line, ret->key, sizeof(ret->key)) &&
	    take_hex(&line, ret->signature, sizeof(ret->signature)) &&
	    line.len == 0 && audit_seal_is_right(ret);
}

/* The last lines of a file that has grown long, in place of all. */
static int
trim(const char *path, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	struct str rest;
	size_t lines = 0, at;
	int rc = file_read(path, &text, err);

	if (rc != 0)
		return rc;
	rest = buf_str(&text);
	for (at = rest.len; at > 0; at--)
		if (rest.ptr[at - 1] == '\n' && lines++ == AUDIT_HEADS_KEPT)
			break;
	return file_write_atomic(path, str_sub(rest, at, SIZE_MAX), 0600,
	    err);
}

static int
append_line(const char *path, struct str line, off_t *ret_size,
    struct error *err)
{
	CLEANUP(close_fd) int fd = open(path, O_WRONLY | O_CREAT | O_APPEND |
	    O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (fstat(fd, &st) == 0)
		*ret_size = st.st_size;
	return file_write_fd(fd, line, err);
}

int
audit_heads_add(const char *path, const struct audit_seal *seal,
    struct error *err)
{
	CLEANUP(free_ptr) char *lock_path = mem_printf("%s.lock", path);
	CLEANUP(free_ptr) char *folder = mem_strndup(path,
	    (size_t)(strrchr(path, '/') - path));
	CLEANUP_BUF struct buf line = BUF_INIT(KIB);
	CLEANUP(close_fd) int lock = -1;
	off_t size = 0;
	int rc = file_make_dirs(folder, err);

	if (rc != 0)
		return rc;
	lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return error_errno(err, errno, "cannot lock %s", lock_path);
	audit_head_print(seal, &line);
	buf_add_char(&line, '\n');
	rc = append_line(path, buf_str(&line), &size, err);
	return rc == 0 && size > (off_t)FILE_TRIM ? trim(path, err) : rc;
}

void
audit_heads_release(struct audit_heads *h)
{
	free(h->items);
	*h = (struct audit_heads){ .n = 0 };
}

static int
by_seq(const void *a, const void *b)
{
	const struct audit_head *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return strcmp(x->hash, y->hash);
}

int
audit_heads_read(const char *path, struct audit_heads *ret,
    struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	struct str rest, line;
	size_t cap = 0, n = 0;
	int rc;

	*ret = (struct audit_heads){ .n = 0 };
	if (!file_exists(path))
		return 0;
	rc = file_read(path, &text, err);
	if (rc != 0)
		return rc;
	rest = buf_str(&text);
	while (str_next_field(&rest, '\n', &line)) {
		struct audit_seal seal;

		if (line.len == 0)
			continue;
		if (!parse_line(line, &seal)) {
			ret->wrong++;
			continue;
		}
		ret->items = mem_grow(ret->items, &cap, ret->n + 1,
		    sizeof(*ret->items));
		ret->items[ret->n].seq = seal.seq;
		ret->items[ret->n].time_ms = seal.time_ms;
		memcpy(ret->items[ret->n++].hash, seal.hash, HASH_SIZE);
	}
	if (ret->n > 0)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_seq);
	for (size_t i = 0; i < ret->n; i++)
		if (n == 0 || by_seq(&ret->items[n - 1], &ret->items[i]) != 0)
			ret->items[n++] = ret->items[i];
	ret->n = n;
	return 0;
}
