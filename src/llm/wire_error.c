/* What went wrong, out of what vendors say: a status, a JSON body in one of a
 * dozen shapes, or a proxy's web page. The shapes were read off the SDKs and
 * recorded answers; the tables below are all there is to extend.
 *
 * Order of trust: the vendor's own code or type, then known phrases of its
 * message, then the HTTP status. Status alone is a poor guide: keys are
 * refused with 400, exhausted quotas and rate limits share 429. */
#include "llm/wire.h"

#include <math.h>

#include "base/json.h"

enum { SHAPE_DEPTH_MAX = 4 };

/* What was found in a body. */
struct fault {
	struct str message;
	struct str names[4]; /* code, type, status, reason: as found */
	size_t n_names;
	struct str raw; /* what a gateway got from the provider behind it */
	int status;	/* HTTP status, 0: unknown */
	uint32_t retry_after_ms;
};

static const struct {
	const char *name;
	enum error_code code;
} name_table[] = {
	/* OpenAI, Azure and compatible */
	{ "context_length_exceeded", ERR_LLM_CONTEXT },
	{ "string_above_max_length", ERR_LLM_CONTEXT },
	{ "exceed_context_size_error", ERR_LLM_CONTEXT }, /* llama.cpp */
	{ "model_not_found", ERR_LLM_MODEL },
	{ "DeploymentNotFound", ERR_LLM_MODEL },
	{ "unknown_model", ERR_LLM_MODEL }, /* GitHub Models */
	{ "model_not_available", ERR_LLM_MODEL },
	{ "invalid_api_key", ERR_LLM_AUTH },
	{ "insufficient_quota", ERR_LLM_QUOTA },
	{ "insufficient_user_quota", ERR_LLM_QUOTA },
	{ "billing_hard_limit_reached", ERR_LLM_QUOTA },
	{ "billing_not_active", ERR_LLM_QUOTA },
	{ "usage_limit_reached", ERR_LLM_QUOTA },
	{ "rate_limit_exceeded", ERR_LLM_RATE_LIMITED },
	{ "rate_limit_reached", ERR_LLM_RATE_LIMITED },
	{ "tokens", ERR_LLM_RATE_LIMITED },
	{ "requests", ERR_LLM_RATE_LIMITED },
	{ "too_many_requests", ERR_LLM_RATE_LIMITED },
	{ "slow_down", ERR_LLM_OVERLOADED },
	{ "server_is_overloaded", ERR_LLM_OVERLOADED },
	{ "service_unavailable", ERR_LLM_OVERLOADED },
	{ "server_error", ERR_LLM_SERVER },
	{ "internal_server_error", ERR_LLM_SERVER },
	{ "InternalServerError", ERR_LLM_SERVER },
	/* Groq: the model wrote no proper call; it may do so again */
	{ "tool_use_failed", ERR_LLM_SERVER },
	{ "too_many_prompt_tokens", ERR_LLM_CONTEXT }, /* Perplexity */
	{ "RateLimitReached", ERR_LLM_RATE_LIMITED },  /* Azure AI */
	/* Anthropic: platform.claude.com/docs/en/api/errors */
	{ "overloaded_error", ERR_LLM_OVERLOADED },
	{ "rate_limit_error", ERR_LLM_RATE_LIMITED },
	{ "authentication_error", ERR_LLM_AUTH },
	{ "permission_error", ERR_LLM_AUTH },
	{ "billing_error", ERR_LLM_QUOTA },
	{ "request_too_large", ERR_LLM_CONTEXT },
	{ "not_found_error", ERR_LLM_MODEL },
	{ "timeout_error", ERR_LLM_SERVER },
	{ "api_error", ERR_LLM_SERVER },
	/* Gemini: google.rpc.Code and ErrorInfo.reason */
	{ "API_KEY_INVALID", ERR_LLM_AUTH },
	{ "UNAUTHENTICATED", ERR_LLM_AUTH },
	{ "PERMISSION_DENIED", ERR_LLM_AUTH },
	{ "RESOURCE_EXHAUSTED", ERR_LLM_RATE_LIMITED },
	{ "UNAVAILABLE", ERR_LLM_OVERLOADED },
	{ "DEADLINE_EXCEEDED", ERR_LLM_SERVER },
	{ "INTERNAL", ERR_LLM_SERVER },
};

