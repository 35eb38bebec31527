/* The check of secrets over whole files, as a commit would add them: sources,
 * settings, lock files, pictures in base 64, lists of hashes, tests, documents.
 * Each line is labelled. Made here, with the same draws in every run, so that
 * no token stands in the repository. Prints precision and recall. */
#include "base/mem.h"
#include "base/units.h"
#include "safety/secret_rules.h"
#include "tests/unit/checks_fixture.h"

enum { ROUNDS = 25 };

static const char alnum[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz";
static const char hex[] = "0123456789abcdef";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

static uint32_t seed = 7;

static uint32_t
draw(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
add_random(struct buf *out, const char *set, size_t len)
{
	size_t n = strlen(set);

	while (len-- > 0)
		buf_add_char(out, set[draw((uint32_t)n)]);
}

/* A file in the making, and which of its lines hold a secret. */
struct page {
	struct buf text;
	uint32_t line;
	bool secret[4096];
};

struct score {
	size_t found, missed, false_alarms, harmless;
};

static void
end_line(struct page *p, bool secret)
{
	buf_add_char(&p->text, '\n');
	p->secret[++p->line] = secret;
}

/* Copies a form; "{h40}" draws 40 of hex, "{a16}" letters and digits, "{b64}"
 * base 64, "{u}" a UUID, "{t}" the token. */
static void
add_form(struct page *p, const char *form, const char *token)
{
	for (; *form != '\0'; form++) {
		const char *close = *form == '{' ? strchr(form, '}') : NULL;
		int64_t n = 0;

		if (close == NULL || !(form[1] == 't' || form[1] == 'u' ||
		    str_to_int(str_make(form + 2, (size_t)(close - form) - 2),
			1, 4000, &n))) {
			buf_add_char(&p->text, *form);
			continue;
		}
		if (form[1] == 't')
			buf_add_cstr(&p->text, token);
		else if (form[1] == 'h')
			add_random(&p->text, hex, (size_t)n);
		else if (form[1] == 'b')
			add_random(&p->text, base64, (size_t)n);
		else if (form[1] == 'a')
			add_random(&p->text, alnum, (size_t)n);
		else
			for (int i = 0; i < 5; i++) {
				static const size_t parts[] = { 8, 4, 4, 4,
					12 };

				add_random(&p->text, hex, parts[i]);
				if (i < 4)
					buf_add_char(&p->text, '-');
			}
		form = close;
	}
}

static void
add_harmless(struct page *p, const char *form)
{
	add_form(p, form, "");
	end_line(p, false);
}

/* --- tokens ------------------------------------------------------------- */

static const char *
characters(unsigned set)
{
	return set & SET_LOWER && set & SET_UPPER ? alnum :
	    set & SET_HEX ? hex :
	    set & SET_LOWER ? "abcdefghijklmnopqrstuvwxyz0123456789" :
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
}

static uint32_t
crc32_of(const char *bytes, size_t len)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
	}
	return ~crc;
}

static void
add_checked(struct buf *out, bool right)
{
	char tail[7] = "";
	size_t start = out->len;
	uint32_t crc;

	add_random(out, alnum, 30);
	crc = crc32_of(out->ptr + start, 30) + !right;
	for (int i = 5; i >= 0; i--, crc /= 62)
		tail[i] = alnum[crc % 62];
	buf_add_cstr(out, tail);
}

/* A token of the row, which its own checks accept. */
static char *
make_token(const struct secret_rule *rule)
{
	CLEANUP_BUF struct buf out = BUF_INIT(MIB);
	size_t prefix = strlen(rule->prefix);

	do {
		buf_clear(&out);
		buf_add_cstr(&out, rule->prefix);
		if (rule->check == secret_crc_is_right)
			add_checked(&out, true);
		else
			add_random(&out, characters(rule->set), rule->min);
	} while (rule->check != NULL && !rule->check(str_sub(buf_str(&out),
	    prefix, SIZE_MAX)));
	return buf_steal(&out);
}

