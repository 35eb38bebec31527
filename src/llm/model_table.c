/* The built-in models: limits, prices and abilities, as the vendors publish
 * them (November 2026). New models appear faster than releases of friday: a
 * pattern at the end of each vendor catches what its next one will probably
 * be, and the configuration can say better.
 *
 * A limit of the context counts the prompt: where a vendor's window is stated
 * with the answer inside and refuses a longer prompt, it is the window less
 * the answer. Where a price depends on the prompt's length, the row holds the
 * price of ordinary prompts (up to 200,000 tokens or so). Order within a
 * provider is what `friday model list` shows; which row fits is decided by
 * length, not by order. */
#include "llm/provider.h"

#include "base/units.h"

#define NOT_TOLD (-1) /* no price of its own; price.c says what follows */

/* Dollars as micro-dollars. */
#define USD(x) ((x) < 0 ? NOT_TOLD : (int64_t)((x) * 1000000.0 + 0.5))

#define MODEL(provider_, id_, context_, output_, in_, cached_, write_, out_,  \
    abilities_)                                                               \
	{ .provider = (provider_), .id = (id_),                               \
		.context_tokens = (context_), .output_tokens = (output_),     \
		.price_input = USD(in_), .price_cached = USD(cached_),        \
		.price_cache_write = USD(write_), .price_output = USD(out_),  \
		.abilities = (abilities_) }

enum {
	TEXT = MODEL_TOOLS,
	SEES = MODEL_TOOLS | MODEL_IMAGES,
	THINKS = MODEL_TOOLS | MODEL_REASONING,
	SEES_THINKS = MODEL_TOOLS | MODEL_IMAGES | MODEL_REASONING,
	CLAUDE_BUDGET = SEES_THINKS,
	CLAUDE_ADAPTIVE = SEES_THINKS | MODEL_ADAPTIVE_THINKING,
	/* Sampling parameters other than the default are an error. */
	CLAUDE_5 = CLAUDE_ADAPTIVE | MODEL_NO_TEMPERATURE,
	GPT = SEES | MODEL_APPLY_PATCH,
	GPT_REASONING = SEES_THINKS | MODEL_NO_TEMPERATURE | MODEL_APPLY_PATCH,
};

