((attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @import))
 (#any-of? @key "src" "href"))
