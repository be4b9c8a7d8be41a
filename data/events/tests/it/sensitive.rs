//! Personal data cannot be printed or written by accident.

#[test]
fn personal_data_has_no_debug_no_display_and_no_serialize() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
