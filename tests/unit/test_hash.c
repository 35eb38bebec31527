/* hash: the standards' own examples. */
#include "base/hash.h"
#include "tests/unit/unit.h"

static void
test_sha256(void **state)
{
	char out[HASH_SIZE];

	/* FIPS 180-4, "abc" and the empty message. */
	hash_sha256(STR("abc"), out);
	assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	hash_sha256(STR_NONE, out);
	assert_string_equal(out, "e3b0c44298fc1c149afbf4c8996fb924"
				 "27ae41e4649b934ca495991b7852b855");
}

static void
test_blake2b(void **state)
{
	char out[HASH_SIZE];

	/* b2sum -l 256 */
	hash_blake2b(STR("abc"), out);
	assert_string_equal(out, "bddd813c634239723171ef3fee98579b"
				 "94964e3bb1cb3e427262c8c068d52319");
	hash_blake2b(STR_NONE, out);
	assert_string_equal(out, "0e5751c026e543b2e8ab2eb06099daa1"
				 "d1e5df47778f7787faab45cdf12fe3a8");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_blake2b),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
