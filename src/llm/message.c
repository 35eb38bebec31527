/* Neutral messages and their stored form; see message.h.
 *
 * Text is made storable when it enters: bytes that are not UTF-8 and NULs
 * become U+FFFD here, once, so that what a model got live and what it gets
 * after the session was loaded again are the same bytes (provider caches hang
 * on that). */
#include "llm/message.h"

#include <string.h>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { TOKEN_BYTES = 4, IMAGE_TOKENS = 1600, PART_TOKENS = 4 };

#define PART_BYTES_MAX (32 * MIB)
#define PARTS_MAX 100000

static const char *const role_names[] = {
	[ROLE_USER] = "user",
	[ROLE_ASSISTANT] = "assistant",
};

/* kind → its stored name and which roles may hold it. */
static const struct kind_row {
	const char *name;
	bool user, assistant;
} kinds[] = {
	[PART_TEXT] = { "text", true, true },
	[PART_REASONING] = { "reasoning", false, true },
	[PART_TOOL_CALL] = { "tool_call", false, true },
	[PART_TOOL_RESULT] = { "tool_result", true, false },
	[PART_IMAGE] = { "image", true, false },
};

static const char *const stop_names[] = {
	[STOP_NONE] = "none",
	[STOP_END_TURN] = "end_turn",
	[STOP_TOOL_USE] = "tool_use",
	[STOP_MAX_TOKENS] = "max_tokens",
	[STOP_SEQUENCE] = "stop_sequence",
	[STOP_REFUSAL] = "refusal",
	[STOP_CONTENT_FILTER] = "content_filter",
	[STOP_PAUSE_TURN] = "pause_turn",
};

const char *
stop_reason_name(enum stop_reason reason)
{
	return (unsigned)reason < ARRAY_LEN(stop_names) ? stop_names[reason] :
							  "none";
}

static void
part_release(struct part *p)
{
	buf_release(&p->text);
	buf_release(&p->opaque);
	buf_release(&p->arguments);
	buf_release(&p->data);
	free(p->call_id);
	free(p->name);
	free(p->media_type);
}

struct message *
message_create(enum role role)
{
	struct message *m = mem_new(struct message);

	m->role = role;
	id_make(m->id);
	return m;
}

void
message_destroy(struct message *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n_parts; i++)
		part_release(&m->parts[i]);
	free(m->parts);
	free(m);
}

struct part *
message_add(struct message *m, enum part_kind kind)
{
	struct part *p;

	/* The array doubles: it is full whenever the count is a power of 2. */
	if ((m->n_parts & (m->n_parts - 1)) == 0)
		m->parts = mem_resize(m->parts,
		    m->n_parts == 0 ? 1 : 2 * m->n_parts, sizeof(*m->parts));
	p = &m->parts[m->n_parts++];
	*p = (struct part){ .kind = kind,
		.text = BUF_INIT(PART_BYTES_MAX),
		.opaque = BUF_INIT(PART_BYTES_MAX),
		.arguments = BUF_INIT(PART_BYTES_MAX),
		.data = BUF_INIT(PART_BYTES_MAX) };
	return p;
}

static void
add_clean(struct buf *out, struct str text)
{
	CLEANUP_BUF struct buf valid = BUF_INIT(4 * PART_BYTES_MAX);
	struct str piece;

	if (!utf8_valid(text)) {
		utf8_repair(text, &valid);
		text = buf_str(&valid);
	}
	if (text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL) {
		buf_add_str(out, text);
		return;
	}
	while (text.len > 0) {
		size_t at = str_find_char(text, '\0', 0);

		piece = str_sub(text, 0, at);
		buf_add_str(out, piece);
		if (piece.len == text.len)
			break;
		buf_add_cstr(out, "\xef\xbf\xbd");
		text = str_sub(text, at + 1, SIZE_MAX);
	}
}

struct part *
message_add_text(struct message *m, struct str text)
{
	struct part *p = message_add(m, PART_TEXT);

	add_clean(&p->text, text);
	return p;
}

struct part *
message_add_result(struct message *m, const char *call_id, const char *name,
    struct str text, bool is_error)
{
	struct part *p = message_add(m, PART_TOOL_RESULT);

