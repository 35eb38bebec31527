/* Finding tool calls in text; see text_calls.h. */
#include "llm/text_calls.h"

#include "base/json.h"
#include "base/mem.h"

enum { NAME_MAX_BYTES = 128, PARAMETERS_MAX = 256 };

struct parser {
	struct str text;
	size_t at; /* always at the start of a line, or behind a call */
	const struct llm_tool *tools;
	size_t n_tools;
	unsigned flags;
	struct text_calls *out;
	bool stop; /* the rest is text, or nothing */
};

static struct str
trim_start(struct str s)
{
	while (s.len > 0 && strchr(" \t\r\n", s.ptr[0]) != NULL &&
	    s.ptr[0] != '\0')
		s = str_sub(s, 1, SIZE_MAX);
	return s;
}

bool
text_fence_opens(struct str line, struct text_fence *ret)
{
	size_t indent = 0, n = 0;
	char c;

	line = str_sub(line, 0, TEXT_LINE_HEAD_MAX);
	while (indent < line.len && line.ptr[indent] == ' ')
		indent++;
	if (indent > 3 || indent == line.len)
		return false;
	c = line.ptr[indent];
	if (c != '`' && c != '~')
		return false;
	while (indent + n < line.len && line.ptr[indent + n] == c)
		n++;
	line = str_trim(str_sub(line, indent + n, SIZE_MAX));
	/* Backticks behind backticks: code within a line. */
	if (n < 3 || (c == '`' && str_find_char(line, '`', 0) != SIZE_MAX))
		return false;
	*ret = (struct text_fence){ c, n, STR_NONE };
	while (ret->info.len < line.len &&
	    strchr(" \t{", line.ptr[ret->info.len]) == NULL)
		ret->info.len++;
	ret->info.ptr = line.ptr;
	return true;
}

bool
text_fence_closes(struct str line, const struct text_fence *fence)
{
	size_t indent = 0, n = 0;

	line = str_sub(line, 0, TEXT_LINE_HEAD_MAX);
	while (indent < line.len && line.ptr[indent] == ' ')
		indent++;
	while (indent + n < line.len && line.ptr[indent + n] == fence->c)
		n++;
	return indent <= 3 && n >= fence->len &&
	    str_trim(str_sub(line, indent + n, SIZE_MAX)).len == 0;
}

bool
text_fence_is_call(const struct text_fence *fence)
{
	static const char *const words[] = { "tool_call", "tool_calls",
		"tool-call", "toolcall" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(fence->info, str_from(words[i])))
			return true;
	return false;
}

static const struct llm_tool *
find_tool(const struct parser *p, struct str name)
{
	for (size_t i = 0; i < p->n_tools; i++)
		if (str_eq_c(name, p->tools[i].name))
			return &p->tools[i];
	return NULL;
}

static bool
add_call(struct parser *p, struct str name, struct str arguments, bool cut)
{
	struct text_calls *out = p->out;
	struct text_call *call;

	name = str_trim(name);
	if (name.len == 0 || name.len > NAME_MAX_BYTES ||
	    out->n_calls >= TEXT_CALLS_MAX)
		return false;
	if ((p->flags & TEXT_CALLS_STRICT) && find_tool(p, name) == NULL)
		return false;
	if ((out->n_calls & (out->n_calls - 1)) == 0)
		out->calls = mem_resize(out->calls,
		    out->n_calls == 0 ? 1 : 2 * out->n_calls,
		    sizeof(*out->calls));
	call = &out->calls[out->n_calls++];
	*call = (struct text_call){ str_dup(name), BUF_INIT(REPLY_BYTES_MAX),
		cut };
	buf_add_str(&call->arguments, arguments);
	return true;
}

/* Bytes of the JSON object or array that the text starts with; SIZE_MAX where
 * its end is missing. */
static size_t
json_extent(struct str s)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return SIZE_MAX;
}

/* What models get wrong in JSON: real line ends inside strings, and a comma
 * before a closing bracket. */
static void
repair(struct str s, struct buf *out)
{
	bool in_string = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (in_string && c == '\\' && i + 1 < s.len) {
			buf_add(out, s.ptr + i, 2);
			i++;
			continue;
		}
		if (c == '"')
			in_string = !in_string;
		if (in_string && (unsigned char)c < 0x20) {
			buf_printf(out, "\\u%04x", (unsigned)c);
			continue;
		}
		if (!in_string && c == ',') {
			struct str next = trim_start(
			    str_sub(s, i + 1, 64));

			if (next.len > 0 &&
			    (next.ptr[0] == '}' || next.ptr[0] == ']'))
				continue;
		}
		buf_add_char(out, c);
	}
}

