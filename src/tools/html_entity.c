/* HTML character references; see html_entity.h. The standard has 2,231 names;
 * those that prose and code really use are here, the rest stays as written.
 * https://html.spec.whatwg.org/multipage/named-characters.html */
#include "tools/html_entity.h"

#include "base/units.h"

enum { NAME_MAX_LEN = 8, DIGITS_MAX = 8 };

/* U+00A0 to U+00FF, in order. */
static const char latin1[96][8] = { "nbsp", "iexcl", "cent", "pound", "curren",
	"yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
	"reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro",
	"para", "middot", "cedil", "sup1", "ordm", "raquo", "frac14", "frac12",
	"frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml",
	"Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml",
	"Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
	"Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave",
	"Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave",
	"aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil",
	"egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
	"iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
	"divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
	"thorn", "yuml" };

static const struct entity {
	char name[8];
	uint32_t code;
} entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "AMP", '&' }, { "LT", '<' }, { "GT", '>' },
	{ "QUOT", '"' }, { "Tab", '\t' }, { "NewLine", '\n' },
	{ "num", '#' }, { "lpar", '(' }, { "rpar", ')' }, { "ast", '*' },
	{ "plus", '+' }, { "comma", ',' }, { "period", '.' }, { "sol", '/' },
	{ "colon", ':' }, { "semi", ';' }, { "equals", '=' },
	{ "quest", '?' }, { "commat", '@' }, { "lsqb", '[' }, { "lbrack", '[' },
	{ "bsol", '\\' }, { "rsqb", ']' }, { "rbrack", ']' },
	{ "lowbar", '_' }, { "grave", '`' }, { "lcub", '{' },
	{ "lbrace", '{' }, { "verbar", '|' }, { "vert", '|' }, { "rcub", '}' },
	{ "rbrace", '}' }, { "dollar", '$' }, { "percnt", '%' },
	{ "excl", '!' },
	{ "ndash", 0x2013 }, { "mdash", 0x2014 }, { "lsquo", 0x2018 },
	{ "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "ldquo", 0x201c },
	{ "rdquo", 0x201d }, { "bdquo", 0x201e }, { "dagger", 0x2020 },
	{ "bull", 0x2022 }, { "hellip", 0x2026 }, { "permil", 0x2030 },
	{ "prime", 0x2032 }, { "lsaquo", 0x2039 }, { "rsaquo", 0x203a },
	{ "euro", 0x20ac }, { "trade", 0x2122 }, { "larr", 0x2190 },
	{ "uarr", 0x2191 }, { "rarr", 0x2192 }, { "darr", 0x2193 },
	{ "harr", 0x2194 }, { "lArr", 0x21d0 }, { "rArr", 0x21d2 },
	{ "hArr", 0x21d4 }, { "forall", 0x2200 }, { "part", 0x2202 },
	{ "exist", 0x2203 }, { "empty", 0x2205 }, { "isin", 0x2208 },
	{ "notin", 0x2209 }, { "prod", 0x220f }, { "sum", 0x2211 },
	{ "minus", 0x2212 }, { "radic", 0x221a }, { "infin", 0x221e },
	{ "and", 0x2227 }, { "or", 0x2228 }, { "cap", 0x2229 },
	{ "cup", 0x222a }, { "int", 0x222b }, { "asymp", 0x2248 },
	{ "ne", 0x2260 }, { "equiv", 0x2261 }, { "le", 0x2264 },
	{ "ge", 0x2265 }, { "sub", 0x2282 }, { "sup", 0x2283 },
	{ "sube", 0x2286 }, { "supe", 0x2287 }, { "alpha", 0x3b1 },
	{ "beta", 0x3b2 }, { "gamma", 0x3b3 }, { "delta", 0x3b4 },
	{ "epsilon", 0x3b5 }, { "lambda", 0x3bb }, { "mu", 0x3bc },
	{ "pi", 0x3c0 }, { "sigma", 0x3c3 }, { "omega", 0x3c9 },
	{ "Delta", 0x394 }, { "Sigma", 0x3a3 }, { "Omega", 0x3a9 },
	{ "check", 0x2713 }, { "cross", 0x2717 }, { "ensp", ' ' },
	{ "emsp", ' ' }, { "thinsp", ' ' }, { "zwnj", 0x200c },
	{ "zwj", 0x200d }, { "nbsp", ' ' }, { "OElig", 0x152 },
	{ "oelig", 0x153 }, { "Scaron", 0x160 }, { "scaron", 0x161 },
	{ "fnof", 0x192 }, { "circ", 0x2c6 }, { "tilde", 0x2dc },
	{ "star", 0x2606 }, { "starf", 0x2605 }, { "hearts", 0x2665 },
};

/* What is no character, or would steer a terminal, becomes U+FFFD. */
static uint32_t
harmless(uint32_t code)
{
	if (code == '\n' || code == '\t')
		return code;
	if (code == '\r' || code == 0xa0)
		return ' ';
	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0xfffd;
	return code;
}

static int
digit_of(char c, uint32_t base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f'	 ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F'	 ? c - 'A' + 10 :
					   99;

	return digit < (int)base ? digit : -1;
}

static size_t
numeric(struct str text, uint32_t *ret_code)
{
	bool hex = text.len > 2 && (text.ptr[2] | 32) == 'x';
	uint32_t base = hex ? 16 : 10, code = 0;
	size_t start = hex ? 3 : 2, i = start;
	int digit;

	while (i < text.len && i - start < DIGITS_MAX &&
	    (digit = digit_of(text.ptr[i], base)) >= 0) {
		if (code <= 0x10ffff)
			code = code * base + (uint32_t)digit;
		i++;
	}
	if (i == start)
		return 0;
	*ret_code = harmless(code);
	return i < text.len && text.ptr[i] == ';' ? i + 1 : i;
}

size_t
html_entity(struct str text, uint32_t *ret_code)
{
	struct str name = str_sub(text, 1, NAME_MAX_LEN);
	size_t end;

	if (text.len > 1 && text.ptr[1] == '#')
		return numeric(text, ret_code);
	end = str_find_char(name, ';', 0);
	if (end == SIZE_MAX)
		return 0;
	name.len = end;
	for (size_t i = 0; i < ARRAY_LEN(entities); i++)
		if (str_eq(name, str_make(entities[i].name,
			strnlen(entities[i].name, sizeof(entities[i].name))))) {
			*ret_code = entities[i].code;
			return end + 2;
		}
	for (uint32_t i = 0; i < ARRAY_LEN(latin1); i++)
		if (str_eq_c(name, latin1[i])) {
			*ret_code = harmless(0xa0 + i);
			return end + 2;
		}
	return 0;
}
