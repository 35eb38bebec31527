/* Pairs of contents; see change_pair.h. */
#include "core/change_pair.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "git/repo_show.h"
#include "git/repo_status.h"
#include "undo/disk.h"

#define SHOWN_BYTES_MAX (16 * MIB)

enum { TREE_CHANGES_MAX = 5000, BINARY_LOOK = 8000 };

const char *
change_action(const struct undo_state *before, const struct undo_state *after)
{
	if (before->kind == UNDO_ABSENT)
		return "create";
	if (after->kind == UNDO_ABSENT)
		return "delete";
	if (before->kind != after->kind)
		return "type";
	return strcmp(before->hash, after->hash) == 0 ? "mode" : "modify";
}

bool
change_is_binary(struct str bytes)
{
	return memchr(bytes.ptr == NULL ? "" : bytes.ptr, '\0',
	    bytes.len < BINARY_LOOK ? bytes.len : BINARY_LOOK) != NULL;
}

bool
change_read(struct undo *u, const struct undo_state *s, struct buf *out)
{
	if (s->kind == UNDO_ABSENT)
		return true;
	if (s->kind != UNDO_FILE && s->kind != UNDO_LINK)
		return false;
	return undo_objects_read(undo_objects_of(u), s->hash, out, NULL) == 0;
}

static struct change_pair *
add_pair(struct op_call *call, struct change_pairs *p, const char *root,
    const char *path)
{
	struct change_pair *c;

	p->items = mem_resize(p->items, p->n + 1, sizeof(*p->items));
	c = &p->items[p->n++];
	*c = (struct change_pair){ .root = mem_strdup(root),
		.path = mem_strdup(path),
		.shown = host_undo_shown(call->host, root, path),
		.denied = host_undo_denied(call->host, root, path),
		.before_bytes = BUF_INIT(SHOWN_BYTES_MAX),
		.after_bytes = BUF_INIT(SHOWN_BYTES_MAX) };
	return c;
}

static void
note_content(struct change_pair *c)
{
	c->binary = c->known &&
	    (change_is_binary(buf_str(&c->before_bytes)) ||
		change_is_binary(buf_str(&c->after_bytes)));
}

static bool
is_wished(const struct change_wish *wish, const char *shown)
{
	return wish->path.len == 0 || str_eq_c(wish->path, shown);
}

/* --- of a run or a session ---------------------------------------------- */

struct picked {
	const struct change_wish *wish;
	int64_t *nums;
	size_t n;
	char run[ID_SIZE], session[ID_SIZE];
};

static int
pick(const struct undo_point *p, void *ctx)
{
	struct picked *k = ctx;
	const struct change_wish *w = k->wish;

	/* What was taken back, and what took it back, is no change. */
	if (p->undone_by != 0 || p->open || p->source == UNDO_BY_UNDO ||
	    p->source == UNDO_BY_REDO)
		return 0;
	if (w->scope == CHANGES_OF_RUN) {
		if (w->run.len > 0 && !str_starts(str_from(p->run), w->run))
			return 0;
		if (k->run[0] == '\0')
			memcpy(k->run, p->run, sizeof(k->run));
		if (strcmp(k->run, p->run) != 0)
			return 0;
	}
	memcpy(k->session, p->session, sizeof(k->session));
	k->nums = mem_resize(k->nums, k->n + 1, sizeof(*k->nums));
	k->nums[k->n++] = p->num;
	return 0;
}

