/* blame: whose each line of a file is: the commit, and where an agent wrote
 * it, the session, prompt and model; by the record of this machine, and by
 * notes that a team shares. */
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "core/blame_write.h"
#include "core/host_audit.h"
#include "core/lineage.h"
#include "core/operation.h"
#include "git/repo_blame.h"
#include "git/repo_show.h"
#include "tools/text_lines.h"
#include "undo/undo.h"

#define TEXT_MAX (16 * MIB)

enum { FORMER_PATHS_MAX = 8 };

struct commit {
	char hash[65];
	char *author, *summary;
	int64_t time_s;
};

struct row { /* a line that is shown */
	size_t line; /* from 1 */
	const struct commit *commit; /* NULL: not committed */
	char *origin_path;
	size_t origin_line;
	int agent;     /* index; -1: none */
	int64_t entry; /* of the record; 0: none */
};

/* One prompt to one model; its changes are told apart by their entries. */
struct agent {
	struct provenance provenance;
	bool by_note;	 /* a note says so, not the record */
	bool by_content; /* found by its words */
};

struct blame {
	struct op_call *call;
	struct store_reader *reader;
	struct repo *repo; /* NULL: no repository */
	char *path;	   /* absolute */
	char *name;	   /* in the repository; NULL without one */
	struct buf text;
	struct text_lines lines;
	struct map *commits;
	struct row *rows;
	size_t n, cap;
	struct agent *agents;
	size_t n_agents, cap_agents;
	struct causes causes;
	struct blame_notes notes;
	bool use_notes, partial;
};

/* --- commits -------------------------------------------------------------- */

static void
destroy_commit(void *value)
{
	struct commit *c = value;

	free(c->author);
	free(c->summary);
	free(c);
}

/* NULL for the zeros that stand for what is not committed. */
static const struct commit *
find_commit(struct blame *b, const struct repo_blame_line *line)
{
	struct commit *c = map_get(b->commits, line->hash);
	bool committed = false;

	for (size_t i = 0; i < line->hash.len; i++)
		committed |= line->hash.ptr[i] != '0';
	if (!committed || c != NULL)
		return c;
	c = mem_new(struct commit);
	snprintf(c->hash, sizeof(c->hash), "%.*s", STR_ARG(line->hash));
	c->author = str_dup(line->author);
	c->summary = str_dup(line->summary);
	c->time_s = line->time_s;
	map_set(b->commits, line->hash, c);
	return c;
}

static struct row *
add_row(struct blame *b, size_t line)
{
	b->rows = mem_grow(b->rows, &b->cap, b->n + 1, sizeof(*b->rows));
	b->rows[b->n] = (struct row){ .line = line, .agent = -1 };
	return &b->rows[b->n++];
}

static void
take_line(const struct repo_blame_line *line, void *ctx)
{
	struct blame *b = ctx;
	struct row *row = add_row(b, line->line);

	row->commit = find_commit(b, line);
	if (row->commit == NULL)
		return;
	row->origin_path = str_dup(line->origin_path);
	row->origin_line = line->origin_line;
}

/* A file that git does not have yet, or that is in no repository. */
static void
take_lines_uncommitted(struct blame *b, size_t first, size_t last)
{
	for (size_t i = first; i <= last && i <= b->lines.n; i++)
		add_row(b, i);
}

static int
read_commits(struct blame *b, size_t first, size_t last, struct str revision,
    struct error *err)
{
	struct repo_blame_opts opts = { .path = b->name, .revision = revision,
		.first = first, .last = last };
	struct error fault = ERROR_INIT;
	int rc;

	if (last == 0 || last > b->lines.n)
		last = b->lines.n;
	if (first > b->lines.n && first > 1)
		return error_set(err, ERR_INVALID, "there are %zu lines",
		    b->lines.n);
	if (b->repo == NULL || b->lines.n == 0) {
		take_lines_uncommitted(b, first > 0 ? first : 1, last);
		return 0;
	}
	opts.last = first > 0 ? last : 0;
	rc = repo_blame_read(b->repo, &opts, take_line, b, &fault);
	if (rc == -ERR_GIT && revision.len == 0) {
		b->n = 0;
		take_lines_uncommitted(b, first > 0 ? first : 1, last);
		rc = 0;
	}
	if (rc != 0 && err != NULL)
		*err = fault;
	return rc;
}

/* --- agents --------------------------------------------------------------- */

