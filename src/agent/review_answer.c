/* Reading what reviewers answer; see review_answer.h. */
#include "agent/review_answer.h"

#include <math.h>

#include "base/json.h"
#include "base/json_repair.h"
#include "base/mem.h"
#include "base/utf8.h"

#define ANSWER_MAX (1 * MIB)
#define NOTES_MAX (16 * KIB)
#define PATCH_MAX (512 * KIB)

enum {
	DEPTH_MAX = 16,
	MESSAGE_MAX = 600, /* bytes */
	FIX_MAX = 4000,
	ITEMS_MAX = 500, /* that are looked at */
	FAULTS_SHOWN = 3,
};

static const struct review_category categories[] = {
	{ "bug", "Wrong result",
	    "The change makes the program do something else than it should." },
	{ "security", "Security",
	    "The change opens a way for somebody to do what they must not." },
	{ "concurrency", "Concurrency",
	    "Threads, processes or requests get into each other's way." },
	{ "resource", "Resource",
	    "Memory, descriptors, locks or connections are lost or used after "
	    "their end." },
	{ "error-handling", "Error handling",
	    "A failure is not noticed, or not handled." },
	{ "performance", "Performance",
	    "The change costs more time or memory than it needs to." },
	{ "compatibility", "Compatibility",
	    "Who uses this code, its files or its protocol will notice." },
	{ "design", "Design",
	    "The code is in the wrong place, or in a shape that will cost." },
	{ "test", "Test",
	    "What was changed is not tested, or a test is wrong." },
	{ "documentation", "Documentation",
	    "Words and code do not say the same." },
	{ "other", "Other", "Something else that a reader should know." },
};

const struct review_category *
review_category_at(size_t index)
{
	return index < ARRAY_LEN(categories) ? &categories[index] : NULL;
}

#define OBJECT(required, properties)                                          \
	"{\"type\":\"object\",\"additionalProperties\":false,\"required\":["  \
	required "],\"properties\":{" properties "}}"

const char review_findings_schema[] = OBJECT("\"notes\",\"findings\"",
    "\"notes\":{\"type\":\"string\"},"
    "\"findings\":{\"type\":\"array\",\"items\":" OBJECT(
	"\"path\",\"line\",\"end_line\",\"severity\",\"category\","
	"\"message\",\"fix\",\"confidence\"",
	"\"path\":{\"type\":\"string\"},\"line\":{\"type\":\"integer\"},"
	"\"end_line\":{\"type\":\"integer\"},"
	"\"severity\":{\"type\":\"string\","
	"\"enum\":[\"error\",\"warning\",\"note\"]},"
	"\"category\":{\"type\":\"string\",\"enum\":[\"bug\",\"security\","
	"\"concurrency\",\"resource\",\"error-handling\",\"performance\","
	"\"compatibility\",\"design\",\"test\",\"documentation\","
	"\"other\"]},"
	"\"message\":{\"type\":\"string\"},\"fix\":{\"type\":\"string\"},"
	"\"confidence\":{\"type\":\"number\"}") "}");

const char review_verdicts_schema[] = OBJECT("\"verdicts\"",
    "\"verdicts\":{\"type\":\"array\",\"items\":" OBJECT(
	"\"id\",\"holds\",\"confidence\",\"reason\"",
	"\"id\":{\"type\":\"integer\"},\"holds\":{\"type\":\"boolean\"},"
	"\"confidence\":{\"type\":\"number\"},"
	"\"reason\":{\"type\":\"string\"}") "}");

const char review_consensus_schema[] = OBJECT("\"reasoning\",\"patch\"",
    "\"reasoning\":{\"type\":\"string\"},\"patch\":{\"type\":\"string\"}");

/* --- lists -------------------------------------------------------------- */

static void
finding_release(struct review_finding *f)
{
	free(f->path);
	free(f->message);
	free(f->fix);
	free(f->reason);
}

void
review_findings_release(struct review_findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		finding_release(&f->items[i]);
	free(f->items);
	*f = (struct review_findings){ .n = 0 };
}

void
review_findings_take(struct review_findings *to, struct review_findings *from)
{
	to->items = mem_grow(to->items, &to->cap, to->n + from->n + 1,
	    sizeof(*to->items));
	for (size_t i = 0; i < from->n; i++)
		to->items[to->n++] = from->items[i];
	from->n = 0;
	review_findings_release(from);
}

void
review_findings_remove(struct review_findings *f, size_t index)
{
	finding_release(&f->items[index]);
	f->n--;
	memmove(f->items + index, f->items + index + 1,
	    (f->n - index) * sizeof(*f->items));
}

