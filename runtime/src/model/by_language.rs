//! A text in each language: a list, since there are two or three, and most statements have one.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Text;

/// A text in each language, in the order of the languages' names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByLanguage(Vec<(Text, String)>);

impl ByLanguage {
    /// No text.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The text in a language.
    pub fn get(&self, language: &str) -> Option<&String> {
        self.iter().find(|(known, _)| *known == language).map(|(_, text)| text)
    }

    /// Whether there is a text in a language.
    pub fn contains_key(&self, language: &str) -> bool {
        self.get(language).is_some()
    }

    /// Puts in the text in a language, and gives back the one that was there.
    pub fn insert(&mut self, language: Text, text: String) -> Option<String> {
        match self.0.binary_search_by(|(known, _)| known.cmp(&language)) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, text)),
            Err(at) => {
                // Room for just this one: there are very many of these lists.
                self.0.reserve_exact(1);
                self.0.insert(at, (language, text));
                None
            }
        }
    }

    /// The languages.
    pub fn keys(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().map(|(language, _)| language)
    }

    /// The texts.
    pub fn values(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|(_, text)| text)
    }

    /// Each language with its text.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &String)> {
        self.0.iter().map(|(language, text)| (language, text))
    }

    /// How many languages have a text.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Text, String)> for ByLanguage {
    fn from_iter<I: IntoIterator<Item = (Text, String)>>(texts: I) -> Self {
        texts.into_iter().fold(Self::new(), |mut all, (language, text)| {
            all.insert(language, text);
            all
        })
    }
}

impl Serialize for ByLanguage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for ByLanguage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> de::Visitor<'de> for Object {
            type Value = ByLanguage;

            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object of texts")
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<ByLanguage, M::Error> {
                std::iter::from_fn(|| map.next_entry().transpose()).collect()
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_in_the_order_of_their_languages_each_once() {
        let mut texts: ByLanguage = [("zh", "密码"), ("en", "Code")]
            .map(|(language, text)| (language.into(), text.to_owned()))
            .into_iter()
            .collect();
        assert_eq!(texts.insert("en".into(), "Password".to_owned()).as_deref(), Some("Code"));
        let json = r#"{"en":"Password","zh":"密码"}"#;
        assert_eq!(serde_json::to_string(&texts).unwrap(), json);
        assert_eq!(serde_json::from_str::<ByLanguage>(json).unwrap(), texts);
        assert_eq!((texts.len(), texts.contains_key("fr")), (2, false));
    }
}
