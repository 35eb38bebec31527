/* Streams as servers send them, in tests/wire/FORMAT/NAME.txt: fed whole, byte
 * by byte, and split once at every byte, through the real splitters and the
 * format's decoder. A file reads
 *
 *	# what is special about it
 *	provider: NAME          (optional; "test")
 *	lines: crlf             (optional: the stream's lines end in CRLF)
 *	--- stream
 *	the body of the HTTP answer
 *	--- reply
 *	what becomes of it, as print_reply() below writes it
 *	--- back                (optional)
 *	the reply as messages of the next request, JSON
 *
 * To see what a new stream becomes, leave its reply empty and run the test. */
#include <dirent.h>

#include "base/file.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "llm/wire.h"
#include "net/ndjson.h"
#include "net/sse.h"
#include "tests/unit/unit.h"

struct fixture {
	const struct wire *wire;
	char *provider;
	struct buf stream;
	struct str reply, back;
	struct buf file; /* reply and back point here */
};

/* One way through the decoder. */
struct feed {
	const struct wire *wire;
	void *state;
	struct reply r;
	struct buf shown; /* what the sink was told */
	struct error err;
};

static void
show_text(struct str text, void *ctx)
{
	buf_add_str(&((struct feed *)ctx)->shown, text);
}

static int
feed_event(struct str event, struct str data, void *ctx)
{
	struct feed *f = ctx;
	CLEANUP_JSON struct json *j = NULL;
	int rc;

	if (str_eq(str_trim(data), STR("[DONE]"))) {
		f->r.finished = true;
		return 0;
	}
	rc = json_parse(data, NULL, &j, &f->err);
	return rc != 0 ? rc :
			 f->wire->decode(f->state, &f->r, event, j, &f->err);
}

static int
feed_line(struct str line, void *ctx)
{
	return feed_event(STR_NONE, line, ctx);
}

/* Feeds the bytes in pieces that end at `split`, or of one byte each where
 * split is 0. */
static int
feed_sse(struct feed *f, struct str bytes, size_t split)
{
	struct sse p;
	size_t step = split == 0 ? 1 : split;
	int rc = 0;

	sse_init(&p, SSE_OPTS_INIT, feed_event, f);
	for (size_t at = 0; at < bytes.len && rc == 0; at += step) {
		if (split != 0 && at == split)
			step = bytes.len;
		rc = sse_feed(&p, bytes.ptr + at,
		    str_sub(bytes, at, step).len, &f->err);
	}
	if (rc == 0)
		rc = sse_finish(&p, &f->err);
	sse_release(&p);
	return rc;
}

static int
feed_ndjson(struct feed *f, struct str bytes, size_t split)
{
	struct ndjson p;
	size_t step = split == 0 ? 1 : split;
	int rc = 0;

	ndjson_init(&p, MIB, feed_line, f);
	for (size_t at = 0; at < bytes.len && rc == 0; at += step) {
		if (split != 0 && at == split)
			step = bytes.len;
		rc = ndjson_feed(&p, bytes.ptr + at,
		    str_sub(bytes, at, step).len, &f->err);
	}
	if (rc == 0)
		rc = ndjson_finish(&p, &f->err);
	ndjson_release(&p);
	return rc;
}

static void
print_part(const struct part *p, struct buf *out)
{
	static const char *const kinds[] = { "text", "reasoning", "call",
		"result", "image" };
	struct json_writer w = JSON_WRITER(out);

	buf_add_cstr(out, kinds[p->kind]);
	buf_add_char(out, ' ');
	if (p->kind == PART_TOOL_CALL) {
		bool made = strncmp(p->call_id, "call_0", 6) == 0 &&
		    strlen(p->call_id) == 5 + ID_SIZE - 1;

		buf_printf(out, "%s %s %s%s", made ? "(made)" : p->call_id,
		    p->name, buf_text(&p->arguments), p->cut ? " CUT" : "");
	} else {
		jw_str(&w, buf_str(&p->text));
	}
	buf_add_char(out, '\n');
	if (p->opaque.len > 0)
		buf_printf(out, "  opaque %s\n", buf_text(&p->opaque));
}

static void
print_reply(int rc, const struct feed *f, struct buf *out)
{
	const struct usage *u = &f->r.usage;

	if (rc != 0)
		buf_printf(out, "error %s: %s\n",
		    error_name((enum error_code)-rc), f->err.message);
	buf_printf(out, "stop %s\n", stop_reason_name(f->r.stop));
	if (u->exact)
		buf_printf(out,
		    "usage in %d cached %d written %d out %d reasoning %d\n",
		    (int)u->input_tokens, (int)u->cached_tokens,
		    (int)u->cache_write_tokens, (int)u->output_tokens,
		    (int)u->reasoning_tokens);
	for (size_t i = 0; i < f->r.message->n_parts; i++)
		print_part(&f->r.message->parts[i], out);
}

