//! A planted case in words.

use crate::pattern::Pattern;
use crate::plan::Plan;

const SMALL: [&str; 13] =
    ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

impl Plan {
    /// `ring 3: five accounts, one card`.
    pub(crate) fn text(&self) -> String {
        let size = |thing| counted(self.size, thing);
        let accounts = counted(u64::from(self.account_count), "account");
        let what = match self.pattern {
            Pattern::CardTesting => format!("{}, one device", size("card")),
            Pattern::AccountTakeover => format!("{} from a new device to a new address", size("order")),
            Pattern::CompromisedMerchant => format!("{} of one merchant used elsewhere", size("card")),
            Pattern::StolenCard => format!("one card, {} within hours", size("order")),
            Pattern::Ring => format!("{accounts}, one card"),
            Pattern::Travel => format!("{} from a hotel", size("order")),
            Pattern::NewPhone => format!("{} from a new phone", size("order")),
            Pattern::Gift => format!("{} to someone else's address", size("order")),
        };
        format!("{} {}: {what}", self.pattern.title(), self.ordinal)
    }
}

/// `one card`, `five cards`, `20 cards`.
fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    match SMALL.get(count as usize) {
        Some(word) => format!("{word} {thing}{plural}"),
        None => format!("{count} {thing}{plural}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_reads_as_people_say_it() {
        let ring = Plan {
            pattern: Pattern::Ring,
            ordinal: 3,
            start: 0,
            span: 1,
            size: 9,
            first_account: 0,
            account_count: 5,
            customer: 0,
            transactions: Vec::new(),
        };
        assert_eq!(ring.text(), "ring 3: five accounts, one card");
    }
}
