/* A reply under construction; see reply.h.
 *
 * The way a text fragment takes is the hot path of the program (a 1 MiB answer
 * is 50,000 of them): a look-up from the end of a short array, one append, one
 * callback. */
#include "llm/reply.h"

#include "base/mem.h"

enum { CALL_ID_MAX = 8192, CALL_NAME_MAX = 256 };

/* Which part a decoder means by a key. Looked up from the end, so that among
 * calls that share a key the one used last is found; see use_key(). */
struct reply_key {
	enum part_kind kind;
	int64_t key;
	size_t part;	/* index into message->parts */
	bool closed;	/* not to be found any more */
	bool dropped;	/* the part is gone */
	bool announced; /* calls: the sink was told */
};

void
reply_init(struct reply *r, const struct reply_sink *sink, const char *wire,
    const char *provider)
{
	*r = (struct reply){ .message = message_create(ROLE_ASSISTANT),
		.wire = wire,
		.provider = provider };
	if (sink != NULL)
		r->sink = *sink;
}

void
reply_release(struct reply *r)
{
	message_destroy(r->message);
	free(r->keys);
	*r = (struct reply){ 0 };
}

static struct reply_key *
find_key(const struct reply *r, enum part_kind kind, int64_t key)
{
	for (size_t i = r->n_keys; i > 0; i--) {
		struct reply_key *k = &r->keys[i - 1];

		if (k->key == key && k->kind == kind && !k->closed &&
		    !k->dropped)
			return k;
	}
	return NULL;
}

static struct part *
part_of(const struct reply *r, const struct reply_key *k)
{
	return &r->message->parts[k->part];
}

static struct reply_key *
new_key(struct reply *r, enum part_kind kind, int64_t key, struct error *err)
{
	if (r->n_keys >= REPLY_PARTS_MAX) {
		error_set(err, ERR_TOO_LARGE,
		    "the model's answer has more than %d parts",
		    REPLY_PARTS_MAX);
		return NULL;
	}
	if ((r->n_keys & (r->n_keys - 1)) == 0)
		r->keys = mem_resize(r->keys,
		    r->n_keys == 0 ? 1 : 2 * r->n_keys, sizeof(*r->keys));
	message_add(r->message, kind);
	r->keys[r->n_keys] = (struct reply_key){ .kind = kind,
		.key = key,
		.part = r->message->n_parts - 1 };
	return &r->keys[r->n_keys++];
}

static struct reply_key *
need_key(struct reply *r, enum part_kind kind, int64_t key, struct error *err)
{
	struct reply_key *k = find_key(r, kind, key);

	return k != NULL ? k : new_key(r, kind, key, err);
}

static int
append(struct buf *out, struct str text, struct error *err)
{
	if (buf_add_str(out, text) == 0)
		return 0;
	return error_set(err, ERR_TOO_LARGE,
	    "the model's answer has a part of more than %zu bytes",
	    (size_t)REPLY_BYTES_MAX);
}

static int
add_text(struct reply *r, enum part_kind kind, int64_t key, struct str text,
    struct error *err)
{
	struct reply_key *k;
	int rc;

	if (text.len == 0)
		return 0;
	k = need_key(r, kind, key, err);
	if (k == NULL)
		return -ERR_TOO_LARGE;
	rc = append(&part_of(r, k)->text, text, err);
	if (rc != 0)
		return rc;
	if (kind == PART_TEXT && r->sink.text != NULL)
		r->sink.text(text, r->sink.ctx);
	if (kind == PART_REASONING && r->sink.reasoning != NULL)
		r->sink.reasoning(text, r->sink.ctx);
	return 0;
}

int
reply_text(struct reply *r, int64_t key, struct str text, struct error *err)
{
	return add_text(r, PART_TEXT, key, text, err);
}

int
reply_reasoning(struct reply *r, int64_t key, struct str text,
    struct error *err)
{
	return add_text(r, PART_REASONING, key, text, err);
}

int
reply_opaque(struct reply *r, enum part_kind kind, int64_t key,
    struct str json, struct error *err)
{
	struct reply_key *k;
	struct part *p;

