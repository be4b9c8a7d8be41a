//! Making the tables, for tests and for one machine; in production the stack is declared in `infra/stack.json`.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType, TableStatus, TimeToLiveSpecification,
};
use aws_sdk_dynamodb::{error::BuildError, error::SdkError, operation::create_table::CreateTableError};
use weir_store::StoreError;

use crate::DynamoSettings;
use crate::fault::Fault;
use crate::keys::attribute;

/// How often it is looked whether a new table is ready, and how long it is waited between.
const LOOKS: u32 = 120;
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(500);

/// Makes both tables, paid by request, with time to live on `t` and the stream that the outbox reads; one that is there
/// stays as it is. Returns when both can be used.
///
/// # Errors
/// [`StoreError::Refused`] with what the service says.
pub async fn create_tables(client: &Client, settings: &DynamoSettings) -> Result<(), StoreError> {
    let states = &settings.states_table;
    let request = client
        .create_table()
        .table_name(states)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(defined(attribute::KEY, ScalarAttributeType::B, states)?)
        .attribute_definitions(defined(attribute::NUMBER, ScalarAttributeType::N, states)?)
        .key_schema(key(attribute::KEY, KeyType::Hash, states)?)
        .key_schema(key(attribute::NUMBER, KeyType::Range, states)?);
    create(client, request, states).await?;
    let items = &settings.items_table;
    let stream =
        StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    let request = client
        .create_table()
        .table_name(items)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(defined(attribute::KEY, ScalarAttributeType::S, items)?)
        .key_schema(key(attribute::KEY, KeyType::Hash, items)?)
        .stream_specification(stream.build().map_err(|error| incomplete(items, &error))?);
    create(client, request, items).await
}

async fn create(client: &Client, request: CreateTableFluentBuilder, table: &str) -> Result<(), StoreError> {
    match request.send().await {
        Ok(_) => {}
        Err(SdkError::ServiceError(answer))
            if matches!(answer.err(), CreateTableError::ResourceInUseException(_)) =>
        {
            return ready(client, table).await;
        }
        Err(error) => return Err(Fault::of(&error).into_error(table)),
    }
    ready(client, table).await?;
    let expires = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute::EXPIRES);
    let expires = expires.build().map_err(|error| incomplete(table, &error))?;
    let request = client.update_time_to_live().table_name(table).time_to_live_specification(expires);
    request.send().await.map_err(|error| Fault::of(&error).into_error(table))?;
    Ok(())
}

async fn ready(client: &Client, table: &str) -> Result<(), StoreError> {
    for _ in 0..LOOKS {
        let found = client.describe_table().table_name(table).send().await;
        let found = found.map_err(|error| Fault::of(&error).into_error(table))?;
        if found.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Err(StoreError::Refused {
        location: table.to_owned(),
        detail: "the table does not become active".to_owned(),
    })
}

fn defined(name: &str, kind: ScalarAttributeType, table: &str) -> Result<AttributeDefinition, StoreError> {
    let built = AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build();
    built.map_err(|error| incomplete(table, &error))
}

fn key(name: &str, kind: KeyType, table: &str) -> Result<KeySchemaElement, StoreError> {
    let built = KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    built.map_err(|error| incomplete(table, &error))
}

fn incomplete(table: &str, error: &BuildError) -> StoreError {
    StoreError::Refused { location: table.to_owned(), detail: error.to_string() }
}
