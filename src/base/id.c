/* ULIDs and hex ids; see id.h. */
#include "base/id.h"

#include <pthread.h>
#include <sodium.h>
#include <stdint.h>

#include "base/clock.h"

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
id_make(char out[ID_SIZE])
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t last_ms;
	static unsigned char chance[10];
	unsigned char bytes[16];
	int64_t now;

	pthread_mutex_lock(&lock);
	now = clock_wall_ms();
	if (now > last_ms) {
		last_ms = now;
		randombytes_buf(chance, sizeof(chance));
	} else {
		for (int i = 9; i >= 0 && ++chance[i] == 0; i--)
			;
	}
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(last_ms >> (40 - 8 * i));
	memcpy(bytes + 6, chance, sizeof(chance));
	pthread_mutex_unlock(&lock);

	/* 128 bits in 26 digits of 5: the first digit holds 3 bits. */
	for (int digit = 0; digit < 26; digit++) {
		unsigned value = 0;

		for (int i = 0; i < 5; i++) {
			int at = digit * 5 + i - 2;

			value <<= 1;
			if (at >= 0)
				value |= bytes[at / 8] >> (7 - at % 8) & 1;
		}
		out[digit] = alphabet[value];
	}
	out[26] = '\0';
}

bool
id_valid(struct str s)
{
	if (s.len != ID_SIZE - 1)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\0' || strchr(alphabet, s.ptr[i]) == NULL)
			return false;
	return true;
}

void
id_hex(char *out, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		unsigned char byte;

		randombytes_buf(&byte, 1);
		sodium_bin2hex(out + 2 * i, 3, &byte, 1);
	}
}
