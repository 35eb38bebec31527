/* What a call cost. Whole micro-dollars, rounded up, so that a budget is never
 * passed by fractions. */
#include "llm/message.h"
#include "llm/provider.h"

/* Far beyond any real figure; keeps the products below within 64 bits. */
#define TOKENS_MAX 1000000000000
#define PRICE_MAX 1000000000000

#define MILLION 1000000

static int64_t
clamp(int64_t value, int64_t max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

/* Adds tokens at a price per million: whole micro-dollars to *whole, millionths
 * of one to *rest. */
static void
add(int64_t tokens, int64_t price, int64_t *whole, int64_t *rest)
{
	int64_t units = price / MILLION, part = price % MILLION;

	/* tokens * price / 10^6, split so that nothing overflows:
	 * tokens * units is exact, tokens * part < 10^18. */
	*whole += tokens * units + tokens * part / MILLION;
	*rest += tokens * part % MILLION;
}

int64_t
model_cost_microusd(const struct model *m, const struct usage *u)
{
	int64_t input = clamp(u->input_tokens, TOKENS_MAX);
	int64_t cached = clamp(u->cached_tokens, input);
	int64_t written = clamp(u->cache_write_tokens, input - cached);
	int64_t output = clamp(u->output_tokens, TOKENS_MAX);
	int64_t price = clamp(m->price_input, PRICE_MAX);
	int64_t whole = 0, rest = 0;

	if (m->price_input < 0 || m->price_output < 0)
		return 0;
	add(input - cached - written, price, &whole, &rest);
	/* Without a price of their own they cost what other input costs. */
	add(cached, m->price_cached < 0 ? price :
	    clamp(m->price_cached, PRICE_MAX), &whole, &rest);
	add(written, m->price_cache_write < 0 ? price :
	    clamp(m->price_cache_write, PRICE_MAX), &whole, &rest);
	add(output, clamp(m->price_output, PRICE_MAX), &whole, &rest);
	return whole + (rest + MILLION - 1) / MILLION;
}
