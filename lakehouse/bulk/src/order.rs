//! The order of rows: time, then id.

use crate::ids::Ids;
use crate::transactions::Transactions;

/// Which rows go to other places. In most files that is few or all of them.
#[derive(Debug)]
pub(crate) struct Moves {
    /// Place and row; each such row is another's place.
    moves: Vec<(u32, u32)>,
    /// The same as row and place, in order of the row.
    places: Vec<(u32, u32)>,
}

impl Moves {
    fn new(moves: Vec<(u32, u32)>) -> Self {
        let mut places: Vec<(u32, u32)> = moves.iter().map(|(place, row)| (*row, *place)).collect();
        places.sort_unstable();
        Self { moves, places }
    }

    /// Moves the values of a column; an empty one stays empty.
    pub(crate) fn make<T: Copy>(&self, values: &mut [T]) {
        if values.is_empty() {
            return;
        }
        let moved: Vec<T> = self.moves.iter().map(|(_, row)| values[*row as usize]).collect();
        for ((place, _), value) in self.moves.iter().zip(moved) {
            values[*place as usize] = value;
        }
    }

    /// The place to which a row goes.
    pub(crate) fn place(&self, row: u32) -> u32 {
        let found = self.places.binary_search_by_key(&row, |(from, _)| *from);
        found.map_or(row, |found| self.places[found].1)
    }
}

/// Brings the rows into the order of time, then id, unless they are.
pub(crate) fn sort(transactions: &mut Transactions) {
    if transactions.is_in_order {
        return;
    }
    let (times, ids) = (&transactions.occurred_at, &transactions.ids);
    let moves = match in_order(times, ids) {
        Some(moves) => moves,
        None => {
            let mut order: Vec<u32> = (0..times.len() as u32).collect();
            order.sort_by_key(|row| times[*row as usize]);
            for run in order.chunk_by_mut(|one, next| times[*one as usize] == times[*next as usize]) {
                by_id(run, ids);
            }
            (0..).zip(order).filter(|(place, row)| place != row).collect()
        }
    };
    if !moves.is_empty() {
        transactions.make(&Moves::new(moves));
    }
}

/// Place and row of those that move, if times are in order: only rows of one time can be in wrong places then.
fn in_order(times: &[i64], ids: &Ids) -> Option<Vec<(u32, u32)>> {
    let (mut moves, mut run, mut next) = (Vec::new(), Vec::new(), 1);
    while let (Some(before), Some(time)) = (times.get(next - 1), times.get(next)) {
        if before < time {
            next += 1;
            continue;
        }
        if before > time {
            return None;
        }
        let first = next - 1;
        next += times[next..].iter().take_while(|later| *later == time).count();
        run.clear();
        run.extend(first as u32..next as u32);
        by_id(&mut run, ids);
        moves.extend((first as u32..).zip(run.iter().copied()).filter(|(place, row)| place != row));
    }
    Some(moves)
}

fn by_id(rows: &mut [u32], ids: &Ids) {
    rows.sort_by(|one, other| ids.compare(*one as usize, *other as usize));
}
