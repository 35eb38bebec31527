/* Names of keys, both ways; see key.h. */
#include "tui/terminal/key.h"

#include <stdio.h>

#include "base/units.h"
#include "base/utf8.h"


static const struct {
	uint32_t code;
	const char *name;
} symbols[] = {
#define X(enumerator, name) { enumerator, name },
	KEY_SYMBOL_TABLE(X)
#undef X
	/* Other ways to write them; found after those above. */
	{ SYM_ENTER, "return" },
	{ SYM_ESCAPE, "esc" },
	{ SYM_DELETE, "del" },
	{ SYM_PAGE_UP, "pgup" },
	{ SYM_PAGE_DOWN, "pgdn" },
	{ ' ', "space" },
	{ '+', "plus" },
};

static const struct {
	unsigned mod;
	const char *name;
} mods[] = {
	{ MOD_CTRL, "ctrl" },
	{ MOD_ALT, "alt" },
	{ MOD_SHIFT, "shift" },
	{ MOD_SUPER, "super" },
	{ MOD_ALT, "meta" },
	{ MOD_ALT, "option" },
	{ MOD_CTRL, "control" },
	{ MOD_SUPER, "cmd" },
};
enum { MODS_PRINTED = 4 };

bool
key_is_text(const struct key *key)
{
	return (key->mods & (MOD_ALT | MOD_CTRL | MOD_SUPER)) == 0 &&
	    key->code >= ' ' && key->code < SYM_NONE && key->code != 0x7f &&
	    (key->code < 0x80 || key->code >= 0xa0);
}

struct key
key_normal(struct key key)
{
	bool upper = key.code >= 'A' && key.code <= 'Z';
	bool lower = key.code >= 'a' && key.code <= 'z';

	if (key.mods & MOD_CTRL) {
		/* Ctrl+letter is the small letter; Shift is told apart. */
		if (upper)
			key.code += 'a' - 'A';
		return key;
	}
	if ((key.mods & MOD_SHIFT) && key.code < SYM_NONE) {
		if (lower)
			key.code -= 'a' - 'A';
		if (upper || lower || key.mods == MOD_SHIFT)
			key.mods &= ~(unsigned)MOD_SHIFT;
	}
	return key;
}

static size_t
add(char out[48], size_t at, const char *text)
{
	int n = snprintf(out + at, 48 - at, "%s", text);

	return n < 0 ? at : at + (size_t)n;
}

void
key_print(const struct key *key, char out[48])
{
	char text[5] = "";
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < MODS_PRINTED; i++) {
		if (!(key->mods & mods[i].mod))
			continue;
		at = add(out, at, mods[i].name);
		at = add(out, at, "+");
	}
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		if (symbols[i].code != key->code)
			continue;
		add(out, at, symbols[i].name);
		return;
	}
	text[utf8_encode(key->code, text)] = '\0';
	add(out, at, text);
}

static bool
parse_code(struct str name, uint32_t *ret)
{
	/* Most names are a letter, which no symbol's is. */
	for (size_t i = 0; name.len > 1 && i < ARRAY_LEN(symbols); i++) {
		if (!str_eq_nocase(name, str_from(symbols[i].name)))
			continue;
		*ret = symbols[i].code;
		return true;
	}
	return name.len > 0 &&
	    utf8_decode(name.ptr, name.len, ret) == name.len && *ret > ' ' &&
	    *ret != 0x7f;
}

bool
key_parse(struct str name, struct key *ret)
{
	struct key key = { 0, 0 };
	size_t plus;

	/* A '+' at the very end is the key itself. */
	while ((plus = str_find_char(name, '+', 0)) != SIZE_MAX &&
	    plus + 1 < name.len) {
		struct str word = str_sub(name, 0, plus);
		unsigned mod = 0;

		for (size_t i = 0; i < ARRAY_LEN(mods) && mod == 0; i++)
			if (str_eq_nocase(word, str_from(mods[i].name)))
				mod = mods[i].mod;
		if (mod == 0 || (key.mods & mod) != 0)
			return false;
		key.mods |= mod;
		name = str_sub(name, plus + 1, SIZE_MAX);
	}
	if (!parse_code(name, &key.code))
		return false;
	*ret = key_normal(key);
	return true;
}
