//! The feature dictionary, as people read it.

use crate::set::FeatureSet;

/// A table of a set's features for terminals: name, unit, meaning, id; one line a feature after a heading.
pub fn dictionary(set: &FeatureSet) -> String {
    let heading = ["name", "unit", "meaning", "id"].map(str::to_owned);
    let rows = set.features().iter().map(|feature| {
        [feature.name.clone(), feature.unit.to_owned(), feature.meaning.clone(), feature.id.clone()]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    let width =
        |place: usize| rows.iter().filter_map(|row| row.get(place)).map(String::len).max().unwrap_or(0);
    let (names, units, meanings) = (width(0), width(1), width(2).min(90));
    rows.iter()
        .map(|[name, unit, meaning, id]| {
            format!("{name:<names$}  {unit:<units$}  {meaning:<meanings$}  {id}\n")
        })
        .collect()
}
