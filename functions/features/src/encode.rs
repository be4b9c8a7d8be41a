//! Writing a state down.

use crate::codec::{put, put_hash, put_signed};
use crate::entry::{Entry, FlagChange};
use crate::first_use::{Use, Uses};
use crate::state::EntityState;

/// First byte of every encoded state.
pub(crate) const LAYOUT: u8 = 1;

impl EntityState {
    /// The stored form, layout version first. Equal states have equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(32 + self.entries.len() * 24);
        bytes.extend_from_slice(&[LAYOUT, self.kind as u8]);
        put(&mut bytes, self.ordinal);
        bytes.push(u8::from(self.gone_until.is_some()));
        put_signed(&mut bytes, self.gone_until.unwrap_or(0));
        self.put_entries(&mut bytes);
        put(&mut bytes, self.flags.len() as u64);
        for change in &self.flags {
            put_flag(&mut bytes, change);
        }
        for uses in &self.first_uses.0 {
            put_uses(&mut bytes, uses);
        }
        bytes
    }

    fn put_entries(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.entries.len() as u64);
        let (mut time, mut ordinal) = (0_i64, 0_u64);
        for entry in &self.entries {
            put_signed(bytes, entry.occurred_at.wrapping_sub(time));
            put_signed(bytes, entry.ordinal.wrapping_sub(ordinal) as i64);
            (time, ordinal) = entry.place();
            put_entry_rest(bytes, entry);
        }
    }
}

fn put_entry_rest(bytes: &mut Vec<u8>, entry: &Entry) {
    put_signed(bytes, entry.amount_minor);
    put_hash(bytes, entry.transaction);
    let mask = entry.counterparties.iter().enumerate();
    bytes.push(mask.fold(0, |mask, (place, hash)| mask | (u8::from(hash.is_some()) << place)));
    for hash in entry.counterparties.into_iter().flatten() {
        put_hash(bytes, hash);
    }
}

fn put_flag(bytes: &mut Vec<u8>, change: &FlagChange) {
    put(bytes, change.ordinal);
    put_signed(bytes, change.occurred_at);
    put(bytes, change.event);
    bytes.push(u8::from(change.is_fraud));
}

fn put_uses(bytes: &mut Vec<u8>, uses: &Uses) {
    bytes.push(u8::from(uses.is_capped));
    put(bytes, uses.records.len() as u64);
    for Use { ordinal, occurred_at, hash } in &uses.records {
        put(bytes, *ordinal);
        put_signed(bytes, *occurred_at);
        put_hash(bytes, *hash);
    }
}
