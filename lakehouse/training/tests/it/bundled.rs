//! The bundled model.

use weir_features::FeatureSet;
use weir_generator::Generator;
use weir_scoring::{Model, Policy, Scorer};
use weir_training::{DEMO_MODEL, DEMO_POLICY, demo_settings, generated, train};

const REMEDY: &str = "make it again as models/README.md says";

#[test]
fn training_again_gives_the_same_bytes() {
    let demo = demo_settings();
    let shop = Generator::new(demo.shop).unwrap();
    let trained = train(generated(shop), &FeatureSet::full(), &demo.training).unwrap();
    assert!(trained.model == DEMO_MODEL, "the bundled model is out of date, {REMEDY}:\n{}", trained.report);
    assert!(
        trained.policy == DEMO_POLICY,
        "the bundled policy is out of date, {REMEDY}:\n{}",
        trained.report
    );
    let readme = include_str!("../../models/README.md");
    for period in &trained.report.periods {
        assert!(readme.contains(&period.to_string()), "models/README.md lacks this line:\n{period}");
    }
}

#[test]
fn the_bundled_model_fits_the_feature_set() {
    let set = FeatureSet::full();
    Scorer::bind(Model::from_json(DEMO_MODEL).unwrap(), &set).unwrap();
    Policy::from_json(DEMO_POLICY).unwrap().check(&set).unwrap();
}
