//! The bundled model: how it is made, and what came of it.

use crate::{Boosting, Settings};

/// The bundled model file.
pub const DEMO_MODEL: &[u8] = include_bytes!("../models/demo.json");
/// The policy that belongs to it.
pub const DEMO_POLICY: &[u8] = include_bytes!("../models/demo.policy.json");

/// Everything that the bundled model is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Demo {
    /// The shop that it is trained on.
    pub shop: weir_generator::Settings,
    /// How it is trained.
    pub training: Settings,
}

/// What `DEMO_MODEL` was made from; training with it gives the same bytes again.
pub fn demo_settings() -> Demo {
    let shop = weir_generator::Settings {
        seed: 20_260,
        days: 70,
        customers: 3_000,
        merchants: 120,
        transactions: 60_000,
        ..weir_generator::Settings::default()
    };
    let boosting = Boosting { trees: 60, depth: 4, least_child_rows: 10, bins: 63, ..Boosting::default() };
    // The customer's age is nobody's guilt.
    let leave_out = ["customer_age"].map(str::to_owned).to_vec();
    let training = Settings {
        name: "demo".to_owned(),
        boosting,
        leave_out,
        train_share: 0.5,
        calibrate_share: 0.25,
        alert_share: 0.015,
        ..Settings::default()
    };
    Demo { shop, training }
}
