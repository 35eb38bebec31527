(class_declaration "struct" name: (_) @name) @definition.struct
(class_declaration "enum" name: (_) @name) @definition.enum
(class_declaration "extension" name: (_) @name) @definition.extension
(class_declaration "actor" name: (_) @name) @definition.actor
(class_declaration name: (_) @name) @definition.class
(protocol_declaration name: (type_identifier) @name) @definition.protocol
(class_body (function_declaration name: (simple_identifier) @name) @definition.method)
(protocol_function_declaration name: (simple_identifier) @name) @definition.method
(function_declaration name: (simple_identifier) @name) @definition.function
(init_declaration "init" @name) @definition.constructor
(class_body (property_declaration name: (pattern) @name) @definition.property)
(source_file (property_declaration name: (pattern) @name) @definition.variable)
(typealias_declaration name: (type_identifier) @name) @definition.type