/* Phrases, in lower case. The first that is found counts, so the particular
 * stands before the general. */
static const struct {
	const char *phrase;
	enum error_code code;
} phrase_table[] = {
	{ "context length", ERR_LLM_CONTEXT },
	{ "context window", ERR_LLM_CONTEXT },
	{ "context size", ERR_LLM_CONTEXT },
	{ "prompt is too long", ERR_LLM_CONTEXT },
	{ "input is too long", ERR_LLM_CONTEXT },
	{ "maximum prompt length", ERR_LLM_CONTEXT },
	{ "input token count", ERR_LLM_CONTEXT },
	{ "request too large", ERR_LLM_CONTEXT },
	{ "too large for model", ERR_LLM_CONTEXT },
	{ "reduce the length", ERR_LLM_CONTEXT },
	{ "exceed context limit", ERR_LLM_CONTEXT },
	{ "prompt too long", ERR_LLM_CONTEXT }, /* Ollama */
	{ "messages is too long", ERR_LLM_CONTEXT },
	{ "api key not valid", ERR_LLM_AUTH },
	{ "invalid api key", ERR_LLM_AUTH },
	{ "incorrect api key", ERR_LLM_AUTH },
	{ "invalid x-api-key", ERR_LLM_AUTH },
	{ "no auth credentials", ERR_LLM_AUTH },
	{ "api key expired", ERR_LLM_AUTH },
	{ "credit balance", ERR_LLM_QUOTA },
	{ "insufficient balance", ERR_LLM_QUOTA },
	{ "insufficient credits", ERR_LLM_QUOTA },
	{ "requires more credits", ERR_LLM_QUOTA },
	{ "exceeded your monthly", ERR_LLM_QUOTA },
	{ "model not exist", ERR_LLM_MODEL },
	{ "no such model", ERR_LLM_MODEL },
	{ "invalid model", ERR_LLM_MODEL },
	{ "unknown model", ERR_LLM_MODEL },
	{ "not a valid model", ERR_LLM_MODEL },
	{ "rate limit", ERR_LLM_RATE_LIMITED },
	{ "too many requests", ERR_LLM_RATE_LIMITED },
	{ "overloaded", ERR_LLM_OVERLOADED },
	{ "at capacity", ERR_LLM_OVERLOADED },
};

/* Statuses; a range so that the vendors' own numbers (520 to 530, Cloudflare)
 * need no list. The first row that fits counts. */
static const struct {
	int from, to;
	enum error_code code;
} status_table[] = {
	{ 401, 401, ERR_LLM_AUTH },
	{ 402, 402, ERR_LLM_QUOTA },
	{ 403, 403, ERR_LLM_AUTH },
	{ 407, 407, ERR_NET_PROXY },
	{ 408, 409, ERR_LLM_SERVER },
	{ 413, 413, ERR_LLM_CONTEXT },
	{ 425, 425, ERR_LLM_SERVER },
	{ 429, 429, ERR_LLM_RATE_LIMITED },
	{ 498, 498, ERR_LLM_OVERLOADED }, /* Groq: flex tier full */
	{ 400, 499, ERR_LLM_BAD_REQUEST },
	{ 503, 503, ERR_LLM_OVERLOADED },
	{ 529, 529, ERR_LLM_OVERLOADED }, /* Anthropic */
	{ 500, 599, ERR_LLM_SERVER },
};

static void
add_name(struct fault *f, struct str name)
{
	if (name.len > 0 && f->n_names < ARRAY_LEN(f->names))
		f->names[f->n_names++] = name;
}

