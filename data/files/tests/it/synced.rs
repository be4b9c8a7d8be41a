//! Files that are on disk when a put returns.

use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use tempfile::tempdir;
use weir_files::SyncedFiles;

fn create() -> PutOptions {
    PutOptions { mode: PutMode::Create, ..PutOptions::default() }
}

#[tokio::test]
async fn a_name_is_given_once() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("landing/a/0/one");
    files.put_opts(&path, PutPayload::from_static(b"first"), create()).await.unwrap();
    let error = files.put_opts(&path, PutPayload::from_static(b"second"), create()).await.unwrap_err();
    assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"first");
}

#[tokio::test]
async fn an_overwrite_replaces_the_whole_content() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("one");
    for content in ["a longer first content", "second"] {
        files.put(&path, PutPayload::from(content.as_bytes().to_vec())).await.unwrap();
    }
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"second");
}

#[tokio::test]
async fn nothing_but_the_file_is_left_and_leftovers_of_a_crash_are_hidden_and_in_nobodys_way() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    std::fs::create_dir_all(home.path().join("a")).unwrap();
    std::fs::write(home.path().join("a/one#1"), "cut short").unwrap();
    files.put_opts(&Path::from("a/one"), PutPayload::from_static(b"whole"), create()).await.unwrap();
    let listed: Vec<_> = files.list(Some(&Path::from("a"))).try_collect().await.unwrap();
    assert_eq!(listed.iter().map(|found| found.location.as_ref()).collect::<Vec<_>>(), ["a/one"]);
    assert_eq!(std::fs::read_dir(home.path().join("a")).unwrap().count(), 2);
}

#[tokio::test]
async fn of_many_at_once_one_creates() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let attempts =
        (0..8_u8).map(|number| {
            let files = files.clone();
            async move {
                files.put_opts(&Path::from("a/b/one"), PutPayload::from(vec![number; 10]), create()).await
            }
        });
    let results = futures::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn a_multipart_upload_arrives_whole() {
    let home = tempdir().unwrap();
    let files = SyncedFiles::new(home.path()).unwrap();
    let path = Path::from("tables/part");
    let mut upload = files.put_multipart(&path).await.unwrap();
    upload.put_part(PutPayload::from_static(b"one ")).await.unwrap();
    upload.put_part(PutPayload::from_static(b"two")).await.unwrap();
    upload.complete().await.unwrap();
    assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"one two");
}

#[tokio::test]
async fn a_file_can_be_named_by_its_whole_path() {
    let home = tempdir().unwrap();
    let folder = home.path().canonicalize().unwrap();
    let files = SyncedFiles::by_whole_path(&folder).unwrap();
    let path = Path::from_absolute_path(folder.join("a")).map(|folder| folder.join("one")).unwrap();
    files.put_opts(&path, PutPayload::from_static(b"whole"), create()).await.unwrap();
    assert_eq!(std::fs::read(folder.join("a/one")).unwrap(), b"whole");
}
