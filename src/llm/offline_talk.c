/* See offline_talk.h. */
#include "llm/offline_talk.h"

#include "base/json.h"
#include "base/utf8.h"

enum { ANSWER_MAX_KIB = 256, REQUEST_MAX_KIB = 64, CODE_MAX = 110 };

/* What the agent adds to the user's turn is not the user's request. */
static struct str
without_context(struct str text)
{
	size_t end = SIZE_MAX, at = 0;

	if (!str_starts(text, STR("<context>")))
		return text;
	while ((at = str_find(text, STR("</context>"), at)) != SIZE_MAX)
		end = at++;
	return end == SIZE_MAX ? STR_NONE : str_sub(text, end + 10, SIZE_MAX);
}

static bool
read_request(const struct message *m, struct buf *out)
{
	if (m->role != ROLE_USER)
		return false;
	for (size_t i = 0; i < m->n_parts; i++) {
		struct str text = str_trim(
		    without_context(buf_str(&m->parts[i].text)));

		if (m->parts[i].kind != PART_TEXT || text.len == 0)
			continue;
		buf_add_str(out, str_sub(text, 0, REQUEST_MAX_KIB * KIB / 4));
		buf_add_char(out, '\n');
	}
	return out->len > 0;
}

void
talk_init(struct talk *t, const struct llm_request *request,
    struct reply *reply, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(REQUEST_MAX_KIB * KIB);
	size_t i = request->n_messages;

	*t = (struct talk){ .request = request,
		.reply = reply,
		.err = err,
		.out = BUF_INIT(ANSWER_MAX_KIB * KIB) };
	while (i > 0 && !read_request(request->messages[i - 1], &text))
		i--;
	t->first = i;
	t->intent = intent_of(buf_str(&text));
	for (; i < request->n_messages; i++)
		t->rounds += request->messages[i]->role == ROLE_ASSISTANT &&
		    message_has(request->messages[i], PART_TOOL_CALL);
}

void
talk_release(struct talk *t)
{
	buf_release(&t->out);
}

static const struct llm_tool *
find_tool(const struct talk *t, const char *name)
{
	for (size_t i = 0; i < t->request->n_tools; i++) {
		if (strcmp(t->request->tools[i].name, name) == 0)
			return &t->request->tools[i];
	}
	return NULL;
}

bool
talk_has_tool(const struct talk *t, const char *tool)
{
	return find_tool(t, tool) != NULL;
}

bool
talk_tool_takes(const struct talk *t, const char *tool, const char *argument)
{
	const struct llm_tool *row = find_tool(t, tool);
	CLEANUP_JSON struct json *schema = NULL;

	return row != NULL &&
	    json_parse(str_from(row->schema), NULL, &schema, NULL) == 0 &&
	    json_get(json_get(schema, "properties"), argument) != NULL;
}

static const struct part *
find_result(const struct talk *t, const char *call_id)
{
	for (size_t i = t->first; i < t->request->n_messages; i++) {
		const struct message *m = t->request->messages[i];

		for (size_t k = 0; k < m->n_parts; k++) {
			const struct part *p = &m->parts[k];

			if (p->kind == PART_TOOL_RESULT &&
			    p->call_id != NULL &&
			    strcmp(p->call_id, call_id) == 0)
				return p;
		}
	}
	return NULL;
}

static const struct part *
find_call(const struct talk *t, const char *tool, struct str arguments)
{
	for (size_t i = t->first; i < t->request->n_messages; i++) {
		const struct message *m = t->request->messages[i];

		for (size_t k = 0; k < m->n_parts; k++) {
			const struct part *p = &m->parts[k];

			if (p->kind == PART_TOOL_CALL && p->name != NULL &&
			    p->call_id != NULL &&
			    strcmp(p->name, tool) == 0 &&
			    str_eq(buf_str(&p->arguments), arguments))
				return p;
		}
	}
	return NULL;
}

const struct part *
talk_ask(struct talk *t, const char *tool, struct str arguments)
{
	const struct part *call = find_call(t, tool, arguments);
	int64_t key = (int64_t)t->n_calls;

	if (call != NULL)
		return find_result(t, call->call_id);
	if (t->failed != 0 || t->rounds >= TALK_ROUNDS_MAX ||
	    !talk_has_tool(t, tool))
		return NULL;
	t->failed = reply_call(t->reply, key, STR_NONE, str_from(tool),
	    t->err);
	if (t->failed == 0)
		t->failed = reply_call_arguments_whole(t->reply, key,
		    arguments, t->err);
	t->n_calls++;
	return NULL;
}

