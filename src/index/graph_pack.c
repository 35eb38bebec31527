/* Packed bytes of the code graph; see graph_pack.h. */
#include "index/graph_pack.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/varint.h"

/* Of a place: its kind, or PLACE_DEFINITION, and flags. */
enum {
	PLACE_KIND = 7,
	PLACE_DEFINITION = 7,
	PLACE_MEMBER = 8,
	PLACE_FROM = 16,
};

/* Far more than there are; sums of them stay in range. */
#define ID_MAX (UINT64_C(1) << 40)

_Static_assert((int)REFERENCE_KINDS <= (int)PLACE_DEFINITION, "three bits");

/* The number of a name. */
static bool
take_id(struct str *rest, uint64_t from, int64_t *ret)
{
	uint64_t n;

	if (!varint_take(rest, &n) || n > ID_MAX - from)
		return false;
	*ret = (int64_t)(from + n);
	return true;
}

static bool
take_line(struct str *rest, uint32_t from, uint32_t *ret)
{
	uint64_t n;

	if (!varint_take(rest, &n) || n > UINT32_MAX - from)
		return false;
	*ret = from + (uint32_t)n;
	return true;
}

/* How many there are; no more than the bytes can hold. */
static bool
take_count(struct str *rest, size_t max, size_t *ret)
{
	uint64_t n;

	if (!varint_take(rest, &n) || n > rest->len || n > max)
		return false;
	*ret = (size_t)n;
	return true;
}

/* --- a file ------------------------------------------------------------- */

/* Index + 1 of a text in the list, which it joins. */
static uintptr_t
put_text(struct map *texts, struct str s)
{
	uintptr_t n = (uintptr_t)map_get(texts, s);

	if (n == 0) {
		n = map_count(texts) + 1;
		map_set(texts, s, (void *)n);
	}
	return n;
}

static void
pack_texts(const struct graph_file *f, struct map *texts, struct buf *out)
{
	size_t cursor = 0;
	struct str text;
	void *value;

	for (size_t i = 0; i < f->n_definitions; i++) {
		put_text(texts, f->definitions[i].kind);
		put_text(texts, f->definitions[i].container);
	}
	varint_add(out, map_count(texts));
	while (map_next(texts, &cursor, &text, &value))
		varint_add_bytes(out, text);
}

void
graph_file_pack(const struct graph_file *f, struct buf *out)
{
	CLEANUP(map_destroyp) struct map *texts = map_create(NULL);
	uint32_t line = 0;
	int64_t name = 0;

	pack_texts(f, texts, out);
	varint_add(out, f->n_definitions);
	for (size_t i = 0; i < f->n_definitions; i++) {
		const struct graph_definition *d = &f->definitions[i];

		varint_add(out, (uint64_t)d->name);
		varint_add(out, put_text(texts, d->kind) - 1);
		varint_add(out, put_text(texts, d->container) - 1);
		varint_add_bytes(out, d->signature);
		varint_add(out, d->start_line - line);
		varint_add(out, d->end_line - d->start_line);
		varint_add(out, d->line - d->start_line);
		line = d->start_line;
	}
	line = 0;
	varint_add(out, f->n_imports);
	for (size_t i = 0; i < f->n_imports; i++) {
		varint_add(out, f->imports[i].line - line);
		varint_add_bytes(out, f->imports[i].text);
		line = f->imports[i].line;
	}
	varint_add(out, f->n_uses);
	for (size_t i = 0; i < f->n_uses; i++) {
		varint_add(out, (uint64_t)(f->uses[i].name - name));
		varint_add(out, f->uses[i].count);
		varint_add_bytes(out, f->uses[i].places);
		name = f->uses[i].name;
	}
}

struct texts {
	struct str *items;
	size_t n;
};

static void
texts_release(struct texts *t)
{
	free(t->items);
}

static bool
read_texts(struct str *rest, struct texts *ret)
{
	size_t n;

	if (!take_count(rest, 2 * GRAPH_DEFINITIONS_MAX, &n))
		return false;
	ret->items = mem_alloc(n + 1, sizeof(*ret->items));
	for (; ret->n < n; ret->n++)
		if (!varint_take_bytes(rest, &ret->items[ret->n]))
			return false;
	return true;
}

static bool
take_one_of(struct str *rest, const struct texts *texts, struct str *ret)
{
	uint64_t i;

	if (!varint_take(rest, &i) || i >= texts->n)
		return false;
	*ret = texts->items[i];
	return true;
}

