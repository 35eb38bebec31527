/* The plan half of change sets: entries by their real path, so that two names
 * of one file are one entry. See change_set.h. */
#include "tools/change_set.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "safety/scrubber.h"
#include "tools/change_entry.h"
#include "tools/diff.h"

enum { FILES_MAX = 1000 };

struct change_set *
change_set_create(struct workspace *w)
{
	struct change_set *cs = mem_new(struct change_set);

	cs->workspace = w;
	return cs;
}

static void
entry_destroy(struct change_entry *e)
{
	workspace_node_release(&e->node);
	buf_release(&e->before);
	buf_release(&e->after);
	buf_release(&e->shown);
	free(e);
}

void
change_set_destroy(struct change_set *cs)
{
	if (cs == NULL)
		return;
	for (size_t i = 0; i < cs->n; i++)
		entry_destroy(cs->items[i]);
	free(cs->items);
	free(cs);
}

struct str
change_entry_content(const struct change_entry *e)
{
	return buf_str(e->touched ? &e->after : &e->before);
}

bool
change_entry_differs(const struct change_entry *e)
{
	if (e->had != e->has)
		return true;
	if (!e->has)
		return false;
	if (e->mode_set && (e->node.st.st_mode & 07777) != e->mode)
		return true;
	return e->touched && !str_eq(buf_str(&e->before), buf_str(&e->after));
}

/* ".git" anywhere in the path: hooks and configuration in there run commands,
 * and its files belong to git. */
static bool
in_git_folder(const char *path)
{
	struct str rest = str_from(path), part;

	while (str_next_field(&rest, '/', &part))
		if (str_eq_nocase(part, STR(".git")))
			return true;
	return false;
}

/* Content as a model sees it, with placeholders for secrets; only those that
 * were made from this file's content, here or when it was read, can be put
 * back into it. */
static int
show(const struct change_set *cs, struct change_entry *e, struct error *err)
{
	struct scrubber *s = workspace_scrubber(cs->workspace);
	size_t count = 0;

	buf_clear(&e->shown);
	e->hides = false;
	if (s == NULL)
		return 0;
	if (scrubber_clean(s, e->node.path, change_entry_content(e),
	    &e->shown, &count) != 0)
		return buf_check(&e->shown, err);
	e->hides = count > 0;
	return 0;
}

/* The new content: placeholders of this file's secrets become those again. A
 * placeholder that would stay is refused, unless the file had it before. */
static int
put_back(const struct change_set *cs, struct change_entry *e,
    struct str content, struct error *err)
{
	struct scrubber *s = workspace_scrubber(cs->workspace);
	CLEANUP_BUF struct buf out = BUF_INIT(WORKSPACE_FILE_MAX);
	struct str foreign;

	if (s == NULL)
		buf_add_str(&out, content);
	else
		scrubber_restore(s, e->node.path, content, &out, NULL);
	foreign = scrubber_foreign(buf_str(&out), change_entry_content(e));
	if (foreign.len > 0)
		return error_set(err, ERR_SECRET_PLACEHOLDER,
		    "%.120s would be saved with %.*s, which stands for a "
		    "secret of another place", e->node.display,
		    STR_ARG(foreign));
	if (out.failed != 0)
		return buf_check(&out, err);
	buf_clear(&e->after);
	buf_add_str(&e->after, buf_str(&out));
	return buf_check(&e->after, err);
}

static int
load_content(struct change_set *cs, struct change_entry *e, struct error *err)
{
	int rc = 0;

	e->had = e->node.exists;
	e->has = e->had;
	e->is_link = e->had && S_ISLNK(e->node.st.st_mode);
	if (!e->had || e->is_link)
		return 0;
	rc = workspace_read_overlay(cs->workspace, &e->node, &e->before, err);
	if (rc == 0)
		rc = workspace_read_node(&e->node, &e->before, err);
	return rc < 0 ? rc : show(cs, e, err);
}

/* The entry for a path, made and read when it is new. */
static int
entry_of(struct change_set *cs, struct str path, unsigned locate_flags,
    struct change_entry **ret, struct error *err)
{
	struct change_entry *e;
	struct workspace_node node;
	int rc;

