/* Status by the git program: its porcelain format, version 2
 * (https://git-scm.com/docs/git-status#_porcelain_format_version_2). */
#include "base/mem.h"
#include "git/program.h"
#include "git/repo_status_private.h"
#include "git/repository_private.h"

#define OUTPUT_MAX (32 * MIB)

static void
copy(char *out, size_t size, struct str text)
{
	snprintf(out, size, "%.*s", STR_ARG(text));
}

/* "+2 -1" */
static void
parse_ahead_behind(struct str text, struct repo_status *s)
{
	struct str ahead, behind = text;
	int64_t n;

	if (!str_next_field(&behind, ' ', &ahead))
		return;
	if (str_to_int(str_sub(ahead, 1, SIZE_MAX), 0, INT32_MAX, &n))
		s->ahead = (unsigned)n;
	if (str_to_int(str_sub(behind, 1, SIZE_MAX), 0, INT32_MAX, &n))
		s->behind = (unsigned)n;
}

static void
parse_header(struct str line, struct repo_status *s)
{
	struct str value;

	if (git_value(line, STR("# branch.oid "), &value)) {
		if (!str_eq_c(value, "(initial)"))
			copy(s->head, sizeof(s->head), value);
	} else if (git_value(line, STR("# branch.head "), &value)) {
		if (!str_eq_c(value, "(detached)"))
			copy(s->branch, sizeof(s->branch), value);
	} else if (git_value(line, STR("# branch.upstream "), &value)) {
		copy(s->upstream, sizeof(s->upstream), value);
	} else if (git_value(line, STR("# branch.ab "), &value)) {
		parse_ahead_behind(value, s);
	}
}

/* Fields before the path, by the kind of a line. */
static int
fields_before_path(char kind)
{
	switch (kind) {
	case '1':
		return 8;
	case '2':
		return 9;
	case 'u':
		return 10;
	case '?':
		return 1;
	default:
		return -1;
	}
}

static void
parse_change(struct str line, struct str *rest,
    const struct repo_status_opts *opts, struct repo_status *s)
{
	CLEANUP(free_ptr) char *path = NULL;
	CLEANUP(free_ptr) char *old_path = NULL;
	struct repo_status_row change = { '?', '?', NULL, NULL };
	int n = line.len > 0 ? fields_before_path(line.ptr[0]) : -1;
	struct str field, left = line;

	if (n < 0)
		return;
	for (int i = 0; i < n; i++) {
		if (!str_next_field(&left, ' ', &field))
			return;
		if (i == 1 && field.len == 2) {
			change.staged = field.ptr[0] == '.' ? ' ' :
							      field.ptr[0];
			change.unstaged = field.ptr[1] == '.' ? ' ' :
								field.ptr[1];
		}
	}
	if (line.ptr[0] == 'u')
		change.staged = change.unstaged = 'U';
	path = str_dup(left);
	if (line.ptr[0] == '2' && str_next_field(rest, '\0', &field))
		old_path = str_dup(field);
	change.path = path;
	change.old_path = old_path;
	repo_status_add(s, opts, &change);
}

int
repo_status_by_program(struct repo *r, const struct repo_status_opts *opts,
    struct repo_status *ret, struct error *err)
{
	const char *args[] = { "status", "--porcelain=v2", "-z", "--branch",
		"--ignore-submodules=dirty", "--no-column", "--find-renames",
		opts->no_untracked ? "--untracked-files=no" :
				     "--untracked-files=normal",
		"--", opts->folder != NULL && opts->folder[0] != '\0' ?
		    opts->folder :
		    NULL,
		NULL };
	CLEANUP_BUF struct buf out = BUF_INIT(OUTPUT_MAX);
	struct str rest, line;
	bool cut = false;
	int rc;

	if (ret->bare) {
		static const char *const head[] = { "symbolic-ref", "--short",
			"HEAD", NULL };

		rc = git_program_read(r, head, &out, NULL, err);
		copy(ret->branch, sizeof(ret->branch),
		    str_trim_end(buf_str(&out)));
		return rc;
	}
	rc = git_program_read(r, args, &out, &cut, err);
	if (rc != 0)
		return rc;
	rest = buf_str(&out);
	while (str_next_field(&rest, '\0', &line)) {
		if (line.len > 0 && line.ptr[0] == '#')
			parse_header(line, ret);
		else
			parse_change(line, &rest, opts, ret);
	}
	ret->truncated |= cut;
	return 0;
}
