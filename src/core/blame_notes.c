/* Reading shared provenance; see blame_notes.h. */
#include "core/blame_notes.h"

#include <ctype.h>

#include "base/mem.h"
#include "git/program.h"
#include "git/repo_index.h"

#define NOTE_MAX (4 * MIB)
#define LIST_MAX (16 * MIB)
#define PATH_BYTES_MAX 4096

enum { DEPTH_MAX = 8, DISTINCT_BYTES = 16 };

void
blame_notes_init(struct blame_notes *n)
{
	*n = (struct blame_notes){ .by_place = map_create(NULL),
		.by_text = map_create(NULL) };
}

void
blame_notes_release(struct blame_notes *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->items[i]);
	free(n->items);
	map_destroy(n->by_place);
	map_destroy(n->by_text);
	*n = (struct blame_notes){ .n = 0 };
}

void
blame_digest(struct str line, char out[BLAME_DIGEST_SIZE])
{
	char hash[HASH_SIZE];

	hash_blake2b(line, hash);
	snprintf(out, BLAME_DIGEST_SIZE, "%.16s", hash);
}

/* --- one note ----------------------------------------------------------- */

static bool
is_digest(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isxdigit((unsigned char)s.ptr[i]))
			return false;
	return s.len == BLAME_DIGEST_SIZE - 1;
}

/* With the digest: a note that was carried over to another commit says nothing
 * about lines that moved meanwhile. */
static char *
place_key(struct str commit, size_t line, struct str digest, struct str path)
{
	return mem_printf("%.*s:%zu:%.*s:%.*s", STR_ARG(commit), line,
	    STR_ARG(digest), STR_ARG(path));
}

static char *
text_key(struct str digest, struct str path)
{
	return mem_printf("%.*s:%.*s", STR_ARG(digest), STR_ARG(path));
}

/* The first that claims a line has it. */
static void
set_once(struct map *m, const char *key, struct provenance *p)
{
	if (!map_has(m, str_from(key)))
		map_set(m, str_from(key), p);
}

static void
take_line(struct blame_notes *n, struct str commit, struct str path,
    const struct json *pair, struct provenance *p)
{
	int64_t line = json_int(json_at(pair, 0), 0);
	struct str digest = json_str(json_at(pair, 1));
	CLEANUP(free_ptr) char *place = NULL;
	CLEANUP(free_ptr) char *text = NULL;

	if (line < 1 || line > INT32_MAX || !is_digest(digest) ||
	    n->n_lines >= BLAME_NOTE_LINES_MAX)
		return;
	n->n_lines++;
	place = place_key(commit, (size_t)line, digest, path);
	text = text_key(digest, path);
	set_once(n->by_place, place, p);
	set_once(n->by_text, text, p);
}

static struct provenance *
add_agent(struct blame_notes *n, const struct json *agent)
{
	struct provenance *p = mem_new(struct provenance);
	struct str run = json_get_str(agent, "run");
	int64_t time_ms = json_get_int(agent, "time_ms", 0);

	snprintf(p->session, sizeof(p->session), "%.*s",
	    STR_ARG(json_get_str(agent, "session")));
	if (id_valid(run))
		snprintf(p->run, sizeof(p->run), "%.*s", STR_ARG(run));
	provenance_line(json_get_str(agent, "provider"),
	    sizeof(p->provider), p->provider);
	provenance_line(json_get_str(agent, "model"), sizeof(p->model),
	    p->model);
	provenance_line(json_get_str(agent, "user"), sizeof(p->user),
	    p->user);
	provenance_line(json_get_str(agent, "prompt"), sizeof(p->prompt),
	    p->prompt);
	if (time_ms > 0 && time_ms / 1000 < REPO_TIME_MAX)
		p->time_ms = time_ms;
	n->items = mem_grow(n->items, &n->cap, n->n + 1, sizeof(*n->items));
	n->items[n->n++] = p;
	return p;
}

static void
take_agent(struct blame_notes *n, struct str commit,
    const struct json *agent)
{
	struct str path = json_get_str(agent, "path");
	const struct json *lines = json_get(agent, "lines");
	struct provenance *p;

	if (path.len == 0 || path.len > PATH_BYTES_MAX ||
	    !id_valid(json_get_str(agent, "session")) ||
	    !json_is(lines, JSON_ARRAY))
		return;
	p = add_agent(n, agent);
	for (const struct json *l = json_first(lines); l; l = json_next(l))
		take_line(n, commit, path, l, p);
}

void
blame_notes_parse(struct blame_notes *n, struct str commit, struct str text)
{
	const struct json_limits limits = { .bytes_max = NOTE_MAX,
		.depth_max = DEPTH_MAX, .flags = JSON_STRICT };
	struct str rest = text, line;

	/* Others may have added lines of their own, and merged notes have one
	 * line from each side. */
	while (str_next_line(&rest, &line)) {
		CLEANUP_JSON struct json *note = NULL;
		size_t count = 0;

		if (!str_starts(line, STR("{")) ||
		    json_parse(line, &limits, &note, NULL) != 0 ||
		    json_get_int(note, "friday", 0) != 1)
			continue;
		for (const struct json *a = json_first(json_get(note,
		    "agents"));
		    a != NULL && count < BLAME_NOTE_AGENTS_MAX;
		    a = json_next(a), count++)
			take_agent(n, commit, a);
	}
}

/* --- all of them -------------------------------------------------------- */

int
blame_notes_read(struct blame_notes *n, struct repo *r, struct error *err)
{
	static const char *const args[] = { "notes",
		"--ref=" BLAME_NOTES_REF, "list", NULL };
	CLEANUP_BUF struct buf list = BUF_INIT(LIST_MAX);
	struct str rest, line;
	size_t read = 0;
	int rc = git_program_read(r, args, &list, NULL, err);

	rest = buf_str(&list);
	while (rc == 0 && read++ < BLAME_NOTES_MAX &&
	    str_next_line(&rest, &line)) {
		CLEANUP_BUF struct buf text = BUF_INIT(NOTE_MAX);
		struct str blob;
		CLEANUP(free_ptr) char *oid = NULL;

		if (!str_next_field(&line, ' ', &blob))
			continue;
		oid = str_dup(blob);
		if (repo_blob_read(r, oid, &text, NULL) == 0)
			blame_notes_parse(n, line, buf_str(&text));
	}
	return rc;
}

const struct provenance *
blame_notes_find(const struct blame_notes *n, struct str commit,
    struct str path, size_t line, struct str text, bool *ret_by_text)
{
	char digest[BLAME_DIGEST_SIZE];
	CLEANUP(free_ptr) char *place = NULL;
	const struct provenance *found = NULL;
	size_t letters = 0;

	blame_digest(text, digest);
	place = place_key(commit, line, str_from(digest), path);
	if (commit.len > 0)
		found = map_get(n->by_place, str_from(place));
	*ret_by_text = found == NULL;
	if (found != NULL)
		return found;
	for (size_t i = 0; i < text.len; i++)
		letters += isalnum((unsigned char)text.ptr[i]) ||
		    (text.ptr[i] & 0x80) != 0;
	/* "return 0;" is said by everybody. */
	if (letters >= DISTINCT_BYTES) {
		CLEANUP(free_ptr) char *key =
		    text_key(str_from(digest), path);

		found = map_get(n->by_text, str_from(key));
	}
	return found;
}
