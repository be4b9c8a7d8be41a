//! A prefix of an object store.

use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use weir_extract::{Description, Fetch};

use crate::server::{DAY, files, told};

async fn put(store: &Arc<dyn ObjectStore>, path: &str, text: &'static str) {
    store.put(&Path::from(path), PutPayload::from_static(text.as_bytes())).await.unwrap();
}

fn description(rest: &str) -> Description {
    let text = format!("[source]\nkind = \"objects\"\nurl = \"s3://shop/out/{{date}}/o\"\n{rest}");
    Description::parse(std::path::Path::new("daily.toml"), &text).unwrap()
}

#[tokio::test]
async fn the_days_objects_are_copied_once_and_changed_ones_again() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let folder = tempfile::tempdir().unwrap();
    put(&store, "out/2026-11-22/o/b.csv", "two").await;
    put(&store, "out/2026-11-22/o/a.csv", "one").await;
    put(&store, "out/2026-11-22/o/empty.csv", "").await;
    put(&store, "out/2026-11-22/x.csv", "not ours").await;
    put(&store, "out/2026-11-23/o/a.csv", "not today").await;
    let description = description("ending = \".csv\"\n");
    assert_eq!(description.store_root().unwrap().as_str(), "s3://shop/");
    let fetch = Fetch {
        description: &description,
        staging: folder.path(),
        objects: Some(&store),
        environment: &|_| None,
    };
    let planned = fetch.plan(DAY).await.unwrap();
    assert_eq!(planned.requests.len(), 2, "{planned:?}");
    assert!(files(folder.path()).is_empty());
    let fetched = fetch.date(DAY, &mut |_| ()).await.unwrap();
    let texts: Vec<_> = fetched.files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!((fetched.pages, fetched.bytes, fetched.resumed_pages), (2, 6, 0));
    put(&store, "out/2026-11-22/o/b.csv", "2!!").await;
    let again = fetch.date(DAY, &mut |_| ()).await.unwrap();
    assert_eq!(again.resumed_pages, 1);
    assert_eq!(std::fs::read_to_string(&again.files[1]).unwrap(), "2!!");
    let kept = fetch.keep(DAY).unwrap();
    assert_eq!(files(&kept).len(), 4);
    weir_extract::sweep(folder.path(), std::time::Duration::ZERO).unwrap();
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn nothing_and_not_yet_all_are_told() {
    let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let folder = tempfile::tempdir().unwrap();
    let fetched = async |rest: &str| {
        let description = description(rest);
        let fetch = Fetch {
            description: &description,
            staging: folder.path(),
            objects: Some(&store),
            environment: &|_| None,
        };
        fetch.date(DAY, &mut |_| ()).await
    };
    let text = told(&fetched("").await.unwrap_err());
    assert!(text.contains("s3://shop/out/2026-11-22/o") && text.contains("may_be_empty"), "{text}");
    assert!(fetched("may_be_empty = true\n").await.unwrap().files.is_empty());
    put(&store, "out/2026-11-22/orders.csv", "one").await;
    let text = told(&fetched("marker = \"_SUCCESS\"\n").await.unwrap_err());
    assert!(text.contains("`out/2026-11-22/_SUCCESS` is not there yet"), "{text}");
    put(&store, "out/2026-11-22/_SUCCESS", "").await;
    assert_eq!(fetched("marker = \"_SUCCESS\"\n").await.unwrap().pages, 1);
}
