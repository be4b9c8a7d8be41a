use weir_events::Sensitive;

fn main() {
    let secret = Sensitive::new(String::from("personal"));
    let _ = format!("{}", secret);
}
