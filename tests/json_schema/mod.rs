//! As much of JSON Schema as the schemas of these tests use; a keyword that is not known here fails the test.

use serde_json::Value;

/// What of a value breaks a schema, each by the way to it.
pub(crate) fn breaches(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema }.check(schema, value, "$", &mut found);
    found
}

struct Check<'s> {
    root: &'s Value,
}

impl<'s> Check<'s> {
    fn check(&self, schema: &'s Value, value: &Value, at: &str, found: &mut Vec<String>) {
        if schema == &Value::Bool(false) {
            found.push(format!("{at} must not be there"));
        }
        let Some(rules) = schema.as_object() else { return };
        for (keyword, rule) in rules {
            if !self.holds(keyword, rule, value) {
                found.push(format!("{at} breaks {keyword}: {rule}"));
            }
        }
        if let Some(name) = schema.get("$ref") {
            self.check(self.named(name.as_str().unwrap()), value, at, found);
        }
        self.inner(schema, value, at, found);
    }

    fn named(&self, name: &str) -> &'s Value {
        self.root.pointer(name.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("there is no {name}"))
    }

    fn inner(&self, schema: &'s Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let known = &schema["properties"];
        for (name, member) in value.as_object().into_iter().flatten() {
            match (known.get(name), schema.get("additionalProperties")) {
                (Some(rule), _) | (None, Some(rule)) => {
                    self.check(rule, member, &format!("{at}.{name}"), found)
                }
                (None, None) => {}
            }
        }
        let first = schema["prefixItems"].as_array().map_or(&[][..], Vec::as_slice);
        for (index, member) in value.as_array().into_iter().flatten().enumerate() {
            if let Some(rule) = first.get(index).or(schema.get("items")) {
                self.check(rule, member, &format!("{at}[{index}]"), found);
            }
        }
    }

    fn holds(&self, keyword: &str, rule: &'s Value, value: &Value) -> bool {
        let fitting = || {
            let fits = |schema: &&'s Value| {
                let mut found = Vec::new();
                self.check(schema, value, "", &mut found);
                found.is_empty()
            };
            rule.as_array().unwrap().iter().filter(fits).count()
        };
        let text = value.as_str();
        match keyword {
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is(name.as_str().unwrap(), value)),
                name => is(name.as_str().unwrap(), value),
            },
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "oneOf" => fitting() == 1,
            "anyOf" => fitting() > 0,
            "allOf" => fitting() == rule.as_array().unwrap().len(),
            "not" => {
                let mut found = Vec::new();
                self.check(rule, value, "", &mut found);
                !found.is_empty()
            }
            "required" => value.as_object().is_none_or(|object| {
                rule.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "minimum" => value.as_i64().is_none_or(|int| int >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|int| int <= rule.as_i64().unwrap()),
            "minItems" => value.as_array().is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
            "minLength" => text.is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "uniqueItems" => value
                .as_array()
                .is_none_or(|list| list.iter().enumerate().all(|(at, member)| !list[..at].contains(member))),
            "pattern" => {
                let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                text.is_none_or(|text| pattern.is_match(text))
            }
            "format" => text.is_none_or(|text| match rule.as_str().unwrap() {
                "uri" => text.contains(':') && !text.contains(' '),
                "uri-reference" => text.bytes().all(|byte| byte.is_ascii_graphic()),
                "date-time" => text.contains('T') && text.ends_with('Z'),
                other => panic!("the format {other} is not known here"),
            }),
            "$schema"
            | "$id"
            | "$ref"
            | "$defs"
            | "definitions"
            | "title"
            | "description"
            | "default"
            | "properties"
            | "additionalProperties"
            | "items"
            | "prefixItems" => true,
            other => panic!("the keyword {other} is not known here"),
        }
    }
}

/// Whether a value is of a type.
fn is(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known here"),
    }
}
