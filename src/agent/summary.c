/* The summary that stands for the older turns, as something the user can read
 * and mend. It is part of the first message of the conversation, between
 * marks; what else that message holds (plan, paths, the last request) stays. */
#include "agent/impl.h"

#include "agent/convo.h"
#include "agent/hide.h"

#define SUMMARY_BEGIN "<summary>\n"
#define SUMMARY_END "\n</summary>\n"

/* The part that holds a summary, and where it stands in it. NULL: none. */
static struct part *
find_summary(const struct session *s, size_t *ret_at, size_t *ret_len)
{
	const struct message *first = s->convo.n > 0 ? s->convo.items[0] : NULL;

	for (size_t i = 0; first != NULL && i < first->n_parts; i++) {
		struct part *p = &first->parts[i];
		size_t begin, end;

		if (p->kind != PART_TEXT)
			continue;
		begin = str_find(buf_str(&p->text), STR(SUMMARY_BEGIN), 0);
		if (begin == SIZE_MAX)
			continue;
		begin += sizeof(SUMMARY_BEGIN) - 1;
		end = str_find(buf_str(&p->text), STR(SUMMARY_END), begin);
		if (end == SIZE_MAX)
			continue;
		*ret_at = begin;
		*ret_len = end - begin;
		return p;
	}
	return NULL;
}

/* The conversation belongs to the run while one goes on. */
static int
enter_idle(struct session *s, struct part **ret, size_t *ret_at,
    size_t *ret_len, struct error *err)
{
	int rc = 0;

	monitor_enter(&s->monitor);
	if (s->running)
		rc = error_set(err, ERR_BUSY, "a run goes on");
	else if ((*ret = find_summary(s, ret_at, ret_len)) == NULL)
		rc = error_set(err, ERR_NOT_FOUND,
		    "nothing was summed up in this session");
	if (rc != 0)
		monitor_leave(&s->monitor);
	return rc;
}

int
session_summary(struct session *s, struct buf *out, struct error *err)
{
	struct part *p;
	size_t at, len;
	int rc = enter_idle(s, &p, &at, &len, err);

	if (rc != 0)
		return rc;
	buf_add_str(out, str_sub(buf_str(&p->text), at, len));
	monitor_leave(&s->monitor);
	return buf_check(out, err);
}

static int
tell(struct session *s, int64_t before, struct str text, struct error *err)
{
	struct emit e;

	emit_begin(&e);
	jw_key_int(&e.w, "tokens_before", before);
	jw_key_int(&e.w, "tokens_after",
	    before + text_estimate_tokens(text));
	jw_key_str(&e.w, "summary", text);
	return emit_end(&e, &s->to, EVENT_COMPACTED, err);
}

int
session_set_summary(struct session *s, struct str text, struct error *err)
{
	const struct message *kept[1];
	struct part *p;
	size_t at, len;
	int64_t before;
	int rc;

	text = str_trim(text);
	if (str_find(text, STR("</summary>"), 0) != SIZE_MAX)
		return error_set(err, ERR_INVALID,
		    "a summary cannot hold its own end mark");
	rc = enter_idle(s, &p, &at, &len, err);
	if (rc != 0)
		return rc;
	before = convo_tokens(&s->convo, 0) -
	    text_estimate_tokens(str_sub(buf_str(&p->text), at, len));
	buf_splice(&p->text, at, len, text);
	rc = buf_check(&p->text, err);
	hide_message(s, s->convo.items[0]);
	s->convo.exact_tokens = 0; /* what the provider counted is no more */
	kept[0] = s->convo.items[0];
	/* A message whose id is known is replaced in its place. */
	if (rc == 0)
		rc = emit_store(&s->to, NULL, 0, kept, 1, err);
	monitor_leave(&s->monitor);
	return rc == 0 ? tell(s, before, text, err) : rc;
}
