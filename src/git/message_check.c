/* What is wrong with a commit's message; see message_check.h. */
#include "git/message_check.h"

#include <stdio.h>

#include "base/utf8.h"
#include "base/width.h"
#include "safety/secret_scan.h"

struct message_judge {
	const struct message_text *m;
	const struct message_style *style;
	const struct message_check_opts *opts;
	const struct message_rule *rule;
};

static void
blame(struct message_judge *j, size_t line, const char *text)
{
	j->opts->fault(j->rule, line, text, j->opts->ctx);
}

/* --- the rules ----------------------------------------------------------- */

static bool
take_secret(const struct secret_finding *finding, void *ctx)
{
	struct message_judge *j = ctx;
	enum secret_severity wanted = j->rule->serious ? SECRET_CERTAIN :
							 SECRET_LIKELY;
	char text[128];

	if (finding->severity != wanted)
		return true;
	snprintf(text, sizeof(text), "a credential (%s) in the message",
	    finding->rule);
	blame(j, finding->line, text);
	return true;
}

/* Of both rules: those that are certain are refused. */
static void
check_secrets(struct message_judge *j)
{
	secret_scan(buf_str(&j->m->text), take_secret, j);
}

static void
check_empty(struct message_judge *j)
{
	if (j->m->only_trailers)
		blame(j, 1, "there are trailers and no subject");
}

/* The user did not choose these words. */
static bool
is_exempt(const struct message_judge *j)
{
	return j->m->only_trailers || message_is_automatic(j->m->subject);
}

static void
check_length(struct message_judge *j)
{
	size_t most = message_style_width(j->style, j->opts->subject_max);
	size_t width = width_of(j->m->subject);
	char text[128];

	if (is_exempt(j) || width <= most)
		return;
	snprintf(text, sizeof(text),
	    "the subject has %zu columns; %zu are usual", width, most);
	blame(j, 1, text);
}

static bool
wants_conventional(const struct message_judge *j)
{
	if (j->opts->want != MESSAGE_WANT_LOG)
		return j->opts->want == MESSAGE_WANT_CONVENTIONAL;
	return message_style_form(j->style) == MESSAGE_FORM_CONVENTIONAL;
}

/* The part before the first colon, if it looks like a type. */
static struct str
given_type(struct str subject)
{
	struct str head = str_sub(subject, 0, str_find_char(subject, ':', 0));
	struct str type = str_sub(head, 0, str_find_char(head, '(', 0));

	if (head.len == subject.len ||
	    str_find_char(head, ' ', 0) != SIZE_MAX)
		return STR_NONE;
	return str_ends(type, STR("!")) ? str_sub(type, 0, type.len - 1) :
					  type;
}

static void
check_form(struct message_judge *j)
{
	struct message_conventional c;

	if (!is_exempt(j) && wants_conventional(j) &&
	    !message_conventional_parse(j->m->subject, &c) &&
	    given_type(j->m->subject).len == 0)
		blame(j, 1, "this is no Conventional Commit, and the others "
			    "are: \"fix: …\", \"feat(scope): …\"");
}

static void
check_type(struct message_judge *j)
{
	struct message_conventional c;
	struct str type = given_type(j->m->subject);
	char text[128];

	/* Of what is no UTF-8 another rule tells. */
	if (is_exempt(j) || !wants_conventional(j) || type.len == 0 ||
	    !utf8_valid(type) ||
	    message_conventional_parse(j->m->subject, &c) ||
	    message_style_knows_type(j->style, type))
		return;
	snprintf(text, sizeof(text), "no commit has the type \"%.*s\"",
	    (int)utf8_cut(type.ptr, type.len, 40), type.ptr);
	blame(j, 1, text);
}

static void
check_period(struct message_judge *j)
{
	if (!is_exempt(j) && str_ends(j->m->subject, STR(".")) &&
	    !str_ends(j->m->subject, STR("..")) &&
	    j->style->n >= MESSAGE_STYLE_LEAST &&
	    !message_style_has_periods(j->style))
		blame(j, 1, "the subject ends with a period");
}

static void
check_blank(struct message_judge *j)
{
	struct str rest = j->m->body, line = STR_NONE;

	if (str_next_line(&rest, &line) && line.len > 0 &&
	    !j->m->only_trailers)
		blame(j, 2, "the second line is not blank");
}

static void
check_junk(struct message_judge *j)
{
	static const char *const marks[] = { "<<<<<<< ", ">>>>>>> ",
		"||||||| ", "diff --git ", "Index: ", "*** Begin Patch" };
	struct str rest = buf_str(&j->m->text), line;

	for (size_t n = 1; str_next_line(&rest, &line); n++)
		for (size_t i = 0; i < ARRAY_LEN(marks); i++)
			if (str_starts(line, str_from(marks[i]))) {
				blame(j, n, "something that was pasted or "
					    "left over");
				return;
			}
}

/* C0 without tab and line feed, DEL, C1, and what turns the direction. */
static bool
is_hidden(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') ||
	    (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0x200b || c == 0xfeff;
}

static void
check_unicode(struct message_judge *j)
{
	struct str text = buf_str(&j->m->text);
	size_t line = 1;

	for (size_t at = 0; at < text.len;) {
		uint32_t c = 0;
		size_t len = utf8_decode(text.ptr + at, text.len - at, &c);

		if (len == 0 || is_hidden(c)) {
			blame(j, line, "a character that is not seen, or no "
				       "character");
			return;
		}
		line += c == '\n';
		at += len;
	}
}

/* --- the table ---------------------------------------------------------- */

static const struct message_rule rules[] = {
	{ "message-secret", true, "The message holds a credential.",
	    "Take it out, and change it if it was real.", check_secrets },
	{ "message-secret-like", false,
	    "The message holds what looks like a credential.",
	    "Take it out if it is one.", check_secrets },
	{ "message-subject", false,
	    "The message has trailers and no subject.",
	    "Begin with a line that says what the commit does.",
	    check_empty },
	{ "message-length", false,
	    "The subject is longer than what lists of commits show.",
	    "Say the rest in the body.", check_length },
	{ "message-form", false,
	    "The log has Conventional Commits and this is none.",
	    NULL, check_form },
	{ "message-type", false,
	    "The type of the Conventional Commit is not of the usual ones, "
	    "and the log does not have it.",
	    NULL, check_type },
	{ "message-period", false,
	    "The subject ends with a period, as no other does.", NULL,
	    check_period },
	{ "message-blank", false,
	    "The line after the subject is not blank, so git takes it for a "
	    "part of the subject.",
	    "Put a blank line there.", check_blank },
	{ "message-junk", false,
	    "A conflict marker, a pasted diff or an editor's leftover.",
	    "Take it out.", check_junk },
	{ "message-unicode", false,
	    "Control characters, bidirectional controls or bytes that are "
	    "not UTF-8.",
	    "Write it as it is to be read.", check_unicode },
};

/* --- public ------------------------------------------------------------- */

const struct message_rule *
message_rule_at(size_t index)
{
	return index < ARRAY_LEN(rules) ? &rules[index] : NULL;
}

void
message_check(const struct message_text *m,
    const struct message_style *style, const struct message_check_opts *opts)
{
	struct message_judge j = { m, style, opts, NULL };

	for (size_t i = 0; m->text.len > 0 && i < ARRAY_LEN(rules); i++) {
		j.rule = &rules[i];
		rules[i].check(&j);
	}
}
