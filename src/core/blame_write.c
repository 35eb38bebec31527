/* Writing shared provenance; see blame_write.h. */
#include "core/blame_write.h"

#include "base/mem.h"
#include "core/lineage.h"
#include "git/program.h"
#include "git/repo_changes.h"
#include "git/repo_index.h"
#include "safety/scrubber.h"
#include "tools/text_lines.h"

#define FILE_MAX (8 * MIB)
#define NOTE_MAX (4 * MIB)
#define LIST_MAX (1 * MIB)
#define TIMEOUT_MS 30000

enum { MODE_REGULAR = 0100000, MODE_KIND = 0170000 };

struct writing {
	const struct blame_write_opts *opts;
	struct blame_written *done;
	struct map *lineages; /* path: struct lineage */
	struct causes causes;
	struct map *sessions; /* of the note that is being written */
};

static void
destroy_lineage(void *value)
{
	lineage_destroy(value);
}

/* Each file's record is read once, however many commits change it. */
static int
find_lineage(struct writing *w, const char *path, struct lineage **ret,
    struct error *err)
{
	CLEANUP(free_ptr) char *full = mem_printf("%s/%s",
	    repo_workdir(w->opts->repo), path);
	struct lineage *l = map_get(w->lineages, str_from(path));
	int rc = 0;

	if (l == NULL) {
		l = lineage_create();
		map_set(w->lineages, str_from(path), l);
		rc = lineage_follow(l, w->opts->reader, w->opts->objects,
		    full, err);
	}
	*ret = l;
	return rc;
}

/* --- one file of a commit ------------------------------------------------ */

struct file {
	const char *path;
	struct line_set added;
	struct text_lines text;
	struct lineage_line *lines;
	size_t n;
};

/* Changes of a file by the prompt and model behind them. */
struct group {
	struct provenance provenance;
	bool *changes; /* by their index */
};

struct groups {
	struct group *items;
	size_t n, cap;
};

static void
groups_release(struct groups *g)
{
	for (size_t i = 0; i < g->n; i++)
		free(g->items[i].changes);
	free(g->items);
}

static int
add_change(struct writing *w, const struct lineage *l, size_t change,
    struct groups *g, struct error *err)
{
	struct provenance p;
	size_t i = 0;
	int rc = provenance_of_change(&w->causes, w->opts->reader,
	    lineage_change(l, change), &p, err);

	if (rc != 0)
		return rc;
	while (i < g->n && !provenance_same(&g->items[i].provenance, &p))
		i++;
	if (i == g->n) {
		g->items = mem_grow(g->items, &g->cap, g->n + 1,
		    sizeof(*g->items));
		g->items[g->n++] = (struct group){ p,
			mem_alloc(lineage_count(l), sizeof(bool)) };
	}
	g->items[i].changes[change] = true;
	return 0;
}

/* Whether the commit adds this line, and an agent wrote it. */
static bool
is_agents(const struct file *f, size_t i)
{
	return f->lines[i].change != LINEAGE_NONE &&
	    line_set_has(&f->added, (uint32_t)i + 1);
}

static int
find_groups(struct writing *w, const struct file *f, const struct lineage *l,
    struct groups *g, struct error *err)
{
	size_t n = lineage_count(l);
	CLEANUP(free_ptr) bool *has = mem_alloc(n + 1, sizeof(*has));
	int rc = 0;

	for (size_t i = 0; i < f->n; i++)
		if (is_agents(f, i))
			has[f->lines[i].change] = true;
	for (size_t c = 0; c < n && rc == 0; c++)
		if (has[c])
			rc = add_change(w, l, c, g, err);
	return rc;
}

static void
write_lines(struct writing *w, const struct file *f, const struct group *g,
    struct json_writer *out)
{
	jw_key(out, "lines");
	jw_array(out);
	for (size_t i = 0; i < f->n && i < f->text.n; i++) {
		char digest[BLAME_DIGEST_SIZE];

		if (!is_agents(f, i) || !g->changes[f->lines[i].change])
			continue;
		blame_digest(text_lines_at(&f->text, i), digest);
		jw_array(out);
		jw_int(out, (int64_t)i + 1);
		jw_cstr(out, digest);
		jw_end(out);
		w->done->lines++;
	}
	jw_end(out);
}

