/* The object store of undo: contents of files by their BLAKE2b hash, in our
 * own state folder, never in the user's git. An object is a file of its own,
 * written beside and renamed, so that a kill leaves a whole one or none. Each
 * reading checks the hash: a damaged object is an error, never wrong content.
 *
 *	STATE/undo/objects/3f/8a…	(62 digits)
 *
 * Thread: any; several processes may use one store. */
#ifndef FRIDAY_UNDO_OBJECTS_H
#define FRIDAY_UNDO_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"

struct map;
struct undo_objects;

enum undo_object_flags {
	/* On the disk before the call returns, not only safe from a kill. */
	UNDO_OBJECT_SYNCED = 1,
	/* Only the hash is wanted. */
	UNDO_OBJECT_HASH_ONLY = 2,
};

/* Makes STATE/undo/objects. Errors: ERR_IO, ERR_PERMISSION. */
int undo_objects_open(const char *state_dir, struct undo_objects **ret,
    struct error *err);
void undo_objects_close(struct undo_objects *o);
DEFINE_CLEANUP(undo_objects_close, struct undo_objects);

/* Keeps the bytes; what is there already is not written again. flags: enum
 * undo_object_flags. Errors: ERR_NO_SPACE, ERR_IO. */
int undo_objects_put(struct undo_objects *o, struct str bytes, unsigned flags,
    char ret_hash[HASH_SIZE], struct error *err);
/* The same of an open file from its present offset to its end. Errors too:
 * ERR_TOO_LARGE (more than max_bytes). */
int undo_objects_put_fd(struct undo_objects *o, int fd, int64_t max_bytes,
    unsigned flags, char ret_hash[HASH_SIZE], struct error *err);
bool undo_objects_has(const struct undo_objects *o, const char *hash);
/* Appends the content. Errors: ERR_NOT_FOUND, ERR_TOO_LARGE (over out's
 * ceiling), ERR_IO (damaged). */
int undo_objects_read(const struct undo_objects *o, const char *hash,
    struct buf *out, struct error *err);
/* Writes the content to a file; its bytes are wrong until 0 is returned. */
int undo_objects_copy(const struct undo_objects *o, const char *hash, int fd,
    struct error *err);

struct undo_objects_sum {
	int64_t objects, bytes;
};
/* Bytes of one; -1: it is not there. */
int64_t undo_objects_bytes(const struct undo_objects *o, const char *hash);
/* Removes each object that `kept` (hash: any value) does not name and that was
 * not put within the last age_ms; adds up what stays. kept NULL: only adds
 * up. */
int undo_objects_sweep(struct undo_objects *o, const struct map *kept,
    int64_t age_ms, struct undo_objects_sum *ret, struct error *err);

#endif