/* --- words -------------------------------------------------------------- */

/* One line without control characters, blanks run together. */
static char *
one_line(struct str s, size_t max)
{
	struct buf clean = BUF_INIT(s.len * 3 + 1);
	char *p;
	size_t n = 0;

	utf8_repair(str_sub(s, 0, utf8_cut(s.ptr, s.len, max)), &clean);
	p = buf_steal(&clean);
	for (size_t i = 0; p[i] != '\0'; i++) {
		bool blank = (unsigned char)p[i] <= ' ' || p[i] == '\x7f';

		if (blank && (n == 0 || p[n - 1] == ' '))
			continue;
		p[n++] = blank ? ' ' : p[i];
	}
	while (n > 0 && p[n - 1] == ' ')
		n--;
	p[n] = '\0';
	return p;
}

/* Text with lines; other control characters go. */
static void
add_text(struct str s, size_t max, struct buf *out)
{
	size_t len = utf8_cut(s.ptr, s.len, max);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s.ptr[i] >= ' ' || s.ptr[i] == '\n' ||
		    s.ptr[i] == '\t')
			buf_add_char(out, s.ptr[i]);
}

static char *
some_text(struct str s, size_t max)
{
	struct buf text = BUF_INIT(max);

	s = str_trim(s);
	if (s.len == 0)
		return NULL;
	add_text(s, max, &text);
	return buf_steal(&text);
}

/* --- one finding -------------------------------------------------------- */

static bool
read_severity(struct str name, enum finding_severity *ret)
{
	return finding_severity_by_name(name, ret) && *ret != FINDING_OFF;
}

static const char *
read_category(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(categories); i++)
		if (str_eq_nocase(name, str_from(categories[i].name)))
			return categories[i].name;
	return "other";
}

/* -1: not a number from 0 to 1. */
static double
read_share(const struct json *j)
{
	double n = json_is(j, JSON_NUMBER) ? json_number(j, -1) : -1;

	return isfinite(n) && n >= 0 && n <= 1 ? n : -1;
}

static bool
read_line_number(const struct json *j, uint32_t *ret)
{
	double n = json_is(j, JSON_NUMBER) ? json_number(j, -1) : -1;

	if (!isfinite(n) || n < 0 || n > INT32_MAX || n != floor(n))
		return false;
	*ret = (uint32_t)n;
	return true;
}

/* Models put "a/", "b/" or "./" in front now and then. */
static const struct review_file *
find_file(const struct review_diff *d, struct str path)
{
	static const char *const prefixes[] = { "", "b/", "a/", "./" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		struct str prefix = str_from(prefixes[i]);
		const struct review_file *f = str_starts(path, prefix) ?
		    review_diff_file(d, str_sub(path, prefix.len, SIZE_MAX)) :
		    NULL;

		if (f != NULL)
			return f;
	}
	return NULL;
}

/* Why an item is not in form; NULL: it is. */
static const char *
fault_of(const struct json *item, uint32_t *line,
    enum finding_severity *severity)
{
	if (!json_is(item, JSON_OBJECT))
		return "a finding is not an object";
	if (json_get_str(item, "path").len == 0)
		return "a finding has no \"path\"";
	if (!read_line_number(json_get(item, "line"), line))
		return "\"line\" is not a line number";
	if (!read_severity(json_get_str(item, "severity"), severity))
		return "\"severity\" is not error, warning or note";
	if (str_trim(json_get_str(item, "message")).len == 0)
		return "a finding has no \"message\"";
	if (read_share(json_get(item, "confidence")) < 0)
		return "\"confidence\" is not a number from 0 to 1";
	return NULL;
}

static void
add_finding(struct review_findings *to, const struct json *item,
    const struct review_file *file, uint32_t line,
    enum finding_severity severity, enum review_role role)
{
	struct review_finding *f;
	uint32_t end = 0;

	to->items = mem_grow(to->items, &to->cap, to->n + 1,
	    sizeof(*to->items));
	f = &to->items[to->n++];
	if (!read_line_number(json_get(item, "end_line"), &end) ||
	    end <= line || !review_file_shows(file, end))
		end = 0;
	*f = (struct review_finding){ .path = mem_strdup(file->path),
		.line = line, .end_line = end, .severity = severity,
		.category = read_category(json_get_str(item, "category")),
		.message = one_line(json_get_str(item, "message"),
		    MESSAGE_MAX),
		.fix = some_text(json_get_str(item, "fix"), FIX_MAX),
		.confidence = read_share(json_get(item, "confidence")),
		.roles = role };
}

/* --- answers ------------------------------------------------------------ */