	if (json.len == 0)
		return 0;
	k = need_key(r, kind, key, err);
	if (k == NULL)
		return -ERR_TOO_LARGE;
	p = part_of(r, k);
	buf_clear(&p->opaque);
	snprintf(p->opaque_wire, sizeof(p->opaque_wire), "%s",
	    r->wire == NULL ? "" : r->wire);
	snprintf(p->opaque_provider, sizeof(p->opaque_provider), "%s",
	    r->provider == NULL ? "" : r->provider);
	return append(&p->opaque, json, err);
}

static void
announce(struct reply *r, struct reply_key *k)
{
	const struct part *p = part_of(r, k);

	if (k->announced || p->call_id == NULL || p->name == NULL)
		return;
	k->announced = true;
	if (r->sink.call != NULL)
		r->sink.call(p->call_id, p->name, r->sink.ctx);
}

/* The call under this key that has this id or can still take it. Found by id
 * rather than last used: calls with one index may come interleaved. */
static struct reply_key *
find_call(const struct reply *r, int64_t key, struct str id)
{
	struct reply_key *last = find_key(r, PART_TOOL_CALL, key);

	if (last == NULL || id.len == 0)
		return last;
	for (size_t i = r->n_keys; i > 0; i--) {
		struct reply_key *k = &r->keys[i - 1];

		if (k->kind == PART_TOOL_CALL && k->key == key && !k->closed &&
		    part_of(r, k)->call_id != NULL &&
		    str_eq_c(id, part_of(r, k)->call_id))
			return k;
	}
	return part_of(r, last)->call_id == NULL ? last : NULL;
}

/* Makes the key the one that find_key() meets first. */
static struct reply_key *
use_key(struct reply *r, struct reply_key *k)
{
	struct reply_key *end = &r->keys[r->n_keys - 1];
	struct reply_key used = *k;

	if (k == end)
		return k;
	memmove(k, k + 1, (size_t)(end - k) * sizeof(*k));
	*end = used;
	return end;
}

int
reply_call(struct reply *r, int64_t key, struct str id, struct str name,
    struct error *err)
{
	struct reply_key *k = find_call(r, key, id);
	struct part *p;

	if (id.len > CALL_ID_MAX || name.len > CALL_NAME_MAX)
		return error_set(err, ERR_LLM_PROTOCOL,
		    "the model's tool call has an overlong id or name");
	k = k != NULL ? use_key(r, k) : new_key(r, PART_TOOL_CALL, key, err);
	if (k == NULL)
		return -ERR_TOO_LARGE;
	p = part_of(r, k);
	if (p->call_id == NULL && id.len > 0)
		p->call_id = str_dup(id);
	if (p->name == NULL && name.len > 0)
		p->name = str_dup(name);
	announce(r, k);
	return 0;
}

void
reply_call_close(struct reply *r, int64_t key)
{
	for (size_t i = 0; i < r->n_keys; i++)
		if (r->keys[i].kind == PART_TOOL_CALL && r->keys[i].key == key)
			r->keys[i].closed = true;
}

bool
reply_has_call(const struct reply *r, int64_t key, struct str id)
{
	return find_call(r, key, id) != NULL;
}

struct str
reply_peek(const struct reply *r, enum part_kind kind, int64_t key)
{
	const struct reply_key *k = find_key(r, kind, key);

	if (k == NULL)
		return STR_NONE;
	return buf_str(kind == PART_TOOL_CALL ? &part_of(r, k)->arguments :
						&part_of(r, k)->text);
}

struct str
reply_peek_opaque(const struct reply *r, enum part_kind kind, int64_t key)
{
	const struct reply_key *k = find_key(r, kind, key);

	return k == NULL ? STR_NONE : buf_str(&part_of(r, k)->opaque);
}

int
reply_call_arguments(struct reply *r, int64_t key, struct str fragment,
    struct error *err)
{
	struct reply_key *k;

	if (fragment.len == 0)
		return 0;
	k = need_key(r, PART_TOOL_CALL, key, err);
	if (k == NULL)
		return -ERR_TOO_LARGE;
	return append(&part_of(r, k)->arguments, fragment, err);
}

int
reply_call_arguments_whole(struct reply *r, int64_t key, struct str text,
    struct error *err)
{
	struct reply_key *k;

	if (text.len == 0)
		return 0;
	k = need_key(r, PART_TOOL_CALL, key, err);
	if (k == NULL)
		return -ERR_TOO_LARGE;
	buf_clear(&part_of(r, k)->arguments);
	return append(&part_of(r, k)->arguments, text, err);
}

