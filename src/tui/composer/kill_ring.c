/* What was cut; see kill_ring.h. */
#include "tui/composer/kill_ring.h"

#include "tui/composer/edit_buffer.h"
#include "tui/composer/edit_text.h"

void
kill_ring_release(struct kill_ring *k)
{
	for (size_t i = 0; i < k->n; i++)
		buf_release(&k->items[i]);
	*k = (struct kill_ring){ .n = 0 };
}

static void
drop(struct kill_ring *k, size_t index)
{
	buf_release(&k->items[index]);
	memmove(&k->items[index], &k->items[index + 1],
	    (k->n - index - 1) * sizeof(*k->items));
	k->n--;
}

void
kill_ring_add(struct kill_ring *k, struct str text, bool in_front)
{
	if (text.len == 0)
		return;
	if (!k->going_on || k->n == 0) {
		if (k->n == KILL_RING_MAX)
			drop(k, 0);
		k->items[k->n++] = BUF_INIT(EDIT_BYTES_MAX);
	}
	buf_splice(&k->items[k->n - 1],
	    in_front ? 0 : k->items[k->n - 1].len, 0, text);
	k->going_on = true;
	k->yanked = 0;
}

struct str
kill_ring_yank(struct kill_ring *k)
{
	if (k->n == 0)
		return STR_NONE;
	k->at = k->n - 1;
	k->going_on = false;
	k->yanked = k->items[k->at].len;
	return buf_str(&k->items[k->at]);
}

struct str
kill_ring_older(struct kill_ring *k)
{
	if (k->n == 0)
		return STR_NONE;
	k->at = (k->at + k->n - 1) % k->n;
	k->yanked = k->items[k->at].len;
	return buf_str(&k->items[k->at]);
}

void
kill_ring_rest(struct kill_ring *k)
{
	k->going_on = false;
	k->yanked = 0;
}

static bool
has_chip(struct str text)
{
	for (size_t at = 0; at < text.len; at++)
		if (edit_chip_at(text, at) >= 0)
			return true;
	return false;
}

void
kill_ring_drop_chips(struct kill_ring *k)
{
	for (size_t i = k->n; i > 0; i--)
		if (has_chip(buf_str(&k->items[i - 1])))
			drop(k, i - 1);
	kill_ring_rest(k);
}
