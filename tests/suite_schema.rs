//! Every generated suite is what `docs/suite.schema.json` says, and the schema does not say that of anything.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;

use serde_json::{Value, json};

/// What a schema may say here; anything else in it would be a promise that nobody checks.
const KEYWORDS: [&str; 16] = [
    "$schema",
    "title",
    "description",
    "type",
    "required",
    "additionalProperties",
    "properties",
    "items",
    "minItems",
    "maxItems",
    "enum",
    "oneOf",
    "$ref",
    "minimum",
    "minLength",
    "maxLength",
];

/// What of a value breaks a schema, by the way to it.
fn breaches(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Some(rules) = schema.as_object() else { return Vec::new() };
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{at}: {what}"));
    for (keyword, rule) in rules.iter().filter(|(keyword, _)| *keyword != "$defs") {
        assert!(KEYWORDS.contains(&keyword.as_str()), "{keyword} is not checked");
        let count = |rule: &Value| rule.as_u64().unwrap() as usize;
        let holds = match keyword.as_str() {
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_i64() || value.is_u64(),
                other => panic!("the type {other} is not checked"),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "required" => {
                rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "minimum" => value.as_i64().is_none_or(|int| int >= rule.as_i64().unwrap()),
            "minItems" => value.as_array().is_none_or(|list| list.len() >= count(rule)),
            "maxItems" => value.as_array().is_none_or(|list| list.len() <= count(rule)),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() >= count(rule)),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() <= count(rule)),
            "oneOf" => {
                let fits = |schema: &&Value| breaches(root, schema, value, at).is_empty();
                rule.as_array().unwrap().iter().filter(fits).count() == 1
            }
            _ => true,
        };
        if !holds {
            say(format!("{keyword} does not hold"));
        }
    }
    if let Some(name) = rules.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(name.trim_start_matches('#')).unwrap();
        found.extend(breaches(root, target, value, at));
    }
    if let (Some(items), Some(list)) = (rules.get("items"), value.as_array()) {
        for (index, item) in list.iter().enumerate() {
            found.extend(breaches(root, items, item, &format!("{at}/{index}")));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        match (rules.get("properties").and_then(|known| known.get(name)), rules.get("additionalProperties")) {
            (Some(schema), _) => found.extend(breaches(root, schema, inner, &at)),
            (None, Some(Value::Bool(false))) => found.push(format!("{at}: it is not known")),
            (None, Some(schema)) => found.extend(breaches(root, schema, inner, &at)),
            (None, None) => {}
        }
    }
    found
}

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string("docs/suite.schema.json").unwrap()).unwrap()
}

#[test]
fn every_generated_suite_is_as_the_schema_says() {
    let schema = schema();
    for entry in fs::read_dir("generated/suites").unwrap() {
        let path = entry.unwrap().path();
        let suite: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let breaches = breaches(&schema, &schema, &suite, "");
        assert!(breaches.is_empty(), "{}: {:#?}", path.display(), &breaches[..breaches.len().min(5)]);
    }
}

#[test]
fn what_is_no_suite_is_seen() {
    let schema = schema();
    let suite = |test: Value| {
        json!({"format": 2, "model": {"format": 1, "name": "a", "elements": [], "steps": [], "events": []},
               "rows": [{}], "steps": [{"open": {}}], "nodes": [[0]], "tests": [test]})
    };
    let test = json!({"id": "1398ef32", "section": "way", "title": "a way", "requirements": [0], "leaf": 0});
    assert_eq!(breaches(&schema, &schema, &suite(test.clone()), ""), Vec::<String>::new());
    for (key, wrong) in
        [("section", json!("no")), ("leaf", json!(-1)), ("id", json!("1")), ("other", json!(1))]
    {
        let mut test = test.clone();
        test[key] = wrong;
        assert!(!breaches(&schema, &schema, &suite(test), "").is_empty(), "{key}");
    }
}
