//! Fixed vocabularies: the shop's words become small codes.

/// Payment methods by code, from 1; 0 is any other.
pub(crate) const PAYMENT_METHODS: [&str; 12] = [
    "credit card",
    "debit card",
    "paypal",
    "bank transfer",
    "apple pay",
    "google pay",
    "gift card",
    "invoice",
    "cash on delivery",
    "buy now pay later",
    "crypto",
    "voucher",
];

/// Product categories by code, from 1; 0 is any other.
pub(crate) const PRODUCT_CATEGORIES: [&str; 16] = [
    "electronics",
    "clothing",
    "home garden",
    "health beauty",
    "toys games",
    "books",
    "groceries",
    "sports",
    "jewelry",
    "automotive",
    "travel",
    "gift cards",
    "software",
    "music",
    "pets",
    "office",
];

/// Device types by code, from 1.
pub(crate) const DEVICE_TYPES: [&str; 3] = ["desktop", "mobile", "tablet"];

/// Code of a word after normalising (lower case, every run of other characters than letters and digits as one
/// space): its place in the vocabulary from 1, or 0.
pub(crate) fn code(vocabulary: &[&str], word: &str) -> u32 {
    let normal = normalise(word);
    vocabulary.iter().position(|known| *known == normal).map_or(0, |place| place as u32 + 1)
}

/// Word of a code, for reading; `other` for 0 and for codes that do not exist.
pub(crate) fn word(vocabulary: &[&'static str], code: f64) -> &'static str {
    (1..=vocabulary.len())
        .find(|place| *place as f64 == code)
        .and_then(|place| vocabulary.get(place - 1))
        .copied()
        .unwrap_or("other")
}

fn normalise(word: &str) -> String {
    let spaced: String = word
        .chars()
        .map(|character| if character.is_alphanumeric() { character.to_ascii_lowercase() } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_written_in_several_ways_have_one_code() {
        for text in ["Credit Card", "credit_card", " CREDIT-CARD "] {
            assert_eq!(code(&PAYMENT_METHODS, text), 1);
        }
        assert_eq!(code(&PRODUCT_CATEGORIES, "home & garden"), 3);
        assert_eq!(code(&PRODUCT_CATEGORIES, "cheese"), 0);
    }

    #[test]
    fn a_code_reads_as_its_word() {
        assert_eq!(word(&PAYMENT_METHODS, 3.0), "paypal");
        assert_eq!(word(&PAYMENT_METHODS, 0.0), "other");
        assert_eq!(word(&PAYMENT_METHODS, 99.0), "other");
    }
}
