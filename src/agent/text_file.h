/* Small text files that a repository or the user brings along: instructions,
 * commands, skills. They are the world's: only regular files, bounded, and a
 * link must not lead out of the folder they belong to, so that a repository
 * cannot have our own secrets read to a model. */
#ifndef FRIDAY_AGENT_TEXT_FILE_H
#define FRIDAY_AGENT_TEXT_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* Appends at most `max` bytes of the file, cut at a character, invalid bytes
 * replaced. within: the folder that a symbolic link must stay in. ret_cut:
 * there was more; may be NULL. Errors: ERR_NOT_FOUND, ERR_PATH_ESCAPE,
 * ERR_INVALID (no regular file), ERR_IO. */
int text_file_read(const char *path, const char *within, size_t max,
    struct buf *out, bool *ret_cut, struct error *err);

/* Front matter: lines "key: value" between two lines "---" at the start. Cuts
 * it off *text; the value (without quotes) of each key is handed to fn. */
void front_matter_split(struct str *text,
    void (*fn)(struct str key, struct str value, void *ctx), void *ctx);

/* Calls fn for the names in a folder (without "." and ".."), sorted, at most
 * `max`. A folder that is not there has none. */
void text_file_names(const char *folder, size_t max,
    void (*fn)(const char *name, void *ctx), void *ctx);

#endif
