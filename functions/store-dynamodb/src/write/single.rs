//! Writes as requests of their own.

use super::transaction::{condition, item, update_expression, values};
use super::{Answer, Write, answer_of};
use crate::fault::{Fault, Meaning};
use crate::store::Inner;

impl Inner {
    pub(super) async fn send_single(&self, table: &str, write: &Write) -> Result<Answer, Fault> {
        let sent =
            if write.is_put() { self.put(table, write).await } else { self.update(table, write).await };
        match sent {
            Ok(()) => Ok(Answer::Written),
            Err(fault) if fault.meaning == Meaning::Conflict => answer_of("ConditionalCheckFailed", ""),
            Err(fault) => Err(fault),
        }
    }

    async fn put(&self, table: &str, write: &Write) -> Result<(), Fault> {
        let request = self.client.put_item().table_name(table).set_item(Some(item(write)));
        let request = request
            .condition_expression(condition(write))
            .set_expression_attribute_values(values(write))
            .return_consumed_capacity(self.settings.capacity());
        let answer = request.send().await.map_err(|error| Fault::of(&error))?;
        self.counters.write(answer.consumed_capacity.as_slice());
        Ok(())
    }

    async fn update(&self, table: &str, write: &Write) -> Result<(), Fault> {
        let request = self.client.update_item().table_name(table).set_key(Some(write.place.key_map()));
        let request = request
            .update_expression(update_expression(write))
            .condition_expression(condition(write))
            .set_expression_attribute_values(values(write))
            .return_consumed_capacity(self.settings.capacity());
        let answer = request.send().await.map_err(|error| Fault::of(&error))?;
        self.counters.write(answer.consumed_capacity.as_slice());
        Ok(())
    }
}
