/* Vectors: the checks in front of each back-end; see vectors.h. */
#include "store/vectors.h"

int
vectors_space(struct vectors *v, struct str repository, bool with_model,
    void (*take)(const struct vector_space *space, void *ctx), void *ctx,
    struct error *err)
{
	return v->ops->space(v, repository, with_model, take, ctx, err);
}

int
vectors_put(struct vectors *v, struct str repository,
    const struct vector_space *space, const struct vector_group *groups,
    size_t n, struct error *err)
{
	struct vector_form form = space->form;

	if (form.dim == 0 || form.dim > VECTOR_DIM_MAX ||
	    (form.bits != 4 && form.bits != 8))
		return error_set(err, ERR_INVALID,
		    "vectors of %u numbers of %u bits cannot be kept",
		    form.dim, form.bits);
	for (size_t i = 0; i < n; i++)
		if (groups[i].key.len > VECTOR_KEY_MAX ||
		    groups[i].n > VECTOR_GROUP_MAX || groups[i].data.len !=
		    groups[i].n * vector_bytes(form))
			return error_set(err, ERR_INVALID,
			    "vectors of another length");
	return v->ops->put(v, repository, space, groups, n, err);
}

int
vectors_keys(struct vectors *v, struct str repository,
    int (*take)(struct str key, size_t n, void *ctx), void *ctx,
    struct error *err)
{
	return v->ops->keys(v, repository, take, ctx, err);
}

int
vectors_remove(struct vectors *v, struct str repository,
    const struct str *keys, size_t n, struct error *err)
{
	return v->ops->remove(v, repository, keys, n, err);
}

int
vectors_search(struct vectors *v, struct str repository,
    const struct vector_search *s, struct vector_hit *ret, size_t *ret_n,
    struct error *err)
{
	*ret_n = 0;
	return v->ops->search(v, repository, s, ret, ret_n, err);
}

int
vectors_score(struct vectors *v, struct str repository,
    const struct vector_asked *asked, const struct vector_ref *refs, size_t n,
    float *ret, struct error *err)
{
	return v->ops->score(v, repository, asked, refs, n, ret, err);
}

int
vectors_drop(struct vectors *v, struct str repository, struct error *err)
{
	return v->ops->drop(v, repository, err);
}

void
vectors_destroy(struct vectors *v)
{
	if (v != NULL)
		v->ops->destroy(v);
}
