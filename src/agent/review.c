/* A review of a change; see review.h. */
#include "agent/review.h"

#include "base/json_writer.h"
#include "base/mem.h"
#include "safety/scrubber.h"

#define PROMPT_MAX (8 * MIB)
#define NOTES_MAX (64 * KIB)
#define NAMES_MAX (1 * MIB)
enum {
	ANSWER_TOKENS = 16000, /* thinking included */
	AGAIN_MAX = 1,	       /* an answer that cannot be used */
};

struct work {
	const struct review_opts *opts;
	const struct review_material *material;
	struct review *review;
	struct buf text; /* the material as it is sent */
};

void
review_init(struct review *r)
{
	*r = (struct review){ .architect_notes = BUF_INIT(NOTES_MAX),
		.bug_hunter_notes = BUF_INIT(NOTES_MAX),
		.reasoning = BUF_INIT(NOTES_MAX),
		.patch = BUF_INIT(PROMPT_MAX),
		.left_out = BUF_INIT(NAMES_MAX) };
}

void
review_release(struct review *r)
{
	review_findings_release(&r->findings);
	buf_release(&r->architect_notes);
	buf_release(&r->bug_hunter_notes);
	buf_release(&r->reasoning);
	buf_release(&r->patch);
	buf_release(&r->left_out);
	free(r->patch_fault);
	*r = (struct review){ .n_left_out = 0 };
}

static void
tell(const struct work *w, enum review_step step)
{
	if (w->opts->progress != NULL)
		w->opts->progress(step, w->opts->ctx);
}

/* --- questions ---------------------------------------------------------- */

/* Reads an answer. ERR_PARSE, ERR_SCHEMA_MISMATCH and ERR_TOO_LARGE are worth
 * asking again. */
typedef int take_fn(struct str answer, void *ctx, struct error *err);

static bool
is_misunderstanding(int rc)
{
	return rc == -ERR_PARSE || rc == -ERR_SCHEMA_MISMATCH ||
	    rc == -ERR_TOO_LARGE;
}

static int
ask(const struct work *w, const struct review_prompt *p, struct str data,
    take_fn *take, void *ctx, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(PROMPT_MAX);
	struct ask_question q = { .schema = p->schema,
		.max_output_tokens = ANSWER_TOKENS };
	int rc;

	q.system = str_from(review_prompt_system);
	review_prompt_write(p, buf_str(&w->text), data, &text);
	for (int again = 0;; again++) {
		CLEANUP_BUF struct buf answer = BUF_INIT(REPLY_BYTES_MAX);
		struct error fault = ERROR_INIT;

		rc = buf_check(&text, &fault);
		q.text = buf_str(&text);
		if (rc == 0)
			rc = asker_ask(w->opts->asker, &q, &answer, &fault);
		if (rc == 0)
			rc = take(buf_str(&answer), ctx, &fault);
		if (rc == 0)
			return 0;
		if (!is_misunderstanding(rc) || again >= AGAIN_MAX) {
			if (err != NULL)
				*err = fault;
			return rc;
		}
		buf_printf(&text, "\n\nYour last answer could not be used: "
		    "%s. Answer again, shorter if it was long.",
		    fault.message);
	}
}

struct taking {
	const struct work *work;
	enum review_role role;
	struct review_findings found;
	struct buf *notes;
};

static int
take_findings(struct str answer, void *ctx, struct error *err)
{
	struct taking *t = ctx;

	return review_answer_parse(answer, &t->work->material->diff, t->role,
	    &t->found, t->notes, &t->work->review->dropped, err);
}

static int
ask_reviewer(struct work *w, const struct review_prompt *p,
    enum review_role role, struct buf *notes, struct error *err)
{
	struct taking t = { .work = w, .role = role, .notes = notes };
	int rc = ask(w, p, STR_NONE, take_findings, &t, err);

	review_findings_take(&w->review->findings, &t.found);
	return rc;
}

/* --- the second look ---------------------------------------------------- */

struct judging {
	struct review_verdict *verdicts;
	size_t n;
};

static int
take_verdicts(struct str answer, void *ctx, struct error *err)
{
	struct judging *j = ctx;

	return review_verdicts_parse(answer, j->verdicts, j->n, err);
}

