//! What goes into one request.

use super::Write;
use super::batch::STATEMENTS;
use super::transaction::{ACTIONS, TOGETHER_BYTES};
use crate::settings::WriteForm;

/// What a request takes at most.
struct Most {
    writes: usize,
    actions: usize,
    bytes: usize,
}

/// Indexes of the writes of each request. What has pieces is a transaction: of its own, unless all writes are.
pub(super) fn chunks(form: WriteForm, writes: &[Write]) -> Vec<Vec<usize>> {
    let alone = Most { writes: 1, actions: ACTIONS, bytes: TOGETHER_BYTES };
    let most = match form {
        WriteForm::Batch => Most { writes: STATEMENTS, actions: STATEMENTS, bytes: usize::MAX },
        WriteForm::Single => Most { writes: 1, actions: 1, bytes: usize::MAX },
        WriteForm::Transaction => {
            let most = Most { writes: ACTIONS, ..alone };
            return fill(writes, (0..writes.len()).collect(), &most);
        }
    };
    let has_pieces = |index: &usize| writes.get(*index).is_some_and(|write| !write.pieces.is_empty());
    let (together, rest): (Vec<usize>, Vec<usize>) = (0..writes.len()).partition(has_pieces);
    let mut chunks = fill(writes, rest, &most);
    chunks.extend(fill(writes, together, &alone));
    chunks
}

/// In their order, each request as full as it may be.
fn fill(writes: &[Write], indexes: Vec<usize>, most: &Most) -> Vec<Vec<usize>> {
    let mut chunks: Vec<Vec<usize>> = Vec::new();
    let (mut actions, mut bytes) = (0, 0);
    for (index, write) in indexes.into_iter().filter_map(|index| Some((index, writes.get(index)?))) {
        let (more, size) = (write.pieces.actions(), write.size() + write.pieces.size());
        match chunks.last_mut() {
            Some(last)
                if last.len() < most.writes
                    && actions + more <= most.actions
                    && bytes + size <= most.bytes =>
            {
                last.push(index);
                (actions, bytes) = (actions + more, bytes + size);
            }
            _ => {
                chunks.push(vec![index]);
                (actions, bytes) = (more, size);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;
    use aws_sdk_dynamodb::types::AttributeValue;
    use weir_store::PartWrite;

    use super::*;
    use crate::keys::{Place, attribute};
    use crate::write::Pieces;

    fn writes(sizes: &[(usize, usize)]) -> Vec<Write> {
        let write = |(number, (parts, bytes)): (usize, &(usize, usize))| {
            let mut write = Write::new(Place::Item(number.to_string()), 0);
            write.set(attribute::BYTES, AttributeValue::B(Blob::new(vec![7; *bytes])));
            let parts = (0..*parts).map(|number| PartWrite { number: number as u64 + 1, bytes: vec![7] });
            write.pieces = Pieces::new(parts.collect(), Vec::new());
            write
        };
        sizes.iter().enumerate().map(write).collect()
    }

    #[test]
    fn a_transaction_takes_so_many_actions_and_bytes() {
        let many = chunks(WriteForm::Transaction, &writes(&[(0, 9); 250]));
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
        let pieces = chunks(WriteForm::Transaction, &writes(&[(98, 9), (0, 9), (0, 9), (99, 9)]));
        assert_eq!(pieces, [vec![0, 1], vec![2], vec![3]]);
        let large = chunks(WriteForm::Transaction, &writes(&[(0, 390_000); 20]));
        assert_eq!(large.iter().map(Vec::len).collect::<Vec<_>>(), [8, 8, 4]);
    }

    #[test]
    fn pieces_are_a_transaction_of_their_own_where_others_are_none() {
        let sizes = [(0, 9), (2, 9), (0, 9), (1, 9)];
        assert_eq!(chunks(WriteForm::Batch, &writes(&sizes)), [vec![0, 2], vec![1], vec![3]]);
        assert_eq!(chunks(WriteForm::Single, &writes(&sizes)), [[0], [2], [1], [3]]);
        assert_eq!(chunks(WriteForm::Batch, &writes(&[(0, 9); 60])).len(), 3);
    }
}
