//! Writes as PartiQL statements, 25 a request, each answered by itself.

use aws_sdk_dynamodb::types::BatchStatementRequest;

use super::{Answer, Write, answer_of};
use crate::fault::Fault;
use crate::keys::{attribute, number_value};
use crate::store::Inner;

/// Most statements that one request takes.
pub(crate) const STATEMENTS: usize = 25;

impl Inner {
    pub(super) async fn send_batch(&self, table: &str, writes: &[&Write]) -> Result<Vec<Answer>, Fault> {
        let statements = writes.iter().map(|write| statement(table, write)).collect::<Result<_, _>>()?;
        let request = self.client.batch_execute_statement().set_statements(Some(statements));
        let request = request.return_consumed_capacity(self.settings.capacity());
        let answer = request.send().await.map_err(|error| Fault::of(&error))?;
        self.counters.write(answer.consumed_capacity());
        if answer.responses().len() != writes.len() {
            return Err(Fault::new("InternalServerError", "not one answer for each statement"));
        }
        let answers = answer.responses().iter().map(|response| match response.error() {
            None => Ok(Answer::Written),
            Some(error) => {
                let code = error.code().map_or("?", |code| code.as_str());
                answer_of(code, error.message().unwrap_or_default())
            }
        });
        answers.collect()
    }
}

/// Absent things are inserted, which fails if there is one; others are updated where they have the version read.
fn statement(table: &str, write: &Write) -> Result<BatchStatementRequest, Fault> {
    let built = BatchStatementRequest::builder();
    let built = if write.expected == 0 {
        let values = write.place.key().into_iter().chain(write.set.iter().cloned());
        let (names, values): (Vec<&str>, Vec<_>) = values.unzip();
        let fields: Vec<String> = names.iter().map(|name| format!("'{name}':?")).collect();
        let text = format!("INSERT INTO \"{table}\" VALUE {{{}}}", fields.join(","));
        built.statement(text).set_parameters(Some(values))
    } else {
        let (names, mut values): (Vec<&str>, Vec<_>) = write.set.iter().cloned().unzip();
        let sets: Vec<String> = names.iter().map(|name| format!("SET {name}=?")).collect();
        let mut conditions = Vec::new();
        for (name, value) in write.place.key() {
            conditions.push(format!("{name}=?"));
            values.push(value);
        }
        conditions.push(format!("{}=?", attribute::VERSION));
        values.push(number_value(write.expected));
        if write.is_undecided {
            conditions.push(format!("{} IS MISSING", attribute::DECISION));
        }
        let text = format!("UPDATE \"{table}\" {} WHERE {}", sets.join(" "), conditions.join(" AND "));
        built.statement(text).set_parameters(Some(values))
    };
    built.build().map_err(|error| Fault::new("ValidationException", &error.to_string()))
}

#[cfg(test)]
mod tests {
    use weir_events::{EntityKey, EntityKind};

    use super::*;
    use crate::keys::Place;

    #[test]
    fn statements_name_what_they_expect() {
        let card = EntityKey { kind: EntityKind::Card, key_id: 1, digest: [7; 16] };
        let first = statement("states", &Write::new(Place::head(card), 0)).unwrap();
        assert_eq!(first.statement(), r#"INSERT INTO "states" VALUE {'k':?,'n':?,'v':?}"#);
        let mut write = Write::new(Place::Item("a".to_owned()), 3);
        write.is_undecided = true;
        let later = statement("items", &write).unwrap();
        assert_eq!(later.statement(), r#"UPDATE "items" SET v=? WHERE k=? AND v=? AND d IS MISSING"#);
        assert_eq!(later.parameters().len(), 3);
    }
}
