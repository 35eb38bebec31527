/* Paths for completion; see path_list.h. All names stand in one buffer: the
 * list of 100,000 files costs about 6 MB and no allocation each. */
#include "core/path_list.h"

#include "base/clock.h"
#include "base/fuzzy.h"
#include "base/map.h"
#include "base/mem.h"
#include "tools/tree_walk.h"
#include "tools/workspace.h"

enum { PATHS_MAX = 1000000, WALK_MS = 20000, HITS_MAX = 200 };
#define TEXT_BYTES_MAX (256 * MIB)

struct path_row {
	uint32_t at;
	uint16_t len;
	bool folder;
	int64_t changed_s; /* of a file; wall clock */
};

struct path_use {
	int64_t count, time_ms;
};

struct path_list {
	struct buf text;
	struct path_row *rows;
	size_t n, cap;
	int64_t read_ms; /* clock_now_ms(); 0: never */
	struct map *used; /* path to struct path_use; NULL: none */
};

struct path_list *
path_list_create(void)
{
	struct path_list *l = mem_new(struct path_list);

	l->text = BUF_INIT(TEXT_BYTES_MAX);
	return l;
}

static void
clear(struct path_list *l)
{
	buf_release(&l->text);
	free(l->rows);
	l->rows = NULL;
	l->n = l->cap = 0;
}

void
path_list_destroy(struct path_list *l)
{
	if (l == NULL)
		return;
	clear(l);
	map_destroy(l->used);
	free(l);
}

static bool
visit(const struct folder_entry *entry, void *ctx)
{
	struct path_list *l = ctx;
	struct path_row *row;

	if ((!entry->is_file && !entry->is_folder) ||
	    entry->path.len > UINT16_MAX - 1)
		return true;
	if (l->n == PATHS_MAX || l->text.failed)
		return false;
	l->rows = mem_grow(l->rows, &l->cap, l->n + 1, sizeof(*l->rows));
	row = &l->rows[l->n++];
	*row = (struct path_row){ .at = (uint32_t)l->text.len,
		.len = (uint16_t)(entry->path.len + entry->is_folder),
		.folder = entry->is_folder,
		.changed_s = entry->is_folder ? 0 :
		    (int64_t)entry->st.st_mtime };
	buf_add_str(&l->text, entry->path);
	if (entry->is_folder)
		buf_add_char(&l->text, '/');
	return true;
}

int
path_list_read(struct path_list *l, const struct workspace *w,
    struct error *err)
{
	struct workspace_node CLEANUP_NODE node = WORKSPACE_NODE_INIT;
	struct path_list fresh = { .text = BUF_INIT(TEXT_BYTES_MAX) };
	const struct folder_walk_opts opts = { .visit = visit, .ctx = &fresh,
		.deadline_ms = clock_now_ms() + WALK_MS };
	int rc = workspace_locate(w, STR("."), WORKSPACE_READ, &node, err);

	if (rc == 0)
		rc = tree_walk(w, &node, &opts, err);
	/* A tree too large for the time is completed as far as it was read. */
	if (rc == -ERR_TOOL_TIMEOUT)
		rc = 0;
	if (rc != 0) {
		clear(&fresh);
		return rc;
	}
	clear(l);
	l->text = fresh.text;
	l->rows = fresh.rows;
	l->n = fresh.n;
	l->cap = fresh.cap;
	l->read_ms = clock_now_ms();
	return 0;
}

int64_t
path_list_age_ms(const struct path_list *l)
{
	return l->read_ms == 0 ? -1 : clock_now_ms() - l->read_ms;
}

size_t
path_list_count(const struct path_list *l)
{
	return l->n;
}

void
path_list_set_used(struct path_list *l, const struct json *used)
{
	map_destroy(l->used);
	l->used = map_create(free);
	for (const struct json *i = json_first(used); i; i = json_next(i)) {
		struct path_use *use = mem_new(struct path_use);

		use->count = json_int(json_at(i, 0), 0);
		use->time_ms = json_int(json_at(i, 1), 0);
		map_set(l->used, json_key(i), use);
	}
}

/* --- finding ------------------------------------------------------------- */

