//! The order of rows: time, then id.

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
    let (times, ids) = (&transactions.occurred_at, &transactions.ids);
    let mut moves = Vec::new();
    let mut sort = |first: usize, rows: &mut [u32]| {
        rows.sort_by(|one, other| ids.compare(*one as usize, *other as usize));
        let order = (first as u32..).zip(rows.iter().copied());
        moves.extend(order.filter(|(place, row)| place != row));
    };
    if times.is_sorted() {
        // Only rows of one time can be in the wrong order: few, so that nothing is made for the others.
        let mut first = 0;
        for run in times.chunk_by(|one, next| one == next) {
            if run.len() > 1 {
                let mut rows: Vec<u32> = (first as u32..).take(run.len()).collect();
                sort(first, &mut rows);
            }
            first += run.len();
        }
    } else {
        let mut order: Vec<u32> = (0..times.len() as u32).collect();
        order.sort_by_key(|row| times[*row as usize]);
        let mut first = 0;
        for run in order.chunk_by_mut(|one, next| times[*one as usize] == times[*next as usize]) {
            sort(first, run);
            first += run.len();
        }
    }
    if !moves.is_empty() {
        transactions.make(&Moves::new(moves));
    }
}