static struct json *
parse_json(struct str s)
{
	const struct json_limits limits = { REPLY_BYTES_MAX, 64,
		JSON_REPAIR_UTF8 };
	CLEANUP_BUF struct buf better = BUF_INIT(2 * REPLY_BYTES_MAX);
	struct json *j = NULL;

	if (json_parse(s, &limits, &j, NULL) == 0)
		return j;
	repair(s, &better);
	return json_parse(buf_str(&better), &limits, &j, NULL) == 0 ? j : NULL;
}

/* {"name": …, "arguments": {…}} and its variants. */
static bool
add_json_call(struct parser *p, const struct json *j)
{
	static const char *const name_keys[] = { "name", "tool", "tool_name",
		"function" };
	static const char *const argument_keys[] = { "arguments", "parameters",
		"args", "input", "tool_input" };
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	const struct json *arguments = NULL;
	struct str name = STR_NONE;

	if (json_is(json_get(j, "function"), JSON_OBJECT))
		j = json_get(j, "function");
	for (size_t i = 0; i < ARRAY_LEN(name_keys) && name.len == 0; i++)
		name = json_get_str(j, name_keys[i]);
	for (size_t i = 0; i < ARRAY_LEN(argument_keys) && !arguments; i++)
		arguments = json_get(j, argument_keys[i]);
	if (json_is(arguments, JSON_STRING))
		buf_add_str(&text, json_str(arguments));
	else if (json_type(arguments) != JSON_NULL)
		json_print(arguments, &text);
	if (str_trim(buf_str(&text)).len == 0)
		buf_add_cstr(&text, "{}");
	return add_call(p, name, buf_str(&text), false);
}

/* A call whose JSON is beyond repair: with its name known, the model can be
 * told what is wrong; else it is text. */
static bool
add_broken_call(struct parser *p, struct str s, bool cut)
{
	size_t at = str_find(s, STR("\"name\""), 0);
	size_t end;

	if (p->flags & TEXT_CALLS_STRICT || at == SIZE_MAX)
		return false;
	at = str_find_char(s, '"', str_find_char(s, ':', at + 6));
	end = at == SIZE_MAX ? at : str_find_char(s, '"', at + 1);
	if (end == SIZE_MAX)
		return false;
	return add_call(p, str_sub(s, at + 1, end - at - 1), s, cut);
}

/* Takes all JSON values that *s starts with as calls and cuts them off. */
static bool
take_json_calls(struct parser *p, struct str *s)
{
	bool any = false;

	for (;;) {
		CLEANUP_JSON struct json *j = NULL;
		struct str rest = trim_start(*s);
		bool added = false;
		size_t len;

		if (any && rest.len > 0 && rest.ptr[0] == ',')
			rest = trim_start(str_sub(rest, 1, SIZE_MAX));
		if (rest.len == 0 ||
		    (rest.ptr[0] != '{' && rest.ptr[0] != '['))
			return any;
		len = json_extent(rest);
		if (len == SIZE_MAX) {
			/* Searching on would be quadratic. */
			p->stop = true;
			any |= add_broken_call(p, rest, true);
			if (any)
				*s = STR_NONE;
			return any;
		}
		j = parse_json(str_sub(rest, 0, len));
		if (j == NULL)
			added = add_broken_call(p, str_sub(rest, 0, len),
			    false);
		else if (json_is(j, JSON_OBJECT))
			added = add_json_call(p, j);
		for (const struct json *i =
			 json_is(j, JSON_ARRAY) ? json_first(j) : NULL;
		     i; i = json_next(i))
			added |= add_json_call(p, i);
		if (!added)
			return any;
		any = true;
		*s = str_sub(rest, len, SIZE_MAX);
	}
}

/* A parameter's value by the type that the tool's schema gives it. */
static struct json *
typed_value(const struct json *schema, struct str key, struct str value)
{
	const struct json *property =
	    json_get_n(json_get(schema, "properties"), key);
	struct str type = json_get_str(property, "type");
	struct json *j = NULL;

	if (property == NULL || type.len == 0 || str_eq_c(type, "string"))
		return json_new_str(value);
	j = parse_json(str_trim(value));
	return j != NULL ? j : json_new_str(value);
}

/* The end of a value: a closing tag that another tag follows, since a value
 * may hold closing tags of its own. */
