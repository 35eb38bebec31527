/* The last change, for ".": the keys of a command are noted while it goes on,
 * and pressed again. */
#include "tui/composer/vi_inner.h"

#include "base/utf8.h"
#include "tui/composer/edit_text.h"

void
vi_record(struct vi *v, const struct key *key)
{
	if (v->replaying)
		return;
	if (v->n_recorded < VI_DOT_MAX)
		v->recorded[v->n_recorded++] = *key;
	else
		v->recording = false;
}

void
vi_keep_change(struct vi *v)
{
	if (v->replaying || !v->recording)
		return;
	memcpy(v->dot, v->recorded, v->n_recorded * sizeof(*v->dot));
	v->n_dot = v->n_recorded;
}

static void
type_again(struct edit *e, const struct key *key)
{
	char text[4];

	if (key->code == SYM_ENTER) {
		edit_type(e, STR("\n"));
	} else if (key->code == SYM_BACKSPACE) {
		size_t before = edit_before(edit_text(e), e->caret);

		edit_replace(e, before, e->caret - before, STR_NONE,
		    EDIT_OTHER);
	} else if (key_is_text(key)) {
		size_t len = utf8_encode(key->code, text);

		edit_type(e, str_make(text, len));
	}
}

void
vi_repeat(struct vi *v, struct edit *e)
{
	int count = vi_times(v);

	vi_forget_command(v);
	v->replaying = true;
	for (; count > 0; count--) {
		for (size_t i = 0; i < v->n_dot; i++) {
			if (v->mode == VI_INSERT)
				type_again(e, &v->dot[i]);
			else
				vi_key(v, e, &v->dot[i]);
		}
		if (v->mode == VI_INSERT)
			vi_escape(v, e);
	}
	v->replaying = false;
}
