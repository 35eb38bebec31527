/* Edits in the answers of models without tool calls; see text_mode.h. */
#include "agent/text_mode.h"

#include "base/json_writer.h"
#include "base/mem.h"

#define PATCH_MAX (4 * MIB)
enum { EDITS_MAX = 20 };

static void
add_call(struct message *m, struct str patch)
{
	struct part *call = message_add(m, PART_TOOL_CALL);
	struct json_writer w = JSON_WRITER(&call->arguments);
	char id[ID_SIZE];

	id_make(id);
	call->call_id = mem_printf("call_%s", id);
	call->name = mem_strdup("apply_patch");
	jw_object(&w);
	jw_key_str(&w, "patch", patch);
	jw_end(&w);
}

/* A fence that opens a diff: "```diff", "~~~patch". */
static bool
opens_diff(struct str line)
{
	struct str mark = str_sub(line, 0, 3), word;

	if (!str_eq(mark, STR("```")) && !str_eq(mark, STR("~~~")))
		return false;
	word = str_trim(str_sub(line, 3, SIZE_MAX));
	return str_eq_nocase(word, STR("diff")) ||
	    str_eq_nocase(word, STR("patch"));
}

static bool
closes_fence(struct str line)
{
	line = str_trim_end(line);
	return str_eq(line, STR("```")) || str_eq(line, STR("~~~"));
}

/* Whether it names files: a diff shown to explain something may not. */
static bool
is_whole_diff(struct str diff)
{
	struct str line;
	bool from = false;

	while (str_next_line(&diff, &line)) {
		if (from && str_starts(line, STR("+++ ")))
			return true;
		from = str_starts(line, STR("--- "));
	}
	return false;
}

/* Takes what begins at a line up to the line that ends it; false: it has no
 * end. rest stands behind it then. */
static bool
cut_block(struct str *rest, struct str begin, bool fence, struct str *ret)
{
	struct str look = *rest, line;

	while (str_next_line(&look, &line)) {
		bool last = fence ? closes_fence(line) :
				    str_starts(line, STR("*** End Patch"));

		if (!last)
			continue;
		*ret = str_make(begin.ptr,
		    (size_t)(line.ptr - begin.ptr) + (fence ? 0 : line.len));
		*rest = look;
		return true;
	}
	return false;
}

size_t
text_mode_find_edits(struct message *m)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);
	struct str rest, line, block;
	size_t n = 0;

	if (message_has(m, PART_TOOL_CALL))
		return 0;
	message_text(m, &text);
	rest = buf_str(&text);
	while (n < EDITS_MAX && str_next_line(&rest, &line)) {
		if (str_starts(line, STR("*** Begin Patch"))) {
			if (!cut_block(&rest, line, false, &block))
				continue;
		} else if (opens_diff(line)) {
			if (!cut_block(&rest, rest, true, &block) ||
			    (!is_whole_diff(block) &&
				!str_starts(block, STR("*** Begin Patch"))))
				continue;
		} else {
			continue;
		}
		if (block.len > PATCH_MAX)
			continue;
		add_call(m, block);
		n++;
	}
	return n;
}