struct hit {
	int score;
	uint32_t row;
};

struct search {
	const struct path_list *list;
	struct str query;
	int64_t now_s;
	struct hit hits[HITS_MAX]; /* best first */
	size_t n, limit, total;
};

static struct str
text_of(const struct path_list *l, const struct path_row *row)
{
	return str_make(l->text.ptr + row->at, row->len);
}

/* What lately mattered: named by the user, or changed. */
static int
freshness(const struct search *s, struct str path, const struct path_row *row)
{
	static const struct {
		int64_t seconds;
		int points;
	} steps[] = { { 3600, 8 }, { 86400, 5 }, { 7 * 86400, 2 } };
	const struct path_use *use = s->list->used == NULL ? NULL :
	    map_get(s->list->used, path);
	int points = 0;

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (s->now_s - row->changed_s < steps[i].seconds) {
			points = steps[i].points;
			break;
		}
	if (use == NULL)
		return points;
	points += use->count > 5 ? 12 : 6 + (int)use->count;
	if (s->now_s - use->time_ms / 1000 < 86400)
		points += 6;
	return points;
}

static size_t
name_start(struct str path)
{
	size_t at = path.len;

	while (at > 0 && path.ptr[at - 1] != '/')
		at--;
	return at;
}

static int
score_of(const struct search *s, const struct path_row *row)
{
	struct str path = text_of(s->list, row), bare = path;
	int score, of_name, depth = 0;
	size_t name;

	if (row->folder)
		bare.len--;
	name = name_start(bare);
	score = fuzzy_score(s->query, path);
	if (score == FUZZY_NONE)
		return FUZZY_NONE;
	if (s->query.len > 0) {
		/* A match in the name itself beats one spread over folders. */
		of_name = fuzzy_score(s->query, str_sub(bare, name, SIZE_MAX));
		if (of_name != FUZZY_NONE)
			score = of_name + 24;
		if (str_eq_nocase(s->query, str_sub(bare, name, SIZE_MAX)))
			score += 40;
	}
	for (size_t i = 0; i < bare.len; i++)
		depth += bare.ptr[i] == '/';
	score += freshness(s, path, row);
	score -= depth + (int)(path.len / 16);
	/* Nothing typed yet: what lies on top first. */
	if (s->query.len == 0)
		score -= 3 * depth;
	return score;
}

/* Equal scores: the shorter path, then by name. */
static bool
goes_before(const struct search *s, const struct hit *a, const struct hit *b)
{
	const struct path_row *x = &s->list->rows[a->row];
	const struct path_row *y = &s->list->rows[b->row];

	if (a->score != b->score)
		return a->score > b->score;
	if (x->len != y->len)
		return x->len < y->len;
	return str_compare(text_of(s->list, x), text_of(s->list, y)) < 0;
}

static void
take(struct search *s, const struct hit *hit)
{
	size_t at;

	s->total++;
	if (s->n == s->limit && !goes_before(s, hit, &s->hits[s->n - 1]))
		return;
	if (s->n < s->limit)
		s->n++;
	for (at = s->n - 1; at > 0 && goes_before(s, hit, &s->hits[at - 1]);
	    at--)
		s->hits[at] = s->hits[at - 1];
	s->hits[at] = *hit;
}

size_t
path_list_find(const struct path_list *l, struct str query, size_t limit,
    struct json_writer *w)
{
	struct search s = { .list = l, .query = query,
		.now_s = clock_wall_ms() / 1000,
		.limit = limit < HITS_MAX ? limit : HITS_MAX };

	for (size_t i = 0; s.limit > 0 && i < l->n; i++) {
		struct hit hit = { .row = (uint32_t)i };

		hit.score = score_of(&s, &l->rows[i]);
		if (hit.score != FUZZY_NONE)
			take(&s, &hit);
	}
	for (size_t i = 0; i < s.n; i++) {
		const struct path_row *row = &l->rows[s.hits[i].row];

		jw_object(w);
		jw_key_str(w, "path", text_of(l, row));
		jw_key_bool(w, "folder", row->folder);
		jw_end(w);
	}
	return s.total;
}
