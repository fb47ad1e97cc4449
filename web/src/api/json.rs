//! Reads answers, with the least code a type can be read by. `serde_json` would compile a second way to
//! read each struct (as a sequence), every message of what may be wrong with it, and its own parser once
//! more for each type; together they were a fifth of what a phone downloads. Here a text is parsed once, by
//! one function, and the types are read out of the tree.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde_json::Value;

/// A type out of a text, unless the text is none of that type.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value: Value = serde_json::from_str(text).ok()?;
    T::deserialize(Json::Value(&value)).ok()
}

/// The text is not of the type. Where and why is nothing that a person at a phone could use.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

// Each of these would format a message; without them the texts and their arguments are left out.
impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// A place in the tree. The key of an object is one too, so that a type that is both is compiled once.
#[derive(Clone, Copy)]
enum Json<'a> {
    Value(&'a Value),
    Key(&'a str),
}

impl<'a> Json<'a> {
    fn text(self) -> Result<&'a str, Unreadable> {
        match self {
            Self::Key(key) => Ok(key),
            Self::Value(Value::String(text)) => Ok(text),
            Self::Value(_) => Err(Unreadable),
        }
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let number = match self {
            Self::Value(Value::Number(number)) => number,
            Self::Value(_) => return Err(Unreadable),
            Self::Key(key) => return visitor.visit_i64(key.parse().map_err(|_| Unreadable)?),
        };
        if let Some(whole) = number.as_i64() {
            visitor.visit_i64(whole)
        } else if let Some(whole) = number.as_u64() {
            visitor.visit_u64(whole)
        } else {
            visitor.visit_f64(number.as_f64().ok_or(Unreadable)?)
        }
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Array(items)) => visitor.visit_seq(Items(items.iter())),
            Self::Value(_) | Self::Key(_) => Err(Unreadable),
        }
    }

    fn entries<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Object(entries)) => visitor.visit_map(Entries {
                entries: entries.iter(),
                value: None,
            }),
            Self::Value(_) | Self::Key(_) => Err(Unreadable),
        }
    }
}

/// Methods that all do the same.
macro_rules! alike {
    ($($method:ident)* => $same:ident) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$same(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Json<'_> {
    type Error = Unreadable;

    alike!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 => number);
    alike!(deserialize_char deserialize_string deserialize_identifier => deserialize_str);
    alike!(deserialize_seq => items);
    alike!(deserialize_map => entries);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Null) => visitor.visit_unit(),
            Self::Value(Value::Bool(truth)) => visitor.visit_bool(*truth),
            Self::Value(Value::Number(_)) => self.number(visitor),
            Self::Value(Value::String(_)) | Self::Key(_) => self.deserialize_str(visitor),
            Self::Value(Value::Array(_)) => self.items(visitor),
            Self::Value(Value::Object(_)) => self.entries(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Bool(truth)) => visitor.visit_bool(*truth),
            Self::Value(_) | Self::Key(_) => Err(Unreadable),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Null) => visitor.visit_none(),
            Self::Value(_) | Self::Key(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Null) => visitor.visit_unit(),
            Self::Value(_) | Self::Key(_) => Err(Unreadable),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.entries(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let (name, content) = match self {
            Self::Value(Value::Object(entries)) => {
                let (name, content) = entries.iter().next().ok_or(Unreadable)?;
                (name.as_str(), Some(content))
            }
            Self::Value(_) | Self::Key(_) => (self.text()?, None),
        };
        visitor.visit_enum(Variant { name, content })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }
}

impl<'de> IntoDeserializer<'de, Unreadable> for Json<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

struct Items<'a>(std::slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        self.0
            .next()
            .map(|item| seed.deserialize(Json::Value(item)))
            .transpose()
    }
}

struct Entries<'a> {
    entries: serde_json::map::Iter<'a>,
    value: Option<&'a Value>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        seed.deserialize(Json::Key(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(Json::Value(self.value.take().ok_or(Unreadable)?))
    }
}

struct Variant<'a> {
    name: &'a str,
    content: Option<&'a Value>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Unreadable> {
        Ok((seed.deserialize(Json::Key(self.name))?, self))
    }
}

impl Variant<'_> {
    fn inside(&self) -> Result<Json<'_>, Unreadable> {
        self.content.map(Json::Value).ok_or(Unreadable)
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Unreadable),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(self.inside()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.inside()?.items(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        self.inside()?.entries(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use tradepost_contract::policy::{ReturnWindow, WordingKey};
    use tradepost_contract::{Money, Page, Problem};

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        list: Vec<(i64, String)>,
        word: Word,
        #[serde(default)]
        missing: Option<bool>,
        any: serde_json::Value,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        name: String,
        share: f64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Plain,
        With { n: u32 },
        Of(String),
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        for word in [r#""plain""#, r#"{"with": {"n": 3}}"#, r#"{"of": "x"}"#] {
            let text = format!(
                r#"{{"name": "é \"x\"", "share": 0.5, "list": [[1, "a"], [-2, "b"]], "word": {word}, "any": {{"a": [null, 1.5]}}, "more": 1}}"#
            );
            assert_eq!(read::<Outer>(&text), serde_json::from_str(&text).ok());
            assert!(read::<Outer>(&text).is_some());
        }
    }

    #[test]
    fn types_of_the_contract_read_the_same() {
        let page = r#"{"data": [{"amount": 4500, "currency": "USD"}], "next_cursor": null, "has_more": false}"#;
        assert_eq!(read::<Page<Money>>(page), serde_json::from_str(page).ok());
        assert!(read::<Page<Money>>(page).is_some());
        let words = r#"{"lead_list": "Prospects"}"#;
        assert_eq!(
            read::<BTreeMap<WordingKey, String>>(words),
            serde_json::from_str(words).ok()
        );
        for window in [
            r#"{"unit": "hours", "amount": 72, "starts": "delivered_at"}"#,
            r#"{"unit": "none"}"#,
        ] {
            assert_eq!(read::<ReturnWindow>(window), serde_json::from_str(window).ok());
            assert!(read::<ReturnWindow>(window).is_some());
        }
        let problem = r#"{"type": "about:blank", "title": "t", "status": 422, "code": "invalid",
            "request_id": "r", "errors": [{"pointer": "/a", "code": "required", "message": "m"}]}"#;
        assert_eq!(read::<Problem>(problem), serde_json::from_str(problem).ok());
    }

    #[test]
    fn what_is_of_another_type_is_nothing() {
        assert!(read::<Problem>("<html>").is_none());
        assert!(read::<Problem>("{}").is_none());
        assert!(read::<Page<Money>>(r#"{"data": [1], "next_cursor": null, "has_more": false}"#).is_none());
        assert!(read::<Word>(r#""other""#).is_none());
        assert!(read::<u8>("300").is_none());
    }
}
