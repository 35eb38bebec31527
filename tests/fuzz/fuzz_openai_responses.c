/* A server's stream, through the parser of events and the decoder of
 * openai-responses. */
#include "tests/fuzz/wire_stream.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_wire_stream(&wire_openai_responses, data, size);
	return 0;
}
