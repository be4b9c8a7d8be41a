//! The order of rows: time, then id.

use crate::transactions::Transactions;

/// Brings the rows into the order of time, then id, unless they are.
pub(crate) fn sort(transactions: &mut Transactions) {
    let rows = transactions.len();
    let compare = |one: usize, other: usize| {
        let times = &transactions.occurred_at;
        times[one].cmp(&times[other]).then_with(|| transactions.ids.compare(one, other))
    };
    if (1..rows).all(|row| compare(row - 1, row).is_le()) {
        return;
    }
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.sort_by(|one, other| compare(*one as usize, *other as usize));
    transactions.reorder(&order);
}
