use weir_events::Personal;

fn write(personal: &Personal) -> bool {
    serde_json::to_string(personal).is_ok()
}

fn main() {}
