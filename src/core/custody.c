/* Following files and lines through the record; see custody.h. */
#include "core/custody.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "store/audit.h"
#include "tools/diff.h"

#define CONTENT_MAX (16 * MIB)

enum {
	STEPS_MAX = 500,
	ALIKE_PERCENT = 50, /* a line that took another's place looks so */
};

/* --- a file's changes --------------------------------------------------- */

void
custody_changes_release(struct custody_changes *c)
{
	free(c->items);
	*c = (struct custody_changes){ .n = 0 };
}

static void
copy(char *out, size_t size, struct str text)
{
	snprintf(out, size, "%.*s", STR_ARG(text));
}

static void
read_state(const struct json *j, struct undo_state *ret)
{
	static const struct {
		const char *name;
		enum undo_kind kind;
	} kinds[] = { { "absent", UNDO_ABSENT }, { "file", UNDO_FILE },
		{ "link", UNDO_LINK }, { "folder", UNDO_FOLDER } };
	struct str kind = json_get_str(j, "kind");

	*ret = (struct undo_state){ .kind = UNDO_OTHER,
		.mode = (unsigned)json_get_int(j, "mode", 0),
		.bytes = json_get_int(j, "bytes", 0) };
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_eq_c(kind, kinds[i].name))
			ret->kind = kinds[i].kind;
	copy(ret->hash, sizeof(ret->hash), json_get_str(j, "hash"));
}

static bool
read_change(const struct audit_row *row, struct custody_change *ret)
{
	CLEANUP_JSON struct json *body = NULL;

	if (row->body.ptr == NULL ||
	    json_parse(row->body, NULL, &body, NULL) != 0)
		return false;
	*ret = (struct custody_change){ .seq = row->seq,
		.time_ms = row->time_ms };
	copy(ret->user, sizeof(ret->user), row->user);
	copy(ret->session, sizeof(ret->session), row->session);
	copy(ret->run, sizeof(ret->run), row->run);
	copy(ret->point, sizeof(ret->point), json_get_str(body, "point"));
	copy(ret->call_id, sizeof(ret->call_id),
	    json_get_str(body, "call_id"));
	copy(ret->source, sizeof(ret->source), json_get_str(body, "source"));
	copy(ret->label, sizeof(ret->label), json_get_str(body, "label"));
	read_state(json_get(body, "before"), &ret->before);
	read_state(json_get(body, "after"), &ret->after);
	return true;
}

char *
custody_path(const char *folder, struct str given)
{
	CLEANUP(free_ptr) char *path = given.len > 0 && given.ptr[0] == '/' ?
	    str_dup(given) : mem_printf("%s/%.*s", folder, STR_ARG(given));
	char *slash = strrchr(path, '/'), *real, *full;
	CLEANUP(free_ptr) char *parent = mem_strndup(path,
	    slash == path ? 1 : (size_t)(slash - path));

	real = realpath(parent, NULL);
	if (real == NULL)
		return mem_strdup(path);
	full = file_join(real, slash + 1);
	free(real);
	return full;
}

struct reading {
	struct custody_changes *changes;
	int64_t before;
};

static int
take_change(const struct audit_row *row, void *ctx)
{
	struct reading *r = ctx;
	struct custody_changes *c = r->changes;

	if (r->before != 0 && row->seq >= r->before)
		return 1;
	c->items = mem_grow(c->items, &c->cap, c->n + 1, sizeof(*c->items));
	if (read_change(row, &c->items[c->n]))
		c->n++;
	return 0;
}

static int
note_seq(const struct audit_row *row, void *ctx)
{
	*(int64_t *)ctx = row->seq;
	return 0;
}

/* An announced change that was taken back before it happened. */
static int
is_cancelled(struct store_reader *r, const struct custody_change *c,
    bool *ret, struct error *err)
{
	struct audit_filter filter = { .action = "change.cancel",
		.resource = "point", .resource_id = c->point,
		.after_seq = c->seq };
	int64_t seq = 0;
	int rc = store_audit_walk(r, &filter, note_seq, &seq, err);

	*ret = seq != 0;
	return rc;
}

int
custody_changes_read(struct store_reader *r, const char *path,
    int64_t before, struct custody_changes *ret, struct error *err)
{
	struct audit_filter filter = { .action = "file.change",
		.resource = "file", .resource_id = path };
	struct reading reading = { ret, before };
	size_t n = 0;
	int rc = store_audit_walk(r, &filter, take_change, &reading, err);

	if (rc < 0)
		return rc;
	rc = 0;
	for (size_t i = 0; i < ret->n && rc == 0; i++) {
		bool cancelled = false;

		rc = is_cancelled(r, &ret->items[i], &cancelled, err);
		if (!cancelled)
			ret->items[n++] = ret->items[i];
	}
	ret->n = n;
	return rc;
}

/* --- a line ------------------------------------------------------------- */

