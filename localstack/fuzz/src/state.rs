//! States of entities as the store keeps them: heads and the pieces beside them.

use std::collections::BTreeMap;

use weir_events::{DeviceType, Entities, EntityKey, EntityKind, Order, Timestamp};
use weir_features::{EntityState, FeatureSet, States, apply_label, missing, observe};

use crate::source::Source;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 2026-01-01.
const START: i64 = 1_767_225_600 * SECOND;

/// Reads bytes as a state, or folds a made-up history once in memory and once through the stored form.
pub fn check(bytes: &[u8]) {
    let mut source = Source(bytes);
    match source.byte() % 4 {
        0 => any_bytes(source.0),
        1 => damaged(&mut source),
        _ => {
            History::new(&mut source).run(&mut source);
        }
    }
}

/// A head and one piece, each of any bytes: refused, or read, written and folded.
fn any_bytes(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_at_checked(2) else { return };
    let length = usize::from(u16::from_le_bytes([length[0], length[1]])).min(rest.len());
    let (head, piece) = rest.split_at(length);
    if let Ok(state) = EntityState::read(head) {
        fold(state, piece);
    }
}

/// What is read can be written, is the same then, and takes an event and a label.
fn fold(mut state: EntityState, piece: &[u8]) {
    for number in state.part_numbers() {
        let _ = state.load(number, piece);
    }
    let mut written = state.clone();
    let head = written.write().head;
    let again = EntityState::read(&head).expect("what is written is read");
    assert_eq!(again.part_numbers(), written.part_numbers());
    assert_eq!((again.kind(), again.ordinal()), (state.kind(), state.ordinal()));
    let (kind, ordinal) = (state.kind(), state.ordinal());
    let arrival = Arrival { customer: 1, others: [Some(1); 6], at: START, delay: 0, amount: 500, place: 0 };
    let entities = arrival.entities();
    let Some(entity) = entities.get(kind).copied() else { return };
    let mut states = States::new();
    states.insert(entity, state);
    observe(&FeatureSet::full(), &arrival.order(), &entities, arrival.received_at(), &mut states);
    if let Some(state) = states.get_mut(&entity) {
        assert!(state.ordinal() == ordinal || state.ordinal() == ordinal + 1);
        apply_label(state, "t-0", Timestamp::from_micros(START), true);
        let head = state.write().head;
        assert!(EntityState::read(&head).is_ok(), "a state that was folded cannot be read");
    }
}

/// A state of a history with bytes changed.
fn damaged(source: &mut Source<'_>) {
    let changes: Vec<(u16, u8)> =
        (0..1 + source.byte() % 3).map(|_| (source.short(), source.byte())).collect();
    let piece = source.byte();
    let history = History::new(source).run(source);
    for (entity, head) in &history.heads {
        let range = (*entity, 0)..=(*entity, u64::MAX);
        let mut pieces: Vec<Vec<u8>> = history.parts.range(range).map(|(_, bytes)| bytes.clone()).collect();
        pieces.insert(0, head.clone());
        let chosen = usize::from(piece) % pieces.len();
        for (at, byte) in &changes {
            let length = pieces[chosen].len();
            pieces[chosen][usize::from(*at) % length] = *byte;
        }
        if let Ok(state) = EntityState::read(&pieces[0]) {
            fold(state, pieces.get(chosen.max(1)).map_or(&[], Vec::as_slice));
        }
    }
}

struct Arrival {
    customer: u8,
    others: [Option<u8>; 6],
    at: i64,
    delay: i64,
    amount: i64,
    place: usize,
}

impl Arrival {
    fn order(&self) -> Order {
        Order {
            transaction_id: format!("t-{}", self.place),
            occurred_at: Timestamp::from_micros(self.at),
            amount_minor: self.amount,
            currency: "EUR".parse().expect("a currency"),
            merchant_id: None,
            payment_method: self.place.is_multiple_of(2).then(|| "PayPal".to_owned()),
            product_category: None,
            quantity: self.place.is_multiple_of(3).then_some(2),
            customer_age: None,
            customer_location: None,
            device_type: self.place.is_multiple_of(4).then_some(DeviceType::Mobile),
            account_age_days: None,
            attributes: Default::default(),
        }
    }

    fn received_at(&self) -> Timestamp {
        Timestamp::from_micros(self.at.saturating_add(self.delay))
    }

    fn entities(&self) -> Entities<EntityKey> {
        let key = |kind, number| EntityKey { kind, key_id: 1, digest: [number; 16] };
        let [merchant, card, device, ip, shipping, billing] = self.others;
        Entities {
            customer: key(EntityKind::Customer, self.customer),
            merchant: merchant.map(|number| key(EntityKind::Merchant, number)),
            card: card.map(|number| key(EntityKind::Card, number)),
            device: device.map(|number| key(EntityKind::Device, number)),
            ip: ip.map(|number| key(EntityKind::Ip, number)),
            shipping_address: shipping.map(|number| key(EntityKind::Address, number)),
            billing_address: billing.map(|number| key(EntityKind::Address, number)),
        }
    }
}

