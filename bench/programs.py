"""The programs that bench/run and bench/screen put side by side: friday, curl as the floor,
and other assistants where they are installed.

PEERS_DIR/NAME/node_modules/.bin/NAME is where one is looked for (`npm install
--prefix PEERS_DIR/NAME PACKAGE`). Each gets a home folder and a repository of
its own, and is pointed at the scripted model by its own settings.
"""
import json
import os
import shutil

KEY = "sk-bench-0123456789abcdef0123456789abcdef"


class Program:
    """One row of the table below, set up. Settings are written to self.home
    only."""
    name = command = ""
    tools = True   # runs shell calls

    def __init__(self, home, repo, port):
        self.home, self.repo, self.port = home, repo, port
        self.binary = self.find()

    def find(self):
        peers = os.environ.get("PEERS_DIR", "")
        path = os.path.join(peers, self.name, "node_modules", ".bin",
                            self.name)
        return path if peers and os.path.exists(path) else None

    def size_folder(self):
        return os.path.join(os.environ["PEERS_DIR"], self.name,
                            "node_modules")

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}{path}"

    def write(self, path, content):
        path = os.path.join(self.home, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(content if isinstance(content, str)
                    else json.dumps(content))

    def prepare(self):
        pass

    def variables(self):
        return {}

    def version(self):
        return [self.binary, "--version"]

    def run(self, prompt):
        raise NotImplementedError

    def screen(self):
        """None: it has none."""
        return [self.binary]


class Friday(Program):
    name = "friday"

    def find(self):
        return os.environ["FRIDAY_BIN"]

    def variables(self):
        return {"FRIDAY_PROVIDER": "openai-chat", "FRIDAY_MODEL": "bench",
                "FRIDAY_BASE_URL": self.url("/v1"), "FRIDAY_API_KEY": KEY,
                "FRIDAY_MODE": "auto", "FRIDAY_MAX_TURNS": "100000"}

    def run(self, prompt):
        return [self.binary, "run", prompt]


class Curl(Program):
    name = "curl"
    tools = False

    def find(self):
        return shutil.which("curl")

    def screen(self):
        return None

    def run(self, prompt):
        body = {"model": "bench", "stream": True,
                "messages": [{"role": "user", "content": prompt}],
                "tools": [{"type": "function", "function": {
                    "name": "shell", "parameters": {"type": "object"}}}]}
        return [self.binary, "-sN", self.url("/v1/chat/completions"), "-d",
                json.dumps(body)]


class Codex(Program):
    name = "codex"

    def prepare(self):
        self.write(".codex/config.toml", "\n".join((
            'model = "bench"', 'model_provider = "bench"',
            'approval_policy = "never"',
            'sandbox_mode = "danger-full-access"',
            "check_for_update_on_startup = false",
            "[analytics]", "enabled = false", "[feedback]",
            "enabled = false", "[model_providers.bench]", 'name = "bench"',
            f'base_url = "{self.url("/v1")}"', 'env_key = "BENCH_KEY"',
            'wire_api = "responses"',
            f'[projects."{self.repo}"]', 'trust_level = "trusted"', "")))

    def variables(self):
        return {"BENCH_KEY": KEY, "CODEX_HOME": self.home + "/.codex"}

    def run(self, prompt):
        return [self.binary, "exec",
                "--dangerously-bypass-approvals-and-sandbox", prompt]

    def screen(self):
        return [self.binary, "--dangerously-bypass-approvals-and-sandbox"]


class Claude(Program):
    name = "claude"

    def prepare(self):
        self.write(".claude.json", {
            "hasCompletedOnboarding": True, "autoUpdates": False,
            "theme": "dark", "numStartups": 5,
            "lastOnboardingVersion": "9.9.9",
            "bypassPermissionsModeAccepted": True,
            "customApiKeyResponses": {"approved": [KEY[-20:]],
                                      "rejected": []},
            "projects": {self.repo: {
                "hasTrustDialogAccepted": True, "allowedTools": [],
                "hasCompletedProjectOnboarding": True,
                "projectOnboardingSeenCount": 5}}})
        self.write(".claude/settings.json", {
            "permissions": {"allow": ["Bash"]}})

    def variables(self):
        return {"ANTHROPIC_BASE_URL": self.url(), "ANTHROPIC_API_KEY": KEY,
                "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
                "DISABLE_AUTOUPDATER": "1", "DISABLE_TELEMETRY": "1",
                "DISABLE_ERROR_REPORTING": "1",
                "ANTHROPIC_MODEL": "claude-sonnet-4-5",
                "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "64000"}

    def run(self, prompt):
        return [self.binary, "--allowedTools", "Bash", "-p", prompt]


class Opencode(Program):
    name = "opencode"

    def prepare(self):
        self.write(".config/opencode/opencode.json", {
            "model": "bench/bench", "small_model": "bench/bench",
            "autoupdate": False, "share": "disabled", "permission": "allow",
            "enabled_providers": ["bench"],
            "provider": {"bench": {
                "npm": "@ai-sdk/openai-compatible", "name": "bench",
                "options": {"baseURL": self.url("/v1"), "apiKey": KEY},
                "models": {"bench": {"name": "bench", "tool_call": True,
                                     "limit": {"context": 1000000,
                                               "output": 400000}}}}}})

    def variables(self):
        return {"OPENCODE_DISABLE_AUTOUPDATE": "1",
                "OPENCODE_DISABLE_MODELS_FETCH": "1",
                "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
                "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1"}

    def run(self, prompt):
        return [self.binary, "run", prompt]


class Gemini(Program):
    name = "gemini"

    def prepare(self):
        self.write(".gemini/settings.json", {
            "general": {"enableAutoUpdate": False,
                        "enableAutoUpdateNotification": False},
            "security": {"auth": {"selectedType": "gemini-api-key"},
                         "folderTrust": {"enabled": False}},
            "ide": {"enabled": False, "hasSeenNudge": True},
            "ui": {"theme": "Default", "hideTips": True},
            "telemetry": {"enabled": False},
            "privacy": {"usageStatisticsEnabled": False}})

    def variables(self):
        return {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": self.url(),
                "GEMINI_CLI_TRUST_WORKSPACE": "true"}

    def run(self, prompt):
        return [self.binary, "-m", "gemini-2.5-flash", "--yolo", "-p",
                prompt]

    def screen(self):
        return [self.binary, "-m", "gemini-2.5-flash", "--yolo"]


class Qwen(Program):
    name = "qwen"

    def prepare(self):
        self.write(".qwen/settings.json", {
            "general": {"enableAutoUpdate": False},
            "security": {"auth": {"selectedType": "openai", "apiKey": KEY,
                                  "baseUrl": self.url("/v1")},
                         "folderTrust": {"enabled": False}},
            "telemetry": {"enabled": False},
            "privacy": {"usageStatisticsEnabled": False},
            "model": {"name": "bench"}})

    def variables(self):
        return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": self.url("/v1"),
                "OPENAI_MODEL": "bench"}

    def run(self, prompt):
        return [self.binary, "--yolo", "-p", prompt]

    def screen(self):
        return [self.binary, "--yolo"]


class Cat(Program):
    """The floor: a pty, and the kernel's echo."""
    name = "cat"

    def find(self):
        return shutil.which("cat")

    def screen(self):
        return ["sh", "-c", "printf '> '; exec cat"]


PROGRAMS = (Friday, Curl, Codex, Claude, Opencode, Gemini, Qwen)
SCREENS = (Friday, Cat, Codex, Claude, Opencode, Gemini, Qwen)
