/* Packed bytes of the code graph: a file, or places. What is read once must be
 * the same when it is packed and read again. */
#include <assert.h>
#include <stdint.h>

#include "index/graph_pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_file(struct str data)
{
	struct graph_file f, again;
	CLEANUP_BUF struct buf out = BUF_INIT(16 * MIB);

	if (graph_file_read(data, &f)) {
		graph_file_pack(&f, &out);
		assert(out.failed != 0 ||
		    graph_file_read(buf_str(&out), &again));
		assert(out.failed != 0 ||
		    (again.n_definitions == f.n_definitions &&
			again.n_uses == f.n_uses));
		if (out.failed == 0)
			graph_file_release(&again);
		graph_file_around(&f, 1);
	}
	graph_file_release(&f);
}

static void
read_places(struct str data)
{
	struct graph_place place;
	uint32_t line = 0;

	while (graph_place_next(&data, &line, &place))
		assert(place.definition || place.kind < REFERENCE_KINDS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);

	read_file(text);
	read_places(text);
	return 0;
}
