//! A number of an application is committed to a table once.

use weir_tables::{Added, Change, Definition, LakeTable, Number, TableName, TablesError};

use crate::home::Home;

async fn table(home: &Home) -> LakeTable {
    let definition = Definition::of(TableName::BronzeLabels, &[]);
    LakeTable::open_or_create(&home.lake, &definition).await.unwrap()
}

fn change(application: &'static str, number: Number) -> Change {
    Change::appending(Added::default(), application, number)
}

#[tokio::test]
async fn a_number_that_the_table_carries_is_refused() {
    let home = Home::new();
    let mut first = table(&home).await;
    first.commit(&home.lake, change("one", Number::Next(3))).await.unwrap();
    for number in [1, 3] {
        let refused = table(&home).await.commit(&home.lake, change("one", Number::Next(number))).await;
        assert!(matches!(refused, Err(TablesError::Done { .. })), "{refused:?}");
    }
    first.commit(&home.lake, change("one", Number::Unchanged)).await.unwrap();
    assert_eq!(table(&home).await.number("one").await.unwrap(), Some(3));
}

#[tokio::test]
async fn of_two_commits_from_one_version_with_one_application_one_is_refused() {
    let home = Home::new();
    let (mut first, mut second, mut other) = (table(&home).await, table(&home).await, table(&home).await);
    first.commit(&home.lake, change("one", Number::Next(1))).await.unwrap();
    let refused = second.commit(&home.lake, change("one", Number::Next(1))).await;
    assert!(matches!(refused, Err(TablesError::Conflict { .. })), "{refused:?}");
    let refused = second.commit(&home.lake, change("one", Number::Unchanged)).await;
    assert!(matches!(refused, Err(TablesError::Conflict { .. })), "{refused:?}");
    other.commit(&home.lake, change("two", Number::Next(1))).await.unwrap();
    assert_eq!(table(&home).await.number("one").await.unwrap(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_table_made_by_many_at_once_is_made_once() {
    for _ in 0..5 {
        let home = std::sync::Arc::new(Home::new());
        let made = (0..4).map(|_| {
            let shared = std::sync::Arc::clone(&home);
            tokio::spawn(async move { table(&shared).await.version() })
        });
        for version in futures::future::join_all(made).await {
            assert_eq!(version.unwrap(), 0);
        }
        assert_eq!(table(&home).await.version(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn columns_added_by_two_at_once_are_added() {
    let home = std::sync::Arc::new(Home::new());
    LakeTable::open_or_create(&home.lake, &Definition::of(TableName::SilverDecisions, &[])).await.unwrap();
    let made = (0..2).map(|_| {
        let shared = std::sync::Arc::clone(&home);
        tokio::spawn(async move {
            let wider = Definition::of(TableName::SilverDecisions, &["customer_count_1h".to_owned()]);
            LakeTable::open_or_create(&shared.lake, &wider).await
        })
    });
    for finished in futures::future::join_all(made).await {
        let schema = finished.unwrap().unwrap().schema().unwrap();
        assert!(schema.field_with_name("f_customer_count_1h").is_ok());
    }
}
