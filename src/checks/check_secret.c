/* Credentials in added lines: by the scrubber's engine (secret_scan.h). */
#include "base/units.h"
#include "checks/families.h"
#include "checks/secret_sample.h"
#include "index/source.h"
#include "safety/secret_scan.h"

enum { ROW_SECRET, ROW_PRIVATE_KEY };

static const struct check_row rows[] = {
	[ROW_SECRET] = { "secret", "Secret", FINDING_ERROR,
	    "A key, token or password: in the history it is public for good.",
	    "Take it out and read it from the environment or a vault; if it "
	    "was ever pushed, revoke it.", false },
	[ROW_PRIVATE_KEY] = { "private-key", "Private key", FINDING_ERROR,
	    "A private key in PEM, OpenSSH or PGP form.",
	    "Take it out; if it was ever pushed, make a new one.", false },
};

/* Around added lines so much of a text is looked at: what names a value, and
 * the beginning of a key, stand there. */
enum { LINES_AROUND = 60 };

struct scan {
	struct check_run *run;
	struct check_file *file;
	size_t from; /* of the part in the text */
};

/* A secret of several lines counts when one of them is new. */
static uint32_t
first_added(struct check_file *f, size_t start, size_t len)
{
	uint32_t line = check_file_line_at(f, start, NULL);
	uint32_t last = check_file_line_at(f, start + len - 1, NULL);
	uint32_t added = line_set_next(&f->added, line);

	return added > last ? 0 : added;
}

static bool
is_documentation(const struct check_file *f)
{
	static const char *const tails[] = { ".md", ".markdown", ".rst",
		".adoc", ".mdx" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (str_ends(f->name, str_from(tails[i])))
			return true;
	return false;
}

static bool
found(const struct secret_finding *s, void *ctx)
{
	struct scan *scan = ctx;
	struct check_file *f = scan->file;
	size_t start = scan->from + s->start;
	bool is_key = str_eq_c(str_from(s->rule), "private-key");
	uint32_t column, line;

	line = first_added(f, start, s->len);
	if (line == 0 || secret_sample_is(f->text, start, s->len, s->rule,
	    (f->source & SOURCE_TEST) != 0 || is_documentation(f)))
		return true;
	if (check_file_line_at(f, start, &column) != line)
		column = 1;
	if (is_key)
		check_report(scan->run, &rows[ROW_PRIVATE_KEY], f, line,
		    column, "a private key");
	else
		check_report(scan->run, &rows[ROW_SECRET], f, line, column,
		    s->severity == SECRET_CERTAIN ? "a secret (%s)" :
						    "what looks like a "
						    "secret (%s)",
		    s->rule);
	return true;
}

/* Scans the parts of the text around its added lines. */
static void
look(struct check_run *run, struct check_file *f)
{
	uint32_t n = check_file_lines(f);

	for (size_t i = 0; i < f->added.n;) {
		uint32_t first = f->added.items[i].first, last = 0;
		struct scan scan = { run, f, 0 };

		first = first > LINES_AROUND ? first - LINES_AROUND : 1;
		while (i < f->added.n && (last == 0 ||
		    f->added.items[i].first <= last + LINES_AROUND)) {
			last = f->added.items[i].first +
			    f->added.items[i].count - 1 + LINES_AROUND;
			i++;
		}
		if (last > n)
			last = n;
		scan.from = check_file_offset(f, first);
		secret_scan(str_sub(f->text, scan.from,
		    f->starts[last] - scan.from), found, &scan);
	}
}

const struct check_family check_secret = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