	p->call_id = mem_strdup(call_id);
	p->name = mem_strdup(name);
	p->is_error = is_error;
	add_clean(&p->text, text);
	return p;
}

struct part *
message_add_image(struct message *m, const char *media_type, struct str base64)
{
	struct part *p = message_add(m, PART_IMAGE);

	p->media_type = mem_strdup(media_type);
	buf_add_str(&p->data, base64);
	return p;
}

struct message *
message_copy(const struct message *m)
{
	struct message *copy = message_create(m->role);

	memcpy(copy->id, m->id, sizeof(copy->id));
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *from = &m->parts[i];
		struct part *to = message_add(copy, from->kind);

		buf_add_str(&to->text, buf_str(&from->text));
		buf_add_str(&to->opaque, buf_str(&from->opaque));
		buf_add_str(&to->arguments, buf_str(&from->arguments));
		buf_add_str(&to->data, buf_str(&from->data));
		memcpy(to->opaque_wire, from->opaque_wire,
		    sizeof(to->opaque_wire));
		memcpy(to->opaque_provider, from->opaque_provider,
		    sizeof(to->opaque_provider));
		to->call_id = mem_strdup(from->call_id);
		to->name = mem_strdup(from->name);
		to->media_type = mem_strdup(from->media_type);
		to->is_error = from->is_error;
		to->cut = from->cut;
	}
	return copy;
}

static void
join(const struct message *m, enum part_kind kind, struct buf *out)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == kind)
			buf_add_str(out, buf_str(&m->parts[i].text));
}

void
message_text(const struct message *m, struct buf *out)
{
	join(m, PART_TEXT, out);
}

void
message_reasoning(const struct message *m, struct buf *out)
{
	join(m, PART_REASONING, out);
}

bool
message_has(const struct message *m, enum part_kind kind)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == kind)
			return true;
	return false;
}

int64_t
text_estimate_tokens(struct str text)
{
	return (int64_t)(text.len / TOKEN_BYTES + (text.len % TOKEN_BYTES > 0));
}

int64_t
message_estimate_tokens(const struct message *m)
{
	int64_t tokens = PART_TOKENS;

	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];

		tokens += PART_TOKENS;
		if (p->kind == PART_IMAGE)
			tokens += IMAGE_TOKENS;
		tokens += text_estimate_tokens(buf_str(&p->text));
		tokens += text_estimate_tokens(buf_str(&p->arguments));
		tokens += text_estimate_tokens(str_from(p->name));
		/* Signatures and encrypted reasoning travel as well; a
		 * reasoning item repeats its summary, so text counts once. */
		if (p->opaque.len > p->text.len)
			tokens += text_estimate_tokens(str_make(NULL,
			    p->opaque.len - p->text.len));
	}
	return tokens;
}

static void
key_if(struct json_writer *w, const char *key, struct str value)
{
	if (value.len > 0)
		jw_key_str(w, key, value);
}

/* Opaque data and arguments are written as strings, not as JSON values: both
 * go back byte for byte, and arguments may be broken JSON. */
static void
print_part(struct json_writer *w, const struct part *p)
{
	jw_object(w);
	jw_key_cstr(w, "kind", kinds[p->kind].name);
	key_if(w, "text", buf_str(&p->text));
	if (p->opaque.len > 0) {
		jw_key_str(w, "opaque", buf_str(&p->opaque));
		jw_key_cstr(w, "opaque_wire", p->opaque_wire);
		jw_key_cstr(w, "opaque_provider", p->opaque_provider);
	}
	key_if(w, "call_id", str_from(p->call_id));
	key_if(w, "name", str_from(p->name));
	key_if(w, "arguments", buf_str(&p->arguments));
	if (p->is_error)
		jw_key_bool(w, "is_error", true);
	if (p->cut)
		jw_key_bool(w, "cut", true);
	key_if(w, "media_type", str_from(p->media_type));
	key_if(w, "data", buf_str(&p->data));
	jw_end(w);
}

int
message_print(const struct message *m, struct buf *out)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w);
	jw_key_cstr(&w, "id", m->id);
	jw_key_cstr(&w, "role", role_names[m->role]);
	jw_key(&w, "parts");
	jw_array(&w);
	for (size_t i = 0; i < m->n_parts; i++)
		print_part(&w, &m->parts[i]);
	jw_end(&w);
	jw_end(&w);
	return buf_check(out, NULL);
}

