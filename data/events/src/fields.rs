//! The form in which every event is declared: one list gives the type, its dictionary, its decoder and its columns.
//!
//! Each field is one row: `name: type = (kind, unit, privacy, CSV name, place);`, its doc comment is its meaning.
//! Optional fields are left out of JSON when they have their default value.
//! The words in brackets say what is made of the list:
//! `stored` a type with serde, or `in_memory` one without; `decoded` a reader that reports every wrong field;
//! `columns` its Arrow columns (feature `arrow`).

macro_rules! event {
    ($(#[$meta:meta])* pub struct $name:ident is $made:tt $body:tt) => {
        event!(@each $made [$(#[$meta])*] $name $body);
        event!(@rows $name $body);
    };

    (@each [$($made:ident)*] $metas:tt $name:ident $body:tt) => {
        $(event!(@$made $metas $name $body);)*
    };

    (@stored [$($metas:tt)*] $name:ident {
        required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty = $_required_row:tt;)* }
        optional { $($(#[$optional_meta:meta])* $optional:ident: $optional_type:ty = $_optional_row:tt;)* }
    }) => {
        $($metas)*
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        pub struct $name {
            $($(#[$required_meta])* pub $required: $required_type,)*
            $(
                $(#[$optional_meta])*
                #[serde(default, skip_serializing_if = "crate::fields::is_default")]
                pub $optional: $optional_type,
            )*
        }
    };

    (@in_memory [$($metas:tt)*] $name:ident {
        required { $($(#[$required_meta:meta])* $required:ident: $required_type:ty = $_required_row:tt;)* }
        optional { $($(#[$optional_meta:meta])* $optional:ident: $optional_type:ty = $_optional_row:tt;)* }
    }) => {
        $($metas)*
        pub struct $name {
            $($(#[$required_meta])* pub $required: $required_type,)*
            $($(#[$optional_meta])* pub $optional: $optional_type,)*
        }
    };

    (@rows $name:ident {
        required { $(#[doc = $required_doc:literal] $(#[$_rm:meta])* $required:ident: $_rt:ty = $required_row:tt;)* }
        optional { $(#[doc = $optional_doc:literal] $(#[$_om:meta])* $optional:ident: $_ot:ty = $optional_row:tt;)* }
    }) => {
        impl $name {
            /// Dictionary rows of the fields, in order.
            pub const FIELDS: &'static [$crate::Field] = &[
                $(event!(@row $required, true, $required_doc, $required_row),)*
                $(event!(@row $optional, false, $optional_doc, $optional_row),)*
            ];
        }
    };

    (@row $field:ident, $is_required:literal, $doc:literal,
        ($kind:expr, $unit:literal, $privacy:ident, $csv:expr, $place:ident)) => {
        $crate::Field {
            name: stringify!($field),
            kind: $kind,
            unit: $unit,
            is_required: $is_required,
            privacy: $crate::Privacy::$privacy,
            csv: $csv,
            place: $crate::Place::$place,
            meaning: $doc.trim_ascii(),
        }
    };

    (@decoded $_metas:tt $name:ident {
        required { $($(#[$_rm:meta])* $required:ident: $_rt:ty = $_rr:tt;)* }
        optional { $($(#[$_om:meta])* $optional:ident: $_ot:ty = $_or:tt;)* }
    }) => {
        impl $name {
            /// Takes its fields out of an object; what is wrong is noted there, and then the answer is `None`.
            pub(crate) fn take_from(object: &mut $crate::decode::Object) -> Option<Self> {
                let mut rows = Self::FIELDS.iter();
                $(let $required = object.required(rows.next()?);)*
                $(let $optional = object.optional(rows.next()?);)*
                Some(Self { $($required: $required?,)* $($optional: $optional?,)* })
            }

            /// Puts its fields into a JSON object, those at their default left out.
            pub(crate) fn put_into(&self, object: &mut ::serde_json::Map<String, ::serde_json::Value>) {
                use $crate::json_field::JsonField;
                $(object.insert(stringify!($required).to_owned(), self.$required.encode());)*
                $(if !$crate::fields::is_default(&self.$optional) {
                    object.insert(stringify!($optional).to_owned(), self.$optional.encode());
                })*
            }
        }
    };

    (@columns $_metas:tt $name:ident {
        required { $($(#[$_rm:meta])* $required:ident: $required_type:ty = $_rr:tt;)* }
        optional { $($(#[$_om:meta])* $optional:ident: $optional_type:ty = $_or:tt;)* }
    }) => {
        #[cfg(feature = "arrow")]
        impl $crate::arrow::Columns for $name {
            fn schema(_name: &str, into: &mut Vec<::arrow_schema::Field>) {
                $(<$required_type as $crate::arrow::Columns>::schema(stringify!($required), into);)*
                $(<$optional_type as $crate::arrow::Columns>::schema(stringify!($optional), into);)*
            }

            fn write(
                name: &str,
                values: &[&Self],
                into: &mut Vec<::arrow_array::ArrayRef>,
            ) -> Result<(), $crate::arrow::TableError> {
                let _ = name;
                $($crate::arrow::Columns::write(
                    stringify!($required), &values.iter().map(|row| &row.$required).collect::<Vec<_>>(), into)?;)*
                $($crate::arrow::Columns::write(
                    stringify!($optional), &values.iter().map(|row| &row.$optional).collect::<Vec<_>>(), into)?;)*
                Ok(())
            }

            fn read(
                batch: &::arrow_array::RecordBatch,
                _name: &str,
            ) -> Result<Vec<Self>, $crate::arrow::TableError> {
                $(let mut $required =
                    <$required_type as $crate::arrow::Columns>::read(batch, stringify!($required))?.into_iter();)*
                $(let mut $optional =
                    <$optional_type as $crate::arrow::Columns>::read(batch, stringify!($optional))?.into_iter();)*
                let rows = std::iter::from_fn(|| Some(Self {
                    $($required: $required.next()?,)*
                    $($optional: $optional.next()?,)*
                }));
                Ok(rows.collect())
            }
        }
    };
}

pub(crate) use event;

/// Whether a value is the one that an absent field stands for.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
