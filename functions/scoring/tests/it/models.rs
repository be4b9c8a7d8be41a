//! What a model file may not be.

use weir_features::FeatureSet;
use weir_scoring::{Model, ModelError, ModelFile, Node, Scorer, Tree};

use crate::forests::file;

fn split(left: usize, right: usize) -> Node {
    Node::Split { feature: 0, threshold: 1.0, missing_left: true, left, right, cover: 2.0 }
}

const LEAF: Node = Node::Leaf { value: 0.5, cover: 1.0 };

fn good() -> ModelFile {
    file(&["amount"], vec![Tree { nodes: vec![split(1, 2), LEAF, LEAF] }])
}

fn refusal(file: &ModelFile) -> String {
    Model::from_json(&file.to_json().unwrap()).unwrap_err().to_string()
}

/// Where a change to a good file is noticed.
fn path_of(change: impl Fn(&mut ModelFile)) -> String {
    let mut file = good();
    change(&mut file);
    match Model::from_json(&file.to_json().unwrap()) {
        Err(ModelError::Damaged { path, .. }) => path,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_cut_anywhere_says_so_and_what_to_do() {
    let bytes = good().to_json().unwrap();
    for length in 0..bytes.len() - 2 {
        let error = Model::from_json(&bytes[..length]).unwrap_err();
        assert!(matches!(error, ModelError::CutShort { size_bytes } if size_bytes == length), "{error}");
    }
    let text = Model::from_json(&bytes[..bytes.len() / 2]).unwrap_err().to_string();
    assert!(text.contains("ends in the middle") && text.contains("weir train"), "{text}");
}

#[test]
fn indices_out_of_range_ways_back_and_shared_children_are_refused_with_their_place() {
    let nodes = |nodes: Vec<Node>| path_of(move |file| file.trees[0].nodes = nodes.clone());
    assert_eq!(nodes(vec![]), "trees[0]");
    assert_eq!(nodes(vec![split(1, 3), LEAF, LEAF]), "trees[0].nodes[0].right");
    assert_eq!(nodes(vec![split(0, 1), LEAF]), "trees[0].nodes[0].left");
    assert_eq!(nodes(vec![split(1, 1), LEAF]), "trees[0].nodes[0].right");
    assert_eq!(nodes(vec![split(1, 2), split(0, 3), LEAF, LEAF]), "trees[0].nodes[1].left");
    assert_eq!(nodes(vec![LEAF, LEAF]), "trees[0].nodes[1].left");
    let feature = |file: &mut ModelFile| {
        file.features.truncate(1);
        file.trees[0].nodes[0] =
            Node::Split { feature: 1, threshold: 1.0, missing_left: true, left: 1, right: 2, cover: 2.0 };
    };
    assert_eq!(path_of(feature), "trees[0].nodes[0].feature");
}

#[test]
fn numbers_that_make_no_sense_are_refused_with_their_place() {
    assert_eq!(path_of(|file| file.calibration.slope = 0.0), "calibration.slope");
    assert_eq!(path_of(|file| file.name = " ".to_owned()), "name");
    assert_eq!(path_of(|file| file.features.clear()), "features");
    assert_eq!(path_of(|file| file.features.push(file.features[0].clone())), "features[1].id");
    let uncovered = Node::Leaf { value: 1.0, cover: 0.0 };
    assert_eq!(path_of(|file| file.trees[0].nodes[2] = uncovered), "trees[0].nodes[2].cover");
}

#[test]
fn a_number_that_is_not_finite_cannot_be_read() {
    let text = String::from_utf8(good().to_json().unwrap()).unwrap();
    for wrong in ["1e999", "null", "NaN", "\"1\""] {
        let changed = text.replace("\"base_score\":-1.25", &format!("\"base_score\":{wrong}"));
        assert!(
            matches!(Model::from_json(changed.as_bytes()), Err(ModelError::Unreadable { .. })),
            "{wrong}"
        );
    }
}

#[test]
fn another_format_is_named_even_if_its_fields_differ() {
    let text = Model::from_json(br#"{"format_version": 7, "forest": []}"#).unwrap_err().to_string();
    assert!(text.contains("`7`"), "{text}");
    let mut file = good();
    file.format_version = 2;
    assert!(refusal(&file).contains("format `2`"));
}

#[test]
fn a_deep_chain_is_refused_before_anything_goes_down_it() {
    let mut nodes = Vec::new();
    for place in 0..200 {
        nodes.extend([split(2 * place + 2, 2 * place + 1), LEAF]);
    }
    nodes.push(LEAF);
    let text = refusal(&file(&["amount"], vec![Tree { nodes }]));
    assert!(text.contains("deeper"), "{text}");
}

#[test]
fn a_model_is_refused_by_a_set_only_for_a_feature_that_it_lacks() {
    let mut file = good();
    let model = |file: &ModelFile| Model::from_json(&file.to_json().unwrap()).unwrap();
    assert!(Scorer::bind(model(&file), &FeatureSet::handbook()).is_ok());
    file.features[0].id = "amount@00000000".to_owned();
    let error = Scorer::bind(model(&file), &FeatureSet::full()).unwrap_err();
    assert!(error.to_string().contains("`amount@00000000`"), "{error}");
}

#[test]
fn the_digest_is_of_the_bytes() {
    let bytes = good().to_json().unwrap();
    let mut spaced = bytes.clone();
    spaced.push(b' ');
    let digest = |bytes: &[u8]| Model::from_json(bytes).unwrap().digest().to_owned();
    assert_eq!(digest(&bytes), digest(&bytes));
    assert_ne!(digest(&bytes), digest(&spaced));
    assert_eq!(digest(&bytes).len(), 64);
}
