(call_expression function: (identifier) @call)
(call_expression function: (field_expression argument: (identifier) @from field: (field_identifier) @member.call))
(call_expression function: (field_expression field: (field_identifier) @member.call))
(type_identifier) @type
(preproc_include path: [(string_literal) (system_lib_string)] @import)
(declaration declarator: (identifier) @local)
(parameter_declaration declarator: (identifier) @local)
(init_declarator declarator: (identifier) @local)
(pointer_declarator declarator: (identifier) @local)
(array_declarator declarator: (identifier) @local)
(preproc_params (identifier) @local)
(identifier) @use