static void
take_larger(int64_t *known, int64_t given)
{
	if (given > *known)
		*known = given;
}

void
reply_usage(struct reply *r, const struct usage *usage)
{
	take_larger(&r->usage.input_tokens, usage->input_tokens);
	take_larger(&r->usage.cached_tokens, usage->cached_tokens);
	take_larger(&r->usage.cache_write_tokens, usage->cache_write_tokens);
	take_larger(&r->usage.output_tokens, usage->output_tokens);
	take_larger(&r->usage.reasoning_tokens, usage->reasoning_tokens);
	r->usage.exact |= usage->exact;
}

void
reply_stop(struct reply *r, enum stop_reason reason)
{
	if (reason != STOP_NONE)
		r->stop = reason;
}

int
reply_end(struct reply *r, bool has_end, struct error *err)
{
	if (!has_end && !r->finished)
		return error_set(err, ERR_LLM_DROPPED,
		    "the answer broke off before its end");
	r->finished = true;
	return 0;
}

/* A JSON text that ends inside a string, an object or an array. */
static bool
is_unclosed(struct str text)
{
	bool in_string = false;
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && depth > 0)
			depth--;
	}
	return in_string || depth > 0;
}

static bool
is_ghost(const struct part *p)
{
	return p->kind == PART_TOOL_CALL && p->name == NULL &&
	    str_trim(buf_str(&p->arguments)).len == 0;
}

/* Some servers send an empty entry in tool_calls with every chunk. */
static void
drop_ghosts(struct reply *r)
{
	struct message *m = r->message;
	size_t kept = 0;

	for (size_t i = 0; i < m->n_parts; i++) {
		bool ghost = is_ghost(&m->parts[i]);

		for (size_t k = 0; k < r->n_keys; k++) {
			if (r->keys[k].part != i || r->keys[k].dropped)
				continue;
			r->keys[k].part = kept;
			r->keys[k].dropped = ghost;
		}
		if (ghost) {
			buf_release(&m->parts[i].arguments);
			buf_release(&m->parts[i].opaque);
			free(m->parts[i].call_id);
		} else {
			m->parts[kept++] = m->parts[i];
		}
	}
	m->n_parts = kept;
}

static bool
id_is_taken(const struct message *m, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (m->parts[i].call_id != NULL &&
		    strcmp(m->parts[i].call_id, m->parts[index].call_id) == 0)
			return true;
	return false;
}

static void
give_id(struct part *p)
{
	char id[ID_SIZE];

	id_make(id);
	free(p->call_id);
	p->call_id = mem_printf("call_%s", id);
}

static bool
is_cut(const struct reply *r, const struct part *p, bool is_last)
{
	if (r->stop == STOP_REFUSAL || r->stop == STOP_CONTENT_FILTER)
		return true;
	if (r->stop == STOP_MAX_TOKENS && is_last)
		return true;
	return is_unclosed(buf_str(&p->arguments));
}

int
reply_finish(struct reply *r, struct error *err)
{
	struct message *m = r->message;
	size_t last = SIZE_MAX;

	drop_ghosts(r);
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_TOOL_CALL)
			last = i;
	for (size_t i = 0; i < m->n_parts; i++) {
		struct part *p = &m->parts[i];

		if (p->kind != PART_TOOL_CALL)
			continue;
		p->cut = is_cut(r, p, i == last);
		if (p->call_id == NULL || id_is_taken(m, i))
			give_id(p);
		if (p->name == NULL)
			p->name = mem_strdup("");
		if (str_trim(buf_str(&p->arguments)).len == 0) {
			buf_clear(&p->arguments);
			buf_add_cstr(&p->arguments, "{}");
		}
	}
	for (size_t i = 0; i < r->n_keys; i++)
		if (r->keys[i].kind == PART_TOOL_CALL && !r->keys[i].dropped)
			announce(r, &r->keys[i]);
	if (last != SIZE_MAX && r->stop == STOP_END_TURN)
		r->stop = STOP_TOOL_USE;
	if (last == SIZE_MAX && r->stop == STOP_TOOL_USE)
		r->stop = STOP_END_TURN;
	return 0;
}
