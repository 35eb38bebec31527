/* A model's answer, streamed in two pieces through the text protocol for
 * tools: what was shown is what the message holds, and nothing is lost before
 * the first call. The first byte says where the answer is cut in two, and
 * whether the model has tool calls. */
#include <assert.h>
#include <stdint.h>

#include "base/utf8.h"
#include "llm/text_tools.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct llm_tool tools[] = {
	{ "read", "Read.",
	    "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":"
	    "\"string\"},\"limit\":{\"type\":\"integer\"}}}" },
	{ "list", "List.", "{\"type\":\"object\"}" },
};

static void
see_text(struct str text, void *ctx)
{
	buf_add_str(ctx, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct llm_request request = { .tools = tools, .n_tools = 2 };
	struct str all = str_make((const char *)data, size);
	size_t cut = size == 0 ? 0 : data[0] % size;
	const struct model m = { .abilities = size > 0 && data[0] & 1 ?
		    MODEL_TOOLS :
		    0 };
	struct buf shown = BUF_INIT(64 * MIB), text = BUF_INIT(64 * MIB);
	const struct reply_sink sink = { .text = see_text, .ctx = &shown };
	struct text_tools t;
	struct reply r;

	if (!utf8_valid(all) || str_find_char(all, '\0', 0) != SIZE_MAX)
		return 0;
	cut = utf8_cut(all.ptr, all.len, cut);
	text_tools_begin(&t, &m, &request);
	reply_init(&r, &sink, "openai-chat", "fuzz");
	text_tools_attach(&t, &r);
	reply_text(&r, 0, str_sub(all, 0, cut), NULL);
	reply_text(&r, 0, str_sub(all, cut, SIZE_MAX), NULL);
	reply_stop(&r, STOP_END_TURN);
	reply_finish(&r, NULL);
	text_tools_finish(&t, true);
	message_text(r.message, &text);
	assert(str_eq(buf_str(&shown), buf_str(&text)));
	assert(message_has(r.message, PART_TOOL_CALL) ||
	    str_eq(all, buf_str(&text)));
	text_tools_release(&t);
	reply_release(&r);
	buf_release(&shown);
	buf_release(&text);
	return 0;
}
