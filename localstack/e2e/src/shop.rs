//! What is sent.

use weir_events::Transaction;
use weir_generator::{EventKind, Generator, Settings};

/// Orders of a small shop within one day, so that none is too late to be folded however long a fault held it up.
pub struct Shop {
    /// Orders in requests, in order of time.
    pub requests: Vec<Vec<Transaction>>,
    /// Labels as the lines of one request.
    pub labels: Vec<u8>,
}

impl Shop {
    /// A shop of so many orders, in requests of so many.
    pub fn new(transactions: u64, request: usize) -> Self {
        let settings = Settings { transactions, customers: 60, days: 1, ..Settings::default() };
        let (mut all, mut labels) = (Vec::new(), Vec::new());
        for event in Generator::new(settings).unwrap() {
            match event.kind {
                EventKind::Transaction { transaction, .. } => all.push(*transaction),
                EventKind::Label(label) => {
                    labels.extend(label.to_json());
                    labels.push(b'\n');
                }
            }
        }
        Self { requests: all.chunks(request).map(<[_]>::to_vec).collect(), labels }
    }
}

/// Transactions as the lines of a request.
pub fn lines(transactions: &[Transaction]) -> Vec<u8> {
    let mut body = Vec::new();
    for transaction in transactions {
        body.extend(transaction.to_json());
        body.push(b'\n');
    }
    body
}
