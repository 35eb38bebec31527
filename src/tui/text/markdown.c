/* Markdown as lines; see markdown.h. */
#include "tui/text/markdown.h"

#include "base/mem.h"
#include "tui/text/wrap.h"

struct markdown {
	struct markdown_opts opts;
	struct str text;
	struct lines lines;
};

struct markdown *
markdown_create(const struct markdown_opts *opts)
{
	struct markdown *m = mem_new(struct markdown);

	m->opts = *opts;
	m->lines = LINES_INIT;
	return m;
}

void
markdown_destroy(struct markdown *m)
{
	if (m == NULL)
		return;
	lines_release(&m->lines);
	free(m);
}

void
markdown_feed(struct markdown *m, struct str text)
{
	m->text = text;
}

void
markdown_finish(struct markdown *m)
{
}

const struct lines *
markdown_lines(struct markdown *m)
{
	lines_clear(&m->lines);
	wrap_text(m->text, &(struct wrap_opts){ .width = m->opts.width },
	    &m->lines);
	return &m->lines;
}

size_t
markdown_settled(const struct markdown *m)
{
	return 0;
}

void
markdown_recolor(struct markdown *m)
{
}

void
markdown_reset(struct markdown *m)
{
}
