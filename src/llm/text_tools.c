/* The text protocol for tools; see text_tools.h. */
#include "llm/text_tools.h"

#include "base/mem.h"
#include "llm/wire_util.h"

static const char protocol_text[] =
    "# Tools\n"
    "\n"
    "You have tools. To use one, end your answer with a block of exactly this "
    "form, the fence at the start of a line:\n"
    "\n"
    "```tool_call\n"
    "{\"name\": \"TOOL\", \"arguments\": {\"PARAMETER\": \"VALUE\"}}\n"
    "```\n"
    "\n"
    "The block holds one valid JSON object: line ends inside strings are "
    "written \\n, quotes \\\". For several calls write several blocks. Then "
    "stop: the results come in the next message, as blocks named "
    "tool_result. Never write a tool_result yourself. Without a block your "
    "answer is final.\n";

static void
describe(const struct llm_request *request, struct buf *out)
{
	buf_add_str(out, request->system);
	if (request->system.len > 0)
		buf_add_cstr(out, "\n\n");
	buf_add_cstr(out, protocol_text);
	for (size_t i = 0; i < request->n_tools; i++)
		buf_printf(out,
		    "\n## %s\n%s\nParameters (JSON Schema): %s\n",
		    request->tools[i].name, request->tools[i].description,
		    request->tools[i].schema);
}

static void
add_call_block(const struct part *call, struct buf *out)
{
	CLEANUP_BUF struct buf arguments = BUF_INIT(WIRE_BODY_MAX);
	struct json_writer w = JSON_WRITER(out);

	wire_add_arguments(call, &arguments);
	if (out->len > 0 && out->ptr[out->len - 1] != '\n')
		buf_add_char(out, '\n');
	buf_add_cstr(out, "```tool_call\n");
	jw_object(&w);
	jw_key_cstr(&w, "name", call->name);
	jw_key_raw(&w, "arguments", buf_str(&arguments));
	jw_end(&w);
	buf_add_cstr(out, "\n```\n");
}

/* The fence is longer than any run of backticks within. */
static size_t
fence_length(struct str text)
{
	size_t longest = 2, run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.ptr[i] == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest + 1;
}

static void
add_result_block(const struct part *result, struct buf *out)
{
	struct str text = buf_str(&result->text);
	size_t fence = fence_length(text);

	if (text.len == 0)
		text = STR(WIRE_NO_OUTPUT);
	buf_add_repeated(out, '`', fence);
	buf_printf(out, "tool_result %s%s\n", result->name,
	    result->is_error ? " (failed)" : "");
	buf_add_str(out, text);
	if (!str_ends(text, STR("\n")))
		buf_add_char(out, '\n');
	buf_add_repeated(out, '`', fence);
	buf_add_char(out, '\n');
}

/* The message as text and images, with the same id. */
static struct message *
rewrite(const struct message *m)
{
	struct message *copy = message_create(m->role);
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);

	memcpy(copy->id, m->id, sizeof(copy->id));
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];

		if (p->kind == PART_TEXT)
			buf_add_str(&text, buf_str(&p->text));
		else if (p->kind == PART_TOOL_CALL)
			add_call_block(p, &text);
		else if (p->kind == PART_TOOL_RESULT)
			add_result_block(p, &text);
		else if (p->kind == PART_IMAGE)
			message_add_image(copy, p->media_type,
			    buf_str(&p->data));
	}
	if (text.len > 0)
		message_add_text(copy, buf_str(&text));
	return copy;
}

static void
rewrite_request(struct text_tools *t)
{
	const struct llm_request *from = t->request;

	t->system = BUF_INIT(WIRE_BODY_MAX);
	describe(from, &t->system);
	t->messages = mem_alloc(from->n_messages + 1, sizeof(*t->messages));
	t->list = mem_alloc(from->n_messages + 1, sizeof(*t->list));
	t->n_messages = from->n_messages;
	for (size_t i = 0; i < from->n_messages; i++) {
		const struct message *m = from->messages[i];

		if (message_has(m, PART_TOOL_CALL) ||
		    message_has(m, PART_TOOL_RESULT))
			m = t->messages[i] = rewrite(m);
		t->list[i] = m;
	}
	t->rewritten = *from;
	t->rewritten.system = buf_str(&t->system);
	t->rewritten.messages = t->list;
	t->rewritten.tools = NULL;
	t->rewritten.n_tools = 0;
	t->request = &t->rewritten;
}