/* What nobody gave a verdict on was not looked at, and is not shown. */
static void
apply_verdicts(struct work *w, struct review_verdict *verdicts)
{
	struct review *r = w->review;

	for (size_t i = r->findings.n; i-- > 0;) {
		struct review_finding *f = &r->findings.items[i];
		struct review_verdict *v = &verdicts[i];

		if (!v->given || !v->holds) {
			r->refuted++;
			review_findings_remove(&r->findings, i);
			continue;
		}
		f->reason = steal(v->reason);
		if (v->confidence >= 0)
			f->confidence = v->confidence;
		if (f->confidence < w->opts->min_confidence) {
			r->unsure++;
			review_findings_remove(&r->findings, i);
		}
	}
}

static int
refute(struct work *w, struct error *err)
{
	size_t n = w->review->findings.n;
	CLEANUP_BUF struct buf data = BUF_INIT(PROMPT_MAX);
	struct judging j = { mem_alloc(n + 1, sizeof(*j.verdicts)), n };
	int rc = 0;

	if (n > 0) {
		tell(w, REVIEW_STEP_REFUTING);
		review_findings_write(&w->review->findings, &data);
		rc = ask(w, &review_prompt_refute, buf_str(&data),
		    take_verdicts, &j, err);
	}
	if (rc == 0)
		apply_verdicts(w, j.verdicts);
	for (size_t i = 0; i < n; i++)
		free(j.verdicts[i].reason);
	free(j.verdicts);
	return rc;
}

/* --- the consensus ------------------------------------------------------ */

static int
take_consensus(struct str answer, void *ctx, struct error *err)
{
	struct review *r = ctx;

	return review_consensus_parse(answer, &r->reasoning, &r->patch, err);
}

static int
agree(struct work *w, struct error *err)
{
	CLEANUP_BUF struct buf data = BUF_INIT(PROMPT_MAX);
	CLEANUP_BUF struct buf findings = BUF_INIT(PROMPT_MAX);
	struct json_writer out = JSON_WRITER(&data);
	struct review *r = w->review;

	if (r->findings.n == 0) {
		buf_add_cstr(&r->reasoning, r->refuted + r->unsure > 0 ?
		    "No finding held when it was looked at a second time." :
		    "Neither reviewer found anything.");
		return 0;
	}
	tell(w, REVIEW_STEP_CONSENSUS);
	review_findings_write(&r->findings, &findings);
	jw_object(&out);
	jw_key_str(&out, "architect_notes", buf_str(&r->architect_notes));
	jw_key_str(&out, "bug_hunter_notes", buf_str(&r->bug_hunter_notes));
	jw_key_raw(&out, "findings", buf_str(&findings));
	jw_end(&out);
	return ask(w, &review_prompt_consensus, buf_str(&data),
	    take_consensus, r, err);
}

/* --- secrets ------------------------------------------------------------ */

/* A placeholder becomes what a person understands: which secret, and where.
 * The value itself has no business in a report, which ends up in logs. */
static void
name_secrets(struct scrubber *s, struct buf *text)
{
	struct buf out = BUF_INIT(text->len * 4 + 4 * KIB);
	struct scrubber_place place;
	size_t at = 0, done = 0, max = text->max;

	while (scrubber_next(s, buf_str(text), &at, &place)) {
		size_t begin = (size_t)(place.placeholder.ptr - text->ptr);

		buf_add(&out, text->ptr + done, begin - done);
		buf_printf(&out, "[secret: %s", place.rule);
		if (place.path != NULL)
			buf_printf(&out, ", %s:%zu", place.path, place.line);
		buf_add_char(&out, ']');
		done = begin + place.placeholder.len;
	}
	if (done == 0 || out.failed != 0) {
		buf_release(&out);
		return;
	}
	buf_add_str(&out, str_sub(buf_str(text), done, SIZE_MAX));
	buf_release(text);
	*text = out;
	text->max = max > out.len ? max : out.len;
}

static void
name_secrets_in(struct scrubber *s, char **text)
{
	struct buf b = BUF_INIT(NOTES_MAX);

	if (*text == NULL || !scrubber_has_placeholder(str_from(*text)))
		return;
	buf_add_cstr(&b, *text);
	name_secrets(s, &b);
	free(*text);
	*text = buf_steal(&b);
}