static void
take_status(struct fault *f, const struct json *code)
{
	int64_t n = json_int(code, 0);

	if (f->status == 0 && n >= 400 && n <= 599)
		f->status = (int)n;
	if (str_to_int(json_str(code), 400, 599, &n)) {
		if (f->status == 0)
			f->status = (int)n;
	} else {
		add_name(f, json_str(code));
	}
}

/* "34s", "1.5s": google.rpc.RetryInfo. */
static uint32_t
seconds_to_ms(struct str s)
{
	double seconds = 0, unit = 1;

	for (size_t i = 0; i < s.len && seconds < 1e6; i++) {
		if (s.ptr[i] == '.' && unit == 1)
			unit = 0.1;
		else if (s.ptr[i] < '0' || s.ptr[i] > '9')
			break;
		else if (unit == 1)
			seconds = seconds * 10 + (s.ptr[i] - '0');
		else {
			seconds += unit * (s.ptr[i] - '0');
			unit /= 10;
		}
	}
	return seconds >= 86400 ? 86400000 : (uint32_t)ceil(seconds * 1000);
}

static void
take_google_details(struct fault *f, const struct json *details)
{
	for (const struct json *d = json_first(details); d; d = json_next(d)) {
		struct str delay = json_get_str(d, "retryDelay");

		if (delay.len > 0)
			f->retry_after_ms = seconds_to_ms(delay);
		add_name(f, json_get_str(d, "reason"));
	}
}

/* The first text under one of the keys that vendors use for the sentence. */
static struct str
find_message(const struct json *j)
{
	static const char *const keys[] = { "message", "msg", "detail",
		"error_description", "description", "title" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct str s = json_get_str(j, keys[i]);

		if (s.len > 0)
			return s;
	}
	return STR_NONE;
}

static void collect(struct fault *f, const struct json *j, int depth);

static void
collect_object(struct fault *f, const struct json *j, int depth)
{
	static const char *const nested[] = { "error", "errors", "detail",
		"message", "response" };
	const struct json *metadata = json_get(j, "metadata");

	take_status(f, json_get(j, "code"));
	take_status(f, json_get(j, "status"));
	take_status(f, json_get(j, "status_code"));
	add_name(f, json_get_str(j, "type"));
	add_name(f, json_get_str(metadata, "error_type"));
	if (f->raw.len == 0)
		f->raw = json_get_str(metadata, "raw");
	take_google_details(f, json_get(j, "details"));
	for (size_t i = 0; i < ARRAY_LEN(nested); i++) {
		const struct json *inner = json_get(j, nested[i]);

		if (json_is(inner, JSON_OBJECT) || json_is(inner, JSON_ARRAY) ||
		    (i == 0 && json_is(inner, JSON_STRING)))
			collect(f, inner, depth + 1);
	}
	if (f->message.len == 0)
		f->message = find_message(j);
}

static void
collect(struct fault *f, const struct json *j, int depth)
{
	if (depth > SHAPE_DEPTH_MAX)
		return;
	if (json_is(j, JSON_STRING) && f->message.len == 0)
		f->message = json_str(j);
	else if (json_is(j, JSON_ARRAY))
		collect(f, json_first(j), depth + 1);
	else if (json_is(j, JSON_OBJECT))
		collect_object(f, j, depth);
}

static size_t
find_nocase(struct str text, struct str needle)
{
	for (size_t i = 0; i + needle.len <= text.len; i++)
		if (str_eq_nocase(str_sub(text, i, needle.len), needle))
			return i;
	return SIZE_MAX;
}

static enum error_code
code_by_name(const struct fault *f)
{
	for (size_t n = 0; n < f->n_names; n++)
		for (size_t i = 0; i < ARRAY_LEN(name_table); i++)
			if (str_eq_c(f->names[n], name_table[i].name))
				return name_table[i].code;
	return ERR_NONE;
}