static bool
read_definitions(struct str *rest, struct graph_file *ret)
{
	CLEANUP(texts_release) struct texts texts = { 0 };
	uint32_t line = 0;
	size_t n;

	if (!read_texts(rest, &texts))
		return false;
	if (!take_count(rest, GRAPH_DEFINITIONS_MAX, &n))
		return false;
	ret->definitions = mem_alloc(n + 1, sizeof(*ret->definitions));
	for (; ret->n_definitions < n; ret->n_definitions++) {
		struct graph_definition *d =
		    &ret->definitions[ret->n_definitions];

		if (!take_id(rest, 0, &d->name) ||
		    !take_one_of(rest, &texts, &d->kind) ||
		    !take_one_of(rest, &texts, &d->container) ||
		    !varint_take_bytes(rest, &d->signature) ||
		    !take_line(rest, line, &d->start_line) ||
		    !take_line(rest, d->start_line, &d->end_line) ||
		    !take_line(rest, d->start_line, &d->line))
			return false;
		line = d->start_line;
	}
	return true;
}

static bool
read_imports(struct str *rest, struct graph_file *ret)
{
	uint32_t line = 0;
	size_t n;

	if (!take_count(rest, GRAPH_NAMES_MAX, &n))
		return false;
	ret->imports = mem_alloc(n + 1, sizeof(*ret->imports));
	for (; ret->n_imports < n; ret->n_imports++) {
		struct graph_import *i = &ret->imports[ret->n_imports];

		if (!take_line(rest, line, &i->line) ||
		    !varint_take_bytes(rest, &i->text))
			return false;
		line = i->line;
	}
	return true;
}

static bool
read_uses(struct str *rest, struct graph_file *ret)
{
	int64_t name = 0;
	uint64_t count;
	size_t n;

	if (!take_count(rest, GRAPH_NAMES_MAX, &n))
		return false;
	ret->uses = mem_alloc(n + 1, sizeof(*ret->uses));
	for (; ret->n_uses < n; ret->n_uses++) {
		struct graph_use *use = &ret->uses[ret->n_uses];

		if (!take_id(rest, (uint64_t)name, &name) ||
		    !varint_take(rest, &count) || count > UINT16_MAX ||
		    !varint_take_bytes(rest, &use->places))
			return false;
		use->name = name;
		use->count = (uint32_t)count;
	}
	return true;
}

bool
graph_file_read(struct str data, struct graph_file *ret)
{
	*ret = (struct graph_file){ 0 };
	return read_definitions(&data, ret) && read_imports(&data, ret) &&
	    read_uses(&data, ret);
}

void
graph_file_release(struct graph_file *f)
{
	free(f->definitions);
	free(f->imports);
	free(f->uses);
	*f = (struct graph_file){ 0 };
}

const struct graph_use *
graph_file_use(const struct graph_file *f, int64_t name)
{
	size_t low = 0, high = f->n_uses;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->uses[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->n_uses && f->uses[low].name == name ? &f->uses[low] :
							     NULL;
}

const struct graph_definition *
graph_file_around(const struct graph_file *f, uint32_t line)
{
	for (size_t i = f->n_definitions; i-- > 0;)
		if (f->definitions[i].start_line <= line &&
		    f->definitions[i].end_line >= line)
			return &f->definitions[i];
	return NULL;
}

/* --- places ------------------------------------------------------------- */

void
graph_place_pack(const struct graph_place *p, uint32_t *line,
    struct buf *out)
{
	unsigned what = p->definition ? PLACE_DEFINITION : (unsigned)p->kind;

	if (p->member)
		what |= PLACE_MEMBER;
	if (p->from != 0)
		what |= PLACE_FROM;
	varint_add(out, p->line - *line);
	buf_add_char(out, (char)what);
	if (p->from != 0)
		varint_add(out, (uint64_t)p->from);
	*line = p->line;
}

bool
graph_place_next(struct str *rest, uint32_t *line, struct graph_place *ret)
{
	int64_t from = 0;
	unsigned what;

	if (!take_line(rest, *line, line) || rest->len == 0)
		return false;
	what = (unsigned char)*rest->ptr;
	*rest = str_sub(*rest, 1, SIZE_MAX);
	if ((what & PLACE_FROM) != 0 && !take_id(rest, 0, &from))
		return false;
	*ret = (struct graph_place){
		.line = *line,
		.definition = (what & PLACE_KIND) == PLACE_DEFINITION,
		.member = (what & PLACE_MEMBER) != 0,
		.from = from,
	};
	if (!ret->definition) {
		if ((what & PLACE_KIND) >= REFERENCE_KINDS)
			return false;
		ret->kind = (enum reference_kind)(what & PLACE_KIND);
	}
	return true;
}