static void
write_group(struct writing *w, const struct file *f, const struct group *g,
    struct json_writer *out)
{
	const struct provenance *p = &g->provenance;

	map_set(w->sessions, str_from(p->session), w);
	jw_object(out);
	jw_key_cstr(out, "path", f->path);
	jw_key_cstr(out, "session", p->session);
	jw_key_cstr(out, "run", p->run);
	jw_key_cstr(out, "provider", p->provider);
	jw_key_cstr(out, "model", p->model);
	jw_key_int(out, "time_ms", p->time_ms);
	if (w->opts->prompts && p->prompt[0] != '\0') {
		CLEANUP_BUF struct buf clean = BUF_INIT(4 * KIB);

		scrubber_clean(w->opts->scrubber, NULL, str_from(p->prompt),
		    &clean, NULL);
		jw_key_str(out, "prompt", buf_str(&clean));
	}
	write_lines(w, f, g, out);
	jw_end(out);
}

static int
write_agents(struct writing *w, const struct file *f,
    const struct lineage *l, struct json_writer *out, struct error *err)
{
	CLEANUP(groups_release) struct groups groups = { .n = 0 };
	int rc = find_groups(w, f, l, &groups, err);

	for (size_t i = 0; i < groups.n && rc == 0; i++)
		write_group(w, f, &groups.items[i], out);
	return rc;
}

static int
write_file(struct writing *w, const struct repo_change *change,
    struct json_writer *out, struct error *err)
{
	CLEANUP_BUF struct buf before = BUF_INIT(FILE_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(FILE_MAX);
	struct repo *r = w->opts->repo;
	struct file f = { .path = change->path };
	struct lineage *l;
	int rc;

	if ((change->mode & MODE_KIND) != MODE_REGULAR)
		return 0;
	rc = find_lineage(w, change->path, &l, err);
	if (rc != 0 || lineage_count(l) == 0)
		return rc;
	/* What cannot be read, or is too large, has no lines to tell of. */
	if (repo_blob_read(r, change->oid, &after, NULL) != 0 ||
	    (change->old_oid[0] != '\0' &&
		repo_blob_read(r, change->old_oid, &before, NULL) != 0))
		return 0;
	rc = repo_change_lines(r, change, buf_str(&before), buf_str(&after),
	    &f.added, err);
	if (rc == 0) {
		text_lines_init(&f.text, buf_str(&after));
		f.lines = lineage_lines(l, buf_str(&after), &f.n);
		rc = write_agents(w, &f, l, out, err);
		text_lines_release(&f.text);
		free(f.lines);
	}
	line_set_release(&f.added);
	return rc;
}

/* --- one commit ---------------------------------------------------------- */

/* Whether a line of a note tells of none but the sessions that ours tells of
 * anew. */
static bool
is_replaced(const struct writing *w, struct str line)
{
	CLEANUP_JSON struct json *note = NULL;

	if (!str_starts(line, STR("{")) ||
	    json_parse(line, NULL, &note, NULL) != 0 ||
	    json_get_int(note, "friday", 0) != 1)
		return false;
	for (const struct json *a = json_first(json_get(note, "agents")); a;
	    a = json_next(a))
		if (!map_has(w->sessions, json_get_str(a, "session")))
			return false;
	return true;
}

static void
keep_others(const struct writing *w, const char *commit, struct buf *note)
{
	const char *args[] = { "notes", "--ref=" BLAME_NOTES_REF, "show",
		commit, NULL };
	CLEANUP_BUF struct buf old = BUF_INIT(NOTE_MAX);
	struct str rest, line;

	if (git_program_read(w->opts->repo, args, &old, NULL, NULL) != 0)
		return;
	rest = buf_str(&old);
	while (str_next_line(&rest, &line))
		if (!is_replaced(w, line)) {
			buf_add_str(note, line);
			buf_add_char(note, '\n');
		}
}

static int
put_note(struct writing *w, const char *commit, struct str note,
    struct error *err)
{
	const char *args[] = { "notes", "--ref=" BLAME_NOTES_REF, "add", "-f",
		"-F", "-", commit, NULL };
	const struct git_change change = {
		.folder = repo_workdir(w->opts->repo), .args = args,
		.input = note, .timeout_ms = TIMEOUT_MS,
		.cancel = w->opts->cancel };
	CLEANUP_BUF struct buf said = BUF_INIT(64 * KIB);
	int rc = git_program_change(&change, &said, err);