/* --- pages -------------------------------------------------------------- */

struct lines {
	const char *path;
	const char *harmless[14]; /* forms; drawn anew in each round */
	const char *secret[4];	  /* with {t} */
};

static const struct lines pages[] = {
	{ "src/settings.py",
	    { "import os", "SECRET_KEY = os.environ[\"SECRET_KEY\"]",
		"BUILD = \"{h40}\"", "TRACE = \"{u}\"",
		"PASSWORD_HASHERS = [\"argon2\", \"pbkdf2\"]",
		"token = request.headers.get(\"X-Token\")",
		"CACHE = \"redis://localhost:6379/0\"",
		"api_key = \"your-api-key-here\"", "SALT_ROUNDS = 12",
		"ETAG = 'W/\"{h32}\"'", "color = \"#{h6}\"",
		"# https://example.com/docs?id={h24}" },
	    { "API_TOKEN = \"{t}\"", "client = Client('{t}')" } },
	{ "deploy/app.yaml",
	    { "image: app@sha256:{h64}", "uid: {u}", "replicas: 3",
		"secretName: app-tls", "secretKeyRef: {name: app, key: token}",
		"checksum/config: {h64}", "password: ${DB_PASSWORD}",
		"token: \"{{ .Values.token }}\"",
		"url: https://ann@example.com/path", "serial: {h16}" },
	    { "token: {t}", "  value: \"{t}\"" } },
	{ ".env",
	    { "NODE_ENV=production", "API_KEY=changeme", "TRACE_ID={u}",
		"COMMIT={h40}", "PASSWORD=", "TOKEN=${CI_TOKEN}",
		"PUBLIC_KEY={b44}" },
	    { "API_KEY={t}", "export TOKEN={t}" } },
	{ "web/client.ts",
	    { "const token = await getToken(user);",
		"const icon = \"data:image/png;base64,iVBORw0KGgo{b900}\";",
		"const id = \"{u}\";", "type Props = { password: string };",
		"const hash = \"sha512-{b86}==\";",
		"import x from \"./chunk-{h20}.js\";",
		"if (password === confirmPassword) return;",
		"export const ICON_{a8} = 1;" },
	    { "const key = \"{t}\";", "headers: { Authorization: `Bearer {t}` }"
	    } },
	{ "package-lock.json",
	    { "\"integrity\": \"sha512-{b86}==\",",
		"\"resolved\": \"https://host/a/-/a-1.0.0.tgz#{h40}\",",
		"\"version\": \"1.{h1}.0\"", "\"node_modules/{a9}\": {" },
	    { "\"resolved\": \"https://x:{t}@host/a.tgz\"" } },
	{ "go.sum",
	    { "github.com/a/b v1.2.3 h1:{b43}=",
		"github.com/a/b v1.2.3/go.mod h1:{b43}=",
		"golang.org/x/c v0.0.0-2024-{h12} h1:{b43}=" },
	    { NULL } },
	{ "Cargo.lock",
	    { "checksum = \"{h64}\"", "name = \"{a7}\"",
		"source = \"git+https://host/a?rev={h7}#{h40}\"" },
	    { NULL } },
	{ "poetry.lock",
	    { "    {file = \"a.whl\", hash = \"sha256:{h64}\"},",
		"content-hash = \"{h64}\"" },
	    { NULL } },
	{ "SHA256SUMS", { "{h64}  release-{a6}.tar.gz", "{h128} *b.iso" },
	    { NULL } },
	{ "tests/test_login.py",
	    { "PASSWORD = \"p4ssw0rd-test\"",
		"url = \"http://user:secret@example.com/\"",
		"assert user.check_password(\"hunter2hunter2\")",
		"TOKEN = \"test-token-for-unit-tests\"",
		"auth = {\"Authorization\": \"Basic dXNlcjpwYXNzd29yZA==\"}",
		"id = \"{u}\"", "digest = \"{h64}\"" },
	    { "TOKEN = \"{t}\"" } },
	{ "README.md",
	    { "    export API_KEY=<your key>",
		"    curl -u user:password https://api.example.com/v1",
		"    postgres://postgres:postgres@db/app",
		"    AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
		"![logo](data:image/png;base64,iVBORw0KGgo{b300})",
		"Released as {h40}." },
	    { "    export API_KEY={t}" } },
	{ "assets/font.css",
	    { "src: url(data:font/woff2;base64,d09GMgABAAAAA{b1200});",
		".c-{h8} { color: #{h6} }" },
	    { NULL } },
	{ "lib/vendor.min.js",
	    { "!function(e,t){var n=\"{h32}\",r=\"{a24}\";e.k=t}(this,0);",
		"//# sourceMappingURL=data:application/json;base64,{b400}" },
	    { NULL } },
};

