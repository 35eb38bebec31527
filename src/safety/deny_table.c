/* What is on the deny list; see deny_table.h. */
#include "safety/deny_table.h"

#include <strings.h>

#include "base/units.h"

static const char env_file[] = "an environment file";
static const char private_key[] = "a private key";
static const char key_store[] = "a key store";
static const char credentials[] = "a credentials file";
static const char cloud[] = "cloud credentials";
static const char history[] = "a history of typed lines";
static const char browser[] = "a browser's profile";
static const char machine[] = "a secret of the machine";

#define PEM_MARKS "private key-----"

const char *const deny_exceptions[] = {
	".env.example", ".env.*.example", ".env-example", ".env_example",
	".env.sample", ".env.*.sample", ".env-sample", ".env.template",
	".env.*.template", ".env-template", ".env.tpl", ".env.dist",
	".env.*.dist", ".env.schema", ".env.defaults", "*.pub",
};
const size_t deny_exceptions_len = ARRAY_LEN(deny_exceptions);

const struct deny_row deny_table[] = {
	{ ".env*", DENY_ANYWHERE, NULL, env_file },
	{ ".envs/", DENY_ANYWHERE, NULL, env_file },
	{ ".dev.vars", DENY_ANYWHERE, NULL, env_file },

	{ "id_rsa", DENY_ANYWHERE, NULL, private_key },
	{ "id_rsa*", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "id_dsa", DENY_ANYWHERE, NULL, private_key },
	{ "id_dsa*", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "id_ecdsa", DENY_ANYWHERE, NULL, private_key },
	{ "id_ecdsa_sk", DENY_ANYWHERE, NULL, private_key },
	{ "id_ecdsa*", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "id_ed25519", DENY_ANYWHERE, NULL, private_key },
	{ "id_ed25519_sk", DENY_ANYWHERE, NULL, private_key },
	{ "id_ed25519*", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "id_xmss", DENY_ANYWHERE, NULL, private_key },
	{ "id_xmss*", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "ssh_host_*_key", DENY_ANYWHERE, NULL, private_key },
	{ "*.pem", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "*.key", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "*.priv", DENY_ANYWHERE, PEM_MARKS, private_key },
	{ "privkey*.pem", DENY_ANYWHERE, NULL, private_key },
	{ "*private*key*.pem", DENY_ANYWHERE, NULL, private_key },
	{ "*-key.pem", DENY_ANYWHERE, NULL, private_key },
	{ "*_key.pem", DENY_ANYWHERE, NULL, private_key },
	{ "key.pem", DENY_ANYWHERE, NULL, private_key },
	{ "*.ppk", DENY_ANYWHERE, NULL, private_key },
	{ "*.p8", DENY_ANYWHERE, NULL, private_key },
	{ "*.pk8", DENY_ANYWHERE, NULL, private_key },
	{ "master.key", DENY_ANYWHERE, NULL, private_key },
	{ "credentials/*.key", DENY_ANYWHERE, NULL, private_key },
	{ "*.agekey", DENY_ANYWHERE, NULL, private_key },
	{ "secring.*", DENY_ANYWHERE, NULL, private_key },
	{ "*.p12", DENY_ANYWHERE, NULL, key_store },
	{ "*.pfx", DENY_ANYWHERE, NULL, key_store },
	{ "*.pkcs12", DENY_ANYWHERE, NULL, key_store },
	{ "*.jks", DENY_ANYWHERE, NULL, key_store },
	{ "*.jceks", DENY_ANYWHERE, NULL, key_store },
	{ "*.bks", DENY_ANYWHERE, NULL, key_store },
	{ "*.bcfks", DENY_ANYWHERE, NULL, key_store },
	{ "*.keystore", DENY_ANYWHERE, NULL, key_store },
	{ "*.keytab", DENY_ANYWHERE, NULL, key_store },
	{ "*.kdb", DENY_ANYWHERE, NULL, key_store },
	{ "*.kdbx", DENY_ANYWHERE, NULL, key_store },
	{ "*.keychain", DENY_ANYWHERE, NULL, key_store },
	{ "*.keychain-db", DENY_ANYWHERE, NULL, key_store },
	{ "*.ovpn", DENY_ANYWHERE, NULL, key_store },

	{ ".netrc", DENY_ANYWHERE, NULL, credentials },
	{ "_netrc", DENY_ANYWHERE, NULL, credentials },
	{ ".authinfo*", DENY_ANYWHERE, NULL, credentials },
	{ ".npmrc", DENY_ANYWHERE, "_auth|_password", credentials },
	{ ".yarnrc*", DENY_ANYWHERE, "authtoken|authident", credentials },
	{ ".pypirc", DENY_ANYWHERE, NULL, credentials },
	{ "pip.conf", DENY_ANYWHERE, "@", credentials },
	{ ".git-credentials", DENY_ANYWHERE, NULL, credentials },
	{ ".config/git/credentials", DENY_ANYWHERE, NULL, credentials },
	{ ".docker/config.json", DENY_ANYWHERE, NULL, credentials },
	{ ".dockercfg", DENY_ANYWHERE, NULL, credentials },
	{ ".config/containers/auth.json", DENY_ANYWHERE, NULL, credentials },
	{ ".pgpass", DENY_ANYWHERE, NULL, credentials },
	{ ".my.cnf", DENY_ANYWHERE, NULL, credentials },
	{ ".mylogin.cnf", DENY_ANYWHERE, NULL, credentials },
	{ ".htpasswd", DENY_ANYWHERE, NULL, credentials },
	{ ".cargo/credentials", DENY_ANYWHERE, NULL, credentials },
	{ ".cargo/credentials.toml", DENY_ANYWHERE, NULL, credentials },
	{ ".gem/credentials", DENY_ANYWHERE, NULL, credentials },
	{ ".bundle/config", DENY_HOME, NULL, credentials },
	{ ".gradle/gradle.properties", DENY_HOME, NULL, credentials },
	{ ".m2/settings.xml", DENY_HOME, NULL, credentials },
	{ ".m2/settings-security.xml", DENY_HOME, NULL, credentials },
	{ ".composer/auth.json", DENY_ANYWHERE, NULL, credentials },
	{ ".config/composer/auth.json", DENY_HOME, NULL, credentials },
	{ ".config/pypoetry/auth.toml", DENY_HOME, NULL, credentials },
	{ ".nuget/nuget/nuget.config", DENY_HOME, NULL, credentials },
	{ ".terraformrc", DENY_ANYWHERE, "token", credentials },
	{ ".terraform.d/credentials.tfrc.json", DENY_ANYWHERE, NULL,
	    credentials },
	{ ".vault-token", DENY_ANYWHERE, NULL, credentials },
	{ ".config/gh/", DENY_HOME, NULL, credentials },
	{ ".config/hub", DENY_HOME, NULL, credentials },
	{ ".config/glab-cli/", DENY_HOME, NULL, credentials },
	{ ".config/op/", DENY_HOME, NULL, credentials },
	{ ".config/rclone/", DENY_HOME, NULL, credentials },
	{ ".config/sops/", DENY_HOME, NULL, credentials },
	{ ".config/age/", DENY_HOME, NULL, credentials },
	{ ".config/stripe/", DENY_HOME, NULL, credentials },
	{ ".password-store/", DENY_ANYWHERE, NULL, credentials },
	{ ".local/share/keyrings/", DENY_ANYWHERE, NULL, credentials },
	{ ".local/share/kwalletd/", DENY_ANYWHERE, NULL, credentials },
	{ ".subversion/auth/", DENY_ANYWHERE, NULL, credentials },
	{ ".codex/auth.json", DENY_ANYWHERE, NULL, credentials },
	{ ".claude/.credentials.json", DENY_ANYWHERE, NULL, credentials },
	{ ".claude.json", DENY_HOME, NULL, credentials },
	{ ".gemini/oauth_creds.json", DENY_ANYWHERE, NULL, credentials },
	{ ".local/share/opencode/auth.json", DENY_HOME, NULL, credentials },
	{ "gha-creds-*.json", DENY_ANYWHERE, NULL, credentials },
	{ "client_secret*.json", DENY_ANYWHERE, NULL, credentials },
	{ "credentials.json", DENY_ANYWHERE,
	    "private_key|client_secret|refresh_token|access_token|password",
	    credentials },
	{ "*service*account*.json", DENY_ANYWHERE, "private_key",
	    credentials },
	{ "auth.json", DENY_ANYWHERE, "token|password|oauth|http-basic",
	    credentials },

	{ ".ssh/", DENY_ANYWHERE, NULL, private_key },
	{ ".gnupg/", DENY_ANYWHERE, NULL, private_key },
	{ ".pki/", DENY_HOME, NULL, key_store },
	{ ".aws/", DENY_ANYWHERE, NULL, cloud },
	{ ".kube/", DENY_ANYWHERE, NULL, cloud },
	{ "kubeconfig", DENY_ANYWHERE, NULL, cloud },
	{ ".azure/", DENY_ANYWHERE, NULL, cloud },
	{ ".config/gcloud/", DENY_ANYWHERE, NULL, cloud },
	{ "application_default_credentials.json", DENY_ANYWHERE, NULL, cloud },
	{ ".oci/", DENY_ANYWHERE, NULL, cloud },
	{ ".config/doctl/", DENY_ANYWHERE, NULL, cloud },
	{ ".config/hcloud/", DENY_ANYWHERE, NULL, cloud },
	{ ".bluemix/", DENY_HOME, NULL, cloud },
	{ ".aliyun/", DENY_HOME, NULL, cloud },
	{ ".fly/", DENY_HOME, NULL, cloud },
	{ ".config/netlify/", DENY_HOME, NULL, cloud },
	{ ".wrangler/config/", DENY_HOME, NULL, cloud },
	{ ".boto", DENY_ANYWHERE, NULL, cloud },
	{ ".s3cfg", DENY_ANYWHERE, NULL, cloud },
	{ ".passwd-s3fs", DENY_ANYWHERE, NULL, cloud },

	{ ".bash_history", DENY_ANYWHERE, NULL, history },
	{ ".zsh_history", DENY_ANYWHERE, NULL, history },
	{ ".python_history", DENY_ANYWHERE, NULL, history },
	{ ".psql_history", DENY_ANYWHERE, NULL, history },
	{ ".mysql_history", DENY_ANYWHERE, NULL, history },
	{ ".node_repl_history", DENY_ANYWHERE, NULL, history },
	{ ".local/share/fish/fish_history", DENY_ANYWHERE, NULL, history },

	{ ".mozilla/", DENY_HOME, NULL, browser },
	{ ".thunderbird/", DENY_HOME, NULL, browser },
	{ ".config/google-chrome/", DENY_HOME, NULL, browser },
	{ ".config/chromium/", DENY_HOME, NULL, browser },
	{ ".config/bravesoftware/", DENY_HOME, NULL, browser },

	{ "etc/shadow*", DENY_SYSTEM, NULL, machine },
	{ "etc/gshadow*", DENY_SYSTEM, NULL, machine },
	{ "etc/sudoers*", DENY_SYSTEM, NULL, machine },
	{ "etc/sudoers.d/", DENY_SYSTEM, NULL, machine },
	{ "etc/ssl/private/", DENY_SYSTEM, NULL, machine },
	{ "etc/krb5.keytab", DENY_SYSTEM, NULL, machine },
	{ "run/secrets/", DENY_SYSTEM, NULL, machine },
	{ "var/run/secrets/", DENY_SYSTEM, NULL, machine },
	{ "proc/*/environ", DENY_SYSTEM, NULL, machine },
	{ "proc/*/mem", DENY_SYSTEM, NULL, machine },
	{ "proc/kcore", DENY_SYSTEM, NULL, machine },
	{ "proc/*/task/*/environ", DENY_SYSTEM, NULL, machine },
	{ "proc/*/task/*/mem", DENY_SYSTEM, NULL, machine },
};
const size_t deny_table_len = ARRAY_LEN(deny_table);

