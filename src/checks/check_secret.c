/* Credentials in added lines: by the scrubber's engine (secret_scan.h). */
#include "base/units.h"
#include "checks/families.h"
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

struct scan {
	struct check_run *run;
	struct check_file *file;
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
found(const struct secret_finding *s, void *ctx)
{
	struct scan *scan = ctx;
	bool is_key = str_eq_c(str_from(s->rule), "private-key");
	uint32_t column, line;

	line = first_added(scan->file, s->start, s->len);
	if (line == 0)
		return true;
	if (check_file_line_at(scan->file, s->start, &column) != line)
		column = 1;
	if (is_key)
		check_report(scan->run, &rows[ROW_PRIVATE_KEY], scan->file,
		    line, column, "a private key");
	else
		check_report(scan->run, &rows[ROW_SECRET], scan->file, line,
		    column, s->severity == SECRET_CERTAIN ?
			"a secret (%s)" : "what looks like a secret (%s)",
		    s->rule);
	return true;
}

static void
look(struct check_run *run, struct check_file *file)
{
	struct scan scan = { run, file };

	if (file->added.n > 0)
		secret_scan(file->text, found, &scan);
}

const struct check_family check_secret = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