/* The index of this one, new or not. */
static int
add_agent(struct blame *b, const struct agent *agent)
{
	for (size_t i = 0; i < b->n_agents; i++)
		if (b->agents[i].by_note == agent->by_note &&
		    b->agents[i].by_content == agent->by_content &&
		    provenance_same(&b->agents[i].provenance,
			&agent->provenance))
			return (int)i;
	b->agents = mem_grow(b->agents, &b->cap_agents, b->n_agents + 1,
	    sizeof(*b->agents));
	b->agents[b->n_agents] = *agent;
	return (int)b->n_agents++;
}

/* Each change is looked into once, however many lines it has. */
struct known {
	bool is;
	struct provenance provenance;
};

static int
name_by_record(struct blame *b, struct row *row,
    const struct lineage *lineage, const struct lineage_line *line,
    struct known *known, struct error *err)
{
	struct agent agent = { .by_content = line->by_content };
	const struct custody_change *change;
	struct known *k;
	int rc = 0;

	if (line->change == LINEAGE_NONE)
		return 0;
	k = &known[line->change];
	change = lineage_change(lineage, (size_t)line->change);
	if (!k->is)
		rc = provenance_of_change(&b->causes, b->reader, change,
		    &k->provenance, err);
	if (rc != 0)
		return rc;
	k->is = true;
	agent.provenance = k->provenance;
	row->agent = add_agent(b, &agent);
	row->entry = change->seq;
	return 0;
}

static void
name_by_note(struct blame *b, struct row *row)
{
	struct agent agent = { .by_note = true };
	const struct provenance *found;

	if (row->agent >= 0 || row->line > b->lines.n)
		return;
	found = blame_notes_find(&b->notes, row->commit == NULL ? STR_NONE :
	    str_from(row->commit->hash), str_from(row->origin_path != NULL ?
	    row->origin_path : b->name), row->origin_line,
	    text_lines_at(&b->lines, row->line - 1), &agent.by_content);
	if (found == NULL)
		return;
	agent.provenance = *found;
	row->agent = add_agent(b, &agent);
}

/* The names that the file had in the commits its lines come from. */
static int
follow_former(struct blame *b, struct lineage *lineage, struct error *err)
{
	CLEANUP(map_destroyp) struct map *seen = map_create(NULL);
	int rc = 0;

	for (size_t i = 0; i < b->n && rc == 0 &&
	    map_count(seen) < FORMER_PATHS_MAX; i++) {
		const char *name = b->rows[i].origin_path;
		CLEANUP(free_ptr) char *path = NULL;

		if (name == NULL || strcmp(name, b->name) == 0 ||
		    map_has(seen, str_from(name)))
			continue;
		map_set(seen, str_from(name), b);
		path = mem_printf("%s/%s", repo_workdir(b->repo), name);
		rc = lineage_follow(lineage, b->reader,
		    undo_objects_of(b->call->host->undo), path, err);
	}
	return rc;
}

static void
write_agents(const struct blame *b)
{
	struct json_writer *w = b->call->out;

	jw_key(w, "agents");
	jw_array(w);
	for (size_t i = 0; i < b->n_agents; i++) {
		const struct agent *a = &b->agents[i];
		const struct provenance *p = &a->provenance;
		char time[CLOCK_ISO_SIZE];

		jw_object(w);
		jw_key_cstr(w, "from", a->by_note ? "note" : "record");
		jw_key_bool(w, "by_content", a->by_content);
		jw_key_cstr(w, "session", p->session);
		jw_key_cstr(w, "run", p->run);
		jw_key_cstr(w, "provider", p->provider);
		jw_key_cstr(w, "model", p->model);
		if (p->prompt[0] != '\0')
			jw_key_cstr(w, "prompt", p->prompt);
		if (p->user[0] != '\0')
			jw_key_cstr(w, "user", p->user);
		if (p->time_ms > 0) {
			clock_iso(p->time_ms, time);
			jw_key_cstr(w, "time", time);
		}
		jw_end(w);
	}
	jw_end(w);
}