void
custody_line_release(struct custody_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->steps[i].text);
		free(l->steps[i].path);
	}
	free(l->steps);
	*l = (struct custody_line){ .n = 0 };
}

/* How much of the longer one its common beginning and end are, in percent. */
static size_t
likeness(struct str a, struct str b)
{
	size_t longer, shorter, head = 0, tail = 0;

	a = str_trim(a);
	b = str_trim(b);
	longer = a.len > b.len ? a.len : b.len;
	shorter = a.len < b.len ? a.len : b.len;
	while (head < shorter && a.ptr[head] == b.ptr[head])
		head++;
	while (tail < shorter - head &&
	    a.ptr[a.len - 1 - tail] == b.ptr[b.len - 1 - tail])
		tail++;
	return longer == 0 ? 0 : (head + tail) * 100 / longer;
}

/* The dropped line beside an added one whose place it took. */
static size_t
find_former(const struct diff_script *s, size_t run,
    const struct text_lines *before, struct str line, bool *ret_same)
{
	size_t first = run, last = run, best = SIZE_MAX, best_likeness = 0;

	while (first > 0 && s->runs[first - 1].kind != DIFF_KEEP)
		first--;
	while (last + 1 < s->n && s->runs[last + 1].kind != DIFF_KEEP)
		last++;
	for (size_t r = first; r <= last; r++) {
		const struct diff_run *d = &s->runs[r];

		for (size_t i = 0; d->kind == DIFF_DROP && i < d->n; i++) {
			struct str former = text_lines_at(before, d->a + i);
			size_t alike = likeness(former, line);

			/* Moved a little, or only its ending is new. */
			if (str_eq(former, line)) {
				*ret_same = true;
				return d->a + i;
			}
			if (alike >= ALIKE_PERCENT && alike > best_likeness) {
				best = d->a + i;
				best_likeness = alike;
			}
		}
	}
	return best;
}

size_t
custody_map_line(struct str before, struct str now, size_t i, bool *ret_same)
{
	CLEANUP_LINES struct text_lines a = { .n = 0 }, b = { .n = 0 };
	struct diff_script script;
	size_t found = SIZE_MAX;

	*ret_same = false;
	text_lines_init(&a, before);
	text_lines_init(&b, now);
	diff_text_lines(&a, &b, &script);
	for (size_t r = 0; r < script.n; r++) {
		const struct diff_run *d = &script.runs[r];

		if (d->kind == DIFF_DROP || i < d->b || i >= d->b + d->n)
			continue;
		if (d->kind == DIFF_KEEP) {
			*ret_same = true;
			found = d->a + (i - d->b);
		} else {
			found = find_former(&script, r, &a,
			    text_lines_at(&b, i), ret_same);
		}
		break;
	}
	diff_script_release(&script);
	return found;
}

struct following {
	struct store_reader *reader;
	const struct undo_objects *objects;
	struct custody_line *line;
	struct custody_changes changes; /* of the present path */
	size_t left; /* changes not looked at yet: the last is left - 1 */
	struct buf text; /* the content that is looked at */
	size_t at;	 /* the line in it, from 0; SIZE_MAX: the end */
	size_t former;	 /* in the text before */
};

static struct custody_step *
add_step(struct following *f, enum custody_kind kind,
    const struct custody_change *change)
{
	struct custody_line *l = f->line;
	CLEANUP_LINES struct text_lines lines = { .n = 0 };
	struct custody_step *step;

	l->steps = mem_grow(l->steps, &l->cap, l->n + 1, sizeof(*l->steps));
	step = &l->steps[l->n++];
	*step = (struct custody_step){ .kind = kind };
	if (change != NULL) {
		step->has_change = true;
		step->change = *change;
	}
	text_lines_init(&lines, buf_str(&f->text));
	if (f->at < lines.n) {
		step->line = f->at + 1;
		step->text = str_dup(text_lines_at(&lines, f->at));
	}
	return step;
}

/* False: the content is not there. */
static bool
read_content(const struct following *f, const struct undo_state *s,
    struct buf *out)
{
	buf_clear(out);
	if (s->kind == UNDO_ABSENT)
		return true;
	return s->kind == UNDO_FILE && s->hash[0] != '\0' &&
	    undo_objects_read(f->objects, s->hash, out, NULL) == 0;
}

/* Looks where the line was in an earlier text: f->former. True: it is the same
 * there. */
static bool
look_back(struct following *f, const struct buf *earlier)
{
	bool same;

	f->former = custody_map_line(buf_str(earlier), buf_str(&f->text),
	    f->at, &same);
	return same;
}

static void
go_back(struct following *f, struct buf *earlier)
{
	struct buf swap = f->text;

	f->text = *earlier;
	*earlier = swap;
	f->at = f->former;
}

/* What an undo or a redo wrote is what an earlier change had left or found:
 * that one tells more. */
