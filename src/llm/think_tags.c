/* Splits thinking tags off; see think_tags.h. */
#include "llm/think_tags.h"

static const struct {
	struct str open, close;
} tags[] = {
	{ { "<think>", 7 }, { "</think>", 8 } },
	{ { "<thinking>", 10 }, { "</thinking>", 11 } },
	{ { "<thought>", 9 }, { "</thought>", 10 } },
	{ { "<reasoning>", 11 }, { "</reasoning>", 12 } },
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str
held(const struct think_tags *t)
{
	return str_make(t->held, t->n_held);
}

enum verdict { NO_TAG, MAYBE_TAG, TAG };

/* Whether the answer starts with a tag, as far as the held bytes tell. */
static enum verdict
judge(struct think_tags *t)
{
	struct str start = held(t);
	bool possible = false;

	while (start.len > 0 && is_blank(start.ptr[0]))
		start = str_sub(start, 1, SIZE_MAX);
	for (unsigned i = 0; i < ARRAY_LEN(tags); i++) {
		if (str_eq(start, tags[i].open)) {
			t->row = i;
			return TAG;
		}
		possible |= str_starts(tags[i].open, start);
	}
	return possible && t->n_held < sizeof(t->held) ? MAYBE_TAG : NO_TAG;
}

static int
decide(struct think_tags *t, struct reply *r, int64_t key, struct str *text,
    struct error *err)
{
	while (text->len > 0) {
		t->held[t->n_held++] = text->ptr[0];
		*text = str_sub(*text, 1, SIZE_MAX);
		switch (judge(t)) {
		case TAG:
			t->where = THINK_INSIDE;
			t->n_held = 0;
			return 0;
		case NO_TAG:
			t->where = THINK_OVER;
			return reply_text(r, key, held(t), err);
		case MAYBE_TAG:
			break;
		}
	}
	return 0;
}

/* Thinking up to the closing tag. Its '<' stands only at its start, so a
 * mismatch never hides the start of another tag, except at the byte itself. */
static int
inside(struct think_tags *t, struct reply *r, int64_t key, struct str *text,
    struct error *err)
{
	struct str close = tags[t->row].close;

	while (text->len > 0) {
		int rc;

		if (t->n_held == 0) {
			size_t at = str_find_char(*text, '<', 0);

			rc = reply_reasoning(r, key, str_sub(*text, 0, at),
			    err);
			*text = str_sub(*text, at, SIZE_MAX);
			if (rc != 0 || text->len == 0)
				return rc;
		}
		if (text->ptr[0] != close.ptr[t->n_held]) {
			rc = reply_reasoning(r, key, held(t), err);
			t->n_held = 0;
			if (rc != 0)
				return rc;
			continue;
		}
		t->held[t->n_held++] = text->ptr[0];
		*text = str_sub(*text, 1, SIZE_MAX);
		if (t->n_held == close.len) {
			t->n_held = 0;
			t->where = THINK_BEHIND;
			return 0;
		}
	}
	return 0;
}

int
think_tags_feed(struct think_tags *t, struct reply *r, int64_t key,
    struct str text, struct error *err)
{
	int rc = 0;

	if (t->where == THINK_UNDECIDED)
		rc = decide(t, r, key, &text, err);
	if (rc == 0 && t->where == THINK_INSIDE)
		rc = inside(t, r, key, &text, err);
	if (t->where == THINK_BEHIND) {
		while (text.len > 0 && is_blank(text.ptr[0]))
			text = str_sub(text, 1, SIZE_MAX);
		if (text.len > 0)
			t->where = THINK_OVER;
	}
	return rc != 0 ? rc : reply_text(r, key, text, err);
}

int
think_tags_finish(struct think_tags *t, struct reply *r, int64_t key,
    struct error *err)
{
	struct str rest = held(t);

	t->n_held = 0;
	if (t->where == THINK_UNDECIDED) {
		t->where = THINK_OVER;
		return reply_text(r, key, rest, err);
	}
	return t->where == THINK_INSIDE ?
	    reply_reasoning(r, key, rest, err) :
	    0;
}