static size_t
value_end(struct str s)
{
	static const struct str close = { "</parameter>", 12 };
	size_t at = str_find(s, close, 0);

	while (at != SIZE_MAX) {
		struct str next = trim_start(
		    str_sub(s, at + close.len, SIZE_MAX));

		if (next.len == 0 || str_starts(next, STR("<parameter=")) ||
		    str_starts(next, STR("</function>")))
			return at;
		at = str_find(s, close, at + close.len);
	}
	return SIZE_MAX;
}

/* <parameter=KEY>VALUE</parameter> …, cut off *s. False where a value has no
 * end. */
static bool
take_parameters(struct str *s, const struct json *schema,
    struct json *arguments)
{
	for (int n = 0; n < PARAMETERS_MAX; n++) {
		struct str rest = trim_start(*s), key, value;
		size_t end;

		*s = rest;
		if (!str_starts(rest, STR("<parameter=")))
			return true;
		end = str_find_char(rest, '>', 0);
		if (end == SIZE_MAX)
			return false;
		key = str_trim(str_sub(rest, 11, end - 11));
		rest = str_sub(rest, end + 1, SIZE_MAX);
		end = value_end(rest);
		if (end == SIZE_MAX)
			return false;
		value = str_sub(rest, 0, end);
		/* The line ends beside the tags are the form's. */
		if (str_starts(value, STR("\n")))
			value = str_sub(value, 1, SIZE_MAX);
		if (str_ends(value, STR("\n")))
			value.len--;
		json_set_n(arguments, key, typed_value(schema, key, value));
		*s = str_sub(rest, end + 12, SIZE_MAX);
	}
	return false;
}

/* <function=NAME>…</function>, cut off *s. */
static bool
take_function(struct parser *p, struct str *s)
{
	size_t end = str_find_char(str_sub(*s, 0, NAME_MAX_BYTES + 16), '>', 0);
	CLEANUP_BUF struct buf text = BUF_INIT(REPLY_BYTES_MAX);
	CLEANUP_JSON struct json *schema = NULL;
	CLEANUP_JSON struct json *arguments = NULL;
	const struct llm_tool *tool;
	struct str name, rest;
	bool whole = true;

	if (end == SIZE_MAX)
		return false;
	name = str_trim(str_sub(*s, 10, end - 10));
	rest = trim_start(str_sub(*s, end + 1, SIZE_MAX));
	tool = find_tool(p, name);
	if (tool != NULL)
		json_parse(str_from(tool->schema), NULL, &schema, NULL);
	if (str_starts(rest, STR("{"))) {
		size_t len = json_extent(rest);

		whole = len != SIZE_MAX;
		arguments = whole ? parse_json(str_sub(rest, 0, len)) : NULL;
		if (arguments != NULL)
			json_print(arguments, &text);
		else
			buf_add_str(&text, str_sub(rest, 0, len));
		rest = whole ? str_sub(rest, len, SIZE_MAX) : STR_NONE;
	} else {
		arguments = json_new_object();
		whole = take_parameters(&rest, schema, arguments);
		json_print(arguments, &text);
	}
	rest = trim_start(rest);
	if (str_starts(rest, STR("</function>")))
		rest = str_sub(rest, 11, SIZE_MAX);
	else if (rest.len > 0 || (p->flags & TEXT_CALLS_STRICT))
		whole = false;
	if (!whole)
		p->stop = true; /* no searching on: that would be quadratic */
	if (!whole && (p->flags & TEXT_CALLS_STRICT))
		return false;
	if (!add_call(p, name, buf_str(&text), !whole))
		return false;
	*s = whole ? rest : STR_NONE;
	return true;
}

/* The forms that are no fence; each cuts what it understood off *s. */
static bool
take_tool_call_tag(struct parser *p, struct str *s)
{
	struct str rest = trim_start(str_sub(*s, 11, SIZE_MAX));
	bool taken = str_starts(rest, STR("<function=")) ?
	    take_function(p, &rest) :
	    take_json_calls(p, &rest);

	if (!taken)
		return false;
	*s = rest;
	rest = trim_start(rest);
	if (str_starts(rest, STR("</tool_call>")))
		*s = str_sub(rest, 12, SIZE_MAX);
	return true;
}

static bool
take_mistral(struct parser *p, struct str *s)
{
	struct str rest = str_sub(*s, 12, SIZE_MAX);

	if (!take_json_calls(p, &rest))
		return false;
	*s = rest;
	return true;
}

