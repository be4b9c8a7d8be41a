//! What every store must do, as checks that an adapter's tests run against it.

mod guards;
mod labels;
mod outbox;
mod parts;
mod read;
mod samples;
mod sharing;
mod single;

use std::sync::Arc;

use crate::{Outbox, OutboxRecord, Store};

pub use samples::{decision, effect, entity, item_write, label, state_write, state_write_with};

/// Whether an adapter commits a batch whole or in pieces, see [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atomic {
    /// A commit that answers an error has written nothing.
    Whole,
    /// A commit that answers an error may have written some of the states, and items whose states are all written.
    Pieces,
}

/// A store with its outbox.
pub trait Kept: Store + Outbox {}

impl<T: Store + Outbox + ?Sized> Kept for T {}

/// One place to keep things, opened as often as a check wants; every opening sees what was committed before.
#[async_trait::async_trait]
pub trait Home: Send + Sync {
    /// Opens the store. The store opened before was dropped.
    async fn open(&self) -> Arc<dyn Kept>;
}

/// Runs every check of the store, each in a new home; panics at the first that fails.
pub async fn suite<H: Home>(new_home: impl AsyncFn() -> H, atomic: Atomic) {
    guards::what_was_never_written_is_absent(&new_home().await).await;
    guards::versions_grow_by_one(&new_home().await).await;
    guards::a_conflict_writes_no_decision(&new_home().await, atomic).await;
    guards::a_decision_is_for_good(&new_home().await).await;
    guards::a_repeat_conflicts_and_finds_the_first_decision(&new_home().await).await;
    guards::malformed_changes_are_refused_whole(&new_home().await).await;
    labels::a_label_may_come_after_its_transaction(&new_home().await).await;
    labels::a_label_may_come_before_its_transaction(&new_home().await).await;
    labels::the_newest_label_counts_once(&new_home().await).await;
    parts::pieces_come_and_go_with_their_head(&new_home().await).await;
    parts::a_conflict_leaves_pieces_with_their_head(&new_home().await, atomic).await;
    parts::a_refused_piece_leaves_its_number_free(&new_home().await).await;
    parts::a_piece_is_written_or_removed_once(&new_home().await).await;
    sharing::concurrent_folds_are_all_there_once(&new_home().await).await;
    sharing::one_of_many_deciders_wins(&new_home().await).await;
    sharing::lists_page_through_everything(&new_home().await).await;
    sharing::everything_is_there_after_reopening(&new_home().await).await;
}

/// Runs every check of the outbox, each in a new home; panics at the first that fails.
pub async fn outbox_suite<H: Home>(new_home: impl AsyncFn() -> H) {
    outbox::every_entry_comes_once_as_it_was_committed(&new_home().await).await;
    outbox::entries_of_one_transaction_come_in_their_order(&new_home().await).await;
    outbox::a_page_begins_after_a_sequence(&new_home().await).await;
    outbox::waiting_ends_with_the_next_entry(&new_home().await).await;
    outbox::a_shard_that_is_not_there_is_closed(&new_home().await).await;
}

/// Runs the checks of an outbox that its store keeps itself, in one shard, in order of commits, until it is trimmed.
pub async fn single_outbox_suite<H: Home>(new_home: impl AsyncFn() -> H) {
    single::entries_come_in_order_of_commits(&new_home().await).await;
    single::trimming_forgets_and_says_so(&new_home().await).await;
    single::trimmed_sequences_are_never_used_again(&new_home().await).await;
}

/// Everything in the outbox, once at least so many entries are there: every shard, parents first.
pub async fn all(outbox: &dyn Outbox, at_least: usize) -> Vec<OutboxRecord> {
    read::all(outbox, at_least).await
}
