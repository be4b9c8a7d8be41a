//! Categories: enumerations with one list of words for JSON, tables and the dictionary.

macro_rules! category {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Their words, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// Its word in JSON and tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word.
            pub fn from_name(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::json_field::JsonField for $name {
            fn decode(value: ::serde_json::Value, _row: &$crate::Field) -> Result<Self, $crate::json_field::Wrong> {
                let word = value.as_str().and_then(Self::from_name);
                word.ok_or_else(|| $crate::json_field::Wrong::from(&value))
            }

            fn encode(&self) -> ::serde_json::Value {
                self.name().into()
            }
        }
    };
}

pub(crate) use category;