static void
write_rows(const struct blame *b)
{
	struct json_writer *w = b->call->out;

	jw_key(w, "lines");
	jw_array(w);
	for (size_t i = 0; i < b->n; i++) {
		const struct row *row = &b->rows[i];
		char time[CLOCK_ISO_SIZE];

		if (row->line == 0 || row->line > b->lines.n)
			continue;
		jw_object(w);
		jw_key_int(w, "line", (int64_t)row->line);
		jw_key_str(w, "text", text_lines_at(&b->lines,
		    row->line - 1));
		if (row->commit != NULL) {
			clock_iso(row->commit->time_s * 1000, time);
			jw_key_cstr(w, "commit", row->commit->hash);
			jw_key_cstr(w, "author", row->commit->author);
			jw_key_cstr(w, "time", time);
			jw_key_cstr(w, "summary", row->commit->summary);
		}
		if (row->agent >= 0)
			jw_key_int(w, "agent", row->agent);
		if (row->entry > 0)
			jw_key_int(w, "entry", row->entry);
		jw_end(w);
	}
	jw_end(w);
}

/* --- the file --- */

static int
read_text(struct blame *b, struct str revision, struct error *err)
{
	CLEANUP(free_ptr) char *object = NULL;
	bool cut = false;
	int rc;

	if (revision.len == 0) {
		rc = file_read(b->path, &b->text, err);
	} else if (b->name == NULL || !repo_revision_valid(revision)) {
		rc = error_set(err, ERR_INVALID, "\"%.*s\" is no revision",
		    (int)(revision.len > 80 ? 80 : revision.len),
		    revision.ptr);
	} else {
		object = mem_printf("%.*s:%s", STR_ARG(revision), b->name);
		rc = repo_show(b->repo, str_from(object), NULL, 0, &b->text,
		    &cut, err);
	}
	if (rc == 0 && cut)
		rc = error_set(err, ERR_TOO_LARGE, "%s is too large", b->name);
	if (rc == 0 && memchr(buf_text(&b->text), '\0', b->text.len) != NULL)
		rc = error_set(err, ERR_INVALID, "%s holds no text", b->path);
	if (rc == 0)
		text_lines_init(&b->lines, buf_str(&b->text));
	return rc;
}

static int
open_file(struct blame *b, struct error *err)
{
	struct friday *f = b->call->host;
	struct repo_opts opts = { .folder = f->folder, .deny = f->deny };
	int rc;

	b->path = custody_path(f->folder, json_get_str(b->call->args,
	    "path"));
	rc = repo_open(&opts, &b->repo, err);
	/* The record knows files without git too. */
	if (rc == -ERR_GIT_NO_REPOSITORY)
		return 0;
	if (rc != 0)
		return rc;
	b->name = repo_relative(b->repo, b->path);
	if (b->name == NULL || b->name[0] == '\0') {
		repo_destroy(b->repo);
		b->repo = NULL;
		free(b->name);
		b->name = NULL;
		return 0;
	}
	if (repo_withholds(b->repo, str_from(b->name)))
		return error_set(err, ERR_PATH_DENIED,
		    "%s is on the deny list: its content is neither read nor "
		    "shown", b->name);
	return 0;
}

static int
name_agents(struct blame *b, struct error *err)
{
	CLEANUP(lineage_destroyp) struct lineage *lineage = lineage_create();
	CLEANUP(free_ptr) struct lineage_line *lines = NULL;
	CLEANUP(free_ptr) struct known *known = NULL;
	size_t n = 0;
	int rc = lineage_follow(lineage, b->reader,
	    undo_objects_of(b->call->host->undo), b->path, err);

	if (rc == 0 && b->repo != NULL)
		rc = follow_former(b, lineage, err);
	if (rc != 0)
		return rc;
	lines = lineage_lines(lineage, buf_str(&b->text), &n);
	known = mem_alloc(lineage_count(lineage) + 1, sizeof(*known));
	b->partial = lineage_is_partial(lineage);
	for (size_t i = 0; i < b->n && rc == 0; i++)
		if (b->rows[i].line > 0 && b->rows[i].line <= n)
			rc = name_by_record(b, &b->rows[i], lineage,
			    &lines[b->rows[i].line - 1], known, err);
	if (rc == 0 && b->use_notes && b->repo != NULL)
		rc = blame_notes_read(&b->notes, b->repo, err);
	for (size_t i = 0; i < b->n && rc == 0 && b->notes.n > 0; i++)
		name_by_note(b, &b->rows[i]);
	return rc;
}

