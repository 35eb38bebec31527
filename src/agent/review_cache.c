/* Reviews that were made before; see review.h. One file each, named by a
 * digest of what went into it: the change, the model, the settings. What lies
 * around the change is not part of it: the same change is not sent twice. */
#include "agent/review.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"

#define FILE_MAX (2 * MIB)
/* Raised when prompts, roles or the form of the file change. */
#define FORM "friday review 1"

enum { LISTED_MAX = 4096 };

void
review_cache_key(const struct review_opts *opts,
    const struct review_material *m, char out[65])
{
	CLEANUP_BUF struct buf model = BUF_INIT(1 * KIB);
	char settings[96];
	struct str parts[4];

	asker_model_name(opts->asker, &model);
	snprintf(settings, sizeof(settings), "%d %.3f %lld", opts->consensus,
	    opts->min_confidence, (long long)opts->context_tokens);
	parts[0] = STR(FORM);
	parts[1] = buf_str(&model);
	parts[2] = str_from(settings);
	parts[3] = buf_str(&m->diff_text);
	hash_texts(parts, ARRAY_LEN(parts), out);
}

static char *
path_of(const char *folder, const char *key)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s.json", key);

	return file_join(folder, name);
}

/* --- reading ------------------------------------------------------------ */

static void
take_text(const struct json *j, const char *key, struct buf *out)
{
	buf_add_str(out, json_get_str(j, key));
}

static size_t
count_of(const struct json *j, const char *key)
{
	int64_t n = json_get_int(j, key, 0);

	return n > 0 && n < INT32_MAX ? (size_t)n : 0;
}

/* What an answer's findings do not have. */
static bool
take_extras(const struct json *list, struct review_findings *f)
{
	size_t i = 0;

	if (json_count(list) != f->n)
		return false;
	for (const struct json *j = json_first(list); j;
	    j = json_next(j), i++) {
		struct str reason = json_get_str(j, "reason");

		f->items[i].roles = (unsigned)json_get_int(j, "roles", 0) &
		    (REVIEW_ARCHITECT | REVIEW_BUG_HUNTER);
		if (reason.len > 0)
			f->items[i].reason = str_dup(reason);
	}
	return true;
}

bool
review_cache_get(const char *folder, const char *key,
    const struct review_material *m, struct review *ret)
{
	CLEANUP(free_ptr) char *path = path_of(folder, key);
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	CLEANUP_BUF struct buf notes = BUF_INIT(64 * KIB);
	CLEANUP_JSON struct json *j = NULL;
	struct review_dropped dropped = { 0 };

	/* What was there before must not be read as half of this. */
	if (file_read(path, &text, NULL) != 0 ||
	    json_parse(buf_str(&text), NULL, &j, NULL) != 0 ||
	    review_answer_parse(buf_str(&text), &m->diff, REVIEW_BUG_HUNTER,
		&ret->findings, &notes, &dropped, NULL) != 0 ||
	    !take_extras(json_get(j, "findings"), &ret->findings)) {
		review_findings_release(&ret->findings);
		return false;
	}
	take_text(j, "architect_notes", &ret->architect_notes);
	take_text(j, "bug_hunter_notes", &ret->bug_hunter_notes);
	take_text(j, "reasoning", &ret->reasoning);
	take_text(j, "patch", &ret->patch);
	take_text(j, "left_out", &ret->left_out);
	ret->n_left_out = count_of(j, "n_left_out");
	ret->dropped.invalid = count_of(j, "invalid");
	ret->dropped.outside = count_of(j, "outside");
	ret->repeated = count_of(j, "repeated");
	ret->refuted = count_of(j, "refuted");
	ret->unsure = count_of(j, "unsure");
	ret->cached = true;
	/* The oldest go first, by when they were of use. */
	utimensat(AT_FDCWD, path, NULL, 0);
	return true;
}

/* --- writing ------------------------------------------------------------ */

static void
write_finding(struct json_writer *w, const struct review_finding *f)
{
	jw_object(w);
	jw_key_cstr(w, "path", f->path);
	jw_key_int(w, "line", f->line);
	jw_key_int(w, "end_line", f->end_line);
	jw_key_cstr(w, "severity", finding_severity_name(f->severity));
	jw_key_cstr(w, "category", f->category);
	jw_key_cstr(w, "message", f->message);
	if (f->fix != NULL)
		jw_key_cstr(w, "fix", f->fix);
	if (f->reason != NULL)
		jw_key_cstr(w, "reason", f->reason);
	jw_key(w, "confidence");
	jw_double(w, f->confidence);
	jw_key_int(w, "roles", f->roles);
	jw_end(w);
}

static void
write_review(struct json_writer *w, const struct review *r)
{
	jw_object(w);
	jw_key(w, "findings");
	jw_array(w);
	for (size_t i = 0; i < r->findings.n; i++)
		write_finding(w, &r->findings.items[i]);
	jw_end(w);
	jw_key_str(w, "architect_notes", buf_str(&r->architect_notes));
	jw_key_str(w, "bug_hunter_notes", buf_str(&r->bug_hunter_notes));
	jw_key_str(w, "reasoning", buf_str(&r->reasoning));
	jw_key_str(w, "patch", buf_str(&r->patch));
	jw_key_str(w, "left_out", buf_str(&r->left_out));
	jw_key_int(w, "n_left_out", (int64_t)r->n_left_out);
	jw_key_int(w, "invalid", (int64_t)r->dropped.invalid);
	jw_key_int(w, "outside", (int64_t)r->dropped.outside);
	jw_key_int(w, "repeated", (int64_t)r->repeated);
	jw_key_int(w, "refuted", (int64_t)r->refuted);
	jw_key_int(w, "unsure", (int64_t)r->unsure);
	jw_end(w);
}

struct listed {
	char *path;
	int64_t time_ms;
};

static int
older_first(const void *x, const void *y)
{
	const struct listed *a = x, *b = y;

	return a->time_ms < b->time_ms ? -1 : a->time_ms > b->time_ms;
}

static void
remove_oldest(const char *folder)
{
	CLEANUP(close_dir) DIR *dir = opendir(folder);
	struct listed *files = mem_alloc(LISTED_MAX, sizeof(*files));
	const struct dirent *e;
	size_t n = 0;

	while (dir != NULL && n < LISTED_MAX && (e = readdir(dir)) != NULL) {
		struct stat st;

		if (!str_ends(str_from(e->d_name), STR(".json")) ||
		    fstatat(dirfd(dir), e->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		files[n].path = file_join(folder, e->d_name);
		files[n++].time_ms = (int64_t)st.st_mtim.tv_sec * 1000 +
		    st.st_mtim.tv_nsec / 1000000;
	}
	qsort(files, n, sizeof(*files), older_first);
	for (size_t i = 0; i < n; i++) {
		if (i + REVIEW_CACHE_FILES < n)
			unlink(files[i].path);
		free(files[i].path);
	}
	free(files);
}

void
review_cache_put(const char *folder, const char *key, const struct review *r)
{
	CLEANUP(free_ptr) char *path = path_of(folder, key);
	CLEANUP_BUF struct buf text = BUF_INIT(FILE_MAX);
	struct json_writer w = JSON_WRITER(&text);

	write_review(&w, r);
	/* A review that cannot be kept is made again. */
	if (text.failed != 0 || file_make_dirs(folder, NULL) != 0 ||
	    file_write_atomic(path, buf_str(&text), 0600, NULL) != 0)
		return;
	remove_oldest(folder);
}
