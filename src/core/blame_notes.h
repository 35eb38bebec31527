/* Provenance that a team shares: git notes under refs/notes/friday, one on
 * each commit that has lines of an agent. A note is a line of JSON:
 *
 *	{"friday":1,"agents":[{"path":"src/a.c","session":ID,"run":ID,
 *	 "provider":"openai","model":"gpt-5","time_ms":N,"prompt":"…",
 *	 "lines":[[12,"3f8a…"],…]}]}
 *
 * lines: number in that commit's file, and the first 16 hex digits of the
 * BLAKE2b of the line's bytes without its ending. By the number a line is
 * found as long as the commit is the same one; by the digest also after a
 * rebase or a squash. "prompt" is there only where it was asked for.
 *
 * Notes come from whoever could push. What they say is shown as said by a
 * note; it proves nothing, and nothing is done because of it. */
#ifndef FRIDAY_CORE_BLAME_NOTES_H
#define FRIDAY_CORE_BLAME_NOTES_H

#include "base/json_writer.h"
#include "base/map.h"
#include "core/provenance.h"
#include "git/repository.h"

#define BLAME_NOTES_REF "refs/notes/friday"
enum {
	BLAME_NOTES_MAX = 2000,	      /* notes that are read */
	BLAME_NOTE_AGENTS_MAX = 1000, /* of one note */
	BLAME_NOTE_LINES_MAX = 200000, /* of all notes */
	BLAME_DIGEST_SIZE = 17,
};

struct blame_notes {
	struct provenance **items;
	size_t n, cap;
	struct map *by_place; /* "COMMIT:LINE:DIGEST:PATH" */
	struct map *by_text;  /* "DIGEST:PATH" */
	size_t n_lines;
};

void blame_notes_init(struct blame_notes *n);
void blame_notes_release(struct blame_notes *n);
/* Takes in the text of one note; what is not in form is left out. */
void blame_notes_parse(struct blame_notes *n, struct str commit,
    struct str text);
/* Takes in all that there are, at most BLAME_NOTES_MAX. Errors: ERR_GIT,
 * ERR_CANCELLED; a note that cannot be read is left out. */
int blame_notes_read(struct blame_notes *n, struct repo *r,
    struct error *err);
/* Whose line it is; NULL: no note says. An empty commit: by its text alone.
 * *ret_by_text: the commit has no such note, but the same words were noted. */
const struct provenance *blame_notes_find(const struct blame_notes *n,
    struct str commit, struct str path, size_t line, struct str text,
    bool *ret_by_text);

void blame_digest(struct str line, char out[BLAME_DIGEST_SIZE]);

#endif
