/* A conversation; see convo.h. */
#include "agent/convo.h"

#include "base/map.h"
#include "base/mem.h"

void
convo_init(struct convo *c)
{
	*c = (struct convo){ .calls = map_create(NULL) };
}

void
convo_release(struct convo *c)
{
	for (size_t i = 0; i < c->n; i++)
		message_destroy(c->items[i]);
	free(c->items);
	map_destroy(c->calls);
	*c = (struct convo){ .items = NULL };
}

void
convo_add(struct convo *c, struct message *m)
{
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 64 : c->cap * 2;
		c->items = mem_resize(c->items, c->cap, sizeof(*c->items));
	}
	c->items[c->n++] = m;
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_TOOL_CALL &&
		    m->parts[i].call_id != NULL)
			map_set(c->calls, str_from(m->parts[i].call_id), c);
}

/* Whether an earlier part of the message has this call id already. */
static bool
taken_before(const struct message *m, size_t before, const char *id)
{
	for (size_t i = 0; i < before; i++)
		if (m->parts[i].kind == PART_TOOL_CALL &&
		    strcmp(m->parts[i].call_id, id) == 0)
			return true;
	return false;
}

void
convo_name_calls(struct convo *c, struct message *m)
{
	for (size_t i = 0; i < m->n_parts; i++) {
		struct part *p = &m->parts[i];

		if (p->kind != PART_TOOL_CALL)
			continue;
		if (p->call_id == NULL || p->call_id[0] == '\0' ||
		    strlen(p->call_id) > 63 ||
		    map_has(c->calls, str_from(p->call_id)) ||
		    taken_before(m, i, p->call_id)) {
			char id[ID_SIZE];

			id_make(id);
			free(p->call_id);
			p->call_id = mem_printf("call_%s", id);
		}
	}
}

void
convo_replace(struct convo *c, size_t n, struct message *summary)
{
	for (size_t i = 0; i < n; i++)
		message_destroy(c->items[i]);
	memmove(c->items + 1, c->items + n, (c->n - n) * sizeof(*c->items));
	c->items[0] = summary;
	c->n = c->n - n + 1;
	c->exact_tokens = 0;
	c->exact_n = 0;
}

bool
convo_answered(const struct convo *c, size_t index, const char *call_id)
{
	/* Results stand before the next answer. */
	for (size_t i = index + 1; i < c->n; i++) {
		const struct message *m = c->items[i];

		if (m->role == ROLE_ASSISTANT)
			break;
		for (size_t j = 0; j < m->n_parts; j++)
			if (m->parts[j].kind == PART_TOOL_RESULT &&
			    strcmp(m->parts[j].call_id, call_id) == 0)
				return true;
	}
	return false;
}

bool
convo_contains(const struct convo *c, struct str needle)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->items[i]->n_parts; j++) {
			const struct part *p = &c->items[i]->parts[j];

			if (p->kind == PART_TEXT &&
			    str_find(buf_str(&p->text), needle, 0) != SIZE_MAX)
				return true;
		}
	return false;
}

static bool
is_request(const struct message *m)
{
	bool text = false;

	if (m->role != ROLE_USER)
		return false;
	for (size_t i = 0; i < m->n_parts; i++) {
		if (m->parts[i].kind == PART_TOOL_RESULT)
			return false;
		if (m->parts[i].kind == PART_TEXT)
			text = text ||
			    !str_eq(buf_str(&m->parts[i].text),
				STR(CONVO_GO_ON));
	}
	return text;
}

size_t
convo_last_request(const struct convo *c)
{
	for (size_t i = c->n; i-- > 0;)
		if (is_request(c->items[i]))
			return i;
	return c->n;
}

int64_t
convo_tokens(const struct convo *c, int64_t overhead)
{
	int64_t tokens = c->exact_tokens > 0 ? c->exact_tokens : overhead;

	for (size_t i = c->exact_tokens > 0 ? c->exact_n : 0; i < c->n; i++)
		tokens += message_estimate_tokens(c->items[i]);
	return tokens;
}
