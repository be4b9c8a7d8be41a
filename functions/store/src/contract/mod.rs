//! What every store must do, as checks that an adapter's tests run against it.

mod guards;
mod labels;
mod outbox;
mod parts;
mod samples;
mod sharing;

use std::sync::Arc;

use crate::Store;

pub use samples::{decision, effect, entity, item_write, label, state_write, state_write_with};

/// One place to keep things, opened as often as a check wants; every opening sees what was committed before.
#[async_trait::async_trait]
pub trait Home: Send + Sync {
    /// Opens the store. The store opened before was dropped.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Runs every check, each in a new home; panics at the first that fails.
pub async fn suite<H: Home>(new_home: impl Fn() -> H) {
    guards::what_was_never_written_is_absent(&new_home()).await;
    guards::versions_grow_by_one(&new_home()).await;
    guards::a_conflict_writes_nothing(&new_home()).await;
    guards::a_decision_is_for_good(&new_home()).await;
    guards::a_repeat_conflicts_and_finds_the_first_decision(&new_home()).await;
    guards::malformed_changes_are_refused_whole(&new_home()).await;
    labels::a_label_may_come_after_its_transaction(&new_home()).await;
    labels::a_label_may_come_before_its_transaction(&new_home()).await;
    labels::the_newest_label_counts_once(&new_home()).await;
    parts::pieces_come_and_go_with_their_head(&new_home()).await;
    parts::a_conflict_leaves_pieces_as_they_are(&new_home()).await;
    parts::a_piece_is_written_or_removed_once(&new_home()).await;
    outbox::entries_come_in_order_of_commits(&new_home()).await;
    outbox::a_page_begins_after_a_sequence(&new_home()).await;
    outbox::trimmed_sequences_are_never_used_again(&new_home()).await;
    outbox::waiting_ends_with_the_next_entry(&new_home()).await;
    sharing::concurrent_increments_are_all_counted(&new_home()).await;
    sharing::one_of_many_deciders_wins(&new_home()).await;
    sharing::lists_page_through_everything(&new_home()).await;
    sharing::everything_is_there_after_reopening(&new_home()).await;
}
