/* Fixing what can be fixed safely; see checks.h. */
#include "base/mem.h"
#include "checks/check_run.h"

/* The text of a file as all families want it. False: it is right as it is. */
static bool
fix_file(struct check_run *run, struct check_file *file, struct buf *out)
{
	const struct check_family *family;
	bool fixed = false;

	for (size_t i = 0; (family = check_family_at(i)) != NULL; i++) {
		CLEANUP_BUF struct buf next = BUF_INIT(2 * file->size + KIB);

		/* Only one family has a fix by now; a second one would have
		 * to see the text as the first left it. */
		if (fixed || family->fix == NULL ||
		    !family->fix(run, file, &next) || next.failed != 0)
			continue;
		fixed = true;
		buf_add_str(out, buf_str(&next));
	}
	return fixed && out->failed == 0;
}

static void
add_fix(struct check_fixes *list, const struct check_file *file,
    struct buf *text)
{
	struct check_fix *fix;

	list->items = mem_grow(list->items, &list->cap, list->n + 1,
	    sizeof(*list->items));
	fix = &list->items[list->n++];
	*fix = (struct check_fix){ .path = mem_strdup(file->change->path),
		.mode = file->change->mode, .after = *text };
	buf_init(&fix->before, file->size);
	buf_add_str(&fix->before, file->text);
	*text = BUF_INIT(0);
}

static int
fix_all(struct check_run *run, struct check_fixes *ret, struct error *err)
{
	int rc = check_run_begin(run, err);

	for (size_t i = 0; rc == 0 && i < run->changes.n; i++) {
		CLEANUP(check_file_release) struct check_file file = {
			.change = NULL };
		CLEANUP_BUF struct buf text =
		    BUF_INIT(2 * run->opts->bytes_max + KIB);

		rc = cancel_check(run->opts->cancel, err);
		if (rc == 0)
			rc = check_run_load(run, &run->changes.items[i],
			    &file, err);
		if (rc == 0 && file.added.n > 0 &&
		    fix_file(run, &file, &text))
			add_fix(ret, &file, &text);
	}
	return rc;
}

int
checks_fix(const struct check_opts *opts, struct check_fixes *ret,
    struct error *err)
{
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	CLEANUP_CHECK_FIXES struct check_fixes fixes = { .n = 0 };
	struct check_run run = { .opts = opts, .report = &report };
	int rc = fix_all(&run, &fixes, err);

	check_run_release(&run);
	if (rc != 0)
		return rc;
	*ret = fixes;
	fixes = (struct check_fixes){ .n = 0 };
	return 0;
}

void
check_fixes_release(struct check_fixes *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].path);
		buf_release(&f->items[i].before);
		buf_release(&f->items[i].after);
	}
	free(f->items);
	*f = (struct check_fixes){ .n = 0 };
}
