/* The new line for one that was matched in spite of typographic characters:
 * a model that wrote them plainly in the old line did not mean to change them
 * in the new one. See match.h. */
#include "base/utf8.h"
#include "tools/match.h"

static bool
ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

static struct str
unindented(struct str s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = str_sub(s, 1, SIZE_MAX);
	return s;
}

/* Index of the first folded byte that begins at or behind `offset`. */
static size_t
folded_at(const struct match_folded *f, size_t offset)
{
	size_t i = 0;

	while (i < f->text.len && f->offsets[i] < offset)
		i++;
	return i;
}

void
match_merge(struct str have, struct str old, struct str fresh,
    struct buf *out)
{
	struct str body = unindented(fresh);
	size_t head = 0, tail = 0, shorter, from, to;
	struct match_folded file, wanted;

	have = unindented(str_trim_end(have));
	old = unindented(str_trim_end(old));
	if (ascii(have) || str_eq(have, old)) {
		buf_add_str(out, fresh);
		return;
	}
	shorter = old.len < body.len ? old.len : body.len;
	while (head < shorter && old.ptr[head] == body.ptr[head])
		head++;
	head = utf8_cut(old.ptr, old.len, head);
	while (tail < shorter - head &&
	    old.ptr[old.len - 1 - tail] == body.ptr[body.len - 1 - tail])
		tail++;
	while (tail > 0 &&
	    ((unsigned char)old.ptr[old.len - tail] & 0xc0) == 0x80)
		tail--;
	match_fold(have, MATCH_TYPOGRAPHIC, false, &file);
	match_fold(old, MATCH_TYPOGRAPHIC, false, &wanted);
	from = folded_at(&wanted, head);
	to = folded_at(&wanted, old.len - tail);
	if (file.offsets == NULL ||
	    !str_eq(buf_str(&file.text), buf_str(&wanted.text))) {
		buf_add_str(out, fresh);
	} else {
		buf_add_str(out, str_sub(fresh, 0, fresh.len - body.len));
		buf_add_str(out, str_sub(have, 0, file.offsets[from]));
		buf_add_str(out, str_sub(body, head,
		    body.len - head - tail));
		buf_add_str(out, str_sub(have, file.offsets[to], SIZE_MAX));
	}
	match_folded_release(&file);
	match_folded_release(&wanted);
}
