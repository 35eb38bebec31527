/* Secret values in guarded memory; see secret.h. */
#include "base/secret.h"

#include <sodium.h>

#include "base/mem.h"

struct secret {
	size_t len;
	char *value; /* sodium_malloc, NUL-terminated */
};

struct secret *
secret_create(struct str value)
{
	struct secret *s = mem_new(struct secret);

	/* The first call of the process sets up what sodium_malloc needs;
	 * later ones return at once. */
	if (sodium_init() < 0)
		abort();
	s->value = sodium_malloc(value.len + 1);
	if (s->value == NULL)
		abort();
	if (value.len > 0)
		memcpy(s->value, value.ptr, value.len);
	s->value[value.len] = '\0';
	s->len = value.len;
	return s;
}

void
secret_destroy(struct secret *s)
{
	if (s == NULL)
		return;
	sodium_free(s->value);
	free(s);
}

struct str
secret_reveal(const struct secret *s)
{
	return s == NULL ? STR_NONE : str_make(s->value, s->len);
}

bool
secret_equal(const struct secret *a, const struct secret *b)
{
	struct str x = secret_reveal(a), y = secret_reveal(b);

	return x.len == y.len &&
	    (x.len == 0 || sodium_memcmp(x.ptr, y.ptr, x.len) == 0);
}
