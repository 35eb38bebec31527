/* Findings as a SARIF 2.1.0 log (OASIS, Static Analysis Results Interchange
 * Format), as code scanning services read it: one run, whose rules are the
 * codes; places are URIs relative to the root of the sources. */
#include "base/json_writer.h"
#include "base/units.h"
#include "checks/finding.h"

#define SCHEMA                                                                \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
	"sarif-schema-2.1.0.json"
#define ROOT "SRCROOT"

static const char *const levels[] = {
	[FINDING_OFF] = "none",
	[FINDING_NOTE] = "note",
	[FINDING_WARNING] = "warning",
	[FINDING_ERROR] = "error",
};

/* A path as a relative URI reference (RFC 3986): what is not unreserved is
 * escaped, byte by byte. */
static void
add_uri(struct str path, struct buf *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";

	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];

		if (c != '\0' && strchr(plain, c) != NULL)
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

static void
write_text(struct json_writer *w, const char *key, const char *text)
{
	jw_key(w, key);
	jw_object(w);
	jw_key_cstr(w, "text", text);
	jw_end(w);
}

static void
write_rules(const struct sarif_opts *opts, struct json_writer *w)
{
	struct finding_rule rule;

	jw_key(w, "rules");
	jw_array(w);
	for (size_t i = 0; opts->rule != NULL && opts->rule(i, &rule); i++) {
		jw_object(w);
		jw_key_cstr(w, "id", rule.code);
		write_text(w, "shortDescription", rule.name);
		write_text(w, "fullDescription", rule.explanation);
		if (rule.fix != NULL)
			write_text(w, "help", rule.fix);
		jw_end(w);
	}
	jw_end(w);
}

/* Where the code stands among the rules; -1: it has none. */
static int
rule_index(const struct sarif_opts *opts, const char *code)
{
	struct finding_rule rule;

	for (size_t i = 0; opts->rule != NULL && opts->rule(i, &rule); i++)
		if (strcmp(rule.code, code) == 0)
			return (int)i;
	return -1;
}

static void
write_place(const struct finding *f, struct json_writer *w)
{
	CLEANUP_BUF struct buf uri = BUF_INIT(64 * KIB);

	add_uri(str_from(f->path), &uri);
	jw_key(w, "locations");
	jw_array(w);
	jw_object(w);
	jw_key(w, "physicalLocation");
	jw_object(w);
	jw_key(w, "artifactLocation");
	jw_object(w);
	jw_key_str(w, "uri", buf_str(&uri));
	jw_key_cstr(w, "uriBaseId", ROOT);
	jw_end(w);
	if (f->line > 0) {
		jw_key(w, "region");
		jw_object(w);
		jw_key_int(w, "startLine", f->line);
		if (f->column > 0)
			jw_key_int(w, "startColumn", f->column);
		if (f->end_line > f->line)
			jw_key_int(w, "endLine", f->end_line);
		jw_end(w);
	}
	jw_end(w);
	jw_end(w);
	jw_end(w);
}

static void
write_result(const struct finding *f, const struct sarif_opts *opts,
    struct json_writer *w)
{
	int index = rule_index(opts, f->code);

	jw_object(w);
	jw_key_cstr(w, "ruleId", f->code);
	if (index >= 0)
		jw_key_int(w, "ruleIndex", index);
	jw_key_cstr(w, "level", levels[f->severity]);
	write_text(w, "message", f->message);
	write_place(f, w);
	if (f->fingerprint[0] != '\0') {
		jw_key(w, "partialFingerprints");
		jw_object(w);
		jw_key_cstr(w, "fridayLine/v1", f->fingerprint);
		jw_end(w);
	}
	if (f->confidence >= 0) {
		jw_key(w, "rank"); /* 0 to 100 */
		jw_double(w, f->confidence * 100);
	}
	jw_end(w);
}

int
findings_write_sarif(const struct findings *f, const struct sarif_opts *opts,
    struct buf *out, struct error *err)
{
	struct json_writer w = JSON_WRITER(out);

	jw_object(&w);
	jw_key_cstr(&w, "$schema", SCHEMA);
	jw_key_cstr(&w, "version", "2.1.0");
	jw_key(&w, "runs");
	jw_array(&w);
	jw_object(&w);
	jw_key(&w, "tool");
	jw_object(&w);
	jw_key(&w, "driver");
	jw_object(&w);
	jw_key_cstr(&w, "name", opts->tool);
	write_rules(opts, &w);
	jw_end(&w);
	jw_end(&w);
	jw_key_cstr(&w, "columnKind", "utf16CodeUnits");
	jw_key(&w, "results");
	jw_array(&w);
	for (size_t i = 0; i < f->n; i++)
		write_result(&f->items[i], opts, &w);
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	jw_end(&w);
	return buf_check(out, err);
}
