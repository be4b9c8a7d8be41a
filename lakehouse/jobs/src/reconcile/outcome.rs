//! What was found, in words, and what to do next.

use super::pair::Pair;
use super::record::Found;

/// Dates and pairs that are told one by one.
const TOLD: usize = 20;

/// What is on its way, a sentence each.
pub(crate) fn on_the_way(found: &Found) -> Vec<String> {
    let waiting = found.iter().filter(|(_, compared)| compared.waiting > 0);
    let told = waiting.map(|((date, pair), compared)| {
        format!("{date}: {} of {} wait for {}; {}", compared.waiting, pair.from(), pair.to(), pair.next())
    });
    shortened(told.collect())
}

/// What differs and is not on its way.
pub(crate) fn differences(found: &Found) -> Vec<String> {
    let mut told = Vec::new();
    for ((date, pair), compared) in found {
        let (from, to) = (pair.from(), pair.to());
        if !compared.missing.is_empty() {
            let (missing, all) = (compared.missing.len(), compared.from_ids);
            let advice = remedy(pair.remedy(), *pair, date);
            told.push(format!("{date}: {missing} of {all} of `{from}` are missing in `{to}`; {advice}"));
        }
        if !compared.surplus.is_empty() {
            let (surplus, all) = (compared.surplus.len(), compared.to_ids);
            let advice = remedy(pair.surplus_remedy(), *pair, date);
            told.push(format!("{date}: {surplus} of {all} of `{to}` are not in `{from}`; {advice}"));
        }
        if compared.from_amounts != compared.to_amounts {
            let (one, other) = (&compared.from_amounts, &compared.to_amounts);
            let advice = remedy(pair.surplus_remedy(), *pair, date);
            told.push(format!(
                "{date}: what both have sums up to {one:?} in `{from}` and {other:?} in `{to}`; {advice}"
            ));
        }
    }
    shortened(told)
}

/// Facts are made again by date.
fn remedy(text: &str, pair: Pair, date: &str) -> String {
    match pair {
        Pair::Facts | Pair::LabelledFacts => format!("{text} {date}"),
        _ => text.to_owned(),
    }
}

fn shortened(mut told: Vec<String>) -> Vec<String> {
    if told.len() > TOLD {
        let more = told.len() - TOLD;
        told.truncate(TOLD);
        told.push(format!("and {more} more: `weir sql \"SELECT * FROM system.reconcile\"` has them all"));
    }
    told
}
