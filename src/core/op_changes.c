/* Operations on what changed: by a run, a session, or in the working tree;
 * hunk by hunk, and putting single ones back. */
#include <fcntl.h>

#include "base/mem.h"
#include "core/change_pair.h"
#include "core/hunks.h"
#include "undo/disk.h"

enum { CONTEXT_DEFAULT = 3, CONTEXT_MAX = 1000 };
/* Of a file that is put back in part. */
#define REVERT_BYTES_MAX (16 * MIB)

static void
read_wish(const struct op_call *call, struct change_wish *ret)
{
	struct str scope = json_get_str(call->args, "scope");

	*ret = (struct change_wish){ .scope = CHANGES_OF_RUN,
		.run = json_get_str(call->args, "run"),
		.path = json_get_str(call->args, "path") };
	if (str_eq(scope, STR("session")))
		ret->scope = CHANGES_OF_SESSION;
	else if (str_eq(scope, STR("tree")))
		ret->scope = CHANGES_OF_TREE;
}

static size_t
context_of(const struct op_call *call)
{
	return (size_t)json_get_int(call->args, "context", CONTEXT_DEFAULT);
}

static void
write_head(const struct change_pair *c, const struct hunks *h,
    struct json_writer *w)
{
	jw_key_cstr(w, "path", c->shown);
	jw_key_cstr(w, "action", change_action(&c->before, &c->after));
	jw_key_cstr(w, "version", c->after.hash);
	if (c->denied)
		jw_key_bool(w, "denied", true);
	if (c->binary)
		jw_key_bool(w, "binary", true);
	if (c->moved_on)
		jw_key_bool(w, "moved_on", true);
	if (c->before.mode != c->after.mode &&
	    c->before.kind == c->after.kind) {
		jw_key_int(w, "old_mode", c->before.mode);
		jw_key_int(w, "new_mode", c->after.mode);
	}
	if (h == NULL)
		return;
	jw_key_int(w, "insertions", (int64_t)h->insertions);
	jw_key_int(w, "deletions", (int64_t)h->deletions);
	jw_key_int(w, "hunks", (int64_t)h->n);
}

static bool
has_text(const struct change_pair *c)
{
	return c->known && !c->binary;
}

static void
write_pair(const struct change_pair *c, size_t context,
    struct json_writer *w)
{
	struct hunks h;

	jw_object(w);
	if (has_text(c)) {
		hunks_init(&h, buf_str(&c->before_bytes),
		    buf_str(&c->after_bytes), context);
		write_head(c, &h, w);
		hunks_release(&h);
	} else {
		write_head(c, NULL, w);
	}
	jw_end(w);
}

static int
list(struct op_call *call, struct error *err)
{
	CLEANUP_CHANGE_PAIRS struct change_pairs pairs = { .n = 0 };
	struct change_wish wish;
	int rc;

	read_wish(call, &wish);
	rc = change_pairs_read(call, &wish, &pairs, err);
	if (rc != 0)
		return rc;
	jw_key_cstr(call->out, "session", pairs.session);
	jw_key_cstr(call->out, "run", pairs.run);
	jw_key(call->out, "files");
	jw_array(call->out);
	for (size_t i = 0; i < pairs.n; i++)
		write_pair(&pairs.items[i], context_of(call), call->out);
	jw_end(call->out);
	return 0;
}

/* The one path that is meant. */
static int
read_one(struct op_call *call, struct change_pairs *ret, struct error *err)
{
	struct change_wish wish;
	int rc;

	read_wish(call, &wish);
	rc = change_pairs_read(call, &wish, ret, err);
	if (rc == 0 && ret->n == 0)
		rc = error_set(err, ERR_NOT_FOUND, "%.*s did not change",
		    STR_ARG(wish.path));
	return rc;
}

static int
diff(struct op_call *call, struct error *err)
{
	CLEANUP_CHANGE_PAIRS struct change_pairs pairs = { .n = 0 };
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	const struct change_pair *c;
	struct hunks h;
	int rc = read_one(call, &pairs, err);

	if (rc != 0)
		return rc;
	c = &pairs.items[0];
	if (!has_text(c)) {
		write_head(c, NULL, call->out);
		jw_key_raw(call->out, "lines", STR("[]"));
		return 0;
	}
	hunks_init(&h, buf_str(&c->before_bytes), buf_str(&c->after_bytes),
	    context_of(call));
	write_head(c, &h, call->out);
	jw_key(call->out, "diff");
	hunks_write(&h, call->out);
	hunks_release(&h);
	diff_unified(buf_str(&c->before_bytes), buf_str(&c->after_bytes),
	    c->before.kind == UNDO_ABSENT ? NULL : c->shown,
	    c->after.kind == UNDO_ABSENT ? NULL : c->shown, &text);
	jw_key_str(call->out, "text", buf_str(&text));
	return buf_check(&text, err);
}

/* --- revert ------------------------------------------------------------- */

/* The state of the file without one hunk; it is kept as an object. */
static int
without_hunk(struct op_call *call, const struct change_pair *c,
    size_t index, struct undo_state *ret, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(2 * REVERT_BYTES_MAX);
	struct hunks h;
	int rc = 0;

	if (!has_text(c))
		return error_set(err, ERR_UNSUPPORTED,
		    "%s is put back as a whole or not at all", c->shown);
	hunks_init(&h, buf_str(&c->before_bytes), buf_str(&c->after_bytes),
	    context_of(call));
	if (index >= h.n)
		rc = error_set(err, ERR_NOT_FOUND, "%s has %zu hunks",
		    c->shown, h.n);
	else
		hunks_revert(&h, index, &text);
	hunks_release(&h);
	if (rc == 0)
		rc = buf_check(&text, err);
	if (rc != 0)
		return rc;
	/* All of a new file, or all of what is left of it. */
	if (str_eq(buf_str(&text), buf_str(&c->before_bytes))) {
		*ret = c->before;
		if (ret->kind == UNDO_ABSENT)
			return 0;
	} else {
		*ret = c->after.kind == UNDO_ABSENT ? c->before : c->after;
	}
	ret->bytes = (int64_t)text.len;
	return undo_objects_put(undo_objects_of(call->host->undo),
	    buf_str(&text), 0, ret->hash, err);
}

