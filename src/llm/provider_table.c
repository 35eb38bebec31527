/* The built-in providers. A vendor whose server speaks one of the wire formats
 * is a row here and nothing else.
 *
 * Five rows are named after their format (PROVIDER_GENERIC). Without a base
 * URL they are the format's own vendor, so that OpenAI can be used in both of
 * its formats; with one they serve any compatible server.
 *
 * The order counts: discovery tries keys and local servers from the top. */
#include "llm/provider.h"

#include "base/units.h"

const struct provider provider_table[] = {
	{
	    .name = "anthropic",
	    .title = "Anthropic",
	    .wire = "anthropic",
	    .base_url = "https://api.anthropic.com",
	    .key_variables = "ANTHROPIC_API_KEY",
	    .auth = AUTH_X_API_KEY,
	    .flags = PROVIDER_GENERIC,
	    .default_model = "claude-sonnet-5-5",
	    .small_model = "claude-haiku-5-5",
	},
	{
	    .name = "openai",
	    .title = "OpenAI",
	    .wire = "openai-responses",
	    .base_url = "https://api.openai.com/v1",
	    .key_variables = "OPENAI_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_PROMPT_CACHE_KEY,
	    .default_model = "gpt-6-sol",
	    .small_model = "gpt-6-luna",
	},
	{
	    .name = "gemini",
	    .title = "Google Gemini",
	    .wire = "gemini",
	    .base_url = "https://generativelanguage.googleapis.com/v1beta",
	    .key_variables = "GEMINI_API_KEY GOOGLE_API_KEY",
	    .auth = AUTH_X_GOOG,
	    .flags = PROVIDER_GENERIC,
	    .default_model = "gemini-3.8-flash",
	    .small_model = "gemini-3.5-flash-lite",
	},
	{
	    .name = "openrouter",
	    .title = "OpenRouter",
	    .wire = "openai-chat",
	    .base_url = "https://openrouter.ai/api/v1",
	    .key_variables = "OPENROUTER_API_KEY",
	    .auth = AUTH_BEARER,
	    .default_model = "anthropic/claude-sonnet-5",
	    .small_model = "openai/gpt-6-luna",
	    .headers = "X-Title: friday\n",
	},
	{
	    .name = "deepseek",
	    .title = "DeepSeek",
	    .wire = "openai-chat",
	    .base_url = "https://api.deepseek.com/v1",
	    .key_variables = "DEEPSEEK_API_KEY",
	    .auth = AUTH_BEARER,
	    .default_model = "deepseek-v4-pro",
	    .small_model = "deepseek-v4-flash",
	},
	{
	    .name = "mistral",
	    .title = "Mistral",
	    .wire = "openai-chat",
	    .base_url = "https://api.mistral.ai/v1",
	    .key_variables = "MISTRAL_API_KEY",
	    .auth = AUTH_BEARER,
	    /* It refuses fields that it does not know, and sends usage in
	     * the last chunk without being asked. */
	    .flags = PROVIDER_NO_STREAM_OPTIONS | PROVIDER_SHORT_CALL_IDS,
	    .default_model = "devstral-latest",
	    .small_model = "mistral-small-latest",
	},
	{
	    .name = "xai",
	    .title = "xAI",
	    .wire = "openai-chat",
	    .base_url = "https://api.x.ai/v1",
	    .key_variables = "XAI_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_MAX_COMPLETION_TOKENS,
	    .default_model = "grok-4.7",
	    .small_model = "grok-4-1-fast-non-reasoning",
	},
	{
	    .name = "groq",
	    .title = "Groq",
	    .wire = "openai-chat",
	    .base_url = "https://api.groq.com/openai/v1",
	    .key_variables = "GROQ_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_MAX_COMPLETION_TOKENS,
	    .default_model = "openai/gpt-oss-120b",
	    .small_model = "openai/gpt-oss-20b",
	},
	{
	    .name = "together",
	    .title = "Together AI",
	    .wire = "openai-chat",
	    .base_url = "https://api.together.xyz/v1",
	    .key_variables = "TOGETHER_API_KEY",
	    .auth = AUTH_BEARER,
	    .default_model = "zai-org/GLM-5.3",
	    .small_model = "openai/gpt-oss-20b",
	},
	{
	    /* The v1 surface: the model is the name of a deployment, and no
	     * api-version is needed. Older resources set "base_url" and
	     * "query" in the configuration. */
	    .name = "azure",
	    .title = "Azure OpenAI",
	    .wire = "openai-responses",
	    .base_url = "https://${AZURE_OPENAI_RESOURCE}.openai.azure.com"
			"/openai/v1",
	    .key_variables = "AZURE_OPENAI_API_KEY",
	    .auth = AUTH_API_KEY,
	    .flags = PROVIDER_PROMPT_CACHE_KEY,
	},
	{
	    .name = "github-models",
	    .title = "GitHub Models",
	    .wire = "openai-chat",
	    .base_url = "https://models.github.ai/inference",
	    .key_variables = "GITHUB_MODELS_TOKEN GITHUB_TOKEN",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_MAX_COMPLETION_TOKENS,
	    .default_model = "openai/gpt-4.1",
	    .small_model = "openai/gpt-4.1-mini",
	    .headers = "X-GitHub-Api-Version: 2022-11-28\n",
	},
	{
	    .name = "ollama",
	    .title = "Ollama",
	    .wire = "ollama",
	    .base_url = "http://127.0.0.1:11434",
	    .key_variables = "OLLAMA_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_GENERIC | PROVIDER_LOCAL |
		PROVIDER_KEY_OPTIONAL,
	},
	{
	    .name = "llamacpp",
	    .title = "llama.cpp server",
	    .wire = "openai-chat",
	    .base_url = "http://127.0.0.1:8080/v1",
	    .key_variables = "LLAMA_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL,
	},
	{
	    .name = "lmstudio",
	    .title = "LM Studio",
	    .wire = "openai-chat",
	    .base_url = "http://127.0.0.1:1234/v1",
	    .key_variables = "LM_API_TOKEN",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL,
	},
	{
	    .name = "vllm",
	    .title = "vLLM",
	    .wire = "openai-chat",
	    .base_url = "http://127.0.0.1:8000/v1",
	    .key_variables = "VLLM_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_LOCAL | PROVIDER_KEY_OPTIONAL,
	},
	{
	    .name = "openai-chat",
	    .title = "Any Chat Completions server",
	    .wire = "openai-chat",
	    .base_url = "https://api.openai.com/v1",
	    .key_variables = "OPENAI_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_GENERIC | PROVIDER_MAX_COMPLETION_TOKENS,
	    .default_model = "gpt-6-sol",
	    .small_model = "gpt-6-luna",
	},
	{
	    .name = "openai-responses",
	    .title = "Any Responses server",
	    .wire = "openai-responses",
	    .base_url = "https://api.openai.com/v1",
	    .key_variables = "OPENAI_API_KEY",
	    .auth = AUTH_BEARER,
	    .flags = PROVIDER_GENERIC,
	    .default_model = "gpt-6-sol",
	    .small_model = "gpt-6-luna",
	},
	{
	    .name = "offline",
	    .title = "Offline (no language model)",
	    .wire = "offline",
	    .base_url = "",
	    .key_variables = "",
	    .auth = AUTH_NONE,
	    .flags = PROVIDER_LOCAL | PROVIDER_OFFLINE |
		PROVIDER_KEY_OPTIONAL,
	    .default_model = "offline",
	},
};

const size_t provider_table_len = ARRAY_LEN(provider_table);
