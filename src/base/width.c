/* Columns of text; see width.h. */
#include "base/width.h"

#include <utf8proc.h>

#include "base/utf8.h"

enum { VARIATION_EMOJI = 0xfe0f };

static bool
is_regional(uint32_t code)
{
	return code >= 0x1f1e6 && code <= 0x1f1ff;
}

static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

size_t
width_cluster(struct str s, int *ret_columns)
{
	utf8proc_int32_t state = 0;
	uint32_t code, next;
	size_t at, len;
	int columns;
	bool flag;

	/* Nearly all text: one printable ASCII byte, and no mark behind it. */
	if (s.ptr[0] >= 0x20 && s.ptr[0] < 0x7f &&
	    (s.len == 1 || (unsigned char)s.ptr[1] < 0x80)) {
		*ret_columns = 1;
		return 1;
	}
	at = utf8_decode(s.ptr, s.len, &code);
	if (at == 0) {
		*ret_columns = 1;
		return 1;
	}
	if (is_control(code)) {
		*ret_columns = 0;
		return at;
	}
	columns = utf8proc_charwidth((utf8proc_int32_t)code);
	flag = is_regional(code);
	while (at < s.len) {
		int wide;

		len = utf8_decode(s.ptr + at, s.len - at, &next);
		if (len == 0 || at + len > WIDTH_CLUSTER_MAX ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)code,
		    (utf8proc_int32_t)next, &state))
			break;
		wide = utf8proc_charwidth((utf8proc_int32_t)next);
		if (next == VARIATION_EMOJI || (flag && is_regional(next)))
			wide = 2;
		if (wide > columns)
			columns = wide;
		code = next;
		at += len;
	}
	*ret_columns = columns > 2 ? 2 : columns;
	return at;
}

size_t
width_cluster_before(struct str s, size_t at)
{
	/* A cluster is bounded, so a start far enough back is in step again:
	 * at a line feed, or after two times the longest cluster. */
	size_t from = at > 4 * WIDTH_CLUSTER_MAX ? at - 4 * WIDTH_CLUSTER_MAX :
	    0;
	size_t previous;
	int columns;

	while (from > 0 && from < at && ((unsigned char)s.ptr[from] & 0xc0) ==
	    0x80)
		from++;
	previous = from;
	while (from < at) {
		previous = from;
		from += width_cluster(str_make(s.ptr + from, s.len - from),
		    &columns);
	}
	return previous;
}

size_t
width_of(struct str s)
{
	size_t columns;

	width_fit(s, SIZE_MAX, &columns);
	return columns;
}

size_t
width_fit(struct str s, size_t columns, size_t *ret_columns)
{
	size_t used = 0, at = 0;

	while (at < s.len) {
		int wide;
		size_t len = width_cluster(str_make(s.ptr + at, s.len - at),
		    &wide);

		if (used + (size_t)wide > columns)
			break;
		used += (size_t)wide;
		at += len;
	}
	if (ret_columns != NULL)
		*ret_columns = used;
	return at;
}