static int
parse(struct str text, struct json **ret, struct error *err)
{
	const struct json_limits limits = { .bytes_max = ANSWER_MAX,
		.depth_max = DEPTH_MAX };
	int rc;

	if (text.len > ANSWER_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "the answer is larger than %zu KiB", ANSWER_MAX / KIB);
	rc = json_parse_lenient(text, &limits, ret, err);
	if (rc == 0 && !json_is(*ret, JSON_OBJECT)) {
		json_destroy(*ret);
		*ret = NULL;
		rc = error_set(err, ERR_SCHEMA_MISMATCH,
		    "the answer is not one JSON object");
	}
	return rc;
}

static int
find_list(const struct json *answer, const char *key,
    const struct json **ret, struct error *err)
{
	*ret = json_get(answer, key);
	if (json_is(*ret, JSON_ARRAY))
		return 0;
	return error_set(err, ERR_SCHEMA_MISMATCH, "\"%s\" is not an array",
	    key);
}

int
review_answer_parse(struct str text, const struct review_diff *diff,
    enum review_role role, struct review_findings *ret, struct buf *notes,
    struct review_dropped *dropped, struct error *err)
{
	CLEANUP_JSON struct json *answer = NULL;
	const char *first_fault = NULL;
	const struct json *list;
	size_t looked = 0, kept = 0, invalid = 0;
	int rc = parse(text, &answer, err);

	if (rc == 0)
		rc = find_list(answer, "findings", &list, err);
	if (rc != 0)
		return rc;
	for (const struct json *i = json_first(list); i; i = json_next(i)) {
		enum finding_severity severity = FINDING_NOTE;
		const struct review_file *file;
		const char *fault;
		uint32_t line = 0;

		if (looked++ >= ITEMS_MAX || kept >= REVIEW_FINDINGS_MAX) {
			invalid++;
			continue;
		}
		fault = fault_of(i, &line, &severity);
		if (fault != NULL) {
			invalid++;
			first_fault = first_fault ? first_fault : fault;
			continue;
		}
		file = find_file(diff, json_get_str(i, "path"));
		if (file == NULL || !review_file_shows(file, line)) {
			dropped->outside++;
			continue;
		}
		add_finding(ret, i, file, line, severity, role);
		kept++;
	}
	/* All of them: it did not understand, and may do when told. */
	if (invalid > 0 && invalid == looked && first_fault != NULL)
		return error_set(err, ERR_SCHEMA_MISMATCH, "%s", first_fault);
	dropped->invalid += invalid;
	add_text(str_trim(json_get_str(answer, "notes")), NOTES_MAX, notes);
	return 0;
}

int
review_verdicts_parse(struct str text, struct review_verdict *verdicts,
    size_t n, struct error *err)
{
	CLEANUP_JSON struct json *answer = NULL;
	const struct json *list;
	size_t given = 0, looked = 0;
	int rc = parse(text, &answer, err);

	if (rc == 0)
		rc = find_list(answer, "verdicts", &list, err);
	if (rc != 0)
		return rc;
	for (const struct json *i = json_first(list);
	    i != NULL && looked < ITEMS_MAX; i = json_next(i), looked++) {
		uint32_t id;

		if (!read_line_number(json_get(i, "id"), &id) || id == 0 ||
		    id > n || verdicts[id - 1].given ||
		    !json_is(json_get(i, "holds"), JSON_BOOL))
			continue;
		verdicts[id - 1] = (struct review_verdict){ .given = true,
			.holds = json_get_bool(i, "holds", false),
			.confidence = read_share(json_get(i, "confidence")),
			.reason = some_text(json_get_str(i, "reason"),
			    MESSAGE_MAX) };
		given++;
	}
	if (given == 0 && n > 0)
		return error_set(err, ERR_SCHEMA_MISMATCH,
		    "there is no verdict on any finding");
	return 0;
}

int
review_consensus_parse(struct str text, struct buf *reasoning,
    struct buf *patch, struct error *err)
{
	CLEANUP_JSON struct json *answer = NULL;
	int rc = parse(text, &answer, err);

	if (rc != 0)
		return rc;
	if (!json_is(json_get(answer, "reasoning"), JSON_STRING))
		return error_set(err, ERR_SCHEMA_MISMATCH,
		    "there is no \"reasoning\"");
	if (json_get_str(answer, "patch").len > PATCH_MAX)
		return error_set(err, ERR_TOO_LARGE,
		    "the patch is larger than %zu KiB", PATCH_MAX / KIB);
	add_text(str_trim(json_get_str(answer, "reasoning")), NOTES_MAX,
	    reasoning);
	buf_add_str(patch, json_get_str(answer, "patch"));
	return 0;
}
