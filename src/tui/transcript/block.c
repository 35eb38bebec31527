/* Blocks of the transcript; see block.h. */
#include "tui/transcript/block.h"

#include "base/mem.h"
#include "tui/text/markdown.h"

/* Answers are bounded by the core; this is the second lock on the door. */
#define TEXT_MAX (64 * MIB)

enum { SIZE_DEPTH_MAX = 16 };

struct block *
block_create(const struct block_kind *kind)
{
	struct block *b = mem_new(struct block);

	b->kind = kind;
	b->lines = LINES_INIT;
	b->filter = TERM_TEXT_INIT;
	buf_init(&b->text, TEXT_MAX);
	buf_init(&b->source, TEXT_MAX);
	b->bytes = sizeof(*b);
	return b;
}

void
block_destroy(struct block *b)
{
	if (b == NULL)
		return;
	block_forget(b);
	free(b->id);
	free(b->run);
	free(b->parent);
	json_destroy(b->first);
	json_destroy(b->second);
	buf_release(&b->text);
	free(b);
}

void
block_change(struct block *b)
{
	b->stale = true;
}

void
block_forget(struct block *b)
{
	markdown_destroy(b->md);
	b->md = NULL;
	b->md_ended = false;
	b->laid = NULL;
	lines_release(&b->lines);
	buf_release(&b->source);
	b->laid_width = 0;
}

const struct lines *
block_lines(struct block *b, const struct look *look)
{
	bool same = b->laid_width == look->width &&
	    b->laid_open == look->open && b->laid_newest == look->newest &&
	    b->laid_running == look->running;

	if (!same || b->stale) {
		b->colors.colors = look->colors;
		b->colors.done = b->done;
		b->stale = false;
		b->kind->lay(b, look);
		b->laid = b->md != NULL ? markdown_lines(b->md) : &b->lines;
		b->laid_width = look->width;
		b->laid_open = look->open;
		b->laid_newest = look->newest;
		b->laid_running = look->running;
	}
	return b->laid;
}

struct str
block_source(const struct block *b)
{
	return b->kind->flags & BLOCK_SHEET ? buf_str(&b->source) :
					      buf_str(&b->text);
}

void
block_take_text(struct block *b, int64_t offset, struct str text)
{
	size_t before = b->text.len;

	if (offset < 0)
		return;
	if (b->taken == 0 && offset > 0 && b->text.len == 0) {
		/* The window begins within this text. */
		b->headless = true;
		b->taken = offset;
	}
	/* A gap is filled by the whole text at the end. */
	if (offset > b->taken || offset + (int64_t)text.len <= b->taken)
		return;
	text = str_sub(text, (size_t)(b->taken - offset), SIZE_MAX);
	term_text_feed(&b->filter, text, &b->text);
	b->taken += (int64_t)text.len;
	b->bytes += b->text.len - before;
	block_change(b);
}

void
block_set_text(struct block *b, struct str text)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(TEXT_MAX);

	if (term_text(text, &clean) == 0 &&
	    !str_eq(buf_str(&clean), buf_str(&b->text))) {
		block_forget(b);
		b->bytes += clean.len;
		b->bytes -= b->text.len;
		buf_release(&b->text);
		b->text = clean;
		buf_init(&clean, 1);
	}
	b->taken = (int64_t)text.len;
	b->headless = false;
	block_change(b);
}

/* Roughly the memory of a tree. */
static size_t
json_size(const struct json *j, int depth)
{
	size_t size = 96 + json_str(j).len;

	if (depth == SIZE_DEPTH_MAX)
		return size;
	for (const struct json *i = json_first(j); i; i = json_next(i))
		size += json_size(i, depth + 1);
	return size;
}

static void
keep(struct block *b, struct json **to, const struct json *event)
{
	if (*to != NULL)
		b->bytes -= json_size(*to, 0);
	json_destroy(*to);
	*to = event == NULL ? NULL : json_copy(event);
	if (*to != NULL)
		b->bytes += json_size(*to, 0);
	block_change(b);
}

void
block_set_first(struct block *b, const struct json *event)
{
	keep(b, &b->first, event);
}

void
block_set_second(struct block *b, const struct json *event)
{
	keep(b, &b->second, event);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
block_same_run(const struct block *a, const struct block *b)
{
	return same_text(a->run, b->run) && same_text(a->parent, b->parent);
}