static const struct {
	struct str opener;
	bool (*take)(struct parser *p, struct str *s);
} forms[] = {
	{ { "<tool_call>", 11 }, take_tool_call_tag },
	{ { "<function=", 10 }, take_function },
	{ { "[TOOL_CALLS]", 12 }, take_mistral },
};

/* The line at `at`, without its line end; *ret_next is where the next one
 * starts. */
static struct str
line_at(struct str text, size_t at, size_t *ret_next)
{
	struct str rest = str_sub(text, at, SIZE_MAX);
	struct str line = STR_NONE;

	str_next_line(&rest, &line);
	*ret_next = text.len - rest.len;
	return line;
}

static void
copy(struct parser *p, size_t to)
{
	buf_add(&p->out->text, p->text.ptr + p->at, to - p->at);
	p->at = to;
}

/* A block of friday's own form, or of any other kind, which is text up to its
 * end. */
static void
take_fence(struct parser *p, const struct text_fence *fence, size_t body)
{
	size_t end = body, next = body;
	bool closed = false;
	struct str content;

	while (next < p->text.len && !closed) {
		end = next;
		closed = text_fence_closes(line_at(p->text, end, &next), fence);
	}
	if (!closed)
		end = next = p->text.len;
	content = str_sub(p->text, body, end - body);
	if (text_fence_is_call(fence) &&
	    (closed || !(p->flags & TEXT_CALLS_STRICT)) &&
	    take_json_calls(p, &content)) {
		p->at = next;
		return;
	}
	copy(p, next);
}

/* Some models go on and make up the results: nothing of that is true. */
static bool
is_made_up_result(const struct parser *p, struct str line,
    const struct text_fence *fence)
{
	if (p->out->n_calls == 0 || (p->flags & TEXT_CALLS_STRICT))
		return false;
	return fence != NULL ?
	    str_eq_c(fence->info, "tool_result") :
	    (str_starts(line, STR("<tool_result")) ||
		str_starts(line, STR("<tool_response")));
}

static void
take_line(struct parser *p)
{
	struct text_fence fence;
	size_t next, before = p->at;
	struct str line = line_at(p->text, p->at, &next);
	struct str start = str_sub(line, 0, TEXT_LINE_HEAD_MAX);

	/* Blanks as text_tools.c knows them: both must see the same calls. */
	while (start.len > 0 && (start.ptr[0] == ' ' || start.ptr[0] == '\t'))
		start = str_sub(start, 1, SIZE_MAX);
	if (text_fence_opens(line, &fence)) {
		if (is_made_up_result(p, start, &fence))
			p->at = p->text.len;
		else
			take_fence(p, &fence, next);
		return;
	}
	if (is_made_up_result(p, start, NULL)) {
		p->at = p->text.len;
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct str rest;

		if (!str_starts(start, forms[i].opener))
			continue;
		rest = str_sub(p->text, (size_t)(start.ptr - p->text.ptr),
		    SIZE_MAX);
		if (!forms[i].take(p, &rest))
			break;
		p->at = p->text.len - rest.len;
		/* A line end behind a call is the form's. */
		if (str_starts(rest, STR("\n")))
			p->at++;
		return;
	}
	if (p->at == before)
		copy(p, next);
}

void
text_calls_parse(struct str text, const struct llm_tool *tools, size_t n_tools,
    unsigned flags, struct text_calls *ret)
{
	struct parser p = { .text = text, .tools = tools, .n_tools = n_tools,
		.flags = flags, .out = ret };
	size_t first_call = SIZE_MAX;

	*ret = (struct text_calls){ .text = BUF_INIT(REPLY_BYTES_MAX) };
	while (p.at < text.len && !p.stop) {
		take_line(&p);
		if (ret->n_calls > 0 && first_call == SIZE_MAX)
			first_call = ret->text.len;
	}
	if (p.at < text.len)
		copy(&p, text.len);
	if ((flags & TEXT_CALLS_STRICT) && ret->n_calls > 0 &&
	    str_trim(str_sub(buf_str(&ret->text), first_call, SIZE_MAX)).len >
		0) {
		text_calls_release(ret);
		*ret = (struct text_calls){ .text = BUF_INIT(REPLY_BYTES_MAX) };
		buf_add_str(&ret->text, text);
	}
}

void
text_calls_release(struct text_calls *c)
{
	for (size_t i = 0; i < c->n_calls; i++) {
		free(c->calls[i].name);
		buf_release(&c->calls[i].arguments);
	}
	free(c->calls);
	buf_release(&c->text);
	*c = (struct text_calls){ 0 };
}