static void
show(struct text_tools *t, struct str text)
{
	if (text.len == 0)
		return;
	t->n_shown += text.len;
	if (t->inner.text != NULL)
		t->inner.text(text, t->inner.ctx);
}

static void
show_line(struct text_tools *t)
{
	show(t, buf_str(&t->line));
	buf_clear(&t->line);
	t->in_line = true;
}

static bool
may_be_fence(struct str start)
{
	return str_starts(STR("```"), str_sub(start, 0, 3)) ||
	    str_starts(STR("~~~"), str_sub(start, 0, 3));
}

/* A tag that opens a call: seen, or not ruled out yet. */
enum tag_state { NO_TAG, MAYBE_TAG, TAG };

static enum tag_state
find_tag(struct str start)
{
	static const struct str tags[] = { { "<tool_call>", 11 },
		{ "<function=", 10 }, { "[TOOL_CALLS]", 12 } };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (str_starts(start, tags[i]))
			return TAG;
		if (str_starts(tags[i], start))
			return MAYBE_TAG;
	}
	return NO_TAG;
}

/* A line outside blocks, as far as it has come. */
static void
judge_outside(struct text_tools *t, bool is_whole)
{
	struct str line = buf_str(&t->line);
	struct str start = line;
	struct text_fence fence;
	enum tag_state tag;

	while (start.len > 0 && (start.ptr[0] == ' ' || start.ptr[0] == '\t'))
		start = str_sub(start, 1, SIZE_MAX);
	tag = find_tag(start);
	if (tag == TAG) {
		t->holding = true;
	} else if (tag == NO_TAG && !may_be_fence(start)) {
		show_line(t);
	} else if (is_whole || line.len >= TEXT_LINE_HEAD_MAX) {
		/* Only here, since the word behind the fence decides. */
		if (!text_fence_opens(line, &fence)) {
			show_line(t);
		} else if (text_fence_is_call(&fence)) {
			t->holding = true;
		} else {
			t->fence = fence;
			t->fence.info = STR_NONE; /* it dies with the line */
			show_line(t);
		}
	}
}

/* A line inside a block passes at once, but for a start that may close it. */
static void
judge_inside(struct text_tools *t, bool is_whole)
{
	struct str line = str_trim(buf_str(&t->line));

	is_whole |= t->line.len >= TEXT_LINE_HEAD_MAX;
	if (is_whole && text_fence_closes(buf_str(&t->line), &t->fence))
		t->fence.len = 0;
	if (is_whole || (line.len > 0 && line.ptr[0] != t->fence.c))
		show_line(t);
}

static void
judge(struct text_tools *t, bool is_whole)
{
	if (t->fence.len > 0)
		judge_inside(t, is_whole);
	else
		judge_outside(t, is_whole);
}

/* The sink between the reply and its real one. */
static void
on_text(struct str text, void *ctx)
{
	struct text_tools *t = ctx;

	while (text.len > 0 && !t->holding) {
		size_t end = str_find_char(text, '\n', 0);
		size_t len = end == SIZE_MAX ? text.len : end + 1;

		if (t->in_line) {
			show(t, str_sub(text, 0, len));
			t->in_line = end == SIZE_MAX;
			text = str_sub(text, len, SIZE_MAX);
			continue;
		}
		/* Byte by byte only until the line's start is decided. */
		buf_add_char(&t->line, text.ptr[0]);
		judge(t, text.ptr[0] == '\n');
		if (text.ptr[0] == '\n')
			t->in_line = false;
		text = str_sub(text, 1, SIZE_MAX);
	}
}