static enum error_code
code_by_phrase(struct str text)
{
	for (size_t i = 0; i < ARRAY_LEN(phrase_table); i++)
		if (find_nocase(text, str_from(phrase_table[i].phrase)) !=
		    SIZE_MAX)
			return phrase_table[i].code;
	/* "The model `x` does not exist", "model 'x' not found, try …" */
	if (find_nocase(text, STR("model")) != SIZE_MAX &&
	    (find_nocase(text, STR("not found")) != SIZE_MAX ||
		find_nocase(text, STR("does not exist")) != SIZE_MAX))
		return ERR_LLM_MODEL;
	return ERR_NONE;
}

static enum error_code
code_by_status(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(status_table); i++)
		if (status >= status_table[i].from &&
		    status <= status_table[i].to)
			return status_table[i].code;
	return ERR_LLM_SERVER;
}

static enum error_code
classify(const struct fault *f)
{
	enum error_code by_name = code_by_name(f);
	enum error_code by_phrase = code_by_phrase(f->message);

	/* Too much for the model, or for a minute's allowance (Groq: 413,
	 * OpenAI: 429): it will not fit the next time either. */
	if (f->status == 413 || by_phrase == ERR_LLM_CONTEXT)
		return ERR_LLM_CONTEXT;
	/* A server's trouble is trouble whatever the words are, and a type as
	 * general as "invalid request" says less than a known phrase does. */
	if (by_name != ERR_NONE && by_name != ERR_LLM_SERVER)
		return by_name;
	if (f->status >= 500 && f->status != 503 && f->status != 529 &&
	    by_phrase != ERR_LLM_OVERLOADED)
		return ERR_LLM_SERVER;
	if (by_phrase != ERR_NONE)
		return by_phrase;
	/* Ollama calls a refused key an "api_error" too. */
	if (by_name != ERR_NONE && f->status != 401 && f->status != 403)
		return by_name;
	return f->status == 0 && f->n_names > 0 &&
		str_starts(f->names[0], STR("invalid_")) ?
	    ERR_LLM_BAD_REQUEST :
	    code_by_status(f->status);
}

/* "Please try again in 7.66s", "… in 1m2.5s", "… in 350ms": what OpenAI, Groq
 * and others write where a stream has no headers any more. */
static uint32_t
retry_after_in_text(struct str text)
{
	size_t at = find_nocase(text, STR("try again in "));
	uint64_t total = 0;

	if (at == SIZE_MAX)
		return 0;
	text = str_sub(text, at + 13, 24);
	for (;;) {
		uint32_t n = seconds_to_ms(text);
		size_t digits = 0;

		while (digits < text.len &&
		    ((text.ptr[digits] >= '0' && text.ptr[digits] <= '9') ||
			(text.ptr[digits] == '.' &&
			    digits + 1 < text.len &&
			    text.ptr[digits + 1] != ' ')))
			digits++;
		if (digits == 0)
			break;
		text = str_sub(text, digits, SIZE_MAX);
		if (str_starts(text, STR("ms"))) {
			total += n / 1000;
			break;
		}
		if (str_starts(text, STR("s")) || str_starts(text, STR(" s"))) {
			total += n;
			break;
		}
		if (str_starts(text, STR("h")))
			total += (uint64_t)n * 3600;
		else if (str_starts(text, STR("m")))
			total += (uint64_t)n * 60;
		else
			break;
		text = str_sub(text, 1, SIZE_MAX);
	}
	return total > 86400000 ? 86400000 : (uint32_t)total;
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*' ||
	    c == '.';
}

static bool
looks_like_key(struct str word)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < word.len; i++) {
		digit |= word.ptr[i] >= '0' && word.ptr[i] <= '9';
		letter |= word.ptr[i] >= 'A' && word.ptr[i] != '_';
	}
	return word.len >= 20 && digit && letter;
}

