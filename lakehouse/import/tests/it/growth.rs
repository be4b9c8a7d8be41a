//! One more day costs what a day costs, however many there are.

use std::fmt::Write;

use weir_jobs::Fault;

use crate::home::{HEADER, Home};
use crate::watched::Watched;

/// Orders of days, ten a day, counted from the first of January 2024.
fn days(numbers: std::ops::Range<u32>) -> String {
    let mut text = HEADER.to_owned();
    for day in numbers {
        let (month, of_month) = (1 + day / 28, 1 + day % 28);
        for number in 0..10 {
            let (id, fraud) = (day * 10 + number, u32::from(number == 3));
            write!(
                text,
                "\nt-{id},c-{number},{id}.25,2024-{month:02}-{of_month:02} {number:02}:00:00,card,North,33,{fraud}"
            )
            .unwrap();
        }
    }
    text
}

/// Data files that each job reads for one more day on a lake of so many.
async fn files_read(past: u32) -> Vec<(String, usize)> {
    let store = Watched::new();
    let home = Home::remote(&store);
    home.import("past.csv", days(0..past)).await.unwrap();
    home.settle().await;
    home.import("day.csv", days(past..past + 1)).await.unwrap();
    let mut read = Vec::new();
    for job in ["label", "star", "metrics", "reconcile"] {
        store.data_files_read();
        let report = home.job(job, Fault::None).await.unwrap();
        assert_eq!(report.dates.len(), 1, "{job}: {:?}", report.dates);
        read.push((job.to_owned(), store.data_files_read().len()));
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_one_more_day_read_as_many_files_on_few_days_as_on_many() {
    let (few, many) = (files_read(10).await, files_read(150).await);
    assert_eq!(few, many);
    assert!(few.iter().all(|(_, files)| *files < 25), "{few:?}");
}
