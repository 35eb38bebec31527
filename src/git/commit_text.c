/* Commits as text; see commit_text.h. */
#include "git/commit_text.h"

void
commit_text_subject(struct repo_commit *commit)
{
	struct str rest;

	commit->message = str_trim(commit->message);
	rest = commit->message;
	commit->subject = STR_NONE;
	str_next_line(&rest, &commit->subject);
}

void
commit_text_init(struct commit_text *t, const struct repo *r,
    git_commit *commit)
{
	const git_signature *author = r->g->commit_author(commit);

	repo_hex(r, r->g->commit_id(commit), t->hash);
	t->commit = (struct repo_commit){ .hash = t->hash,
		.message = str_from(r->g->commit_message(commit)) };
	if (author != NULL) {
		t->commit.author = str_from(author->name);
		t->commit.email = str_from(author->email);
		if (author->when.time >= REPO_TIME_MIN &&
		    author->when.time <= REPO_TIME_MAX)
			t->commit.time_s = author->when.time;
	}
	commit_text_subject(&t->commit);
}
