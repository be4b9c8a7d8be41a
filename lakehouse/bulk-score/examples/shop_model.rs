//! Trains a hundred trees of depth 6 on the first rows of a labelled file: `shop_model FILE MODEL [ROWS]`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use weir_datasets::{Item as Read, Options, ReadError, open};
use weir_events::{Label, LabelSource, SCHEMA_VERSION};
use weir_features::FeatureSet;
use weir_training::{Boosting, Item, Settings, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, model, rest @ ..] = &arguments[..] else {
        return Err("usage: shop_model FILE MODEL [ROWS]".into());
    };
    let rows = rest.first().map_or(Ok(60_000), |text| text.parse())?;
    let options = Options { limit: Some(rows), ..Options::default() };
    let mut items: Vec<Result<Item, ReadError>> = Vec::new();
    for read in open(file.as_ref(), &options)? {
        let Read::Row(row) = read? else { continue };
        let label = row.label.map(|is_fraud| Label {
            schema_version: SCHEMA_VERSION,
            transaction_id: row.transaction.order.transaction_id.clone(),
            is_fraud,
            known_at: row.transaction.order.occurred_at,
            source: LabelSource::Other,
        });
        items.push(Ok(Item::Transaction(Box::new(row.transaction))));
        items.extend(label.map(|label| Ok(Item::Label(label))));
    }
    let boosting = Boosting { trees: 100, depth: 6, ..Boosting::default() };
    let settings = Settings { boosting, warm_up_days: 0, label_delay_days: 0, ..Settings::default() };
    let trained = train(items, &FeatureSet::full(), &settings)?;
    std::fs::write(model, &trained.model)?;
    println!("{}", trained.report);
    Ok(())
}
