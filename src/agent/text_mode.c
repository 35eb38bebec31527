/* Edits in the answers of models without tool calls; see text_mode.h. */
#include "agent/text_mode.h"

#include "base/json_writer.h"
#include "base/mem.h"
#include "tools/reply_edits.h"

#define REPLY_MAX (4 * MIB)

static void
add_call(struct message *m, struct str reply)
{
	struct part *call = message_add(m, PART_TOOL_CALL);
	struct json_writer w = JSON_WRITER(&call->arguments);
	char id[ID_SIZE];

	id_make(id);
	call->call_id = mem_printf("call_%s", id);
	call->name = mem_strdup("apply_patch");
	jw_object(&w);
	jw_key_str(&w, "patch", reply);
	jw_end(&w);
}

bool
text_mode_find_edits(struct message *m)
{
	CLEANUP_BUF struct buf text = BUF_INIT(64 * MIB);

	if (message_has(m, PART_TOOL_CALL))
		return false;
	message_text(m, &text);
	if (text.len > REPLY_MAX || !reply_edits_present(buf_str(&text)))
		return false;
	add_call(m, buf_str(&text));
	return true;
}