const char *const deny_guarded[] = {
	".aider.conf.yml",
	".buildkite",
	".circleci",
	".claude",
	".cursor",
	".devcontainer",
	".devcontainer.json",
	".dir-locals.el",
	".drone.yml",
	".envrc",
	".exrc",
	".forgejo/workflows",
	".friday",
	".fridayignore",
	".gemini",
	".git",
	".gitea/workflows",
	".github/actions",
	".github/workflows",
	".gitlab-ci.yml",
	".gitmodules",
	".husky",
	".idea",
	".lefthook.yml",
	".lvimrc",
	".mcp.json",
	".nvim.lua",
	".nvimrc",
	".pre-commit-config.yaml",
	".travis.yml",
	".vimrc",
	".vscode",
	".woodpecker.yml",
	".zed",
	"azure-pipelines.yml",
	"bitbucket-pipelines.yml",
	"jenkinsfile",
	"lefthook.yml",
};
const size_t deny_guarded_len = ARRAY_LEN(deny_guarded);

static bool
begins(const char *row, struct str part)
{
	return strncasecmp(row, part.ptr, part.len) == 0;
}

bool
deny_is_guarded(struct str folder, struct str name)
{
	for (size_t i = 0; i < deny_guarded_len; i++) {
		const char *row = deny_guarded[i];

		if (folder.len > 0 && begins(row, folder) &&
		    row[folder.len] == '/')
			row += folder.len + 1;
		if (begins(row, name) && row[name.len] == '\0')
			return true;
	}
	return false;
}
