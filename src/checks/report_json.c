/* A report as JSON; see checks.h. */
#include "base/json_writer.h"
#include "checks/checks.h"

static void
write_skip(const struct check_skip *s, struct json_writer *w)
{
	jw_object(w);
	jw_key_cstr(w, "code", s->row->code);
	jw_key_cstr(w, "reason", check_skip_name(s->reason));
	jw_key_int(w, "count", (int64_t)s->count);
	jw_key(w, "places");
	jw_array(w);
	for (size_t i = 0; i < s->n_places; i++)
		jw_cstr(w, s->places[i]);
	jw_end(w);
	jw_end(w);
}

void
check_report_write_json(const struct check_report *r, struct json_writer *w)
{
	jw_key(w, "findings");
	findings_write_json(&r->findings, w);
	jw_key_int(w, "errors",
	    (int64_t)r->findings.count[FINDING_ERROR]);
	jw_key_int(w, "warnings",
	    (int64_t)r->findings.count[FINDING_WARNING]);
	jw_key_int(w, "notes_found",
	    (int64_t)r->findings.count[FINDING_NOTE]);
	jw_key_int(w, "dropped", (int64_t)r->findings.dropped);
	jw_key_int(w, "files", (int64_t)r->files);
	jw_key_int(w, "lines", (int64_t)r->lines);
	jw_key(w, "skipped");
	jw_array(w);
	for (size_t i = 0; i < r->n_skips; i++)
		write_skip(&r->skips[i], w);
	jw_end(w);
	jw_key(w, "notes");
	jw_array(w);
	for (size_t i = 0; i < r->n_notes; i++)
		jw_cstr(w, r->notes[i]);
	jw_end(w);
}
