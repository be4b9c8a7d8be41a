//! Numbers and durations as people write them.

/// A count: `4`; with one decimal if it is not whole.
pub(crate) fn count(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// A count with its noun: `1 card`, `4 cards`.
pub(crate) fn counted(number: f64, singular: &str, plural: &str) -> String {
    format!("{} {}", count(number), if number == 1.0 { singular } else { plural })
}

/// An amount in the major unit.
pub(crate) fn money(number: f64) -> String {
    format!("{number:.2}")
}

/// A share as percentage, with a decimal below ten.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent == 0.0 || percent >= 10.0 { format!("{percent:.0}%") } else { format!("{percent:.1}%") }
}

/// A duration in the largest unit that it fills.
pub(crate) fn duration(seconds: f64) -> String {
    let units = [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)];
    let (name, size) = units.into_iter().find(|(_, size)| seconds >= *size).unwrap_or(("second", 1.0));
    let number = (seconds / size).floor();
    if number < 1.0 && seconds > 0.0 {
        return "less than a second".to_owned();
    }
    counted(number, name, &format!("{name}s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_use_the_largest_unit_that_they_fill() {
        let texts = [0.0, 0.4, 1.0, 59.0, 60.0, 7_300.0, 200_000.0].map(duration);
        let expected =
            ["0 seconds", "less than a second", "1 second", "59 seconds", "1 minute", "2 hours", "2 days"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(counted(1.0, "card", "cards"), "1 card");
        assert_eq!(counted(1.5, "card", "cards"), "1.5 cards");
        assert_eq!([percent(0.0), percent(0.005), percent(0.5)], ["0%", "0.5%", "50%"]);
    }
}
