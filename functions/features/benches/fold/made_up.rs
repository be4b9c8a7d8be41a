//! Made-up rows in columns.

use weir_events::{Entities, EntityKey, EntityKind};
use weir_features::bulk::{ABSENT, Batch, EntityColumn, LabelEvent};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 2026-01-01.
const START: i64 = 1_767_225_600 * SECOND;

/// As many rows; few where tests only try whether the benchmarks run.
#[expect(clippy::disallowed_methods, reason = "a benchmark, not the crate")]
pub(crate) fn size(rows: usize) -> usize {
    if std::env::args().any(|argument| argument == "--bench") { rows } else { rows / 100 }
}

/// A file's rows in the order of time.
#[derive(Default)]
pub(crate) struct MadeUp {
    pub(crate) occurred_at: Vec<i64>,
    pub(crate) amount_minor: Vec<i64>,
    transactions: Vec<u32>,
    numbers: [Vec<u32>; 6],
    shorts: [Vec<u32>; 6],
    labels: Vec<LabelEvent>,
}

/// Evenly spread numbers: `splitmix64`.
struct Spread(u64);

impl Spread {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

impl MadeUp {
    /// 5,000 customers at 10,000 terminals, about 10,000 payments a day; one in a hundred turns out as fraud
    /// after 7 days.
    pub(crate) fn handbook(rows: usize) -> Self {
        let mut made = Self::rows(rows, DAY / 9_585, |spread| {
            [Some(spread.below(5_000)), Some(spread.below(10_000)), None, None, None, None]
        });
        let (mut spread, mut row) = (Spread(2), 0);
        for labelled in 0..rows {
            let known_at = made.occurred_at[labelled] + 7 * DAY;
            while row < rows && made.occurred_at[row] < known_at {
                row += 1;
            }
            made.labels.push(LabelEvent {
                row: row as u32,
                entity: made.numbers[1][labelled],
                transaction: made.transactions[labelled],
                occurred_at: made.occurred_at[labelled],
                is_fraud: spread.below(100) == 0,
            });
        }
        made
    }

    /// 97 days of a shop: a customer orders 12 times, mostly to one address, from ever new IP addresses; with 1,000
    /// sellers, cards and devices of the customers.
    pub(crate) fn shop(rows: usize) -> Self {
        let customers = (rows as u64 / 12).max(1);
        Self::rows(rows, 97 * DAY / rows as i64, |spread| {
            let customer = spread.below(customers);
            let own = |spread: &mut Spread| Some(customer * 2 + u64::from(spread.below(10) == 0));
            [
                Some(customer),
                Some(spread.below(1_000)),
                own(spread),
                own(spread),
                Some(spread.below(u64::from(u32::MAX - 1))),
                own(spread),
            ]
        })
    }

    fn rows(rows: usize, stride: i64, mut entities: impl FnMut(&mut Spread) -> [Option<u64>; 6]) -> Self {
        let (mut made, mut spread) = (Self::default(), Spread(1));
        let mut interner = std::array::from_fn::<_, 6, _>(|_| weir_features::bulk::Interner::new());
        for row in 0..rows {
            made.occurred_at.push(START + row as i64 * stride);
            made.amount_minor.push(spread.below(20_000) as i64);
            made.transactions.push(weir_features::bulk::transaction_hash(row.to_string().as_bytes()));
            for (kind, entity) in entities(&mut spread).into_iter().enumerate() {
                let number = entity.map_or(ABSENT, |entity| interner[kind].number(entity.into()));
                made.numbers[kind].push(number);
                made.shorts[kind].push(number.wrapping_mul(0x9e37_79b9));
            }
        }
        made
    }

    pub(crate) fn len(&self) -> usize {
        self.occurred_at.len()
    }

    /// Labels that become known before these rows.
    pub(crate) fn labels(&self, start: usize, end: usize) -> Vec<LabelEvent> {
        let first = self.labels.partition_point(|label| (label.row as usize) < start);
        let after = self.labels.partition_point(|label| (label.row as usize) < end);
        let here = self.labels[first..after].iter();
        here.map(|label| LabelEvent { row: label.row - start as u32, ..*label }).collect()
    }

    pub(crate) fn batch<'a>(&'a self, start: usize, end: usize, labels: &'a [LabelEvent]) -> Batch<'a> {
        let (times, amounts) = (&self.occurred_at[start..end], &self.amount_minor[start..end]);
        let mut batch = Batch::new(times, amounts, &self.transactions[start..end], 100);
        batch.labels = labels;
        for (place, kind) in EntityKind::ALL.into_iter().enumerate() {
            let (numbers, shorts) = (&self.numbers[place][start..end], &self.shorts[place][start..end]);
            batch.set_entities(kind, EntityColumn { numbers, shorts });
        }
        batch
    }

    /// The entities of a row by key.
    pub(crate) fn entities(&self, row: usize) -> Entities<EntityKey> {
        let key = |place: usize| {
            let (number, short) = (self.numbers[place][row], self.shorts[place][row]);
            let mut digest = [0; 16];
            digest[..4].copy_from_slice(&short.to_be_bytes());
            digest[4..8].copy_from_slice(&number.to_be_bytes());
            (number != ABSENT).then_some(EntityKey { kind: EntityKind::ALL[place], key_id: 1, digest })
        };
        Entities {
            customer: key(0).unwrap_or(EntityKey { kind: EntityKind::Customer, key_id: 1, digest: [0; 16] }),
            merchant: key(1),
            card: key(2),
            device: key(3),
            ip: key(4),
            shipping_address: key(5),
            billing_address: None,
        }
    }
}
