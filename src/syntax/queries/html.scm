; What can be linked to, and the headings.
((element (start_tag (attribute (attribute_name) @key (quoted_attribute_value (attribute_value) @name)))) @definition.element
 (#eq? @key "id"))
((element (start_tag (tag_name) @key) . (text) @name) @definition.heading
 (#any-of? @key "h1" "h2" "h3" "h4" "h5" "h6" "title"))
