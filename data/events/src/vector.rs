//! What a model sees of one transaction.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Feature values in the order of the feature set; a missing value is NaN in memory and `null` in JSON.
/// Infinite values are not allowed.
#[derive(Clone, Debug, Default)]
pub struct Vector(pub Vec<f64>);

impl PartialEq for Vector {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self
                .0
                .iter()
                .zip(&other.0)
                .all(|(left, right)| left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan()))
    }
}

impl Serialize for Vector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.iter().any(|value| value.is_infinite()) {
            return Err(serde::ser::Error::custom("a feature value is infinite"));
        }
        serializer.collect_seq(self.0.iter().map(|value| if value.is_nan() { None } else { Some(*value) }))
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(deserializer)?;
        Ok(Self(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect()))
    }
}