/// The same events folded twice: in memory, and with every state written and read between two events.
struct History {
    set: FeatureSet,
    states: States,
    heads: BTreeMap<EntityKey, Vec<u8>>,
    parts: BTreeMap<(EntityKey, u64), Vec<u8>>,
    arrivals: Vec<Arrival>,
    now: i64,
}

impl History {
    fn new(source: &mut Source<'_>) -> Self {
        let set = if source.byte() % 4 == 0 { FeatureSet::handbook() } else { FeatureSet::full() };
        let (heads, parts, arrivals) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { set, states: States::new(), heads, parts, arrivals, now: START }
    }

    fn run(mut self, source: &mut Source<'_>) -> Self {
        while !source.is_empty() && self.arrivals.len() < 160 {
            match source.byte() {
                0..16 => self.label(usize::from(source.byte()), source.byte() % 2 == 0),
                16..64 => {
                    let step = DAY / 96 * i64::from(source.byte());
                    (0..20).for_each(|_| self.arrive(step, 0, 1_000, 1, [Some(1); 6]));
                }
                kind => self.one(kind, source),
            }
        }
        self
    }

    fn one(&mut self, kind: u8, source: &mut Source<'_>) {
        let stride = match kind % 5 {
            0 => i64::from(source.short()) * SECOND,
            1 => i64::from(source.byte()) * DAY / 8,
            2 => -i64::from(source.short()) * SECOND,
            3 => (source.long() >> 20) as i64,
            _ => 0,
        };
        let delay = if kind < 80 { i64::from(source.short() as i16) * 60 * SECOND } else { 0 };
        let amount = if kind < 72 { source.long() as i64 } else { i64::from(source.short()) };
        let numbers = source.short();
        let named = |place: u16| Some((numbers >> (2 * place) & 3) as u8).filter(|number| *number > 0);
        self.arrive(
            stride,
            delay,
            amount,
            1 + (numbers >> 12 & 1) as u8,
            std::array::from_fn(|place| named(place as u16)),
        );
    }

    fn arrive(&mut self, stride: i64, delay: i64, amount: i64, customer: u8, others: [Option<u8>; 6]) {
        self.now = self.now.saturating_add(stride).clamp(START - 40 * DAY, START + 4_000 * DAY);
        let place = self.arrivals.len();
        let arrival = Arrival { customer, others, at: self.now, delay, amount, place };
        let (order, entities, received_at) = (arrival.order(), arrival.entities(), arrival.received_at());
        let seen = observe(&self.set, &order, &entities, received_at, &mut self.states);
        let mut stored = States::new();
        for entity in self.set.kinds().iter().filter_map(|kind| entities.get(*kind)) {
            if let Some(head) = self.heads.get(entity) {
                stored.insert(*entity, EntityState::read(head).expect("what is written is read"));
            }
        }
        for part in missing(&self.set, &order, &entities, &stored) {
            let bytes = &self.parts[&(part.entity, part.number)];
            let state = stored.get_mut(&part.entity).expect("missing of a state that is there");
            state.load(part.number, bytes).expect("what is written is read");
        }
        let before = stored.clone();
        let again = observe(&self.set, &order, &entities, received_at, &mut stored);
        let bits =
            |vector: &weir_events::Vector| vector.0.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&seen.vector), bits(&again.vector), "vectors differ");
        assert_eq!((&seen.ordinals, &seen.marks), (&again.ordinals, &again.marks));
        for read in &again.ordinals {
            if let Some(state) = stored.get_mut(&read.entity)
                && before.get(&read.entity) != Some(state)
            {
                self.put(read.entity, state);
            }
        }
        self.arrivals.push(arrival);
    }

    fn label(&mut self, back: usize, is_fraud: bool) {
        let Some(arrival) = self.arrivals.iter().rev().nth(back) else { return };
        let Some(merchant) = arrival.entities().merchant else { return };
        let order = arrival.order();
        let label =
            |state: &mut EntityState| apply_label(state, &order.transaction_id, order.occurred_at, is_fraud);
        let effect = self.states.get_mut(&merchant).and_then(label);
        let Some(head) = self.heads.get(&merchant) else { return assert_eq!(effect, None) };
        let mut state = EntityState::read(head).expect("what is written is read");
        for number in state.missing_for_label(order.occurred_at) {
            state.load(number, &self.parts[&(merchant, number)]).expect("what is written is read");
        }
        assert_eq!(effect, label(&mut state));
        if effect.is_some() {
            self.put(merchant, &mut state);
        }
    }

    fn put(&mut self, entity: EntityKey, state: &mut EntityState) {
        let written = state.write();
        self.heads.insert(entity, written.head);
        for number in written.removed {
            assert!(self.parts.remove(&(entity, number)).is_some(), "a piece that was never stored");
        }
        for (number, bytes) in written.parts {
            assert!(self.parts.insert((entity, number), bytes).is_none(), "a number is used twice");
        }
    }
}
