/* Answers of reviewers, and the diffs that they speak of: the input is a diff,
 * a NUL and an answer. */
#include <stdint.h>
#include <stdlib.h>

#include "agent/review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VERDICTS = 4 };

static void
read_answers(struct str answer, const struct review_diff *diff)
{
	CLEANUP_REVIEW_FINDINGS struct review_findings f = { 0 };
	CLEANUP_BUF struct buf notes = BUF_INIT(64 * KIB);
	CLEANUP_BUF struct buf patch = BUF_INIT(1 * MIB);
	struct review_verdict verdicts[VERDICTS] = { { .given = false } };
	struct review_dropped dropped = { 0 };
	struct error err;

	review_answer_parse(answer, diff, REVIEW_BUG_HUNTER, &f, &notes,
	    &dropped, &err);
	for (size_t i = 0; i < f.n; i++)
		if (review_diff_file(diff, str_from(f.items[i].path)) == NULL)
			abort();
	review_findings_merge(&f);
	review_findings_rank(&f);
	review_findings_write(&f, &patch);
	review_verdicts_parse(answer, verdicts, VERDICTS, &err);
	for (size_t i = 0; i < VERDICTS; i++)
		free(verdicts[i].reason);
	review_consensus_parse(answer, &notes, &patch, &err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = { (const char *)data, size };
	size_t border = str_find_char(all, '\0', 0);
	struct str answer = border == SIZE_MAX ? all :
	    str_sub(all, border + 1, SIZE_MAX);
	CLEANUP_REVIEW_DIFF struct review_diff diff;
	CLEANUP_BUF struct buf out = BUF_INIT(8 * MIB);

	review_diff_parse(str_sub(all, 0, border), &diff);
	for (size_t i = 0; i < diff.n; i++)
		review_file_print(&diff.files[i], &out);
	read_answers(answer, &diff);
	return 0;
}
