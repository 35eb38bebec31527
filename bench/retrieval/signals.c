/* The signals of each candidate for each question, for fit.py to weigh:
 *
 *	signals ROOT FOLDER < questions > rows
 *
 * Indexes ROOT into FOLDER first. A question is a line "ID<tab>TEXT". Rows:
 *
 *	N<tab>NAME…			the signals' names, once
 *	Q<tab>ID			a question; then for each candidate
 *	PATH<tab>START<tab>END<tab>SIGNAL…	*/
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/units.h"
#include "index/code_index.h"
#include "index/embed_local.h"
#include "index/signals.h"

enum { NEAREST = 40 };

static int
die(const struct error *err)
{
	fprintf(stderr, "signals: %s\n", err->message);
	return 1;
}

static int
bring_up_to_date(const char *root, const char *folder, struct error *err)
{
	CLEANUP(code_index_destroyp) struct code_index *x =
	    code_index_create(root, folder, NULL);
	const struct code_index_wait wait = { 0 };
	struct index_update_stats stats;
	struct embed_stats vectors;
	int rc = code_index_update(x, &wait, &stats, err);

	return rc != 0 ? rc :
	    code_index_embed(x, &wait, EMBED_ALL, &vectors, err);
}

static void
print_answers(struct index_reader *r, const struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct live_chunk *c = index_reader_chunk(r,
		    a->items[i].chunk);

		printf("%s\t%u\t%u", index_reader_file(r, c->row.file)->path,
		    c->row.start_line, c->row.end_line);
		for (size_t s = 0; s < N_SIGNALS; s++)
			printf("\t%.6g", (double)a->items[i].x[s]);
		putchar('\n');
	}
}

static int
answer(struct index_reader *r, struct nearness *nearness, struct str text,
    struct error *err)
{
	CLEANUP(query_release) struct query q = { 0 };
	CLEANUP(answers_release) struct answers a = { 0 };
	CLEANUP(free_ptr) struct vector_asked *asked =
	    mem_new(struct vector_asked);
	int rc = query_make(r, text, &q, err);

	if (rc == 0 && getenv("WITHOUT_VECTORS") == NULL)
		rc = nearness_ask(nearness, r, &q, text, asked, err);
	if (rc == 1) {
		q.nearness = nearness;
		q.asked = asked;
		q.near_max = NEAREST;
	}
	if (rc >= 0)
		rc = signals_make(r, &q, NULL, NULL, &a, err);
	if (rc == 0)
		print_answers(r, &a);
	return rc;
}

int
main(int argc, char **argv)
{
	static const char *const names[] = {
#define X(name, title, weight) #name,
		SIGNAL_TABLE(X)
#undef X
	};
	CLEANUP(index_reader_closep) struct index_reader *r = NULL;
	CLEANUP(nearness_destroyp) struct nearness *nearness = NULL;
	CLEANUP(free_ptr) char *database = NULL;
	CLEANUP(free_ptr) char *vectors = NULL;
	struct error err = ERROR_INIT;
	char line[8 * KIB];

	if (argc != 3) {
		fputs("usage: signals ROOT FOLDER < questions\n", stderr);
		return 2;
	}
	database = file_join(argv[2], "index.db");
	vectors = file_join(argv[2], "vectors.db");
	if (bring_up_to_date(argv[1], argv[2], &err) != 0 ||
	    index_reader_open(database, &r, &err) != 0)
		return die(&err);
	nearness = nearness_create(vectors, embed_local_create());
	putchar('N');
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		printf("\t%s", names[i]);
	putchar('\n');
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct str rest = str_trim(str_from(line)), id;

		if (!str_next_field(&rest, '\t', &id))
			continue;
		printf("Q\t%.*s\n", STR_ARG(id));
		if (answer(r, nearness, rest, &err) != 0)
			return die(&err);
	}
	return 0;
}