	rc = workspace_locate(cs->workspace, path, locate_flags, &node, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < cs->n; i++) {
		if (strcmp(cs->items[i]->node.path, node.path) == 0) {
			workspace_node_release(&node);
			*ret = cs->items[i];
			return 0;
		}
	}
	e = mem_new(struct change_entry);
	e->node = node;
	e->before = BUF_INIT(WORKSPACE_FILE_MAX);
	e->after = BUF_INIT(WORKSPACE_FILE_MAX);
	e->shown = BUF_INIT(4 * WORKSPACE_FILE_MAX);
	e->moved_to = e->moved_from = SIZE_MAX;
	e->folder = -1;
	if (cs->n == FILES_MAX)
		rc = error_set(err, ERR_TOO_LARGE,
		    "more than %d files in one change", FILES_MAX);
	else if (in_git_folder(node.path))
		rc = error_set(err, ERR_PERMISSION,
		    "%s belongs to git: use the git tool", node.display);
	else
		rc = workspace_node_check(&e->node, err);
	if (rc == 0)
		rc = load_content(cs, e, err);
	if (rc != 0) {
		entry_destroy(e);
		return rc;
	}
	cs->items = mem_resize(cs->items, cs->n + 1,
	    sizeof(struct change_entry *));
	cs->items[cs->n++] = e;
	*ret = e;
	return 0;
}

static int
check_known(struct change_set *cs, const struct change_entry *e,
    unsigned flags, struct error *err)
{
	enum stamp_state state;

	if (!e->had || e->touched || !e->has || e->is_link)
		return 0;
	state = workspace_stamp_check(cs->workspace, &e->node,
	    buf_str(&e->before));
	if (state == STAMP_CHANGED)
		return error_set(err, ERR_TOOL_STALE,
		    "%s changed since it was read: read it again first",
		    e->node.display);
	if (state == STAMP_UNKNOWN && (flags & CHANGE_MUST_KNOW))
		return error_set(err, ERR_TOOL_STALE,
		    "%s exists and was not read yet: read it first, or use "
		    "edit", e->node.display);
	return 0;
}

int
change_set_exists(struct change_set *cs, struct str path, bool *ret,
    struct error *err)
{
	struct workspace_node node;
	int rc;

	rc = workspace_locate(cs->workspace, path, 0, &node, err);
	if (rc != 0)
		return rc;
	*ret = node.exists;
	for (size_t i = 0; i < cs->n; i++)
		if (strcmp(cs->items[i]->node.path, node.path) == 0)
			*ret = cs->items[i]->has;
	workspace_node_release(&node);
	return 0;
}

int
change_set_read(struct change_set *cs, struct str path,
    struct str *ret_content, struct error *err)
{
	struct change_entry *e;
	int rc;

	rc = entry_of(cs, path, 0, &e, err);
	if (rc == 0 && !e->has)
		rc = error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    e->node.display);
	if (rc == 0)
		rc = check_known(cs, e, 0, err);
	if (rc == 0)
		*ret_content = e->hides ? buf_str(&e->shown) :
					  change_entry_content(e);
	return rc;
}

int
change_set_put(struct change_set *cs, struct str path, struct str content,
    unsigned flags, struct error *err)
{
	struct change_entry *e;
	int rc;

	rc = entry_of(cs, path, 0, &e, err);
	if (rc == 0 && e->has && (flags & CHANGE_CREATE))
		rc = error_set(err, ERR_EXISTS, "%s exists already",
		    e->node.display);
	if (rc == 0)
		rc = check_known(cs, e, flags, err);
	if (rc == 0)
		rc = put_back(cs, e, content, err);
	if (rc != 0)
		return rc;
	e->touched = true;
	e->has = true;
	return show(cs, e, err);
}

int
change_set_mode(struct change_set *cs, struct str path, mode_t mode,
    struct error *err)
{
	struct change_entry *e;
	int rc;

	rc = entry_of(cs, path, 0, &e, err);
	if (rc != 0)
		return rc;
	e->mode_set = true;
	e->mode = mode & 0777;
	return 0;
}

int
change_set_remove(struct change_set *cs, struct str path, struct error *err)
{
	struct change_entry *e;
	int rc;

	rc = entry_of(cs, path, WORKSPACE_NOFOLLOW, &e, err);
	if (rc == 0 && !e->has)
		rc = error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    e->node.display);
	if (rc == 0)
		rc = check_known(cs, e, 0, err);
	if (rc != 0)
		return rc;
	e->has = false;
	e->touched = true;
	buf_clear(&e->after);
	return 0;
}

