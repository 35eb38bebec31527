/* Soft wrap of plain text; see wrap.h. */
#include "tui/text/wrap.h"

#include "tui/text/flow.h"

void
wrap_text(struct str text, const struct wrap_opts *opts, struct lines *out)
{
	CLEANUP_FLOW struct flow flow = FLOW_INIT;
	CLEANUP_FLOW struct flow first = FLOW_INIT;
	CLEANUP_FLOW struct flow others = FLOW_INIT;
	const struct flow_opts layout = { .width = opts->width,
		.first = &first, .others = &others,
		.lines_max = opts->lines_max };

	flow_add(&flow, text, opts->style, opts->source);
	flow_add(&first, opts->first, opts->prefix_style, LINE_NO_SOURCE);
	flow_add(&others, opts->others, opts->prefix_style, LINE_NO_SOURCE);
	flow_layout(&flow, &layout, out);
}
