//! One page leads to the next.

use axum::body::Body;
use axum::http::Response;

use crate::server::{SECRET, Shop, text};

const HEADERS: &str =
    "[source.headers]\nAuthorization = { environment = \"SHOP_TOKEN\", prefix = \"Bearer \" }\n";

fn json(rest: &str) -> String {
    format!("[source]\nkind = \"http\"\nurl = \"HOST/orders\"\nformat = \"json\"\n{rest}")
}

#[tokio::test]
async fn a_number_turns_pages_until_one_is_empty() {
    let shop = Shop::open().await;
    shop.page("/orders?day=2026-11-22&page=1", "{\"data\": [ {\"id\": 1}, {\"id\": 2.50} ]}");
    shop.page("/orders?day=2026-11-22&page=2", "{\"data\":[{\"id\":\"x y\"}]}");
    shop.page("/orders?day=2026-11-22&page=3", "{\"data\":[]}");
    let source = "query = { day = \"{date}\" }\nrecords = \"/data\"\npages = { parameter = \"page\" }\n";
    let fetched = shop.fetch(&json(&format!("{source}{HEADERS}"))).await.unwrap();
    assert_eq!((fetched.pages, fetched.records, fetched.retries), (2, Some(3), 0));
    assert_eq!(text(&fetched), "{\"id\":1}\n{\"id\":2.50}\n{\"id\":\"x y\"}\n");
    let asked = shop.asked();
    assert!(asked.iter().all(|request| request.ends_with(&format!(" Bearer {SECRET}"))), "{asked:?}");
}

#[tokio::test]
async fn a_link_in_the_document_leads_on_and_offsets_count_rows() {
    let shop = Shop::open().await;
    shop.page("/orders?d=2026-11-22", "{\"rows\":[{\"id\":1}],\"next\":\"/orders?after=1\"}");
    shop.page("/orders?after=1", "{\"rows\":[{\"id\":2}],\"next\":null}");
    let source = json("query = { d = \"{date}\" }\nrecords = \"/rows\"\npages = { next = \"/next\" }\n");
    assert_eq!(text(&shop.fetch(&source).await.unwrap()), "{\"id\":1}\n{\"id\":2}\n");
    shop.asked();
    let other = Shop::open().await;
    other.page("/orders?d=2026-11-22&offset=0", "[{\"id\":1},{\"id\":2}]");
    other.page("/orders?d=2026-11-22&offset=2", "");
    let pages = "query = { d = \"{date}\" }\npages = { parameter = \"offset\", first = 0, step = 2 }\n";
    assert_eq!(other.fetch(&json(pages)).await.unwrap().records, Some(2));
}

#[tokio::test]
async fn a_cursor_leads_on() {
    let shop = Shop::open().await;
    shop.page("/orders?d=2026-11-22", "{\"rows\":[{\"id\":1}],\"meta\":{\"cursor\":\"a b\"}}");
    shop.page("/orders?d=2026-11-22&c=a+b", "{\"rows\":[{\"id\":2}],\"meta\":{}}");
    let pages = "records = \"/rows\"\nquery = { d = \"{date}\" }\npages = { cursor = \"/meta/cursor\", parameter = \"c\" }\n";
    assert_eq!(shop.fetch(&json(pages)).await.unwrap().pages, 2);
}

#[tokio::test]
async fn pages_of_csv_become_one_file_under_one_header() {
    let shop = Shop::open().await;
    let host = shop.address.clone();
    shop.expect("/2026/11/22.csv", move || {
        let link = format!("<http://{host}/2.csv>; rel=\"next\"");
        Response::builder().header("link", link).body(Body::from("id,note\r\n1,\"a\nb\"")).unwrap()
    });
    shop.page("/2.csv", "id,note\r\n2,c\r\n");
    let source = "[source]\nkind = \"http\"\nurl = \"HOST/{year}/{month}/{day}.csv\"\nformat = \"csv\"\npages = { link_header = true }\n";
    let fetched = shop.fetch(source).await.unwrap();
    assert_eq!(text(&fetched), "id,note\r\n1,\"a\nb\"\n2,c\r\n");
    let name = fetched.files[0].file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(name, "shop-2026-11-22.csv");
}

#[tokio::test]
async fn records_become_rows_where_a_mapping_explains_them() {
    let shop = Shop::open().await;
    shop.page("/orders?d=2026-11-22", "[{\"id\":1,\"total\":12.30},{\"id\":2,\"who\":{\"age\":33}}]");
    let source = json("query = { d = \"{date}\" }\n[import]\nmapping = \"theirs.toml\"\n");
    assert_eq!(text(&shop.fetch(&source).await.unwrap()), "id,total,who.age\n1,12.30,\n2,,33\n");
}

#[tokio::test]
async fn a_day_without_records_is_no_file() {
    let shop = Shop::open().await;
    shop.page("/orders?d=2026-11-22", "[]");
    let fetched = shop.fetch(&json("query = { d = \"{date}\" }\n")).await.unwrap();
    assert!(fetched.files.is_empty() && fetched.pages == 0, "{fetched:?}");
}

#[tokio::test]
async fn a_plan_asks_nobody() {
    let shop = Shop::open().await;
    let rest = format!("query = {{ d = \"{{date}}\" }}\npages = {{ parameter = \"p\" }}\n{HEADERS}");
    let description = shop.description(&json(&rest));
    let planned = shop.by(&description).plan(crate::server::DAY).await.unwrap();
    assert_eq!(planned.requests, [format!("http://{}/orders?d=2026-11-22&p=1", shop.address)]);
    let notes = planned.notes.join("\n");
    assert!(notes.contains("`SHOP_TOKEN`, which is set") && !notes.contains(SECRET), "{notes}");
    assert!(shop.asked().is_empty() && crate::server::files(shop.folder()).is_empty());
}
