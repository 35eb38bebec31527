/* A change in a few words; see provenance.h. */
#include "core/provenance.h"

#include "base/utf8.h"

#define PROMPT_BYTES_MAX (16 * MIB)

void
provenance_line(struct str text, size_t size, char *out)
{
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * size + 4);
	struct str s;
	size_t n = 0, len;

	utf8_repair(str_sub(str_trim(text), 0, size), &clean);
	s = str_trim(buf_str(&clean));
	len = utf8_cut(s.ptr, s.len, size - 1);
	for (size_t i = 0; i < len; i++) {
		bool blank = (unsigned char)s.ptr[i] <= ' ' ||
		    s.ptr[i] == '\x7f';

		if (!blank || (n > 0 && out[n - 1] != ' '))
			out[n++] = blank ? ' ' : s.ptr[i];
	}
	out[n] = '\0';
}

bool
provenance_same(const struct provenance *a, const struct provenance *b)
{
	return strcmp(a->session, b->session) == 0 &&
	    strcmp(a->run, b->run) == 0 &&
	    strcmp(a->provider, b->provider) == 0 &&
	    strcmp(a->model, b->model) == 0 &&
	    strcmp(a->prompt, b->prompt) == 0;
}

/* The first line with words in it. */
static void
take_prompt(const struct causes *causes, struct store_reader *r,
    const struct cause *prompt, struct provenance *ret)
{
	CLEANUP_BUF struct buf json = BUF_INIT(PROMPT_BYTES_MAX);
	CLEANUP_JSON struct json *text = NULL;
	struct str rest, line = STR_NONE;
	bool altered = false;

	/* What was changed in the store since is nobody's prompt. */
	if (prompt == NULL ||
	    !causes_content(causes, r, prompt, "text", &json, &altered) ||
	    altered || json_parse(buf_str(&json), NULL, &text, NULL) != 0)
		return;
	rest = json_str(text);
	while (str_next_line(&rest, &line) && str_trim(line).len == 0)
		;
	provenance_line(line, sizeof(ret->prompt), ret->prompt);
}

int
provenance_of_change(struct causes *causes, struct store_reader *r,
    const struct custody_change *change, struct provenance *ret,
    struct error *err)
{
	const struct cause *call, *model;
	int rc = causes_load(causes, r, change->session, err);

	if (rc != 0)
		return rc;
	*ret = (struct provenance){ .time_ms = change->time_ms };
	snprintf(ret->session, sizeof(ret->session), "%s", change->session);
	snprintf(ret->run, sizeof(ret->run), "%s", change->run);
	provenance_line(str_from(change->user), sizeof(ret->user), ret->user);
	call = causes_find_call(causes, change->call_id, change->seq);
	model = call != NULL ? causes_find_model(causes, call) :
	    causes_find_last(causes, "run.start", change->run, change->seq);
	if (model != NULL) {
		provenance_line(json_get_str(model->body, "provider"),
		    sizeof(ret->provider), ret->provider);
		provenance_line(json_get_str(model->body, "model"),
		    sizeof(ret->model), ret->model);
	}
	take_prompt(causes, r, causes_find_last(causes, "prompt",
	    change->run, change->seq), ret);
	return 0;
}