/* From the files themselves, before anything is cut out of them: so that each
 * is known by its line. What comes from a cache speaks of them as well. */
static void
see_secrets(const struct work *w)
{
	for (size_t i = 0; i < w->material->diff.n; i++) {
		const char *path = w->material->diff.files[i].path;
		CLEANUP_BUF struct buf text = BUF_INIT(4 * MIB);
		CLEANUP_BUF struct buf clean = BUF_INIT(16 * MIB);

		if (review_material_text(w->material, str_from(path), &text))
			asker_clean(w->opts->asker, path, buf_str(&text),
			    &clean);
	}
}

/* From the model's words to the user's. */
static void
finish(const struct work *w)
{
	struct review *r = w->review;
	struct scrubber *s = asker_scrubber(w->opts->asker);
	struct buf patch = BUF_INIT(PROMPT_MAX);
	struct error fault = ERROR_INIT;

	for (size_t i = 0; i < r->findings.n; i++) {
		name_secrets_in(s, &r->findings.items[i].message);
		name_secrets_in(s, &r->findings.items[i].fix);
		name_secrets_in(s, &r->findings.items[i].reason);
	}
	name_secrets(s, &r->architect_notes);
	name_secrets(s, &r->bug_hunter_notes);
	name_secrets(s, &r->reasoning);
	if (str_trim(buf_str(&r->patch)).len > 0 &&
	    review_patch_fit(w->material, w->opts->asker, buf_str(&r->patch),
		&patch, &fault) != 0) {
		r->patch_fault = mem_strdup(fault.message);
		buf_clear(&patch);
	}
	buf_release(&r->patch);
	r->patch = patch;
	review_findings_rank(&r->findings);
}

/* --- all of it ---------------------------------------------------------- */

static int
write_material(struct work *w, struct error *err)
{
	int64_t half = asker_context_tokens(w->opts->asker) / 2;
	struct review_context context = { .asker = w->opts->asker,
		.index = w->opts->index, .deny = w->opts->deny,
		.tokens = w->opts->context_tokens };

	if (context.tokens > half)
		context.tokens = half;
	tell(w, REVIEW_STEP_READING);
	if (w->opts->intent.len > 0) {
		buf_add_cstr(&w->text, "=== What the author says of it:\n");
		asker_clean(w->opts->asker, NULL, w->opts->intent, &w->text);
		buf_add_char(&w->text, '\n');
	}
	return review_material_write(w->material, &context, &w->text,
	    &w->review->n_left_out, &w->review->left_out, err);
}

static int
make(struct work *w, struct error *err)
{
	struct review *r = w->review;
	int rc = write_material(w, err);

	if (rc == 0 && r->n_left_out == w->material->diff.n)
		rc = error_set(err, ERR_TOO_LARGE,
		    "no file of this change fits into %lld tokens",
		    (long long)w->opts->context_tokens);
	if (rc == 0) {
		tell(w, REVIEW_STEP_BUGS);
		rc = ask_reviewer(w, &review_prompt_bugs, REVIEW_BUG_HUNTER,
		    &r->bug_hunter_notes, err);
	}
	if (rc == 0 && w->opts->consensus) {
		tell(w, REVIEW_STEP_DESIGN);
		rc = ask_reviewer(w, &review_prompt_design, REVIEW_ARCHITECT,
		    &r->architect_notes, err);
	}
	if (rc != 0)
		return rc;
	r->repeated = review_findings_merge(&r->findings);
	rc = refute(w, err);
	if (rc == 0 && w->opts->consensus)
		rc = agree(w, err);
	return rc;
}

int
review_run(const struct review_opts *opts,
    const struct review_material *material, struct review *ret,
    struct error *err)
{
	struct work w = { .opts = opts, .material = material, .review = ret,
		.text = BUF_INIT(PROMPT_MAX) };
	char key[65];
	int rc = 0;

	review_init(ret);
	see_secrets(&w);
	review_cache_key(opts, material, key);
	if (opts->cache_folder == NULL ||
	    !review_cache_get(opts->cache_folder, key, material, ret)) {
		rc = make(&w, err);
		if (rc == 0 && opts->cache_folder != NULL)
			review_cache_put(opts->cache_folder, key, ret);
	}
	if (rc == 0)
		finish(&w);
	buf_release(&w.text);
	return rc;
}
