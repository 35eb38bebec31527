/* Cutting any bytes in any language: the first byte chooses the language, or
 * none. Each line that says something is in exactly one piece, no piece is
 * longer than it may be, and the packed form reads back. */
#include <assert.h>
#include <stdint.h>

#include "index/chunk.h"
#include "index/packing.h"
#include "index/text_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct chunks *c, size_t len)
{
	uint32_t line = 0, end = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct chunk *k = &c->items[i];

		assert(k->start_line > line && k->end_line >= k->start_line);
		assert(k->end_line - k->start_line < CHUNK_LINES_MAX);
		assert(k->start >= end && k->end >= k->start &&
		    k->end <= len);
		assert(k->def_line == 0 || (k->def_line >= k->start_line &&
		    k->def_line <= k->end_line));
		line = k->end_line;
		end = k->end;
	}
}

/* Damaged lists must end. */
static void
read_packed(struct str text)
{
	struct str postings = text, terms = text;
	struct chunk_term term;
	struct postings_reader list;
	struct chunk_terms piece;
	struct posting p;

	postings_open(&list, postings);
	while (postings_read(&list, &p, 1) > 0)
		continue;
	chunk_terms_open(&piece, terms);
	while (chunk_terms_next(&piece, &term))
		continue;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);
	struct chunks chunks;
	size_t which;

	if (size == 0)
		return 0;
	which = data[0] % (language_count() + 1);
	buf_add(&text, data + 1, size - 1);
	read_packed(buf_str(&text));
	text_form_to_utf8(&text);
	if (chunks_make(which == 0 ? NULL : language_at(which - 1),
		buf_str(&text), NULL, &chunks, NULL) == 0) {
		check(&chunks, text.len);
		chunks_release(&chunks);
	}
	return 0;
}
