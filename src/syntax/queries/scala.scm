(trait_definition name: (identifier) @name) @definition.trait
(class_definition name: (identifier) @name) @definition.class
(object_definition name: (identifier) @name) @definition.object
(enum_definition name: (identifier) @name) @definition.enum
(template_body (function_definition name: (identifier) @name) @definition.method)
(template_body (function_declaration name: (identifier) @name) @definition.method)
(function_definition name: (identifier) @name) @definition.function
(template_body (val_definition pattern: (identifier) @name) @definition.value)
(template_body (var_definition pattern: (identifier) @name) @definition.variable)
(type_definition name: (type_identifier) @name) @definition.type
