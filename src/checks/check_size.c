/* What makes a repository grow for good: large files, and programs and
 * archives that were built or packed. Pictures and fonts are sources. */
#include "base/units.h"
#include "checks/families.h"
#include "index/source.h"

enum { ROW_LARGE, ROW_BINARY };

static const struct check_row rows[] = {
	[ROW_LARGE] = { "large-file", "Large file", FINDING_ERROR,
	    "A file over checks.large_bytes (1 MiB): each clone gets it, for "
	    "good.",
	    "Leave it out, keep it with Git LFS, or raise checks.large_bytes.",
	    false },
	[ROW_BINARY] = { "built-file", "Built or packed file",
	    FINDING_WARNING,
	    "A new program, library, archive or database: made from sources, "
	    "or holding others.",
	    "Leave it out and name it in .gitignore.", false },
};

static const struct {
	const char *magic;
	size_t len;
	const char *what;
} magics[] = {
	{ "\x7f" "ELF", 4, "a program or library (ELF)" },
	{ "MZ", 2, "a program or library (Windows)" },
	{ "\xfe\xed\xfa\xce", 4, "a program or library (Mach-O)" },
	{ "\xfe\xed\xfa\xcf", 4, "a program or library (Mach-O)" },
	{ "\xcf\xfa\xed\xfe", 4, "a program or library (Mach-O)" },
	{ "\xca\xfe\xba\xbe", 4, "a compiled class or program" },
	{ "!<arch>\n", 8, "a static library" },
	{ "PK\x03\x04", 4, "an archive (ZIP)" },
	{ "\x1f\x8b", 2, "packed data (gzip)" },
	{ "BZh", 3, "packed data (bzip2)" },
	{ "\xfd" "7zXZ", 5, "packed data (xz)" },
	{ "\x28\xb5\x2f\xfd", 4, "packed data (zstd)" },
	{ "7z\xbc\xaf\x27\x1c", 6, "an archive (7z)" },
	{ "Rar!\x1a\x07", 6, "an archive (RAR)" },
	{ "SQLite format 3", 15, "a database (SQLite)" },
	{ "\0asm", 4, "a program (WebAssembly)" },
};

/* Documents that are ZIP archives inside are what people write. */
static bool
is_document(const struct check_file *f)
{
	static const char *const tails[] = { ".docx", ".xlsx", ".pptx",
		".odt", ".ods", ".odp", ".odg", ".epub", ".sketch", ".fig",
		".kra", ".ora", ".xd", ".key", ".pages", ".numbers",
		".svgz" };

	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (str_ends(f->name, str_from(tails[i])))
			return true;
	return false;
}

static const char *
built_what(const struct check_file *f)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (str_starts(f->text, str_make(magics[i].magic,
		    magics[i].len)))
			return magics[i].what;
	/* Compiled Python: a number that ends in CR LF. */
	if (str_ends(f->name, STR(".pyc")) && f->text.len > 4 &&
	    memcmp(f->text.ptr + 2, "\r\n", 2) == 0)
		return "compiled Python";
	return NULL;
}

static void
look(struct check_run *run, struct check_file *f)
{
	size_t large = check_config_large(check_config_of(run));
	const char *what;

	if (!f->is_regular)
		return;
	/* One that was large already is no news. */
	if (f->size > large && f->old_size <= large)
		check_report(run, &rows[ROW_LARGE], f, 0, 0,
		    "%.1f MiB; %.1f MiB is the limit",
		    (double)f->size / MIB, (double)large / MIB);
	if (f->change->old_oid[0] != '\0' || !f->is_read ||
	    (!f->is_binary && !str_starts(f->text, STR("!<arch>\n"))) ||
	    (f->source & SOURCE_TEST) != 0 || is_document(f))
		return;
	what = built_what(f);
	if (what != NULL)
		check_report(run, &rows[ROW_BINARY], f, 0, 0, "%s", what);
}

const struct check_family check_size = {
	.rows = rows, .n_rows = ARRAY_LEN(rows), .file = look,
};
