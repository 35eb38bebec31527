/* What a push sends; see pushed.h. */
#include "git/pushed.h"

#include "base/mem.h"
#include "git/program.h"

#define COUNT "--max-count=2001"
_Static_assert(PUSHED_COMMITS_MAX == 2000, "COUNT is one more");

/* 40 or 64 hex digits. */
static bool
take_oid(struct str text, char out[REPO_OID_SIZE])
{
	bool zero = true;

	if (text.len != 40 && text.len != 64)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("0123456789abcdef", text.ptr[i]) == NULL)
			return false;
		zero &= text.ptr[i] == '0';
	}
	memcpy(out, text.ptr, text.len);
	out[zero ? 0 : text.len] = '\0';
	return true;
}

bool
pushed_next(struct str *lines, struct pushed_ref *ret, bool *ret_odd)
{
	struct str line, local, oid = STR_NONE, remote = STR_NONE;

	*ret_odd = false;
	while (str_next_line(lines, &line)) {
		*ret = (struct pushed_ref){ .oid = "" };
		if (!str_next_field(&line, ' ', &local) ||
		    !str_next_field(&line, ' ', &oid) ||
		    !str_next_field(&line, ' ', &remote) ||
		    !take_oid(oid, ret->oid) ||
		    !take_oid(line, ret->remote_oid)) {
			*ret_odd = true;
			return false;
		}
		ret->name = remote;
		if (ret->oid[0] != '\0')
			return true;
	}
	return false;
}

/* A name that stands for itself as a pattern; else every remote counts. */
static bool
is_plain_name(struct str remote)
{
	static const char others[] = "._/-";

	if (remote.len == 0 || remote.len > 100 || remote.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < remote.len; i++) {
		char c = remote.ptr[i];
		bool word = (c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!word && strchr(others, c) == NULL)
			return false;
	}
	return str_find(remote, STR("://"), 0) == SIZE_MAX;
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

int
pushed_commits(struct repo *r, const struct pushed_ref *ref,
    struct str remote, struct buf *out, bool *ret_cut, struct error *err)
{
	CLEANUP(free_ptr) char *known = is_plain_name(remote) ?
	    mem_printf("--remotes=%.*s", STR_ARG(remote)) :
	    mem_strdup("--remotes");
	const char *since[] = { "rev-list", COUNT, "--reverse", ref->oid,
		"--not", ref->remote_oid, known, NULL };
	const char *all[] = { "rev-list", COUNT, "--reverse", ref->oid,
		"--not", known, NULL };
	CLEANUP_BUF struct buf list = BUF_INIT(256 * KIB);
	struct str rest, line;
	int rc = -ERR_GIT;

	/* What the remote has may never have been fetched: then git knows no
	 * such object. */
	if (ref->remote_oid[0] != '\0')
		rc = git_program_read(r, since, &list, NULL, NULL);
	if (rc != 0) {
		buf_clear(&list);
		rc = git_program_read(r, all, &list, NULL, err);
	}
	if (rc != 0)
		return rc;
	rest = buf_str(&list);
	*ret_cut = count_lines(rest) > PUSHED_COMMITS_MAX;
	if (*ret_cut)
		str_next_line(&rest, &line);
	return buf_add_str(out, rest) == 0 ? 0 : buf_check(out, err);
}
