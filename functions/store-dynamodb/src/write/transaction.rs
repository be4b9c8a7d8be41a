//! Writes as transactions: all of a request or none.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnConsumedCapacity, TransactWriteItem, Update,
};

use super::{Answer, Write, answer_of};
use crate::fault::Fault;
use crate::keys::{attribute, number_value};
use crate::store::Inner;

/// Most actions that one transaction takes.
pub(crate) const ACTIONS: usize = 100;

impl Inner {
    pub(super) async fn send_transaction(
        &self,
        table: &str,
        writes: &[&Write],
    ) -> Result<Vec<Answer>, Fault> {
        let actions = writes.iter().map(|write| action(table, write)).collect::<Result<_, _>>()?;
        Ok(vec![self.transact(actions).await?; writes.len()])
    }

    /// All of it or nothing: refused if any condition does not hold.
    pub(super) async fn transact(&self, actions: Vec<TransactWriteItem>) -> Result<Answer, Fault> {
        let request = self.client.transact_write_items().set_transact_items(Some(actions));
        let request = request.return_consumed_capacity(ReturnConsumedCapacity::Total);
        match request.send().await {
            Ok(answer) => {
                self.counters.write(answer.consumed_capacity());
                Ok(Answer::Written)
            }
            Err(SdkError::ServiceError(answer)) => match answer.err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    why(cancelled.cancellation_reasons())
                }
                _ => Err(Fault::of(&SdkError::ServiceError(answer))),
            },
            Err(error) => Err(Fault::of(&error)),
        }
    }
}

/// A condition that does not hold counts before everything else.
fn why(reasons: &[CancellationReason]) -> Result<Answer, Fault> {
    let answers = reasons.iter().filter(|reason| reason.code().is_some_and(|code| code != "None"));
    let answers: Vec<Result<Answer, Fault>> = answers
        .map(|reason| answer_of(reason.code().unwrap_or("?"), reason.message().unwrap_or_default()))
        .collect();
    if answers.iter().any(|answer| matches!(answer, Ok(Answer::Refused))) {
        return Ok(Answer::Refused);
    }
    let unknown = || answer_of("TransactionConflict", "cancelled without a reason");
    answers.into_iter().find(Result::is_err).unwrap_or_else(unknown)
}

pub(super) fn action(table: &str, write: &Write) -> Result<TransactWriteItem, Fault> {
    let incomplete =
        |error: aws_sdk_dynamodb::error::BuildError| Fault::new("ValidationException", &error.to_string());
    if write.expected == 0 {
        let mut put = Put::builder().table_name(table).condition_expression(condition(write));
        for (name, value) in write.place.key().into_iter().chain(write.set.iter().cloned()) {
            put = put.item(name, value);
        }
        return Ok(TransactWriteItem::builder().put(put.build().map_err(incomplete)?).build());
    }
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(write.place.key_map()))
        .update_expression(update_expression(write))
        .condition_expression(condition(write))
        .set_expression_attribute_names(Some(names(write)))
        .set_expression_attribute_values(Some(values(write)));
    Ok(TransactWriteItem::builder().update(update.build().map_err(incomplete)?).build())
}

pub(super) fn condition(write: &Write) -> String {
    if write.expected == 0 {
        return format!("attribute_not_exists({})", attribute::KEY);
    }
    let undecided = if write.is_undecided { " AND attribute_not_exists(#d)" } else { "" };
    format!("#v = :expected{undecided}")
}

pub(super) fn update_expression(write: &Write) -> String {
    let sets: Vec<String> = write.set.iter().map(|(name, _)| format!("#{name} = :{name}")).collect();
    format!("SET {}", sets.join(", "))
}

pub(super) fn names(write: &Write) -> HashMap<String, String> {
    let decision = write.is_undecided.then_some(attribute::DECISION);
    let named = write.set.iter().map(|(name, _)| *name).chain(decision);
    named.map(|name| (format!("#{name}"), name.to_owned())).collect()
}

pub(super) fn values(write: &Write) -> HashMap<String, AttributeValue> {
    let set = write.set.iter().map(|(name, value)| (format!(":{name}"), value.clone()));
    set.chain([(":expected".to_owned(), number_value(write.expected))]).collect()
}
