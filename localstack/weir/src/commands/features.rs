//! `weir features --list`: the feature dictionary.

use anyhow::Result;
use weir_features::FeatureSet;

use crate::cli;
use crate::output;

pub(crate) fn run(arguments: &cli::Features, json: bool) -> Result<()> {
    let set = if arguments.set == "handbook" { FeatureSet::handbook() } else { FeatureSet::full() };
    if json {
        let rows: Vec<_> = set.features().iter().map(row_json).collect();
        return output::json(&serde_json::json!({ "feature_set": set.version(), "features": rows }));
    }
    let rows: Vec<Vec<String>> = set
        .features()
        .iter()
        .map(|feature| {
            vec![feature.name.clone(), feature.unit.to_owned(), feature.id.clone(), feature.meaning.clone()]
        })
        .collect();
    output::table(&["name", "unit", "id", "meaning"], &rows)?;
    output::line(format!("\n{} features in {}", rows.len(), set.version()))
}

fn row_json(feature: &weir_features::Feature) -> serde_json::Value {
    serde_json::json!({
        "name": feature.name, "unit": feature.unit, "meaning": feature.meaning, "id": feature.id,
    })
}
