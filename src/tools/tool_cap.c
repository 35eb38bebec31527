/* Head and tail of long output; see tool_cap.h. */
#include "tools/tool_cap.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"

/* The head gets three parts of five: it says what ran; errors stand last. */
enum { HEAD_PARTS = 3, ALL_PARTS = 5, NAME_MAX_BYTES = 64 };

/* A file name made of the call's id, which a provider chose: only letters,
 * digits, '-' and '_' are kept. New string. */
static char *
spill_name(const char *call_id)
{
	CLEANUP_BUF struct buf name = BUF_INIT(NAME_MAX_BYTES + 8);

	for (const char *c = call_id; *c && name.len < NAME_MAX_BYTES; c++)
		buf_add_char(&name, strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *c) ? *c : '_');
	if (name.len == 0)
		buf_add_cstr(&name, "output");
	buf_add_cstr(&name, ".txt");
	return buf_steal(&name);
}

/* The path, or NULL where the whole could not be kept. New string. */
static char *
spill(struct str text, const char *folder, const char *call_id)
{
	CLEANUP(free_ptr) char *name = NULL;
	CLEANUP(free_ptr) char *path = NULL;

	if (folder == NULL || file_make_dirs(folder, NULL) != 0)
		return NULL;
	name = spill_name(call_id);
	path = file_join(folder, name);
	if (file_write_atomic(path, text, 0600, NULL) != 0)
		return NULL;
	return steal(path);
}

static size_t
count_lines(struct str s)
{
	size_t lines = 0, at = 0;

	while ((at = str_find_char(s, '\n', at)) != SIZE_MAX) {
		lines++;
		at++;
	}
	return lines;
}

/* Where the head ends: after the last line that fits, or inside a line where
 * lines are very long. */
static size_t
head_end(struct str text, size_t room)
{
	for (size_t i = room; i > room / 2; i--)
		if (text.ptr[i - 1] == '\n')
			return i;
	return utf8_cut(text.ptr, text.len, room);
}

static size_t
tail_start(struct str text, size_t room)
{
	size_t first = text.len - room;

	for (size_t i = first; i < text.len - room / 2; i++)
		if (text.ptr[i] == '\n')
			return i + 1;
	while (first < text.len && ((unsigned char)text.ptr[first] & 0xc0) ==
	    0x80)
		first++;
	return first;
}

void
tool_cap(struct buf *text, size_t max, const char *spill_folder,
    const char *call_id)
{
	CLEANUP_BUF struct buf out = BUF_INIT(max + 1 * KIB);
	CLEANUP(free_ptr) char *path = NULL;
	struct str all = buf_str(text), middle;
	size_t head, tail;

	if (all.len <= max)
		return;
	path = spill(all, spill_folder, call_id);
	head = head_end(all, max / ALL_PARTS * HEAD_PARTS);
	tail = tail_start(all, max / ALL_PARTS * (ALL_PARTS - HEAD_PARTS));
	middle = str_sub(all, head, tail - head);
	buf_add(&out, all.ptr, head);
	if (head > 0 && all.ptr[head - 1] != '\n')
		buf_add_char(&out, '\n');
	buf_printf(&out, "[… %zu bytes, %zu lines left out here, from line "
	    "%zu on", middle.len, count_lines(middle),
	    count_lines(str_sub(all, 0, head)) + 1);
	if (path != NULL)
		buf_printf(&out, "; the whole output is in %s, which the read "
		    "tool can read", path);
	buf_add_cstr(&out, " …]\n");
	buf_add(&out, all.ptr + tail, all.len - tail);
	buf_clear(text);
	buf_add_str(text, buf_str(&out));
}