static void
add_secret(struct page *p, const char *form)
{
	const struct secret_rule *rule;
	CLEANUP(free_ptr) char *token = NULL;

	/* Those with a shape of parts are drawn in test_secrets.c. */
	do
		rule = &secret_rules[draw((uint32_t)secret_rule_count)];
	while (rule->check_whole != NULL || rule->max > 400);
	token = make_token(rule);
	add_form(p, form, token);
	end_line(p, true);
}

static void
fill(struct page *p, const struct lines *l, bool with_secrets)
{
	for (size_t i = 0; i < ARRAY_LEN(l->harmless) && l->harmless[i]; i++)
		add_harmless(p, l->harmless[i]);
	for (size_t i = 0; with_secrets && i < ARRAY_LEN(l->secret) &&
	    l->secret[i]; i++)
		add_secret(p, l->secret[i]);
	/* A broken checksum is none of GitHub's. */
	buf_add_cstr(&p->text, "old: ghp_");
	add_checked(&p->text, false);
	end_line(p, false);
}

static void
judge_page(const struct page *p, const char *path, struct score *score)
{
	CLEANUP(check_config_destroyp) struct check_config *config =
	    check_config_create();
	CLEANUP_CHECK_REPORT struct check_report report = { .n_skips = 0 };
	const struct check_text text = { .path = path,
		.after = buf_str(&p->text), .mode = 0100644 };
	CLEANUP(free_ptr) bool *hit = mem_alloc(p->line + 1, sizeof(*hit));
	struct check_opts opts = CHECK_OPTS_INIT;
	struct error err = ERROR_INIT;

	opts.texts = &text;
	opts.n_texts = 1;
	opts.config = config;
	assert_ok(checks_run(&opts, &report, &err));
	for (size_t i = 0; i < report.findings.n; i++)
		if (strcmp(report.findings.items[i].code, "secret") == 0)
			hit[report.findings.items[i].line] = true;
	for (uint32_t line = 1; line <= p->line; line++) {
		score->found += hit[line] && p->secret[line];
		score->missed += !hit[line] && p->secret[line];
		score->false_alarms += hit[line] && !p->secret[line];
		score->harmless += !p->secret[line];
		if (hit[line] != p->secret[line])
			print_message("%s:%u: %s\n", path, line,
			    hit[line] ? "false alarm" : "missed");
	}
}

static void
test_precision_and_recall(void **state)
{
	struct score s = { 0 };

	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
			CLEANUP(free_ptr) struct page *p =
			    mem_new(struct page);

			buf_init(&p->text, 1 * MIB);
			fill(p, &pages[i], true);
			judge_page(p, pages[i].path, &s);
			buf_release(&p->text);
		}
	print_message("%zu secrets and %zu other lines: precision %.4f, "
	    "recall %.4f\n", s.found + s.missed, s.harmless,
	    (double)s.found / (double)(s.found + s.false_alarms),
	    (double)s.found / (double)(s.found + s.missed));
	assert_int_equal(s.missed, 0);
	assert_int_equal(s.false_alarms, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precision_and_recall),
	};

	use_build_folder();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