const struct model model_table[] = {
#define M(...) MODEL("anthropic", __VA_ARGS__)
	M("claude-fable-5*", 1000000, 128000, 10, 1, 12.5, 50, CLAUDE_5),
	M("claude-fable-5-1*", 1000000, 128000, 10, .25, 12.5, 50, CLAUDE_5),
	M("claude-fable-5-2*", 1000000, 128000, 10, .25, 12.5, 50, CLAUDE_5),
	M("claude-mythos-*", 1000000, 128000, 10, 1, 12.5, 50, CLAUDE_5),
	M("claude-opus-5-5*", 1000000, 128000, 4, .2, 5, 20, CLAUDE_5),
	M("claude-opus-5*", 1000000, 128000, 5, .5, 6.25, 25, CLAUDE_5),
	M("claude-opus-4-8*", 1000000, 128000, 5, .5, 6.25, 25, CLAUDE_5),
	M("claude-opus-4-7*", 1000000, 128000, 5, .5, 6.25, 25, CLAUDE_5),
	M("claude-opus-4-6*", 1000000, 128000,
	    5, .5, 6.25, 25, CLAUDE_ADAPTIVE),
	M("claude-opus-4-5*", 200000, 64000, 5, .5, 6.25, 25, CLAUDE_BUDGET),
	M("claude-opus-4*", 200000, 32000, 15, 1.5, 18.75, 75, CLAUDE_BUDGET),
	M("claude-sonnet-5-5*", 1000000, 128000, 2, .1, 2.5, 10, CLAUDE_5),
	M("claude-sonnet-5*", 1000000, 128000, 2, .2, 2.5, 10, CLAUDE_5),
	M("claude-sonnet-4-6*", 1000000, 64000,
	    3, .3, 3.75, 15, CLAUDE_ADAPTIVE),
	M("claude-sonnet-4*", 200000, 64000, 3, .3, 3.75, 15, CLAUDE_BUDGET),
	M("claude-haiku-5-5*", 1000000, 128000, .1, .01, .125, .5, CLAUDE_5),
	M("claude-haiku-4-5*", 200000, 64000, 1, .1, 1.25, 5, CLAUDE_BUDGET),
	M("claude-3-7-sonnet*", 200000, 64000, 3, .3, 3.75, 15, CLAUDE_BUDGET),
	M("claude-3-5-haiku*", 200000, 8192, .8, .08, 1, 4, SEES),
	M("claude-3-haiku*", 200000, 4096, .25, .03, .3, 1.25, SEES),
	M("claude-*", 200000, 32000,
	    NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD, SEES),
#undef M

#define M(...) MODEL("openai", __VA_ARGS__)
	M("gpt-6-astra*", 872000, 128000, 10, 1, 12.5, 50, GPT_REASONING),
	M("gpt-6-sol*", 872000, 128000, 2, .2, 2.5, 10, GPT_REASONING),
	M("gpt-6-luna*", 872000, 128000, .1, .01, .125, .5, GPT_REASONING),
	M("gpt-5.6*", 922000, 128000, 4, .4, 5, 20, GPT_REASONING),
	M("gpt-5.6-terra*", 922000, 128000, 2, .2, 2.5, 12, GPT_REASONING),
	M("gpt-5.6-luna*", 922000, 128000, .2, .02, .25, 1.2, GPT_REASONING),
	M("gpt-5.5*", 922000, 128000, 5, .5, NOT_TOLD, 30, GPT_REASONING),
	M("gpt-5.5-pro*", 922000, 128000, 30, 30, NOT_TOLD, 180, GPT_REASONING),
	M("gpt-5.4*", 922000, 128000, 2.5, .25, NOT_TOLD, 15, GPT_REASONING),
	M("gpt-5.4-pro*", 922000, 128000, 30, 30, NOT_TOLD, 180, GPT_REASONING),
	M("gpt-5.4-mini*", 272000, 128000,
	    .75, .075, NOT_TOLD, 4.5, GPT_REASONING),
	M("gpt-5.4-nano*", 272000, 128000,
	    .2, .02, NOT_TOLD, 1.25, GPT_REASONING),
	M("gpt-5.3*", 272000, 128000, 1.75, .175, NOT_TOLD, 14, GPT_REASONING),
	M("gpt-5.3-codex-spark*", 96000, 32000,
	    1.75, .175, NOT_TOLD, 14, MODEL_TOOLS | MODEL_REASONING |
	    MODEL_NO_TEMPERATURE | MODEL_APPLY_PATCH),
	M("gpt-5.2*", 272000, 128000, 1.75, .175, NOT_TOLD, 14, GPT_REASONING),
	M("gpt-5.2-pro*", 272000, 128000, 21, 21, NOT_TOLD, 168, GPT_REASONING),
	M("gpt-5.1*", 272000, 128000, 1.25, .125, NOT_TOLD, 10, GPT_REASONING),
	M("gpt-5.1-codex-mini*", 272000, 128000,
	    .25, .025, NOT_TOLD, 2, GPT_REASONING),
	M("gpt-5-*", 272000, 128000, 1.25, .125, NOT_TOLD, 10, GPT_REASONING),
	M("gpt-5", 272000, 128000, 1.25, .125, NOT_TOLD, 10, GPT_REASONING),
	M("gpt-5-mini*", 272000, 128000, .25, .025, NOT_TOLD, 2, GPT_REASONING),
	M("gpt-5-nano*", 272000, 128000,
	    .05, .005, NOT_TOLD, .4, GPT_REASONING),
	M("gpt-5-pro*", 128000, 272000, 15, 15, NOT_TOLD, 120, GPT_REASONING),
	M("gpt-5*-chat-latest", 111616, 16384, 1.25, .125, NOT_TOLD, 10, SEES),
	M("gpt-4.1*", 1014808, 32768, 2, .5, NOT_TOLD, 8, GPT),
	M("gpt-4.1-mini*", 1014808, 32768, .4, .1, NOT_TOLD, 1.6, GPT),
	M("gpt-4.1-nano*", 1014808, 32768, .1, .025, NOT_TOLD, .4, GPT),
	M("gpt-4o*", 111616, 16384, 2.5, 1.25, NOT_TOLD, 10, SEES),
	M("gpt-4o-mini*", 111616, 16384, .15, .075, NOT_TOLD, .6, SEES),
	M("o4-mini*", 200000, 100000, 1.1, .275, NOT_TOLD, 4.4, GPT_REASONING),
	M("o3", 200000, 100000, 2, .5, NOT_TOLD, 8, GPT_REASONING),
	M("o3-2*", 200000, 100000, 2, .5, NOT_TOLD, 8, GPT_REASONING),
	M("o3-mini*", 200000, 100000, 1.1, .55, NOT_TOLD, 4.4,
	    MODEL_TOOLS | MODEL_REASONING | MODEL_NO_TEMPERATURE),
	M("o3-pro*", 200000, 100000, 20, 20, NOT_TOLD, 80, GPT_REASONING),
	M("o1*", 200000, 100000, 15, 7.5, NOT_TOLD, 60, GPT_REASONING),
	M("gpt-*", 272000, 32000,
	    NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD, GPT_REASONING),
	M("o*", 200000, 32000,
	    NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD, GPT_REASONING),
#undef M

#define M(...) MODEL("gemini", __VA_ARGS__)
	M("gemini-3.8-flash*", 1048576, 65536,
	    .75, .075, NOT_TOLD, 3.75, SEES_THINKS),
	M("gemini-3.7-flash*", 1048576, 65536,
	    .75, .075, NOT_TOLD, 3.75, SEES_THINKS),
	M("gemini-3.6-flash*", 1048576, 65536,
	    .75, .075, NOT_TOLD, 3.75, SEES_THINKS),
	M("gemini-3.5-flash*", 1048576, 65536,
	    1.5, .15, NOT_TOLD, 9, SEES_THINKS),
	M("gemini-3.5-flash-lite*", 1048576, 65536,
	    .3, .03, NOT_TOLD, 2.5, SEES_THINKS),
	M("gemini-3.1-pro*", 1048576, 65536, 2, .2, NOT_TOLD, 12, SEES_THINKS),
	M("gemini-3.1-flash-lite*", 1048576, 65536,
	    .25, .025, NOT_TOLD, 1.5, SEES_THINKS),
	M("gemini-3-pro*", 1048576, 65536, 2, .2, NOT_TOLD, 12, SEES_THINKS),
	M("gemini-3-flash*", 1048576, 65536, .5, .05, NOT_TOLD, 3, SEES_THINKS),
	M("gemini-2.5-pro*", 1048576, 65536,
	    1.25, .125, NOT_TOLD, 10, SEES_THINKS),
	M("gemini-2.5-flash*", 1048576, 65536,
	    .3, .03, NOT_TOLD, 2.5, SEES_THINKS),
	M("gemini-2.5-flash-lite*", 1048576, 65536,
	    .1, .01, NOT_TOLD, .4, SEES_THINKS),
	M("gemini-2.0-flash*", 1048576, 8192, .1, .025, NOT_TOLD, .4, SEES),
	M("gemini-flash-latest", 1048576, 65536,
	    .75, .075, NOT_TOLD, 3.75, SEES_THINKS),
	M("gemini-*", 1048576, 65536,
	    NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD, SEES_THINKS),
#undef M

#define M(...) MODEL("deepseek", __VA_ARGS__)
	M("deepseek-v4-pro*", 1000000, 384000,
	    1.32, .044, NOT_TOLD, 3.96, THINKS),
	M("deepseek-v4-flash*", 1000000, 384000,
	    .3, .006, NOT_TOLD, 1.2, THINKS),
	M("deepseek-flash*", 1000000, 384000,
	    .3, .006, NOT_TOLD, 1.2, SEES_THINKS),
	M("deepseek-chat", 128000, 8192, .28, .028, NOT_TOLD, .42, TEXT),
	M("deepseek-reasoner", 128000, 65536, .28, .028, NOT_TOLD, .42, THINKS),
	M("deepseek-*", 128000, 8192,
	    NOT_TOLD, NOT_TOLD, NOT_TOLD, NOT_TOLD, TEXT),
#undef M

#define M(...) MODEL("mistral", __VA_ARGS__)
	M("devstral-*", 262144, 65536, .4, .4, NOT_TOLD, 2, TEXT),
	M("devstral-small-*", 131072, 65536, .1, .1, NOT_TOLD, .3, TEXT),
	M("mistral-large-*", 262144, 65536, .5, .5, NOT_TOLD, 1.5, SEES),
	M("mistral-medium-*", 262144, 65536, 1.5, 1.5, NOT_TOLD, 7.5, SEES),
	M("mistral-medium-25*", 131072, 65536, .4, .4, NOT_TOLD, 2, SEES),
	M("mistral-small-*", 262144, 65536, .15, .15, NOT_TOLD, .6, SEES),
	M("magistral-medium-*", 131072, 16384, 2, 2, NOT_TOLD, 5, THINKS),
	M("magistral-small*", 131072, 16384, .5, .5, NOT_TOLD, 1.5, THINKS),
	M("codestral-*", 262144, 16384, .3, .3, NOT_TOLD, .9, TEXT),
	M("ministral-*", 131072, 16384, .1, .1, NOT_TOLD, .1, TEXT),
#undef M

#define M(...) MODEL("xai", __VA_ARGS__)
	M("grok-4.7*", 500000, 128000, 2, .5, NOT_TOLD, 6, SEES_THINKS),
	M("grok-4.6*", 500000, 128000, 2, .5, NOT_TOLD, 6, SEES_THINKS),
	M("grok-4.5*", 500000, 128000, 2, .3, NOT_TOLD, 6, SEES_THINKS),
	M("grok-4.3*", 1000000, 30000, 1.25, .2, NOT_TOLD, 2.5, SEES_THINKS),
	M("grok-4-1-fast*", 2000000, 30000, .2, .05, NOT_TOLD, .5, SEES),
	M("grok-4-fast*", 2000000, 30000, .2, .05, NOT_TOLD, .5, SEES),
	M("grok-4*", 256000, 64000, 3, .75, NOT_TOLD, 15, SEES),
	M("grok-code-fast*", 256000, 10000, .2, .02, NOT_TOLD, 1.5, TEXT),
	M("grok-3*", 131072, 8192, 3, .75, NOT_TOLD, 15, TEXT),
	M("grok-3-mini*", 131072, 8192, .3, .075, NOT_TOLD, .5, THINKS),
#undef M

#define M(...) MODEL("groq", __VA_ARGS__)
	M("openai/gpt-oss-120b", 131072, 65536,
	    .15, .075, NOT_TOLD, .6, THINKS),
	M("openai/gpt-oss-20b", 131072, 65536,
	    .075, .0375, NOT_TOLD, .3, THINKS),
	M("llama-3.3-70b-versatile", 131072, 32768,
	    .59, .59, NOT_TOLD, .79, TEXT),
	M("llama-3.1-8b-instant", 131072, 32768, .05, .05, NOT_TOLD, .08, TEXT),
	M("qwen/qwen3-32b", 131072, 40960, .29, .29, NOT_TOLD, .59, TEXT),
	M("moonshotai/kimi-k2-instruct*", 262144, 16384,
	    1, .5, NOT_TOLD, 3, TEXT),
#undef M

#define M(...) MODEL("together", __VA_ARGS__)
	M("zai-org/GLM-5.3", 1048576, 131072, 1.4, .26, NOT_TOLD, 4.4, TEXT),
	M("zai-org/GLM-5.3-Flash", 1048576, 131072,
	    .15, .03, NOT_TOLD, .5, TEXT),
	M("moonshotai/Kimi-K3", 1048576, 131072, 3, .3, NOT_TOLD, 15, SEES),
	M("moonshotai/Kimi-K2*", 262144, 65536, 1.2, .2, NOT_TOLD, 4.5, TEXT),
	M("deepseek-ai/DeepSeek-V4-Pro*", 512000, 131072,
	    1.74, .2, NOT_TOLD, 3.96, TEXT),
	M("Qwen/Qwen3-Coder-Next*", 262144, 65536, .5, .5, NOT_TOLD, 1.2, TEXT),
	M("Qwen/Qwen3-Coder-480B*", 262144, 65536, 2, 2, NOT_TOLD, 2, TEXT),
	M("meta-llama/Llama-3.3-70B*", 131072, 32768,
	    1.04, 1.04, NOT_TOLD, 1.04, TEXT),
	M("openai/gpt-oss-120b", 131072, 65536, .15, .15, NOT_TOLD, .6, THINKS),
	M("openai/gpt-oss-20b", 131072, 65536, .05, .05, NOT_TOLD, .2, THINKS),
#undef M

	MODEL("offline", "offline", 1000000, 32768, 0, 0, NOT_TOLD, 0,
	    MODEL_TOOLS),

	/* Families, wherever they are served: what their weights can do. Local
	 * servers are often started with less; the configuration says so. */
#define F(id, context, output, abilities)                                     \
	MODEL("*", id, context, output, NOT_TOLD, NOT_TOLD, NOT_TOLD,         \
	    NOT_TOLD, abilities)
	F("*gpt-oss*", 131072, 32768, THINKS),
	F("*qwen3-coder*", 262144, 65536, TEXT),
	F("*qwen3*", 131072, 32768, TEXT),
	F("*qwen2.5*", 32768, 8192, TEXT),
	F("*qwen*vl*", 131072, 32768, SEES),
	F("*devstral*", 131072, 32768, TEXT),
	F("*mistral*", 131072, 16384, TEXT),
	F("*llama-3*", 131072, 8192, TEXT),
	F("*llama3*", 131072, 8192, TEXT),
	F("*llama-4*", 131072, 8192, SEES),
	F("*llama4*", 131072, 8192, SEES),
	F("*gemma*", 131072, 8192, MODEL_IMAGES),
	F("*phi-4*", 16384, 8192, TEXT),
	F("*deepseek-r1*", 131072, 32768, MODEL_REASONING),
	F("*deepseek*", 131072, 16384, TEXT),
	F("*kimi-k*", 262144, 32768, TEXT),
	F("*glm-*", 131072, 32768, TEXT),
	F("*minimax-m*", 196608, 65536, TEXT),
	F("*claude-*", 200000, 32000, SEES),
	F("*gpt-5*", 272000, 128000, GPT_REASONING),
	F("*gpt-4*", 111616, 16384, SEES),
	F("*gemini-*", 1048576, 65536, SEES),
	F("*grok-*", 131072, 16384, TEXT),
#undef F
};

const size_t model_table_len = ARRAY_LEN(model_table);