int
change_set_move(struct change_set *cs, struct str from, struct str to,
    struct error *err)
{
	struct change_entry *a, *b;
	size_t ia = 0, ib = 0;
	int rc;

	rc = entry_of(cs, from, WORKSPACE_NOFOLLOW, &a, err);
	if (rc == 0)
		rc = entry_of(cs, to, WORKSPACE_NOFOLLOW, &b, err);
	if (rc != 0 || a == b)
		return rc;
	if (!a->has)
		return error_set(err, ERR_NOT_FOUND, "%s does not exist",
		    a->node.display);
	if (a->is_link)
		return error_set(err, ERR_INVALID,
		    "%s is a symbolic link: move it with the shell",
		    a->node.display);
	if (b->has)
		return error_set(err, ERR_EXISTS,
		    "%s exists already: it is not overwritten by a move",
		    b->node.display);
	rc = check_known(cs, a, 0, err);
	if (rc != 0)
		return rc;
	buf_clear(&b->after);
	buf_add_str(&b->after, change_entry_content(a));
	b->touched = b->has = true;
	b->mode_set = a->mode_set || a->had;
	b->mode = a->mode_set ? a->mode : a->node.st.st_mode & 07777;
	b->owner_set = a->had;
	b->uid = a->node.st.st_uid;
	b->gid = a->node.st.st_gid;
	while (cs->items[ia] != a)
		ia++;
	while (cs->items[ib] != b)
		ib++;
	b->moved_from = ia;
	a->moved_to = ib;
	a->has = false;
	a->touched = true;
	buf_clear(&a->after);
	return show(cs, b, err);
}

size_t
change_set_count(const struct change_set *cs)
{
	size_t n = 0;

	for (size_t i = 0; i < cs->n; i++)
		n += change_entry_differs(cs->items[i]);
	return n;
}

struct change
change_set_at(const struct change_set *cs, size_t i)
{
	const struct change_entry *e = NULL;
	struct change c;

	for (size_t at = 0; at < cs->n; at++) {
		if (!change_entry_differs(cs->items[at]))
			continue;
		e = cs->items[at];
		if (i-- == 0)
			break;
	}
	if (e == NULL)
		return (struct change){ .path = "" };
	c = (struct change){ .path = e->node.display, .had = e->had,
		.has = e->has };
	if (e->had)
		c.before = buf_str(&e->before);
	if (e->has)
		c.after = change_entry_content(e);
	if (e->moved_to != SIZE_MAX && !e->has)
		c.moved_to = cs->items[e->moved_to]->node.display;
	if (e->moved_from != SIZE_MAX && !e->had)
		c.moved_from = cs->items[e->moved_from]->node.display;
	return c;
}

static void
diff_one(const struct change_set *cs, const struct change_entry *e,
    struct buf *out)
{
	const struct change_entry *from = e->moved_from == SIZE_MAX ? NULL :
	    cs->items[e->moved_from];

	if (e->has && !e->had && from != NULL) {
		buf_printf(out, "rename from %s\nrename to %s\n",
		    from->node.display, e->node.display);
		if (!str_eq(buf_str(&from->before), buf_str(&e->after)))
			diff_unified(buf_str(&from->before),
			    buf_str(&e->after), from->node.display,
			    e->node.display, out);
		return;
	}
	if (e->has && e->had && e->mode_set &&
	    (e->node.st.st_mode & 07777) != e->mode)
		buf_printf(out, "old mode 100%03o\nnew mode 100%03o\n",
		    (unsigned)e->node.st.st_mode & 0777, (unsigned)e->mode);
	diff_unified(e->had ? buf_str(&e->before) : STR_NONE,
	    e->has ? change_entry_content(e) : STR_NONE,
	    e->had ? e->node.display : NULL,
	    e->has ? e->node.display : NULL, out);
}

void
change_set_diff(const struct change_set *cs, struct buf *out)
{
	for (size_t i = 0; i < cs->n; i++) {
		const struct change_entry *e = cs->items[i];

		/* The source of a move is shown with its target. */
		if (change_entry_differs(e) &&
		    (e->has || e->moved_to == SIZE_MAX))
			diff_one(cs, e, out);
	}
}

void
change_set_fail_at(struct change_set *cs, size_t n)
{
	cs->fail_at = n;
}