static void
on_reasoning(struct str text, void *ctx)
{
	const struct text_tools *t = ctx;

	if (t->inner.reasoning != NULL)
		t->inner.reasoning(text, t->inner.ctx);
}

static void
on_call(const char *call_id, const char *name, void *ctx)
{
	const struct text_tools *t = ctx;

	if (t->inner.call != NULL)
		t->inner.call(call_id, name, t->inner.ctx);
}

void
text_tools_begin(struct text_tools *t, const struct model *m,
    const struct llm_request *request)
{
	*t = (struct text_tools){ .request = request,
		.original = request,
		.line = BUF_INIT(2 * TEXT_LINE_HEAD_MAX) };
	t->is_protocol = request->n_tools > 0 && !(m->abilities & MODEL_TOOLS);
	if (t->is_protocol)
		rewrite_request(t);
}

void
text_tools_attach(struct text_tools *t, struct reply *reply)
{
	if (t->original->n_tools == 0)
		return;
	t->reply = reply;
	t->inner = reply->sink;
	t->n_shown = 0;
	buf_clear(&t->line);
	t->fence = (struct text_fence){ 0 };
	t->in_line = t->holding = false;
	reply->sink = (struct reply_sink){ on_text, on_reasoning, on_call, t };
}

/* Replaces the text of a part by what is left of it without the calls, which
 * go to the end of the message. */
static void
move_calls(struct text_tools *t, size_t at, struct text_calls *found)
{
	struct message *m = t->reply->message;

	buf_clear(&m->parts[at].text);
	buf_add_str(&m->parts[at].text, buf_str(&found->text));
	for (size_t i = 0; i < found->n_calls; i++) {
		struct part *call = message_add(m, PART_TOOL_CALL);
		char id[ID_SIZE];

		id_make(id);
		call->call_id = mem_printf("call_%s", id);
		call->name = steal(found->calls[i].name);
		call->cut = found->calls[i].cut ||
		    (t->reply->stop == STOP_MAX_TOKENS &&
			i + 1 == found->n_calls);
		buf_add_str(&call->arguments,
		    buf_str(&found->calls[i].arguments));
		on_call(call->call_id, call->name, t);
	}
}

static void
find_calls(struct text_tools *t)
{
	struct message *m = t->reply->message;
	size_t n_parts = m->n_parts;

	for (size_t i = 0; i < n_parts; i++) {
		struct text_calls found;

		if (m->parts[i].kind != PART_TEXT)
			continue;
		text_calls_parse(buf_str(&m->parts[i].text), t->original->tools,
		    t->original->n_tools,
		    t->is_protocol ? 0 : TEXT_CALLS_STRICT, &found);
		if (found.n_calls > 0)
			move_calls(t, i, &found);
		text_calls_release(&found);
	}
	if (m->n_parts > n_parts && t->reply->stop != STOP_MAX_TOKENS)
		reply_stop(t->reply, STOP_TOOL_USE);
}

static bool
may_hold_calls(const struct text_tools *t)
{
	const struct reply *r = t->reply;

	return r->stop != STOP_REFUSAL && r->stop != STOP_CONTENT_FILTER &&
	    !message_has(r->message, PART_TOOL_CALL);
}

void
text_tools_finish(struct text_tools *t, bool is_whole)
{
	CLEANUP_BUF struct buf text = BUF_INIT(WIRE_BODY_MAX);

	if (t->reply == NULL)
		return;
	if (is_whole && may_hold_calls(t))
		find_calls(t);
	message_text(t->reply->message, &text);
	show(t, str_sub(buf_str(&text), t->n_shown, SIZE_MAX));
	t->reply->sink = t->inner;
	t->reply = NULL;
}

void
text_tools_release(struct text_tools *t)
{
	for (size_t i = 0; i < t->n_messages; i++)
		message_destroy(t->messages[i]);
	free(t->messages);
	free(t->list);
	buf_release(&t->system);
	buf_release(&t->line);
	*t = (struct text_tools){ 0 };
}
