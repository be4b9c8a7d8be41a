//! What the schema says about one field.

/// Type of a field and the limits of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text that is not blank, with its greatest number of characters.
    Text(usize),
    /// A whole number between two limits, both allowed.
    Integer(i64, i64),
    /// A floating point number.
    Number,
    /// True or false.
    Flag,
    /// A moment, from the year 1900 to the year 9999.
    Moment,
    /// An ISO 4217 code.
    Currency,
    /// An IPv4 or IPv6 address.
    Ip,
    /// One of these words.
    Category(&'static [&'static str]),
    /// Scalars by name.
    Scalars,
    /// Any JSON.
    Json,
    /// Pseudonym of an entity.
    Key,
    /// A hash of 128 bits in hex.
    Hash,
    /// Bytes, in hex in JSON.
    Bytes,
    /// Another structure of this dictionary.
    One(&'static str),
    /// A list of a structure of this dictionary, or of numbers.
    Many(&'static str),
    /// A list of words out of these.
    Words(&'static [&'static str]),
}

/// Most attributes of one transaction.
pub const ATTRIBUTES_MAX: usize = 64;
/// Most characters in the name of an attribute.
pub const ATTRIBUTE_NAME_MAX: usize = 64;
/// Most characters in a text.
pub const TEXT_MAX: usize = 1_024;
/// Most characters in a transaction id.
pub const TRANSACTION_ID_MAX: usize = 128;
/// Greatest amount in minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
/// Most bytes of one event from outside, in JSON.
pub const EVENT_BYTES_MAX: usize = 262_144;
/// Most bytes of all unknown fields of one transaction, in JSON.
pub const UNKNOWN_BYTES_MAX: usize = 65_536;

impl Kind {
    /// The type in words.
    pub fn name(self) -> String {
        match self {
            Self::Text(_) | Self::Ip => "text".to_owned(),
            Self::Integer(..) => "integer".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Flag => "boolean".to_owned(),
            Self::Moment => "time".to_owned(),
            Self::Currency => "currency".to_owned(),
            Self::Category(_) => "category".to_owned(),
            Self::Scalars => "scalars by name".to_owned(),
            Self::Json => "JSON".to_owned(),
            Self::Key => "entity key".to_owned(),
            Self::Hash => "hash".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::One(structure) => format!("`{structure}`"),
            Self::Many(structure) => format!("list of `{structure}`"),
            Self::Words(_) => "list of categories".to_owned(),
        }
    }

    /// The limits in words; empty if there are none.
    pub fn limits(self) -> String {
        match self {
            Self::Text(most) => format!("1 to {} characters", grouped(most as i64)),
            Self::Integer(i64::MIN, i64::MAX) => String::new(),
            Self::Integer(least, i64::MAX) => format!("{} or more", grouped(least)),
            Self::Integer(least, most) => format!("{} to {}", grouped(least), grouped(most)),
            Self::Moment => "RFC 3339, years 1900 to 9999".to_owned(),
            Self::Currency => "ISO 4217, upper case".to_owned(),
            Self::Ip => "IPv4 or IPv6".to_owned(),
            Self::Category(words) | Self::Words(words) => {
                words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            }
            Self::Scalars => format!(
                "at most {ATTRIBUTES_MAX}; names of 1 to {ATTRIBUTE_NAME_MAX} characters, {}",
                "values texts, numbers or booleans"
            ),
            Self::Hash => "32 hex digits".to_owned(),
            _ => String::new(),
        }
    }

    /// What a decoder says that it expected.
    pub fn expected(self) -> String {
        let limits = self.limits();
        match self {
            Self::Text(_) => format!("a text of {limits}, not blank"),
            Self::Integer(..) => format!("a whole number from {}", limits.replace(" or more", " on")),
            Self::Flag => "true or false".to_owned(),
            Self::Moment => "an RFC 3339 time such as `2026-01-31T08:00:00Z`, years 1900 to 9999".to_owned(),
            Self::Currency => "an ISO 4217 code of three upper-case letters such as `EUR`".to_owned(),
            Self::Ip => "an IPv4 or IPv6 address".to_owned(),
            Self::Category(_) => format!("one of {limits}"),
            Self::Scalars => format!("an object of {limits}"),
            other => other.name(),
        }
    }
}

/// A whole number with commas between thousands.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "-".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How a field touches a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Says nothing about a person by itself.
    Clear,
    /// Could help to find a person together with other data: pseudonyms, age, town.
    Indirect,
    /// Names a person or leads to one: only in memory and sealed.
    Personal,
}

impl Privacy {
    /// The word in the dictionary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Indirect => "indirect",
            Self::Personal => "personal",
        }
    }
}

/// Where a field is stored, and so how long it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On its stream and in the lake.
    Lake,
    /// On streams, in the decision store and in the lake.
    Decisions,
    /// Within the sealed blob, wherever that is.
    Sealed,
    /// On streams alone.
    Streams,
}

impl Place {
    /// Where it is stored, in words.
    pub const fn stored(self) -> &'static str {
        match self {
            Self::Lake => "streams, lake",
            Self::Decisions => "streams, decision store, lake",
            Self::Sealed => "sealed, on streams and in the lake",
            Self::Streams => "streams",
        }
    }

    /// How long it is kept, in words; the days of lake and store are defaults.
    pub const fn kept(self) -> &'static str {
        match self {
            Self::Lake => "streams 7 days, lake 400 days",
            Self::Decisions => "streams 7 days, decision store and lake 400 days",
            Self::Sealed => "until the customer's key is destroyed",
            Self::Streams => "7 days",
        }
    }
}

/// One field of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in JSON, in code and in tables.
    pub name: &'static str,
    /// Type and limits.
    pub kind: Kind,
    /// Unit of its values; empty if they have none.
    pub unit: &'static str,
    /// Whether it must be there.
    pub is_required: bool,
    /// How it touches a person.
    pub privacy: Privacy,
    /// Column name in CSV files of the public shop dataset's form.
    pub csv: Option<&'static str>,
    /// Where it is stored and how long.
    pub place: Place,
    /// What it means.
    pub meaning: &'static str,
}
