/* Character references; see entity.h. The names are those that people and
 * models write; a name that is not here is shown as it is. */
#include "tui/text/entity.h"

#include "base/term_text.h"
#include "base/utf8.h"

static const struct {
	const char *name, *text;
} entity_table[] = {
	{ "amp", "&" },
	{ "lt", "<" },
	{ "gt", ">" },
	{ "quot", "\"" },
	{ "apos", "'" },
	{ "nbsp", "\u00a0" },
	{ "iexcl", "¡" },
	{ "cent", "¢" },
	{ "pound", "£" },
	{ "yen", "¥" },
	{ "sect", "§" },
	{ "copy", "©" },
	{ "laquo", "«" },
	{ "reg", "®" },
	{ "deg", "°" },
	{ "plusmn", "±" },
	{ "sup2", "²" },
	{ "sup3", "³" },
	{ "micro", "µ" },
	{ "para", "¶" },
	{ "middot", "·" },
	{ "raquo", "»" },
	{ "frac14", "¼" },
	{ "frac12", "½" },
	{ "frac34", "¾" },
	{ "iquest", "¿" },
	{ "Auml", "Ä" },
	{ "Ouml", "Ö" },
	{ "Uuml", "Ü" },
	{ "szlig", "ß" },
	{ "agrave", "à" },
	{ "aacute", "á" },
	{ "auml", "ä" },
	{ "ccedil", "ç" },
	{ "egrave", "è" },
	{ "eacute", "é" },
	{ "ntilde", "ñ" },
	{ "ouml", "ö" },
	{ "uuml", "ü" },
	{ "times", "×" },
	{ "divide", "÷" },
	{ "alpha", "α" },
	{ "beta", "β" },
	{ "gamma", "γ" },
	{ "delta", "δ" },
	{ "epsilon", "ε" },
	{ "lambda", "λ" },
	{ "mu", "μ" },
	{ "pi", "π" },
	{ "sigma", "σ" },
	{ "theta", "θ" },
	{ "omega", "ω" },
	{ "Delta", "Δ" },
	{ "Sigma", "Σ" },
	{ "Omega", "Ω" },
	{ "ensp", " " },
	{ "emsp", " " },
	{ "thinsp", " " },
	{ "ndash", "–" },
	{ "mdash", "—" },
	{ "lsquo", "‘" },
	{ "rsquo", "’" },
	{ "ldquo", "“" },
	{ "rdquo", "”" },
	{ "dagger", "†" },
	{ "bull", "•" },
	{ "hellip", "…" },
	{ "prime", "′" },
	{ "euro", "€" },
	{ "trade", "™" },
	{ "larr", "←" },
	{ "uarr", "↑" },
	{ "rarr", "→" },
	{ "darr", "↓" },
	{ "harr", "↔" },
	{ "rArr", "⇒" },
	{ "hArr", "⇔" },
	{ "forall", "∀" },
	{ "part", "∂" },
	{ "exist", "∃" },
	{ "empty", "∅" },
	{ "isin", "∈" },
	{ "notin", "∉" },
	{ "sum", "∑" },
	{ "minus", "−" },
	{ "radic", "√" },
	{ "infin", "∞" },
	{ "and", "∧" },
	{ "or", "∨" },
	{ "cap", "∩" },
	{ "cup", "∪" },
	{ "asymp", "≈" },
	{ "ne", "≠" },
	{ "equiv", "≡" },
	{ "le", "≤" },
	{ "ge", "≥" },
	{ "check", "✓" },
	{ "cross", "✗" },
};

/* "#65", "#x41". */
static bool
read_number(struct str digits, uint32_t *ret)
{
	unsigned base = 10;
	uint32_t code = 0;
	size_t i = 1;

	if (digits.len > 1 && (digits.ptr[1] | 0x20) == 'x') {
		base = 16;
		i = 2;
	}
	if (i == digits.len || digits.len > i + 7)
		return false;
	for (; i < digits.len; i++) {
		char c = digits.ptr[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a') + 10;
		else
			return false;
		code = code * base + digit;
	}
	/* As CommonMark has it: no NUL. */
	*ret = code == 0 ? 0xfffd : code;
	return true;
}

bool
entity_decode(struct str text, struct buf *out)
{
	struct str name = str_sub(text, 1, text.len < 2 ? 0 : text.len - 2);
	uint32_t code;
	char bytes[4];

	if (name.len > 0 && name.ptr[0] == '#') {
		if (!read_number(name, &code))
			return false;
		term_text_line(str_make(bytes, utf8_encode(code, bytes)), out);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(entity_table); i++) {
		if (!str_eq_c(name, entity_table[i].name))
			continue;
		buf_add_cstr(out, entity_table[i].text);
		return true;
	}
	return false;
}
