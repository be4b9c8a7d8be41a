//! Writes as transactions: all of a request or none.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Put, TransactWriteItem, Update};

use super::{Answer, Write, answer_of};
use crate::fault::Fault;
use crate::keys::{Attributes, attribute, number_value};
use crate::store::Inner;

/// Most actions that one transaction takes.
pub(crate) const ACTIONS: usize = 100;

/// Most bytes that one transaction takes; the service's limit is 4 MB, of which a part is left.
pub(super) const TOGETHER_BYTES: usize = 3_500_000;

impl Inner {
    /// All of it or nothing: those whose condition does not hold are refused, the others not written beside them.
    pub(super) async fn send_transaction(
        &self,
        table: &str,
        writes: &[&Write],
    ) -> Result<Vec<Answer>, Fault> {
        let actions = actions(table, writes)?;
        let count = actions.len();
        let request = self.client.transact_write_items().set_transact_items(Some(actions));
        let request = request.return_consumed_capacity(self.settings.capacity());
        match request.send().await {
            Ok(answer) => {
                self.counters.write(answer.consumed_capacity());
                Ok(vec![Answer::Written; writes.len()])
            }
            Err(SdkError::ServiceError(answer)) => match answer.err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    why(writes, count, cancelled.cancellation_reasons())
                }
                _ => Err(Fault::of(&SdkError::ServiceError(answer))),
            },
            Err(error) => Err(Fault::of(&error)),
        }
    }
}

/// What became of each write of a transaction that was cancelled, of which every action has a reason of its own.
fn why(writes: &[&Write], actions: usize, reasons: &[CancellationReason]) -> Result<Vec<Answer>, Fault> {
    if reasons.len() != actions {
        return Ok(vec![reason(reasons)?.unwrap_or_else(unknown); writes.len()]);
    }
    let mut left = reasons;
    let mut answers = Vec::with_capacity(writes.len());
    for write in writes {
        let (own, rest) = left.split_at(write.pieces.actions().min(left.len()));
        answers.push(reason(own)?);
        left = rest;
    }
    if answers.iter().all(Option::is_none) {
        return Ok(vec![unknown(); writes.len()]);
    }
    Ok(answers.into_iter().map(|answer| answer.unwrap_or(Answer::Beside)).collect())
}

/// Of several reasons a condition that does not hold counts before everything else.
fn reason(reasons: &[CancellationReason]) -> Result<Option<Answer>, Fault> {
    let answers = reasons.iter().filter(|reason| reason.code().is_some_and(|code| code != "None"));
    let answers: Vec<Result<Answer, Fault>> = answers
        .map(|reason| answer_of(reason.code().unwrap_or("?"), reason.message().unwrap_or_default()))
        .collect();
    if answers.iter().any(|answer| matches!(answer, Ok(Answer::Refused))) {
        return Ok(Some(Answer::Refused));
    }
    let is_first = |answer: &Result<Answer, Fault>| answer.is_err();
    let first = answers.iter().position(is_first).unwrap_or(0);
    answers.into_iter().nth(first).transpose()
}

fn unknown() -> Answer {
    Answer::Again(Fault::new("TransactionConflict", "cancelled without a reason"))
}

/// Each write followed by its pieces.
fn actions(table: &str, writes: &[&Write]) -> Result<Vec<TransactWriteItem>, Fault> {
    let mut actions = Vec::new();
    for write in writes {
        actions.push(action(table, write)?);
        actions.extend(write.pieces.of(table, write)?);
    }
    Ok(actions)
}

pub(super) fn incomplete(error: &BuildError) -> Fault {
    Fault::new("ValidationException", &error.to_string())
}

fn action(table: &str, write: &Write) -> Result<TransactWriteItem, Fault> {
    let built = TransactWriteItem::builder();
    if write.is_put() {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item(write)))
            .condition_expression(condition(write))
            .set_expression_attribute_values(values(write));
        return Ok(built.put(put.build().map_err(|error| incomplete(&error))?).build());
    }
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(write.place.key_map()))
        .update_expression(update_expression(write))
        .condition_expression(condition(write))
        .set_expression_attribute_values(values(write));
    Ok(built.update(update.build().map_err(|error| incomplete(&error))?).build())
}

/// Everything of a write that replaces what is there.
pub(super) fn item(write: &Write) -> Attributes {
    let set = write.set.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    write.place.key().into_iter().map(|(name, value)| (name.to_owned(), value)).chain(set).collect()
}

/// One letter is no reserved word, so that names stand for themselves: shorter to send and to parse.
pub(super) fn condition(write: &Write) -> String {
    if write.expected == 0 {
        return format!("attribute_not_exists({})", attribute::KEY);
    }
    let undecided = if write.is_undecided {
        format!(" AND attribute_not_exists({})", attribute::DECISION)
    } else {
        String::new()
    };
    format!("{} = :expected{undecided}", attribute::VERSION)
}

pub(super) fn update_expression(write: &Write) -> String {
    let sets: Vec<String> = write.set.iter().map(|(name, _)| format!("{name} = :{name}")).collect();
    format!("SET {}", sets.join(", "))
}

/// Values that the expressions name, if they name any.
pub(super) fn values(write: &Write) -> Option<HashMap<String, AttributeValue>> {
    let expected = (write.expected > 0).then(|| (":expected".to_owned(), number_value(write.expected)));
    let set = write.set.iter().filter(|_| !write.is_put());
    let values: HashMap<String, AttributeValue> =
        set.map(|(name, value)| (format!(":{name}"), value.clone())).chain(expected).collect();
    (!values.is_empty()).then_some(values)
}
