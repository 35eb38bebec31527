/* Dropping colours; see plain_output.h. The sequences are ECMA-48's SGR
 * ("ESC [ 1 ; 31 m") and EL ("ESC [ K", which grep prints after each colour),
 * and the "ESC ( B" with which terminfo's sgr0 begins. */
#include "tui/text/plain_output.h"

#define ESC '\033'

enum fate { GOES_ON, IS_DROPPED, STAYS };

static enum fate
judge(const struct plain_output *p)
{
	char last = p->held[p->n_held - 1];

	if (p->n_held == 1)
		return GOES_ON;
	if (p->n_held == 2)
		return last == '[' || last == '(' ? GOES_ON : STAYS;
	if (p->held[1] == '(')
		return last == 'B' ? IS_DROPPED : STAYS;
	if (last == 'm' || last == 'K')
		return IS_DROPPED;
	if ((last >= '0' && last <= '9') || last == ';' || last == ':')
		return p->n_held < PLAIN_OUTPUT_HELD ? GOES_ON : STAYS;
	return STAYS;
}

static void
take_byte(struct plain_output *p, char byte, struct buf *out)
{
	enum fate fate;

	/* What was cut off by another sequence is none. */
	if (byte == ESC && p->n_held > 0) {
		buf_add(out, p->held, p->n_held);
		p->n_held = 0;
	}
	p->held[p->n_held++] = byte;
	fate = judge(p);
	if (fate == STAYS)
		buf_add(out, p->held, p->n_held);
	if (fate != GOES_ON)
		p->n_held = 0;
}

void
plain_output_feed(struct plain_output *p, struct str chunk, struct buf *out)
{
	while (chunk.len > 0) {
		size_t plain = str_find_char(chunk, ESC, 0);

		if (p->n_held > 0 || plain == 0) {
			take_byte(p, chunk.ptr[0], out);
			chunk = str_sub(chunk, 1, SIZE_MAX);
			continue;
		}
		if (plain == SIZE_MAX)
			plain = chunk.len;
		buf_add(out, chunk.ptr, plain);
		chunk = str_sub(chunk, plain, SIZE_MAX);
	}
}

void
plain_output(struct str text, struct buf *out)
{
	struct plain_output p = { .n_held = 0 };

	plain_output_feed(&p, text, out);
	buf_add(out, p.held, p.n_held);
}