static void
copy_name(char *out, size_t size, struct str s)
{
	snprintf(out, size, "%.*s", STR_ARG(s));
}

/* A string member as an owned copy; NULL when it is not there. */
static char *
dup_member(const struct json *j, const char *key)
{
	struct str s = json_get_str(j, key);

	return s.ptr == NULL ? NULL : str_dup(s);
}

static int
parse_kind(const struct json *j, enum role role, enum part_kind *ret,
    struct error *err)
{
	struct str name = json_get_str(j, "kind");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!str_eq_c(name, kinds[i].name))
			continue;
		if (!(role == ROLE_USER ? kinds[i].user : kinds[i].assistant))
			return error_set(err, ERR_INVALID,
			    "a message of role %s cannot hold a %s part",
			    role_names[role], kinds[i].name);
		*ret = (enum part_kind)i;
		return 0;
	}
	return error_set(err, ERR_INVALID, "unknown message part \"%.*s\"",
	    STR_ARG(str_sub(name, 0, 40)));
}

static int
parse_part(const struct json *j, struct message *m, struct error *err)
{
	enum part_kind kind = PART_TEXT;
	struct part *p;
	int rc = parse_kind(j, m->role, &kind, err);

	if (rc != 0)
		return rc;
	p = message_add(m, kind);
	p->call_id = dup_member(j, "call_id");
	p->name = dup_member(j, "name");
	p->media_type = dup_member(j, "media_type");
	p->is_error = json_get_bool(j, "is_error", false);
	p->cut = json_get_bool(j, "cut", false);
	copy_name(p->opaque_wire, sizeof(p->opaque_wire),
	    json_get_str(j, "opaque_wire"));
	copy_name(p->opaque_provider, sizeof(p->opaque_provider),
	    json_get_str(j, "opaque_provider"));
	if (buf_add_str(&p->text, json_get_str(j, "text")) != 0 ||
	    buf_add_str(&p->opaque, json_get_str(j, "opaque")) != 0 ||
	    buf_add_str(&p->arguments, json_get_str(j, "arguments")) != 0 ||
	    buf_add_str(&p->data, json_get_str(j, "data")) != 0)
		return error_set(err, ERR_TOO_LARGE,
		    "a message part is larger than %zu bytes",
		    (size_t)PART_BYTES_MAX);
	if ((kind == PART_TOOL_CALL || kind == PART_TOOL_RESULT) &&
	    (p->call_id == NULL || p->call_id[0] == '\0'))
		return error_set(err, ERR_INVALID,
		    "a %s part without call_id", kinds[kind].name);
	if (kind == PART_IMAGE && p->media_type == NULL)
		return error_set(err, ERR_INVALID,
		    "an image part without media_type");
	/* Callers may rely on calls and results having a name. */
	if (p->name == NULL &&
	    (kind == PART_TOOL_CALL || kind == PART_TOOL_RESULT))
		p->name = mem_strdup("");
	return 0;
}

int
message_parse(const struct json *j, struct message **ret, struct error *err)
{
	struct str role = json_get_str(j, "role");
	struct str id = json_get_str(j, "id");
	const struct json *parts = json_get(j, "parts");
	CLEANUP(message_destroyp) struct message *m = NULL;

	if (str_eq_c(role, role_names[ROLE_USER]))
		m = message_create(ROLE_USER);
	else if (str_eq_c(role, role_names[ROLE_ASSISTANT]))
		m = message_create(ROLE_ASSISTANT);
	else
		return error_set(err, ERR_INVALID,
		    "a message needs the role user or assistant");
	if (id_valid(id))
		memcpy(m->id, id.ptr, id.len);
	if (!json_is(parts, JSON_ARRAY))
		return error_set(err, ERR_INVALID, "a message without parts");
	for (const struct json *p = json_first(parts); p; p = json_next(p)) {
		int rc;

		if (m->n_parts >= PARTS_MAX)
			return error_set(err, ERR_TOO_LARGE,
			    "a message of more than %d parts", PARTS_MAX);
		rc = parse_part(p, m, err);
		if (rc != 0)
			return rc;
	}
	*ret = steal(m);
	return 0;
}