static bool
jump_back(struct following *f, const struct custody_change *c)
{
	if (strcmp(c->source, "undo") != 0 && strcmp(c->source, "redo") != 0)
		return false;
	for (size_t k = f->left; k-- > 0;) {
		const struct custody_change *e = &f->changes.items[k];

		if (strcmp(e->after.hash, c->after.hash) == 0) {
			f->left = k + 1;
			return true;
		}
		if (strcmp(e->before.hash, c->after.hash) == 0) {
			f->left = k;
			return true;
		}
	}
	return false;
}

struct moving {
	const struct custody_change *to;
	char *path;
};

static int
look_for_source(const struct audit_row *row, void *ctx)
{
	struct moving *m = ctx;
	struct custody_change c;

	if (!read_change(row, &c) || strcmp(c.point, m->to->point) != 0 ||
	    c.after.kind != UNDO_ABSENT || c.before.kind != UNDO_FILE ||
	    strcmp(c.before.hash, m->to->after.hash) != 0)
		return 0;
	m->path = str_dup(row->resource_id);
	return 1;
}

/* A file that appears while another one with the same content goes was moved:
 * the way leads on there. */
static int
follow_move(struct following *f, const struct custody_change *created,
    bool *ret_moved, struct error *err)
{
	struct audit_filter filter = { .action = "file.change",
		.session = created->session, .run = created->run };
	struct custody_change change = *created;
	struct moving m = { .to = &change };
	int rc = 0;

	*ret_moved = false;
	if (created->before.kind != UNDO_ABSENT || created->after.hash[0] == 0)
		return 0;
	rc = store_audit_walk(f->reader, &filter, look_for_source, &m, err);
	if (rc < 0 || m.path == NULL)
		return rc < 0 ? rc : 0;
	add_step(f, CUSTODY_MOVED, &change)->path = m.path;
	custody_changes_release(&f->changes);
	rc = custody_changes_read(f->reader, m.path, change.seq, &f->changes,
	    err);
	f->left = f->changes.n;
	while (f->left > 0 && strcmp(f->changes.items[f->left - 1].point,
	    change.point) == 0)
		f->left--;
	*ret_moved = true;
	return rc;
}

/* One change back. Sets f->at to SIZE_MAX at the end of the way. */
static int
follow_change(struct following *f, struct buf *earlier, struct error *err)
{
	struct custody_change c = f->changes.items[--f->left];
	bool moved;
	int rc;

	/* Links and folders hold no lines. */
	if (c.after.kind != UNDO_FILE && c.after.kind != UNDO_ABSENT)
		return 0;
	if (!read_content(f, &c.after, earlier)) {
		add_step(f, CUSTODY_UNKNOWN, &c);
		f->at = SIZE_MAX;
		return 0;
	}
	if (!look_back(f, earlier))
		add_step(f, CUSTODY_BY_HAND, &c);
	go_back(f, earlier);
	if (f->at == SIZE_MAX)
		return 0;
	rc = follow_move(f, &c, &moved, err);
	if (rc != 0 || moved)
		return rc;
	if (!read_content(f, &c.before, earlier)) {
		add_step(f, CUSTODY_UNKNOWN, &c);
		f->at = SIZE_MAX;
		return 0;
	}
	if (!look_back(f, earlier)) {
		add_step(f, CUSTODY_CHANGE, &c);
		if (jump_back(f, &c))
			return 0;
	}
	go_back(f, earlier);
	return 0;
}

int
custody_follow(struct store_reader *r, const struct undo_objects *objects,
    const char *path, struct str text, size_t line, struct custody_line *ret,
    struct error *err)
{
	CLEANUP_BUF struct buf earlier = BUF_INIT(CONTENT_MAX);
	CLEANUP_LINES struct text_lines lines = { .n = 0 };
	struct following f = { .reader = r, .objects = objects, .line = ret,
		.text = BUF_INIT(CONTENT_MAX), .at = line - 1 };
	int rc = 0;

	if (memchr(text.ptr == NULL ? "" : text.ptr, '\0', text.len) != NULL)
		rc = error_set(err, ERR_INVALID, "%s holds no text", path);
	else if (buf_add_str(&f.text, text) != 0)
		rc = buf_check(&f.text, err);
	text_lines_init(&lines, buf_str(&f.text));
	if (rc == 0 && (line == 0 || line > lines.n))
		rc = error_set(err, ERR_INVALID, "%s has %zu lines", path,
		    lines.n);
	if (rc == 0)
		rc = custody_changes_read(r, path, 0, &f.changes, err);
	f.left = f.changes.n;
	while (rc == 0 && f.left > 0 && f.at != SIZE_MAX &&
	    ret->n < STEPS_MAX)
		rc = follow_change(&f, &earlier, err);
	if (rc == 0 && f.at != SIZE_MAX && ret->n < STEPS_MAX)
		add_step(&f, CUSTODY_BEFORE, NULL);
	custody_changes_release(&f.changes);
	buf_release(&f.text);
	return rc;
}
