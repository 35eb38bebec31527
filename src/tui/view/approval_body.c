/* The body of the box for approvals; see approval_body.h. A reason is said
 * once: parts that are asked about for the same reason do not repeat it. */
#include "tui/view/approval_body.h"

#include "base/json.h"
#include "base/term_text.h"
#include "tui/text/diff_lines.h"
#include "tui/text/wrap.h"
#include "tui/transcript/colors.h"

/* What goes on hangs below the text, behind the label. */
static void
add_text(struct lines *out, int width, const char *label, struct str text,
    enum style_role role)
{
	static const char blanks[] = "        ";
	size_t hang = strlen(label) < sizeof(blanks) ? strlen(label) :
						       sizeof(blanks) - 1;
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * MIB);
	struct wrap_opts opts = { .width = width, .first = str_from(label),
		.others = str_make(blanks, hang),
		.prefix_style = STYLE(ROLE_MUTED),
		.style = STYLE(role), .source = LINE_NO_SOURCE };

	if (text.len == 0)
		return;
	term_text(text, &clean);
	wrap_text(buf_str(&clean), &opts, out);
}

/* --- the commands of a line ---------------------------------------------- */

enum { ASKED = 2 };

static const struct {
	const char *verdict, *mark;
	enum style_role mark_role, role;
} looks[] = {
	{ "allow", "✓ ", ROLE_SUCCESS, ROLE_MUTED },
	{ "deny", "✗ ", ROLE_ERROR, ROLE_TEXT },
	[ASKED] = { "ask", "? ", ROLE_WARNING, ROLE_TEXT },
};

static size_t
look_of(const struct json *part)
{
	for (size_t i = 0; i < ASKED; i++)
		if (str_eq_c(json_get_str(part, "verdict"), looks[i].verdict))
			return i;
	return ASKED;
}

/* The one reason of all parts that are not allowed; none: they differ. */
static struct str
common_reason(const struct json *parts)
{
	struct str reason = STR_NONE;

	for (const struct json *i = json_first(parts); i; i = json_next(i)) {
		struct str its = json_get_str(i, "reason");

		if (look_of(i) == 0)
			continue;
		if (reason.len > 0 && !str_eq(its, reason))
			return STR_NONE;
		reason = its;
	}
	return reason;
}

static void
add_part(struct lines *out, int width, const struct json *part,
    bool with_reason)
{
	size_t look = look_of(part);
	CLEANUP_BUF struct buf clean = BUF_INIT(4 * MIB);
	struct wrap_opts opts = { .width = width, .others = STR("    "),
		.prefix_style = STYLE(looks[look].mark_role),
		.style = STYLE(looks[look].role), .source = LINE_NO_SOURCE };
	char first[8];

	snprintf(first, sizeof(first), "  %s", looks[look].mark);
	opts.first = str_from(first);
	term_text(json_get_str(part, "text"), &clean);
	wrap_text(buf_str(&clean), &opts, out);
	if (with_reason && look != 0)
		add_text(out, width, "    ", json_get_str(part, "reason"),
		    ROLE_MUTED);
}

/* Where reasons differ, each stands below the first of the parts in a row that
 * have it. */
static void
add_parts(struct lines *out, int width, const struct json *parts)
{
	struct str reason = common_reason(parts), said = STR_NONE;

	for (const struct json *i = json_first(parts); i; i = json_next(i)) {
		struct str its = json_get_str(i, "reason");

		add_part(out, width, i, reason.len == 0 && !str_eq(its, said));
		if (look_of(i) != 0)
			said = its;
	}
	lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
	add_text(out, width, "why     ", reason, ROLE_TEXT);
}

/* --- names --------------------------------------------------------------- */

static void
add_names(struct lines *out, int width, const char *label,
    const struct json *names)
{
	CLEANUP_BUF struct buf text = BUF_INIT(1 * MIB);

	for (const struct json *i = json_first(names); i; i = json_next(i)) {
		if (text.len > 0)
			buf_add_cstr(&text, "  ");
		buf_add_str(&text, json_is(i, JSON_STRING) ? json_str(i) :
		    json_get_str(i, "path"));
	}
	add_text(out, width, label, buf_str(&text), ROLE_TEXT);
}

static void
add_rules(struct lines *out, int width, const struct json *rules)
{
	bool first = true;

	if (json_count(rules) < 2)
		return;
	for (const struct json *i = json_first(rules); i; i = json_next(i)) {
		add_text(out, width, first ? "always  " : "        ",
		    json_str(i), ROLE_CODE);
		first = false;
	}
}

/* Whether a diff is of more than one file: then each needs its name. */
static bool
is_of_files(struct str diff)
{
	size_t first = str_find(diff, STR("\n+++ "), 0);

	return first != SIZE_MAX &&
	    str_find(diff, STR("\n+++ "), first + 1) != SIZE_MAX;
}

void
approval_body(const struct json *event, int width, const struct json *rules,
    struct colors_user *colors, struct lines *out)
{
	const struct json *parts = json_get(event, "parts");
	struct str summary = json_get_str(event, "summary");
	struct str diff = json_get_str(event, "diff");
	/* Whatever else it does: a line for the shell looks like one. */
	bool command = str_eq(json_get_str(event, "kind"), STR("command")) ||
	    str_starts(json_get_str(event, "name"), STR("shell"));

	add_text(out, width, command ? "$ " : "", summary, ROLE_TEXT);
	/* One part is the whole line again. */
	if (json_count(parts) > 1) {
		add_parts(out, width, parts);
	} else {
		lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
		add_text(out, width, "why     ", json_get_str(event,
		    "reason"), ROLE_TEXT);
	}
	add_names(out, width, "files   ", json_get(event, "paths"));
	add_names(out, width, "hosts   ", json_get(event, "hosts"));
	add_rules(out, width, rules);
	if (diff.len > 0 && !str_eq(diff, summary)) {
		CLEANUP_BUF struct buf clean = BUF_INIT(16 * MIB);
		struct diff_lines_opts opts = { .width = width,
			.headers = is_of_files(diff),
			.side_by_side = width >= DIFF_SIDE_BY_SIDE_MIN,
			.highlight = colors_fill, .ctx = colors };

		lines_put(out, STR_NONE, STYLE(ROLE_TEXT));
		term_text(diff, &clean);
		diff_lines(buf_str(&clean), &opts, out);
	}
}
