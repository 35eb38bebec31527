/* How a repository words its commits; see message_style.h. */
#include "git/message_style.h"

#include <stdlib.h>

#include "base/width.h"
#include "git/repo_log.h"

#define SUBJECTS_MAX (16 * KIB)
#define TYPES_MAX (2 * KIB)
enum {
	SHARE = 70, /* percent of subjects that make a form */
	RARE = 10,  /* percent */
	SUBJECT_BYTES_MAX = 200,
};

/* Of the specification, and of the configuration that most linters begin
 * with. */
static const char *const types[] = { "build", "chore", "ci", "deps", "docs",
	"feat", "fix", "perf", "refactor", "release", "revert", "security",
	"style", "test", "tests", "wip" };

static const char *const automatic[] = { "Merge ", "Revert \"",
	"Reapply \"", "fixup! ", "squash! ", "amend! ", "Initial commit" };

const char *
message_form_name(enum message_form form)
{
	static const char *const names[] = {
		[MESSAGE_FORM_FREE] = "free",
		[MESSAGE_FORM_CONVENTIONAL] = "conventional",
		[MESSAGE_FORM_AREA] = "area",
	};

	return names[form];
}

bool
message_is_automatic(struct str subject)
{
	for (size_t i = 0; i < ARRAY_LEN(automatic); i++)
		if (str_starts(subject, str_from(automatic[i])))
			return true;
	return false;
}

static bool
is_known_type(struct str type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_eq_nocase(type, str_from(types[i])))
			return true;
	return false;
}

/* "word", "word(scope)", with "!" perhaps, then ": text". */
static bool
parse_head(struct str subject, struct message_conventional *ret)
{
	size_t colon = str_find(subject, STR(": "), 0);
	struct str head = str_sub(subject, 0, colon);
	size_t open;

	*ret = (struct message_conventional){ .breaking = false };
	if (colon == SIZE_MAX || head.len == 0)
		return false;
	if (str_ends(head, STR("!"))) {
		ret->breaking = true;
		head.len--;
	}
	open = str_find_char(head, '(', 0);
	if (open != SIZE_MAX) {
		if (!str_ends(head, STR(")")))
			return false;
		ret->scope = str_sub(head, open + 1, head.len - open - 2);
		head.len = open;
	}
	ret->type = head;
	ret->text = str_trim(str_sub(subject, colon + 2, SIZE_MAX));
	return head.len > 0 && str_find_char(head, ' ', 0) == SIZE_MAX &&
	    ret->text.len > 0;
}

bool
message_conventional_parse(struct str subject,
    struct message_conventional *ret)
{
	return parse_head(subject, ret) && is_known_type(ret->type);
}

void
message_style_init(struct message_style *s)
{
	*s = (struct message_style){ .subjects = BUF_INIT(SUBJECTS_MAX),
		.types = BUF_INIT(TYPES_MAX) };
	buf_add_char(&s->types, ' ');
}

void
message_style_release(struct message_style *s)
{
	buf_release(&s->subjects);
	buf_release(&s->types);
}

bool
message_style_knows_type(const struct message_style *s, struct str type)
{
	CLEANUP_BUF struct buf word = BUF_INIT(SUBJECT_BYTES_MAX + 2);

	buf_printf(&word, " %.*s ", STR_ARG(type));
	return word.failed == 0 &&
	    str_find(buf_str(&s->types), buf_str(&word), 0) != SIZE_MAX;
}

void
message_style_add(struct message_style *s, struct str subject)
{
	struct message_conventional c;
	struct str text = subject;

	if (s->n >= MESSAGE_STYLE_COMMITS || subject.len == 0 ||
	    message_is_automatic(subject))
		return;
	if (message_conventional_parse(subject, &c)) {
		s->conventional++;
		if (!message_style_knows_type(s, c.type))
			buf_printf(&s->types, "%.*s ", STR_ARG(c.type));
	}
	if (parse_head(subject, &c)) {
		s->area++;
		text = c.text;
	}
	s->lower += text.ptr[0] >= 'a' && text.ptr[0] <= 'z';
	s->period += str_ends(subject, STR("."));
	s->width[s->n++] = (unsigned short)width_of(
	    str_sub(subject, 0, SUBJECT_BYTES_MAX));
	buf_add_str(&s->subjects, str_sub(subject, 0, SUBJECT_BYTES_MAX));
	buf_add_char(&s->subjects, '\n');
}

static void
take_commit(const struct repo_commit *commit, void *ctx)
{
	message_style_add(ctx, commit->subject);
}

int
message_style_learn(struct message_style *s, struct repo *r,
    struct error *err)
{
	struct repo_log_opts opts = REPO_LOG_OPTS_INIT;
	int rc;

	opts.count = MESSAGE_STYLE_COMMITS;
	rc = repo_log_read(r, &opts, take_commit, s, err);
	return rc == -ERR_NOT_FOUND ? 0 : rc;
}

static bool
is_share(size_t part, size_t n, size_t percent)
{
	return n >= MESSAGE_STYLE_LEAST && part * 100 >= n * percent;
}

enum message_form
message_style_form(const struct message_style *s)
{
	if (is_share(s->conventional, s->n, SHARE))
		return MESSAGE_FORM_CONVENTIONAL;
	return is_share(s->area, s->n, SHARE) ? MESSAGE_FORM_AREA :
						MESSAGE_FORM_FREE;
}

bool
message_style_has_periods(const struct message_style *s)
{
	return is_share(s->period, s->n, RARE);
}

static int
compare_widths(const void *a, const void *b)
{
	return *(const unsigned short *)a - *(const unsigned short *)b;
}

size_t
message_style_width(const struct message_style *s, size_t least)
{
	unsigned short sorted[MESSAGE_STYLE_COMMITS];
	size_t width;

	if (s->n < MESSAGE_STYLE_LEAST)
		return least;
	memcpy(sorted, s->width, s->n * sizeof(*sorted));
	qsort(sorted, s->n, sizeof(*sorted), compare_widths);
	width = sorted[s->n * 9 / 10];
	return width > least ? width : least;
}
