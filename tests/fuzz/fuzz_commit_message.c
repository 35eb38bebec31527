/* What git's hooks get: a message's file, subjects of a log, the lines of a
 * push, a script in the place of a hook; and a model's answer as a message.
 * The first byte says what the rest is. */
#include <assert.h>

#include "base/utf8.h"
#include "core/commit_draft.h"
#include "git/hook_script.h"
#include "git/message_check.h"
#include "git/pushed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	size_t lines, faults;
};

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

static void
take_fault(const struct message_rule *rule, size_t line, const char *text,
    void *ctx)
{
	struct seen *seen = ctx;

	assert(rule->code != NULL && text[0] != '\0');
	assert(line >= 1 && line <= seen->lines + 1);
	assert(utf8_valid(str_from(text)));
	seen->faults++;
}

/* The input is the log as well: its lines are subjects. */
static void
try_message(struct str text)
{
	CLEANUP_MESSAGE_TEXT struct message_text m;
	CLEANUP_MESSAGE_STYLE struct message_style style;
	struct str rest = text, line;
	struct seen seen = { 0 };
	struct message_check_opts opts = { .subject_max = 72,
		.fault = take_fault, .ctx = &seen };

	message_text_init(&m, text);
	assert(m.text.len == 0 || m.subject.len > 0);
	assert(m.subject.len + m.body.len <= m.text.len);
	message_style_init(&style);
	while (str_next_line(&rest, &line))
		message_style_add(&style, line);
	assert(style.n <= MESSAGE_STYLE_COMMITS);
	assert(message_style_width(&style, 72) >= 72);
	seen.lines = count_lines(buf_str(&m.text));
	for (int want = MESSAGE_WANT_LOG; want <= MESSAGE_WANT_ANY; want++) {
		opts.want = (enum message_want)want;
		message_check(&m, &style, &opts);
	}
}

static void
try_lines(struct str text)
{
	struct pushed_ref ref;
	bool odd;

	while (pushed_next(&text, &ref, &odd)) {
		size_t len = strlen(ref.oid);

		assert(len == 40 || len == 64);
		assert(strspn(ref.oid, "0123456789abcdef") == len);
		assert(strspn(ref.remote_oid, "0123456789abcdef") ==
		    strlen(ref.remote_oid));
	}
}

static void
try_answer(struct str text)
{
	CLEANUP_BUF struct buf out = BUF_INIT(1 * MIB);
	struct str rest, line;

	commit_draft_clean(text, &out);
	rest = buf_str(&out);
	assert(utf8_valid(rest));
	assert(str_find_char(rest, '\033', 0) == SIZE_MAX);
	while (str_next_line(&rest, &line))
		assert(!message_is_trailer(line));
}

static void
try_script(struct str text)
{
	hook_script_origin(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(struct str text) = { try_message,
		try_lines, try_answer, try_script };
	struct str text = str_make((const char *)data + 1, size - 1);

	if (size > 0)
		tries[data[0] % ARRAY_LEN(tries)](text);
	return 0;
}