const struct part *
talk_ask1(struct talk *t, const char *tool, const char *key, struct str value)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);

	jw_object(&w);
	jw_key_str(&w, key, value);
	jw_end(&w);
	return talk_ask(t, tool, buf_str(&args));
}

const struct part *
talk_grep(struct talk *t, struct str pattern, struct str path)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);
	const struct part *result;

	jw_object(&w);
	jw_key_str(&w, "pattern", pattern);
	if (path.len > 0)
		jw_key_str(&w, "path", path);
	jw_end(&w);
	result = talk_ask(t, "grep", buf_str(&args));
	if (result != NULL && result->is_error)
		t->trouble = result;
	return result;
}

const struct part *
talk_read(struct talk *t, struct str path, int64_t first, int64_t lines)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);
	struct json_writer w = JSON_WRITER(&args);

	jw_object(&w);
	jw_key_str(&w, "path", path);
	if (first > 0)
		jw_key_int(&w, "offset", first);
	if (lines > 0)
		jw_key_int(&w, "limit", lines);
	jw_end(&w);
	return talk_ask(t, "read", buf_str(&args));
}

const struct part *
talk_git(struct talk *t, const char *members)
{
	CLEANUP_BUF struct buf args = BUF_INIT(64 * KIB);

	buf_printf(&args, "{%s}", members);
	return talk_ask(t, "git", buf_str(&args));
}

struct str
talk_subject(const struct talk *t)
{
	return str_from(t->intent.subject);
}

struct str
talk_text(const struct part *result)
{
	return result == NULL || result->is_error ? STR_NONE :
						    buf_str(&result->text);
}

/* Backquotes in the text would end the code early. */
static void
add_code(struct talk *t, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(&t->out, text.ptr[i] == '`' ? '\'' :
							   text.ptr[i]);
}

void
talk_cite(struct talk *t, struct str path, int64_t line)
{
	buf_add_char(&t->out, '`');
	add_code(t, path);
	if (line > 0)
		buf_printf(&t->out, ":%lld", (long long)line);
	buf_add_char(&t->out, '`');
}

void
talk_code(struct talk *t, struct str text)
{
	size_t cut = text.len <= CODE_MAX ? text.len :
	    utf8_cut(text.ptr, text.len, CODE_MAX);

	buf_add_char(&t->out, '`');
	add_code(t, str_sub(text, 0, cut));
	buf_add_cstr(&t->out, cut < text.len ? "…`" : "`");
}

static const char *
fence_for(struct str content)
{
	return str_find(content, STR("````"), 0) != SIZE_MAX ? "``````" :
	    str_find(content, STR("```"), 0) != SIZE_MAX     ? "````" :
							       "```";
}

void
talk_fence_open(struct talk *t, struct str content, struct str path)
{
	size_t dot = path.len;

	while (dot > 0 && path.ptr[dot - 1] != '.' && path.ptr[dot - 1] != '/')
		dot--;
	if (dot == 0 || path.ptr[dot - 1] == '/' || path.len - dot > 8)
		dot = path.len;
	buf_printf(&t->out, "\n%s", fence_for(content));
	add_code(t, str_sub(path, dot, SIZE_MAX));
	buf_add_char(&t->out, '\n');
}

void
talk_fence_close(struct talk *t, struct str content)
{
	buf_printf(&t->out, "%s\n", fence_for(content));
}

void
talk_block(struct talk *t, struct str content, const char *language,
    size_t max_lines)
{
	struct str rest = content, line;
	size_t n = 0, more = 0;

	buf_printf(&t->out, "\n%s%s\n", fence_for(content), language);
	while (str_next_line(&rest, &line)) {
		if (n++ >= max_lines) {
			more++;
			continue;
		}
		buf_add_str(&t->out, line);
		buf_add_char(&t->out, '\n');
	}
	talk_fence_close(t, content);
	if (more > 0)
		buf_printf(&t->out, "\n… and %zu more lines.\n", more);
}

void
talk_answer_block(struct talk *t, const struct part *part, const char *title,
    const char *language, size_t lines)
{
	if (part == NULL) {
		buf_add_cstr(&t->out, "This session offers no tool for "
		    "that.\n");
		return;
	}
	if (part->is_error) {
		buf_add_cstr(&t->out, "That did not work: ");
		talk_code(t, str_trim(buf_str(&part->text)));
		buf_add_cstr(&t->out, "\n");
		return;
	}
	buf_printf(&t->out, "%s\n", title);
	talk_block(t, str_trim_end(buf_str(&part->text)), language, lines);
}
