//! Sizes of what lies in the tables, as the service counts them, and the units that they make.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use weir_events::EntityKind;
use weir_store_dynamodb::DynamoSettings;

/// Prints the spread of each kind of thing.
pub(crate) async fn tell(client: &Client, settings: &DynamoSettings) -> anyhow::Result<()> {
    let mut sizes: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for table in [&settings.states_table, &settings.items_table] {
        let mut next = None;
        loop {
            let page = client.scan().table_name(table).set_exclusive_start_key(next).send().await?;
            for item in page.items() {
                let size = item.iter().map(|(name, value)| name.len() + size(value)).sum();
                sizes.entry(what(item)).or_default().push(size);
            }
            next = page.last_evaluated_key.filter(|key| !key.is_empty());
            if next.is_none() {
                break;
            }
        }
    }
    println!(
        "{:<28}{:>8}{:>8}{:>8}{:>8}{:>13}{:>12}",
        "what", "count", "p50", "p99", "max", "write units", "read units"
    );
    for (what, mut sizes) in sizes {
        sizes.sort_unstable();
        let at = |percent: usize| sizes.get((sizes.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        let mean = |unit: usize| {
            sizes.iter().map(|size| size.div_ceil(unit)).sum::<usize>() as f64 / sizes.len() as f64
        };
        let [p50, p99, max] = [50, 99, 100].map(|percent| at(percent).unwrap_or(0));
        let (write, read) = (mean(1_024), mean(4_096) / 2.0);
        println!("{what:<28}{:>8}{p50:>8}{p99:>8}{max:>8}{write:>13.2}{read:>12.2}", sizes.len());
    }
    Ok(())
}

fn what(item: &std::collections::HashMap<String, AttributeValue>) -> String {
    let key = item.get("k");
    if let Some(AttributeValue::B(key)) = key {
        let kind = key.as_ref().first().copied().unwrap_or(u8::MAX);
        let kind =
            EntityKind::ALL.into_iter().find(|known| *known as u8 == kind).map_or("?", EntityKind::name);
        let is_head = item.get("n") == Some(&AttributeValue::N("0".to_owned()));
        return format!("{kind} {}", if is_head { "head" } else { "piece" });
    }
    let has = |name: &str, told: &'static str| item.contains_key(name).then_some(told);
    let parts: Vec<&str> =
        [has("d", "decision"), has("l", "label"), has("e", "effect")].into_iter().flatten().collect();
    format!("item: {}", parts.join(", "))
}

/// As the service counts: a number takes a byte for two digits and one more.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::B(blob) => blob.as_ref().len(),
        _ => 1,
    }
}