/* All of it. Git's content has no object of ours yet. */
static int
without_change(struct op_call *call, const struct change_pair *c,
    struct undo_state *ret, struct error *err)
{
	*ret = c->before;
	if (!c->known || (ret->kind != UNDO_FILE && ret->kind != UNDO_LINK))
		return 0;
	return undo_objects_put(undo_objects_of(call->host->undo),
	    buf_str(&c->before_bytes), 0, ret->hash, err);
}

/* The hunks that the face has seen are those of this version. */
static bool
is_as_shown(const struct op_call *call, const struct change_pair *c)
{
	return json_get(call->args, "version") == NULL ||
	    str_eq_c(json_get_str(call->args, "version"), c->after.hash);
}

static int
put_back(struct op_call *call, const struct change_pairs *pairs,
    struct error *err)
{
	const struct change_pair *c = &pairs->items[0];
	const struct disk_look look = {
		.objects = undo_objects_of(call->host->undo),
		.file_max = INT64_MAX };
	CLEANUP_UNDO_PLAN struct undo_plan plan = { .n = 0 };
	CLEANUP(close_fd) int root = open(c->root,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t hunk = json_get_int(call->args, "hunk", -1);
	char point[ID_SIZE];
	struct undo_step *s;
	int rc;

	undo_plan_one(&plan, pairs->session, pairs->run, c->root, c->path);
	s = &plan.steps[0];
	s->expected = c->after;
	rc = disk_look(&look, root, c->path, &s->current, err);
	if (rc == 0 && (c->moved_on || !is_as_shown(call, c) ||
	    !undo_state_same(&s->current, &s->expected)))
		rc = error_set(err, ERR_UNDO_CONFLICT,
		    "%s was changed since; nothing was put back", c->shown);
	if (rc == 0)
		rc = hunk >= 0 ?
		    without_hunk(call, c, (size_t)hunk, &s->target, err) :
		    without_change(call, c, &s->target, err);
	if (rc == 0)
		rc = undo_plan_apply(call->host->undo, &plan, NULL, point,
		    err);
	if (rc == 0 && s->fault.code != ERR_NONE) {
		if (err != NULL)
			*err = s->fault;
		return -(int)s->fault.code;
	}
	if (rc == 0)
		rc = host_undo_tell(call, &plan, point, err);
	if (rc == 0)
		jw_key_cstr(call->out, "point", point);
	return rc;
}

static int
revert(struct op_call *call, struct error *err)
{
	CLEANUP_CHANGE_PAIRS struct change_pairs pairs = { .n = 0 };
	struct undo_hold hold;
	int rc = read_one(call, &pairs, err);

	if (rc != 0)
		return rc;
	if (pairs.items[0].denied)
		return error_set(err, ERR_PATH_DENIED,
		    "%s is on the deny list: undo it, or edit it yourself",
		    pairs.items[0].shown);
	if (pairs.session[0] == '\0')
		return error_set(err, ERR_SESSION_NOT_FOUND,
		    "there is no session here that this could belong to");
	rc = host_undo_hold(call, pairs.session, &hold, err);
	if (rc != 0)
		return rc;
	rc = put_back(call, &pairs, err);
	host_undo_release(&hold);
	return rc;
}

/* --- rows --------------------------------------------------------------- */

#define SCOPE                                                                 \
	"\"session\":{\"type\":\"string\"},\"scope\":{\"enum\":[\"run\","     \
	"\"session\",\"tree\"]},\"run\":{\"type\":\"string\"},\"path\":"      \
	"{\"type\":\"string\"},\"context\":{\"type\":\"integer\",\"minimum\"" \
	":0,\"maximum\":1000}"

/* A file: {path, action (create, delete, modify, mode, type), version, denied?,
 * binary?, moved_on? (the disk has something else by now), old_mode?,
 * new_mode?, insertions?, deletions?, hunks?}; the last three where it is
 * text. changes.diff gives one file, with diff: [{old_start, old_lines,
 * new_start, new_lines, lines: [{kind (" ", "-", "+"), old?, new?, text}]}]
 * and text, the unified diff. A hunk's number is its place in diff, for the
 * same context and version: who gives the version to changes.revert is refused
 * when it is another by now. Scope run without a run: the last one. */
const struct operation op_changes_rows[] = {
	OPERATION_SLOW("changes.list", "read",
	    "Files that a run, a session or the working tree changed",
	    ARGS(SCOPE), list),
	OPERATION_SLOW("changes.diff", "read", "One changed file, by hunks",
	    ARGS_WITH("\"path\"", SCOPE), diff),
	OPERATION("changes.revert", "write",
	    "Put one hunk of a change back, or without a number all of it",
	    ARGS_WITH("\"path\"",
		SCOPE ",\"hunk\":{\"type\":\"integer\",\"minimum\":0},"
		      "\"version\":{\"type\":\"string\"}"),
	    revert),
	{ .face = { .name = NULL } },
};
