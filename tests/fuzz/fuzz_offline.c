/* A request and what the tools said, through the offline provider: the first
 * line of the input is the request, the rest every tool's result. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "llm/offline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct llm_tool tools[] = {
	{ "grep", "", "{}" }, { "glob", "", "{}" }, { "read", "", "{}" },
	{ "list", "", "{}" }, { "git", "", "{}" }, { "outline", "", "{}" },
};

enum { TURNS_MAX = 16 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(MIB);
	struct message *messages[2 * TURNS_MAX + 1];
	struct str rest, request;
	size_t n = 0;
	bool done = false;

	utf8_repair(str_make((const char *)data, size), &text);
	rest = buf_str(&text);
	if (!str_next_line(&rest, &request))
		request = STR_NONE;
	messages[n++] = message_create(ROLE_USER);
	message_add_text(messages[0], request);
	for (int turn = 0; turn < TURNS_MAX && !done; turn++) {
		const struct llm_request r = { .model = "offline",
			.messages = (const struct message *const *)messages,
			.n_messages = n, .tools = tools,
			.n_tools = ARRAY_LEN(tools) };
		struct error err = ERROR_INIT;
		struct reply reply;
		struct message *results;

		reply_init(&reply, NULL, "offline", "offline");
		assert(offline_complete(&r, &reply, &err) == 0);
		assert(reply_finish(&reply, &err) == 0);
		done = reply.stop == STOP_END_TURN;
		messages[n] = message_copy(reply.message);
		results = message_create(ROLE_USER);
		for (size_t i = 0; i < messages[n]->n_parts; i++) {
			const struct part *p = &messages[n]->parts[i];

			if (p->kind == PART_TOOL_CALL)
				message_add_result(results, p->call_id,
				    p->name, rest, size % 5 == 0);
		}
		messages[n + 1] = results;
		n += 2;
		reply_release(&reply);
	}
	/* It always comes to an answer. */
	assert(done);
	while (n > 0)
		message_destroy(messages[--n]);
	buf_release(&text);
	return 0;
}
