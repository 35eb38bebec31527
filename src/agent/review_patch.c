/* A patch that a model wrote: fitted to the files of the change before anybody
 * is offered it. See review.h. */
#include "agent/review.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "safety/scrubber.h"
#include "tools/diff.h"
#include "tools/patch_apply.h"

#define TEXT_MAX (4 * MIB)
#define PATCH_MAX (2 * MIB)

/* Placeholders belong to files, and a patch speaks of several. */
static int
restore_part(struct asker *asker, const char *path, struct str part,
    struct buf *out, struct error *err)
{
	size_t unknown = 0;

	if (scrubber_restore(asker_scrubber(asker), path, part, out,
		&unknown) != 0)
		return buf_check(out, err);
	if (unknown > 0)
		return error_set(err, ERR_SECRET_PLACEHOLDER,
		    "it would carry a secret into another file");
	return 0;
}

static int
restore(const struct review_material *m, struct asker *asker,
    struct str patch, struct buf *out, struct error *err)
{
	const char *path = NULL;
	struct str rest = patch, line;
	size_t begin = 0;
	int rc = 0;

	while (rc == 0 && str_next_line(&rest, &line)) {
		const struct review_file *f = NULL;
		size_t at = (size_t)(line.ptr - patch.ptr);

		if (str_starts(line, STR("+++ b/")))
			f = review_diff_file(&m->diff,
			    str_trim(str_sub(line, 6, SIZE_MAX)));
		if (f == NULL)
			continue;
		rc = restore_part(asker, path,
		    str_sub(patch, begin, at - begin), out, err);
		begin = at;
		path = f->path;
	}
	return rc != 0 ? rc : restore_part(asker, path,
	    str_sub(patch, begin, SIZE_MAX), out, err);
}

static int
fit_file(const struct review_material *m, const struct patch_file *f,
    struct buf *out, struct error *err)
{
	CLEANUP_BUF struct buf before = BUF_INIT(TEXT_MAX);
	CLEANUP_BUF struct buf after = BUF_INIT(2 * TEXT_MAX);
	unsigned tolerance;
	int rc;

	if (f->op != PATCH_UPDATE || f->new_path != NULL || f->mode_set)
		return error_set(err, ERR_TOOL_PATCH,
		    "it makes, moves or removes %s", f->path);
	if (!review_material_text(m, str_from(f->path), &before))
		return error_set(err, ERR_TOOL_PATCH,
		    "%s is not a file of the change", f->path);
	if (!utf8_valid(buf_str(&before)))
		return error_set(err, ERR_TOOL_PATCH, "%s is not UTF-8",
		    f->path);
	rc = patch_apply_text(f, buf_str(&before), &after, &tolerance, err);
	if (rc == 0)
		diff_unified(buf_str(&before), buf_str(&after), f->path,
		    f->path, out);
	return rc;
}

int
review_patch_fit(const struct review_material *m, struct asker *asker,
    struct str text, struct buf *out, struct error *err)
{
	CLEANUP_PATCH struct patch patch = { .n_files = 0 };
	CLEANUP_BUF struct buf restored = BUF_INIT(PATCH_MAX);
	CLEANUP_BUF struct buf fitted = BUF_INIT(PATCH_MAX);
	int rc = restore(m, asker, text, &restored, err);

	if (rc == 0)
		rc = patch_parse(buf_str(&restored), &patch, err);
	/* Two parts of one file would each be fitted to the same text. */
	for (size_t i = 0; rc == 0 && i < patch.n_files; i++)
		for (size_t j = 0; rc == 0 && j < i; j++)
			if (strcmp(patch.files[i].path, patch.files[j].path)
			    == 0)
				rc = error_set(err, ERR_TOOL_PATCH,
				    "%s is in it twice", patch.files[i].path);
	for (size_t i = 0; rc == 0 && i < patch.n_files; i++)
		rc = fit_file(m, &patch.files[i], &fitted, err);
	if (rc == 0)
		rc = buf_check(&fitted, err);
	if (rc == 0) {
		buf_add_str(out, buf_str(&fitted));
		rc = buf_check(out, err);
	}
	return rc;
}