/* Some servers repeat the key that they refuse; an error holds no secrets. */
static void
add_without_keys(struct buf *out, struct str text)
{
	size_t i = 0;

	while (i < text.len) {
		size_t end = i;
		struct str word;

		while (end < text.len && is_key_char(text.ptr[end]))
			end++;
		word = str_sub(text, i, end - i);
		buf_add_str(out, looks_like_key(word) ? STR("[key]") : word);
		if (end < text.len)
			buf_add_char(out, text.ptr[end++]);
		i = end;
	}
}

static int
report(const struct fault *f, struct error *err)
{
	CLEANUP_BUF struct buf text = BUF_INIT(16 * KIB);
	CLEANUP_BUF struct buf raw = BUF_INIT(16 * KIB);
	enum error_code code = classify(f);

	add_without_keys(&text, str_trim(str_sub(f->message, 0, 2 * KIB)));
	add_without_keys(&raw, str_trim(str_sub(f->raw, 0, 2 * KIB)));
	if (text.len == 0 && f->n_names > 0)
		buf_add_str(&text, str_sub(f->names[0], 0, 100));
	if (text.len == 0)
		buf_add_cstr(&text, "the server gave no reason");
	if (f->status != 0)
		error_set(err, code, "%.200s (HTTP %d)", buf_text(&text),
		    f->status);
	else
		error_set(err, code, "%.240s", buf_text(&text));
	if (err == NULL)
		return -(int)code;
	if (raw.len > 0)
		error_detail(err, "%s", buf_text(&raw));
	else if (text.len > 200)
		error_detail(err, "%s", buf_text(&text));
	err->retry_after_ms = f->retry_after_ms;
	if (err->retry_after_ms == 0 && err->retryable)
		err->retry_after_ms = retry_after_in_text(f->message);
	return -(int)code;
}

/* The title of a web page, or an empty text. */
static struct str
page_title(struct str page)
{
	size_t from = find_nocase(page, STR("<title>"));
	size_t to;

	if (from == SIZE_MAX)
		return STR_NONE;
	page = str_sub(page, from + 7, SIZE_MAX);
	to = find_nocase(page, STR("</title>"));
	return str_trim(str_sub(page, 0, to == SIZE_MAX ? 120 : to));
}

static bool
is_page(struct str content_type, struct str body)
{
	return str_starts_nocase(content_type, STR("text/html")) ||
	    str_starts_nocase(body, STR("<!doctype")) ||
	    str_starts_nocase(body, STR("<html"));
}

/* A web page never comes from a model API, so its 401 or 404 does not speak
 * of the key or the model. */
static int
page_error(int status, struct str page, struct error *err)
{
	struct str title = str_sub(page_title(page), 0, 120);
	enum error_code code = code_by_status(status);

	if (status >= 400 && status < 500 && code != ERR_NET_PROXY &&
	    code != ERR_LLM_RATE_LIMITED)
		code = ERR_LLM_BAD_REQUEST;
	return error_set(err, code,
	    "a web page instead of an answer%s%.*s (HTTP %d); is a proxy in "
	    "between, or the base URL wrong?",
	    title.len > 0 ? ": " : "", STR_ARG(title), status);
}

int
wire_http_error(int status, struct str content_type, struct str body,
    struct error *err)
{
	const struct json_limits limits = { .bytes_max = 1 * MIB,
		.depth_max = 64, .flags = JSON_REPAIR_UTF8 };
	CLEANUP_JSON struct json *j = NULL;
	struct fault f = { .status = status };

	body = str_trim(body);
	if (json_parse(body, &limits, &j, NULL) == 0)
		collect(&f, j, 0);
	else if (is_page(content_type, body))
		return page_error(status, body, err);
	else
		f.message = body;
	if (status == 404 && f.message.len == 0)
		f.message = STR("nothing is served at this address; "
				"is the base URL right?");
	return report(&f, err);
}

int
wire_stream_error(const struct json *error_value, struct error *err)
{
	struct fault f = { .status = 0 };

	collect(&f, error_value, 0);
	return report(&f, err);
}
