/* The table of languages; see language.h. */
#include "syntax/language.h"

#include "base/units.h"

static const struct language language_table[] = {
	{
	    .name = "bash",
	    .title = "Bash",
	    .extensions = "sh bash zsh ksh bats ebuild",
	    .file_names = ".bashrc .bash_profile .bash_aliases .profile "
			  ".zshrc .zshenv .zprofile PKGBUILD",
	    .programs = "sh bash dash ash ksh zsh",
	    .aliases = "sh shell zsh",
	},
	{
	    .name = "c",
	    .title = "C",
	    .extensions = "c h",
	},
	{
	    .name = "c_sharp",
	    .title = "C#",
	    .extensions = "cs csx",
	    .aliases = "cs csharp c#",
	},
	{
	    .name = "cpp",
	    .title = "C++",
	    .extensions = "cc cpp cxx c++ hh hpp hxx h++ ipp tpp inl ino cu",
	    .aliases = "c++ cxx cc",
	},
	{
	    .name = "css",
	    .title = "CSS",
	    .extensions = "css",
	},
	{
	    .name = "go",
	    .title = "Go",
	    .extensions = "go",
	    .aliases = "golang",
	},
	{
	    .name = "html",
	    .title = "HTML",
	    .extensions = "html htm xhtml",
	},
	{
	    .name = "java",
	    .title = "Java",
	    .extensions = "java",
	},
	{
	    .name = "javascript",
	    .title = "JavaScript",
	    .extensions = "js mjs cjs jsx",
	    .file_names = "Jakefile",
	    .programs = "node nodejs bun",
	    .aliases = "js jsx mjs node",
	},
	{
	    .name = "json",
	    .title = "JSON",
	    .extensions = "json jsonc geojson webmanifest",
	    .file_names = ".babelrc .eslintrc .prettierrc composer.lock",
	    .aliases = "jsonc",
	},
	{
	    .name = "kotlin",
	    .title = "Kotlin",
	    .extensions = "kt kts",
	    .aliases = "kt",
	},
	{
	    .name = "lua",
	    .title = "Lua",
	    .extensions = "lua rockspec",
	    .file_names = ".luacheckrc",
	    .programs = "lua luajit",
	},
	{
	    .name = "markdown",
	    .title = "Markdown",
	    .extensions = "md markdown mkd mdown",
	    .aliases = "md",
	},
	{
	    .name = "php",
	    .title = "PHP",
	    .extensions = "php phtml php5 inc",
	    .programs = "php",
	},
	{
	    .name = "python",
	    .title = "Python",
	    .extensions = "py pyi pyw",
	    .file_names = "SConstruct SConscript wscript",
	    .programs = "python pypy",
	    .aliases = "py python3",
	},
	{
	    .name = "ruby",
	    .title = "Ruby",
	    .extensions = "rb rake gemspec ru podspec",
	    .file_names = "Rakefile Gemfile Vagrantfile Podfile Brewfile "
			  "Guardfile Fastfile Capfile",
	    .programs = "ruby",
	    .aliases = "rb",
	},
	{
	    .name = "rust",
	    .title = "Rust",
	    .extensions = "rs",
	    .aliases = "rs",
	},
	{
	    .name = "scala",
	    .title = "Scala",
	    .extensions = "scala sc sbt",
	    .programs = "scala",
	},
	{
	    .name = "sql",
	    .title = "SQL",
	    .extensions = "sql ddl",
	    .aliases = "sqlite postgres postgresql mysql",
	},
	{
	    .name = "swift",
	    .title = "Swift",
	    .extensions = "swift",
	    .programs = "swift",
	},
	{
	    .name = "toml",
	    .title = "TOML",
	    .extensions = "toml",
	    .file_names = "Cargo.lock poetry.lock Pipfile uv.lock",
	},
	{
	    .name = "tsx",
	    .title = "TSX",
	    .extensions = "tsx",
	},
	{
	    .name = "typescript",
	    .title = "TypeScript",
	    .extensions = "ts mts cts",
	    .programs = "deno ts-node tsx",
	    .aliases = "ts",
	},
	{
	    .name = "yaml",
	    .title = "YAML",
	    .extensions = "yaml yml",
	    .file_names = ".clang-format .clang-tidy",
	    .aliases = "yml",
	},
};

size_t
language_count(void)
{
	return ARRAY_LEN(language_table);
}

const struct language *
language_at(size_t index)
{
	return index < language_count() ? &language_table[index] : NULL;
}

typedef bool str_equal_fn(struct str a, struct str b);

static bool
has_word(const char *list, struct str word, str_equal_fn *equal)
{
	struct str rest = str_from(list), item;

	while (str_next_field(&rest, ' ', &item))
		if (item.len > 0 && equal(item, word))
			return true;
	return false;
}

const struct language *
language_by_name(struct str name)
{
	for (size_t i = 0; i < language_count(); i++) {
		const struct language *row = &language_table[i];

		if (str_eq_nocase(str_from(row->name), name) ||
		    has_word(row->aliases, name, str_eq_nocase))
			return row;
	}
	return NULL;
}

/* What follows the last `c`, or nothing. */
static struct str
after_last(struct str s, char c)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.ptr[i - 1] == c)
			return str_sub(s, i, SIZE_MAX);
	return STR_NONE;
}

static struct str
base_name(struct str path)
{
	struct str name = after_last(path, '/');

	return name.ptr == NULL ? path : name;
}

/* The program of "#!/usr/bin/env -S python3.11 -u": "python". */
static struct str
program_of(struct str text)
{
	struct str line, word, program = STR_NONE;

	if (!str_starts(text, STR("#!")) || !str_next_line(&text, &line))
		return STR_NONE;
	/* A long first line is no interpreter's: the kernel's limit. */
	line = str_trim(str_sub(line, 2, 254));
	while (str_next_field(&line, ' ', &word)) {
		bool is_env_word = word.len == 0 || word.ptr[0] == '-' ||
		    str_find_char(word, '=', 0) != SIZE_MAX;

		if (program.ptr != NULL && is_env_word)
			continue;
		program = base_name(word);
		if (!str_eq_c(program, "env"))
			break;
	}
	while (program.len > 0 &&
	    ((program.ptr[program.len - 1] >= '0' &&
		 program.ptr[program.len - 1] <= '9') ||
		program.ptr[program.len - 1] == '.'))
		program.len--;
	return program;
}

const struct language *
language_of_file(struct str path, struct str text)
{
	struct str name = base_name(path);
	struct str extension = after_last(name, '.');
	struct str program;

	for (size_t i = 0; i < language_count(); i++)
		if (has_word(language_table[i].file_names, name, str_eq))
			return &language_table[i];
	for (size_t i = 0; extension.len > 0 && i < language_count(); i++)
		if (has_word(language_table[i].extensions, extension,
			str_eq_nocase))
			return &language_table[i];
	program = program_of(text);
	for (size_t i = 0; program.len > 0 && i < language_count(); i++)
		if (has_word(language_table[i].programs, program, str_eq))
			return &language_table[i];
	return NULL;
}
