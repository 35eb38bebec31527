(import_statement (string_value) @import)
