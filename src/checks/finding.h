/* What is wrong with a change, at a place: by a check, or by a review. A list
 * of them, and the list as JSON and as SARIF 2.1.0.
 *
 * Thread: one at a time. */
#ifndef FRIDAY_CHECKS_FINDING_H
#define FRIDAY_CHECKS_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

struct json_writer;

enum finding_severity {
	FINDING_OFF,	 /* of a check: it is not looked for */
	FINDING_NOTE,	 /* worth knowing */
	FINDING_WARNING, /* shown; the commit goes on */
	FINDING_ERROR,	 /* the commit is refused */
	FINDING_SEVERITY_COUNT
};

/* "off", "note", "warning", "error". */
const char *finding_severity_name(enum finding_severity severity);
bool finding_severity_by_name(struct str name, enum finding_severity *ret);

struct finding {
	char *path;	   /* relative to the top of the repository */
	uint32_t line;	   /* from 1; 0: the file as a whole */
	uint32_t end_line; /* 0: the same line */
	uint32_t column;   /* from 1, in bytes; 0: the whole line */
	enum finding_severity severity;
	char *code;	   /* "secret": a row of the checks, or the review's */
	char *message;	   /* one sentence, without any secret */
	char *fix;	   /* what to do; NULL: nothing to add */
	/* The same for the same line in the same file, wherever it moves;
	 * finding_fingerprint(). "": none. */
	char fingerprint[33];
	/* Of a review: how sure it is, 0 to 1. Below 0: not said. */
	double confidence;
};

#define FINDING_INIT ((struct finding){ .confidence = -1 })

/* From the code, the path and the line's text without blanks around it. */
void finding_fingerprint(struct str code, struct str path, struct str line,
    char out[33]);

struct findings {
	struct finding *items;
	size_t n, cap;
	size_t max;	/* 0: no limit; what is beyond it is only counted */
	size_t dropped; /* that were beyond it */
	/* By severity, with the dropped ones. */
	size_t count[FINDING_SEVERITY_COUNT];
};

/* Copies; texts are repaired to UTF-8 where they are written. */
void findings_add(struct findings *f, const struct finding *finding);
void findings_release(struct findings *f);
#define CLEANUP_FINDINGS CLEANUP(findings_release)
/* By path, line, column, code. */
void findings_sort(struct findings *f);

/* Writes an array of objects with the members of struct finding by their
 * names; what is 0, NULL or not said is left out. */
void findings_write_json(const struct findings *f, struct json_writer *w);

/* A rule of a SARIF log: what a code means. */
struct finding_rule {
	const char *code, *name, *explanation, *fix;
};

struct sarif_opts {
	const char *tool; /* "friday" */
	/* Rules of the codes; `rule` NULL: none are told. Called with 0, 1, …
	 * until it returns false. */
	bool (*rule)(size_t index, struct finding_rule *ret);
};

/* Appends one whole SARIF 2.1.0 log. Errors: ERR_TOO_LARGE (out's ceiling). */
int findings_write_sarif(const struct findings *f,
    const struct sarif_opts *opts, struct buf *out, struct error *err);

#endif
