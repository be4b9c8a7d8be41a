use weir_events::Transaction;

fn print(transaction: &Transaction) -> String {
    format!("{transaction:?}")
}

fn main() {}