static void
release(struct blame *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->rows[i].origin_path);
	free(b->rows);
	free(b->agents);
	text_lines_release(&b->lines);
	buf_release(&b->text);
	map_destroy(b->commits);
	causes_release(&b->causes);
	blame_notes_release(&b->notes);
	repo_destroy(b->repo);
	free(b->name);
	free(b->path);
}

static int
blame(struct op_call *call, struct error *err)
{
	const struct json *args = call->args;
	struct str revision = json_get_str(args, "revision");
	size_t first = (size_t)json_get_int(args, "first", 0);
	size_t last = (size_t)json_get_int(args, "last", 0);
	struct blame b = { .call = call, .text = BUF_INIT(TEXT_MAX),
		.commits = map_create(destroy_commit),
		.use_notes = json_get_bool(args, "notes",
		    config_bool(call->host->config, "blame.notes")) };
	int rc = host_reader(call->worker, &b.reader, err);

	blame_notes_init(&b.notes);
	if (last > 0 && first == 0)
		first = 1;
	if (rc == 0)
		rc = open_file(&b, err);
	if (rc == 0)
		rc = read_text(&b, revision, err);
	if (rc == 0)
		rc = read_commits(&b, first, last, revision, err);
	if (rc == 0)
		rc = name_agents(&b, err);
	if (rc == 0) {
		jw_key_cstr(call->out, "path", b.path);
		jw_key_bool(call->out, "partial", b.partial);
		write_agents(&b);
		write_rows(&b);
	}
	release(&b);
	return rc;
}

/* --- notes --- */

static int
write_notes(struct op_call *call, struct error *err)
{
	struct friday *f = call->host;
	struct repo_opts repo_opts = { .folder = f->folder, .deny = f->deny };
	CLEANUP_REPO struct repo *repo = NULL;
	CLEANUP_BUF struct buf body = BUF_INIT(8 * KIB);
	struct json_writer w = JSON_WRITER(&body);
	struct blame_written written = { 0 };
	struct blame_write_opts opts = {
		.revision = json_get_str(call->args, "revision"),
		.prompts = json_get_bool(call->args, "prompts", false),
		.scrubber = f->scrubber };
	int rc = host_reader(call->worker, &opts.reader, err);

	if (opts.revision.len == 0)
		opts.revision = STR("HEAD");
	if (rc == 0)
		rc = repo_open(&repo_opts, &repo, err);
	if (rc != 0)
		return rc;
	opts.repo = repo;
	opts.objects = undo_objects_of(f->undo);
	jw_object(&w);
	jw_key_cstr(&w, "by", "user");
	jw_key_str(&w, "revision", opts.revision);
	jw_key_bool(&w, "prompts", opts.prompts);
	jw_end(&w);
	rc = host_audit_note(f, "notes.write", "folder", str_from(f->folder),
	    buf_str(&body), err);
	if (rc == 0)
		rc = blame_notes_write(&opts, &written, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "ref", BLAME_NOTES_REF);
	jw_key_int(call->out, "commits", (int64_t)written.commits);
	jw_key_int(call->out, "notes", (int64_t)written.notes);
	jw_key_int(call->out, "lines", (int64_t)written.lines);
	jw_key_bool(call->out, "cut", written.cut);
	return 0;
}

#define BLAME_ARGS                                                            \
	ARGS_WITH("\"path\"", "\"path\":{\"type\":\"string\"},"              \
	    "\"first\":{\"type\":\"integer\",\"minimum\":1},"                 \
	    "\"last\":{\"type\":\"integer\",\"minimum\":1},"                  \
	    "\"revision\":{\"type\":\"string\",\"description\":\"the file as "\
	    "it was then\"},"                                                 \
	    "\"notes\":{\"type\":\"boolean\",\"description\":\"read what "    \
	    "others have noted; as blame.notes says\"}")
#define NOTES_ARGS                                                            \
	ARGS("\"revision\":{\"type\":\"string\",\"description\":\"a commit "  \
	     "or a range; HEAD\"},"                                           \
	     "\"prompts\":{\"type\":\"boolean\",\"description\":\"with the "  \
	     "first line of each prompt\"}")

const struct operation op_blame_rows[] = {
	OPERATION_SLOW("blame", "read",
	    "Whose each line of a file is: commit, session, prompt, model",
	    BLAME_ARGS, blame),
	OPERATION_SLOW("blame.notes", "write",
	    "Note on commits which lines an agent wrote, for others",
	    NOTES_ARGS, write_notes),
	{ .face = { .name = NULL } },
};
