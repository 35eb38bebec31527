/* Visual mode: what is selected, and what is done with it. */
#include "tui/composer/vi_inner.h"

#include "tui/composer/edit_text.h"

bool
vi_selection(const struct vi *v, const struct edit *e, size_t *ret_from,
    size_t *ret_to)
{
	struct str text = edit_text(e);
	size_t from = v->anchor < e->caret ? v->anchor : e->caret;
	size_t to = v->anchor < e->caret ? e->caret : v->anchor;

	if (!v->on || (v->mode != VI_VISUAL && v->mode != VI_VISUAL_LINE))
		return false;
	if (to > text.len)
		to = text.len;
	*ret_from = v->mode == VI_VISUAL ? from : edit_line_start(text, from);
	*ret_to = v->mode == VI_VISUAL ? edit_next(text, to) :
	    edit_line_end(text, to);
	return true;
}

bool
vi_visual_command(struct vi *v, struct edit *e, uint32_t key)
{
	struct vi_span s = { .lines = v->mode == VI_VISUAL_LINE };
	size_t other;

	if (!vi_selection(v, e, &s.from, &s.to))
		return false;
	switch (key) {
	case 'd': case 'x': case 'X': case 'D':
		vi_operate(v, e, 'd', s);
		return true;
	case 'c': case 's': case 'S': case 'C':
		vi_operate(v, e, 'c', s);
		return true;
	case 'y': case 'Y':
		vi_operate(v, e, 'y', s);
		return true;
	case '~':
		v->mode = VI_NORMAL;
		vi_swap_case(v, e, s.from, s.to);
		edit_move(e, s.from);
		return true;
	case 'o':
		other = v->anchor;
		v->anchor = e->caret;
		edit_move(e, other);
		return true;
	case 'v':
		v->mode = v->mode == VI_VISUAL ? VI_NORMAL : VI_VISUAL;
		return true;
	case 'V':
		v->mode = v->mode == VI_VISUAL_LINE ? VI_NORMAL :
		    VI_VISUAL_LINE;
		return true;
	default:
		return false;
	}
}