	w->done->notes += rc == 0;
	return rc;
}

static int
write_commit(struct writing *w, const char *commit, struct error *err)
{
	struct repo_changes_opts opts = { .what = REPO_CHANGES_COMMIT,
		.revision = str_from(commit) };
	CLEANUP_REPO_CHANGES struct repo_changes changes = { .n = 0 };
	CLEANUP_BUF struct buf note = BUF_INIT(NOTE_MAX);
	struct json_writer out = JSON_WRITER(&note);
	size_t lines = w->done->lines;
	int rc = repo_changes_read(w->opts->repo, &opts, &changes, err);

	w->sessions = map_create(NULL);
	jw_object(&out);
	jw_key_int(&out, "friday", 1);
	jw_key(&out, "agents");
	jw_array(&out);
	for (size_t i = 0; i < changes.n && rc == 0; i++)
		rc = write_file(w, &changes.items[i], &out, err);
	jw_end(&out);
	jw_end(&out);
	buf_add_char(&note, '\n');
	if (rc == 0 && w->done->lines > lines) {
		keep_others(w, commit, &note);
		rc = buf_check(&note, err);
		if (rc == 0)
			rc = put_note(w, commit, buf_str(&note), err);
	}
	map_destroy(w->sessions);
	w->done->commits++;
	return rc;
}

/* --- all of them -------------------------------------------------------- */

static int
list_commits(const struct blame_write_opts *opts, struct buf *out,
    struct error *err)
{
	CLEANUP(free_ptr) char *revision = str_dup(opts->revision);
	bool range = str_find(opts->revision, STR(".."), 0) != SIZE_MAX;
	char count[32];
	const char *args[] = { "rev-list", count, "--end-of-options",
		revision, "--", NULL };

	if (!repo_revision_valid(opts->revision))
		return error_set(err, ERR_INVALID, "\"%.*s\" is no revision",
		    (int)(opts->revision.len > 80 ? 80 : opts->revision.len),
		    opts->revision.ptr);
	/* One more, to see whether there are. */
	snprintf(count, sizeof(count), "--max-count=%d",
	    range ? BLAME_COMMITS_MAX + 1 : 1);
	return git_program_read(opts->repo, args, out, NULL, err);
}

int
blame_notes_write(const struct blame_write_opts *opts,
    struct blame_written *ret, struct error *err)
{
	struct writing w = { .opts = opts, .done = ret,
		.lineages = map_create(destroy_lineage) };
	CLEANUP_BUF struct buf commits = BUF_INIT(LIST_MAX);
	struct str rest, line;
	int rc = 0;

	*ret = (struct blame_written){ 0 };
	if (repo_workdir(opts->repo) == NULL)
		rc = error_set(err, ERR_GIT,
		    "a bare repository has no files that were recorded");
	if (rc == 0)
		rc = list_commits(opts, &commits, err);
	rest = buf_str(&commits);
	while (rc == 0 && str_next_line(&rest, &line)) {
		CLEANUP(free_ptr) char *commit = str_dup(line);

		if (ret->commits >= BLAME_COMMITS_MAX) {
			ret->cut = true;
			break;
		}
		rc = write_commit(&w, commit, err);
	}
	causes_release(&w.causes);
	map_destroy(w.lineages);
	return rc;
}
