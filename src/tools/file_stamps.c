/* Stamps of files; see file_stamps.h. The digest decides where there is one: a
 * time stamp alone misses changes within its grain and reports a mere touch.
 * Files too large to be read whole have size, time and inode instead. */
#include "tools/file_stamps.h"

#include <pthread.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"

struct stamp {
	bool hashed;
	char hash[HASH_SIZE];
	off_t size;
	ino_t inode;
	struct timespec changed;
};

struct file_stamps {
	pthread_mutex_t lock;
	struct map *by_path;
};

struct file_stamps *
file_stamps_create(void)
{
	struct file_stamps *s = mem_new(struct file_stamps);

	pthread_mutex_init(&s->lock, NULL);
	s->by_path = map_create(free);
	return s;
}

void
file_stamps_destroy(struct file_stamps *s)
{
	if (s == NULL)
		return;
	map_destroy(s->by_path);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void
file_stamps_note(struct file_stamps *s, struct str path,
    const struct stat *st, struct str content)
{
	struct stamp *stamp = mem_new(struct stamp);

	stamp->hashed = content.ptr != NULL;
	if (stamp->hashed)
		hash_blake2b(content, stamp->hash);
	stamp->size = st->st_size;
	stamp->inode = st->st_ino;
	stamp->changed = st->st_mtim;
	pthread_mutex_lock(&s->lock);
	map_set(s->by_path, path, stamp);
	pthread_mutex_unlock(&s->lock);
}

void
file_stamps_forget(struct file_stamps *s, struct str path)
{
	pthread_mutex_lock(&s->lock);
	map_remove(s->by_path, path);
	pthread_mutex_unlock(&s->lock);
}

static bool
same_stat(const struct stamp *stamp, const struct stat *st)
{
	return stamp->size == st->st_size && stamp->inode == st->st_ino &&
	    stamp->changed.tv_sec == st->st_mtim.tv_sec &&
	    stamp->changed.tv_nsec == st->st_mtim.tv_nsec;
}

enum stamp_state
file_stamps_check(struct file_stamps *s, struct str path,
    const struct stat *st, struct str content)
{
	const struct stamp *stamp;
	char hash[HASH_SIZE];
	bool same = false, known;

	hash_blake2b(content, hash);
	pthread_mutex_lock(&s->lock);
	stamp = map_get(s->by_path, path);
	known = stamp != NULL;
	if (known)
		same = stamp->hashed ? strcmp(stamp->hash, hash) == 0 :
				       same_stat(stamp, st);
	pthread_mutex_unlock(&s->lock);
	if (!known)
		return STAMP_UNKNOWN;
	return same ? STAMP_SAME : STAMP_CHANGED;
}