/* The reply in the next request: the messages of its body. */
static void
print_back(const struct fixture *x, const struct feed *f, struct buf *out)
{
	const struct provider p = { .name = x->provider };
	const struct model m = { .abilities = MODEL_TOOLS | MODEL_IMAGES |
		    MODEL_REASONING };
	const struct message *messages[] = { f->r.message };
	const struct llm_request request = { .model = "m",
		.messages = messages, .n_messages = 1, .temperature = -1 };
	struct wire_http http = { BUF_INIT(KIB), BUF_INIT(KIB), BUF_INIT(MIB) };
	static const char *const lists[] = { "messages", "input", "contents" };
	CLEANUP_JSON struct json *body = NULL;
	struct error err;

	assert_ok(x->wire->encode(&p, &m, &request, &http, &err));
	assert_ok(json_parse(buf_str(&http.body), NULL, &body, &err));
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (json_get(body, lists[i]) != NULL)
			json_print(json_get(body, lists[i]), out);
	buf_release(&http.path);
	buf_release(&http.headers);
	buf_release(&http.body);
}

static void
check_once(const struct fixture *x, const char *name, size_t split)
{
	struct feed f = { .wire = x->wire, .shown = BUF_INIT(MIB) };
	const struct reply_sink sink = { .text = show_text, .ctx = &f };
	CLEANUP_BUF struct buf got = BUF_INIT(MIB);
	CLEANUP_BUF struct buf back = BUF_INIT(MIB);
	CLEANUP_BUF struct buf text = BUF_INIT(MIB);
	int rc;

	f.state = calloc(1, x->wire->state_size + 1);
	reply_init(&f.r, &sink, x->wire->name, x->provider);
	rc = x->wire->framing == WIRE_SSE ?
	    feed_sse(&f, buf_str(&x->stream), split) :
	    feed_ndjson(&f, buf_str(&x->stream), split);
	if (rc == 0)
		rc = x->wire->finish(f.state, &f.r, &f.err);
	if (rc == 0)
		rc = reply_finish(&f.r, &f.err);
	print_reply(rc, &f, &got);
	if (!str_eq(str_trim(buf_str(&got)), str_trim(x->reply)))
		fail_msg("%s, split at %zu, became\n%s", name, split,
		    buf_text(&got));
	message_text(f.r.message, &text);
	assert_string_equal(buf_text(&text), buf_text(&f.shown));
	if (x->back.len > 0) {
		print_back(x, &f, &back);
		if (!str_eq(str_trim(buf_str(&back)), str_trim(x->back)))
			fail_msg("%s goes back as\n%s", name, buf_text(&back));
	}
	reply_release(&f.r);
	buf_release(&f.shown);
	free(f.state);
}

static void
load(struct fixture *x, const char *path)
{
	struct str rest, line;
	struct error err;
	const char *section = "";
	bool crlf = false;

	x->file = BUF_INIT(MIB);
	x->stream = BUF_INIT(MIB);
	assert_ok(file_read(path, &x->file, &err));
	rest = buf_str(&x->file);
	while (str_next_line(&rest, &line)) {
		size_t at = (size_t)(line.ptr - buf_text(&x->file));

		if (str_starts(line, STR("--- "))) {
			if (x->reply.ptr != NULL && x->back.ptr == NULL)
				x->reply.len = at -
				    (size_t)(x->reply.ptr -
					buf_text(&x->file));
			section = line.ptr + 4;
			if (str_eq(line, STR("--- reply")))
				x->reply = rest;
			if (str_eq(line, STR("--- back")))
				x->back = rest;
		} else if (section[0] == '\0') {
			if (str_starts(line, STR("provider: ")))
				x->provider = str_dup(
				    str_sub(line, 10, SIZE_MAX));
			crlf |= str_eq(line, STR("lines: crlf"));
		} else if (section[0] == 's') {
			buf_add_str(&x->stream, line);
			buf_add_cstr(&x->stream, crlf ? "\r\n" : "\n");
		}
	}
	if (x->provider == NULL)
		x->provider = str_dup(STR("test"));
}

static void
check_file(const struct wire *wire, const char *path)
{
	struct fixture x = { .wire = wire };

	load(&x, path);
	check_once(&x, path, SIZE_MAX / 2);
	check_once(&x, path, 0);
	for (size_t i = 1; i < x.stream.len; i++)
		check_once(&x, path, i);
	free(x.provider);
	buf_release(&x.file);
	buf_release(&x.stream);
}

static void
check_folder(const char *format)
{
	const char *top = getenv("srcdir");
	CLEANUP(free_ptr) char *folder = NULL;
	CLEANUP(close_dir) DIR *dir = NULL;
	const struct wire *wire = wire_by_name(str_from(format));
	struct dirent *entry;
	int count = 0;

	assert_non_null(wire);
	folder = file_join(top == NULL ? ".." : top, "tests/wire");
	{
		char *inner = file_join(folder, format);

		free(folder);
		folder = inner;
	}
	dir = opendir(folder);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		CLEANUP(free_ptr) char *path = NULL;

		if (!str_ends(str_from(entry->d_name), STR(".txt")))
			continue;
		path = file_join(folder, entry->d_name);
		check_file(wire, path);
		count++;
	}
	assert_true(count > 0);
}

static void
test_openai_chat(void **state)
{
	check_folder("openai-chat");
}

static void
test_openai_responses(void **state)
{
	check_folder("openai-responses");
}

static void
test_anthropic(void **state)
{
	check_folder("anthropic");
}

static void
test_gemini(void **state)
{
	check_folder("gemini");
}

static void
test_ollama(void **state)
{
	check_folder("ollama");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_openai_chat),
		cmocka_unit_test(test_openai_responses),
		cmocka_unit_test(test_anthropic),
		cmocka_unit_test(test_gemini),
		cmocka_unit_test(test_ollama),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