static bool
has_moved_on(struct undo *u, const struct change_pair *c)
{
	const struct disk_look look = { .objects = undo_objects_of(u),
		.file_max = INT64_MAX };
	CLEANUP(close_fd) int root = open(c->root,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct undo_state now;

	return root < 0 || disk_look(&look, root, c->path, &now, NULL) != 0 ||
	    !undo_state_same(&now, &c->after);
}

static void
take_net(struct op_call *call, const struct change_wish *wish,
    const struct undo_plan *net, struct change_pairs *ret)
{
	struct undo *u = call->host->undo;

	for (size_t i = 0; i < net->n; i++) {
		const struct undo_step *s = &net->steps[i];
		CLEANUP(free_ptr) char *shown = host_undo_shown(call->host,
		    s->root, s->path);
		struct change_pair *c;

		/* Only its mode or its being there: nothing to show. */
		if (!is_wished(wish, shown) ||
		    undo_state_same(&s->expected, &s->target))
			continue;
		c = add_pair(call, ret, s->root, s->path);
		c->before = s->target;
		c->after = s->expected;
		c->moved_on = has_moved_on(u, c);
		c->known = !c->denied &&
		    change_read(u, &c->before, &c->before_bytes) &&
		    change_read(u, &c->after, &c->after_bytes);
		note_content(c);
	}
}

static int
read_points(struct op_call *call, const struct change_wish *wish,
    struct change_pairs *ret, struct error *err)
{
	CLEANUP_UNDO_PLAN struct undo_plan net = { .n = 0 };
	struct undo_filter filter = { .session = ret->session,
		.newest_first = true };
	struct picked k = { .wish = wish };
	struct store_reader *reader;
	int rc = host_reader(call->worker, &reader, err);

	/* A run is found whatever session it is of. */
	if (wish->run.len > 0 && json_get(call->args, "session") == NULL)
		filter.session = NULL;
	if (rc == 0)
		rc = store_undo_points(reader, &filter, pick, &k, err);
	if (k.n > 0)
		memcpy(ret->session, k.session, sizeof(ret->session));
	for (size_t i = 0; i < k.n / 2; i++) {
		int64_t num = k.nums[i];

		k.nums[i] = k.nums[k.n - 1 - i];
		k.nums[k.n - 1 - i] = num;
	}
	if (rc == 0)
		rc = undo_net(reader, k.nums, k.n, &net, err);
	if (rc == 0)
		take_net(call, wish, &net, ret);
	memcpy(ret->run, k.run, sizeof(ret->run));
	free(k.nums);
	return rc;
}

/* --- of the working tree ------------------------------------------------ */

struct tree {
	struct op_call *call;
	const struct change_wish *wish;
	struct change_pairs *ret;
	struct repo *repo;
	int top; /* of the working tree */
};

/* The former content is git's, as it would be checked out without filters. */
static void
read_head(const struct tree *t, const char *path, struct change_pair *c)
{
	CLEANUP(free_ptr) char *revision = mem_printf("HEAD:%s", path);
	bool cut = false;

	if (repo_show(t->repo, str_from(revision), NULL, 0, &c->before_bytes,
		&cut, NULL) != 0)
		return;
	c->known = !cut;
	c->before.kind = UNDO_FILE;
	c->before.bytes = (int64_t)c->before_bytes.len;
	hash_blake2b(buf_str(&c->before_bytes), c->before.hash);
}

static void
read_disk(const struct tree *t, const char *path, struct change_pair *c)
{
	const struct disk_look look = {
		.objects = undo_objects_of(t->call->host->undo),
		.flags = DISK_KEEP, .file_max = SHOWN_BYTES_MAX };

	if (disk_look(&look, t->top, path, &c->after, NULL) != 0 ||
	    !change_read(t->call->host->undo, &c->after, &c->after_bytes))
		c->known = false;
	c->before.mode = c->after.mode;
}

static void
take_path(struct tree *t, const char *name, bool in_head)
{
	const char *top = repo_workdir(t->repo);
	CLEANUP(free_ptr) char *full = file_join(top, name);
	struct str below = str_from(full);
	struct str folder = str_from(t->call->host->folder);
	CLEANUP(free_ptr) char *path = NULL;
	struct change_pair *c;

	/* A repository may be larger than the workspace. */
	if (!str_starts(below, folder) || below.len <= folder.len ||
	    below.ptr[folder.len] != '/')
		return;
	path = str_dup(str_sub(below, folder.len + 1, SIZE_MAX));
	if (!is_wished(t->wish, path))
		return;
	c = add_pair(t->call, t->ret, t->call->host->folder, path);
	if (c->denied) {
		c->before.kind = in_head ? UNDO_FILE : UNDO_ABSENT;
		c->after.kind = UNDO_FILE;
		return;
	}
	c->known = true;
	if (in_head)
		read_head(t, name, c);
	read_disk(t, name, c);
	note_content(c);
}

/* A renamed file is one that went and one that came. */
static void
take_change(struct tree *t, const struct repo_status_row *change)
{
	/* A folder of untracked files ends with a slash. */
	CLEANUP(free_ptr) char *path = mem_strdup(change->path);
	size_t len = strlen(path);

	if (len > 0 && path[len - 1] == '/')
		path[len - 1] = '\0';
	if (change->old_path != NULL)
		take_path(t, change->old_path, true);
	take_path(t, path, change->old_path == NULL &&
	    change->staged != '?' && change->staged != 'A');
}

static int
read_tree(struct op_call *call, const struct change_wish *wish,
    struct change_pairs *ret, struct error *err)
{
	struct repo_opts opts = { .folder = call->host->folder,
		.deny = call->host->deny };
	struct repo_status_opts status_opts = REPO_STATUS_OPTS_INIT;
	CLEANUP_REPO_STATUS struct repo_status status = { .branch = "" };
	CLEANUP_REPO struct repo *repo = NULL;
	CLEANUP(close_fd) int top = -1;
	struct tree t = { call, wish, ret, NULL, -1 };
	int rc = repo_open(&opts, &repo, err);

	status_opts.changes_max = TREE_CHANGES_MAX;
	if (rc == 0 && repo_workdir(repo) == NULL)
		rc = error_set(err, ERR_GIT_NO_REPOSITORY,
		    "the repository has no working tree");
	if (rc == 0)
		rc = repo_status_read(repo, &status_opts, &status, err);
	if (rc != 0)
		return rc;
	top = open(repo_workdir(repo), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return error_errno(err, errno, "cannot open %s",
		    repo_workdir(repo));
	t.repo = repo;
	t.top = top;
	for (size_t i = 0; i < status.n_changes; i++)
		take_change(&t, &status.changes[i]);
	return 0;
}

/* --- both --------------------------------------------------------------- */

int
change_pairs_read(struct op_call *call, const struct change_wish *wish,
    struct change_pairs *ret, struct error *err)
{
	struct store *store;
	int rc = host_store(call->host, &store, err);

	*ret = (struct change_pairs){ .n = 0 };
	if (rc != 0)
		return rc;
	if (wish->scope == CHANGES_OF_TREE) {
		/* A revert needs a session to belong to; showing does not. */
		if (host_undo_session(call, ret->session, NULL) != 0)
			ret->session[0] = '\0';
		return read_tree(call, wish, ret, err);
	}
	rc = host_undo_session(call, ret->session, err);
	return rc == 0 ? read_points(call, wish, ret, err) : rc;
}

void
change_pairs_release(struct change_pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct change_pair *c = &p->items[i];

		free(c->root);
		free(c->path);
		free(c->shown);
		buf_release(&c->before_bytes);
		buf_release(&c->after_bytes);
	}
	free(p->items);
	*p = (struct change_pairs){ .n = 0 };
}
