/* Loading of grammars; see grammar.h. */
#include "syntax/grammar.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* More rows than languages; checked when the table is used. */
enum { GRAMMARS_MAX = 64 };
/* Our own queries are a few KiB. */
#define QUERY_BYTES_MAX (256 * KIB)

struct query {
	TSQuery *query; /* NULL: not compiled */
	struct predicates *predicates;
	bool missing; /* it was looked for in vain */
};

static const char *const query_files[GRAMMAR_QUERIES] = {
	[GRAMMAR_OUTLINE] = "outline.scm",
	[GRAMMAR_REFERENCES] = "references.scm",
	[GRAMMAR_HIGHLIGHTS] = "highlights.scm",
};

static struct grammar_table {
	pthread_mutex_t lock;
	struct grammar {
		const TSLanguage *language; /* NULL: not loaded */
		struct query queries[GRAMMAR_QUERIES];
	} rows[GRAMMARS_MAX]; /* by the language's index */
} grammar_table = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct grammar *
row_of(const struct language *language)
{
	size_t index = (size_t)(language - language_at(0));

	assert(index < language_count() && index < GRAMMARS_MAX);
	return &grammar_table.rows[index];
}

static int
not_there(const struct language *language, struct error *err)
{
	return error_set(err, ERR_UNSUPPORTED,
	    "the grammar for %s is not installed", language->title);
}

static int
open_module(const struct language *language, const TSLanguage **ret,
    struct error *err)
{
	CLEANUP(free_ptr) char *file = mem_printf("%s.so", language->name);
	CLEANUP(free_ptr) char *symbol = mem_printf("tree_sitter_%s",
	    language->name);
	CLEANUP(free_ptr) char *path = file_data_path("grammars", file);
	const TSLanguage *(*make)(void) = NULL;
	const TSLanguage *grammar;
	uint32_t version;
	void *module;

	if (path == NULL)
		return not_there(language, err);
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (module != NULL)
		*(void **)&make = dlsym(module, symbol);
	if (make == NULL) {
		const char *why = dlerror();

		return error_set(err, ERR_UNSUPPORTED,
		    "the grammar for %s cannot be loaded: %s", language->title,
		    why == NULL ? "no such symbol" : why);
	}
	/* A grammar of another version gives NULL trees: refuse it here. */
	grammar = make();
	version = ts()->language_version(grammar);
	if (version < TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION ||
	    version > TREE_SITTER_LANGUAGE_VERSION)
		return error_set(err, ERR_UNSUPPORTED,
		    "the grammar for %s has version %u; %d to %d fit",
		    language->title, (unsigned)version,
		    TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION,
		    TREE_SITTER_LANGUAGE_VERSION);
	*ret = grammar;
	return 0;
}

static int
load_locked(const struct language *language, const TSLanguage **ret,
    struct error *err)
{
	struct grammar *row = row_of(language);
	int rc = 0;

	if (row->language == NULL) {
		rc = tree_sitter_load(err);
		if (rc == 0)
			rc = open_module(language, &row->language, err);
	}
	if (rc == 0)
		*ret = row->language;
	return rc;
}

static int
compile(const struct language *language, const char *file,
    const TSLanguage *grammar, TSQuery **ret, struct error *err)
{
	CLEANUP(free_ptr) char *name = mem_printf("%s/%s", language->name,
	    file);
	CLEANUP(free_ptr) char *path = file_data_path("grammars", name);
	CLEANUP_BUF struct buf source = BUF_INIT(QUERY_BYTES_MAX);
	TSQueryError kind;
	uint32_t offset;
	int rc;

	if (path == NULL)
		return not_there(language, err);
	rc = file_read(path, &source, err);
	if (rc != 0)
		return rc;
	*ret = ts()->query_new(grammar, buf_text(&source),
	    (uint32_t)source.len, &offset, &kind);
	if (*ret == NULL)
		return error_set(err, ERR_SYNTAX,
		    "%s does not fit its grammar: error %d at byte %u", path,
		    (int)kind, (unsigned)offset);
	return 0;
}

static int
query_locked(const struct language *language, enum grammar_query which,
    struct query *q, struct error *err)
{
	const TSLanguage *grammar;
	int rc;

	if (q->missing)
		return not_there(language, err);
	rc = load_locked(language, &grammar, err);
	if (rc == 0 && q->query == NULL) {
		rc = compile(language, query_files[which], grammar, &q->query,
		    err);
		if (rc == 0)
			q->predicates = predicates_create(q->query);
	}
	/* Many languages have no references: their files are not looked for
	 * again. */
	q->missing = which == GRAMMAR_REFERENCES && rc == -ERR_UNSUPPORTED;
	return rc;
}

int
grammar_load(const struct language *language, const TSLanguage **ret,
    struct error *err)
{
	int rc;

	pthread_mutex_lock(&grammar_table.lock);
	rc = load_locked(language, ret, err);
	pthread_mutex_unlock(&grammar_table.lock);
	return rc;
}

int
grammar_query(const struct language *language, enum grammar_query which,
    const TSQuery **ret, const struct predicates **ret_predicates,
    struct error *err)
{
	struct query *q = &row_of(language)->queries[which];
	int rc;

	pthread_mutex_lock(&grammar_table.lock);
	rc = query_locked(language, which, q, err);
	pthread_mutex_unlock(&grammar_table.lock);
	if (rc != 0)
		return rc;
	*ret = q->query;
	*ret_predicates = q->predicates;
	return 0;
}
