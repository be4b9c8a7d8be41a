//! Creates that are believed to have lost only when there is a winner.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// How often a create is tried again that lost to nobody.
const TRIES: u32 = 8;

/// Pause before the first of these; doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// A store in which "already exists" means that the object is there.
///
/// S3 answers 409 to a create while another one of the same name is under way, and that one may fail: `object_store`
/// tells both 409 and 412 as [`Error::AlreadyExists`]. Here the object is looked for then, and the create tried again if
/// it is not there.
#[derive(Debug, Clone)]
pub struct SureCreates(Arc<dyn ObjectStore>);

impl SureCreates {
    /// Makes the creates of a store sure.
    pub fn new(inner: impl ObjectStore) -> Self {
        Self(Arc::new(inner))
    }

    async fn is_there(&self, location: &Path) -> Result<bool> {
        match self.0.head(location).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for SureCreates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SureCreates({})", self.0)
    }
}

#[async_trait::async_trait]
impl ObjectStore for SureCreates {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let (mut pause, mut tries) = (FIRST_PAUSE, 0);
        loop {
            let put = self.0.put_opts(location, payload.clone(), options.clone()).await;
            let Err(Error::AlreadyExists { path, source }) = put else { return put };
            let is_create = matches!(options.mode, PutMode::Create);
            if !is_create || tries == TRIES || self.is_there(location).await? {
                return Err(Error::AlreadyExists { path, source });
            }
            tries += 1;
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use object_store::memory::InMemory;

    use super::*;

    /// Answers the first creates as S3 does while another is under way.
    #[derive(Debug)]
    struct Contended(InMemory, AtomicU32);

    impl fmt::Display for Contended {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("Contended")
        }
    }

    #[async_trait::async_trait]
    impl ObjectStore for Contended {
        async fn put_opts(
            &self,
            location: &Path,
            payload: PutPayload,
            options: PutOptions,
        ) -> Result<PutResult> {
            let left = self.1.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_ok() {
                return Err(Error::AlreadyExists { path: location.to_string(), source: "409".into() });
            }
            self.0.put_opts(location, payload, options).await
        }

        async fn put_multipart_opts(
            &self,
            location: &Path,
            options: PutMultipartOptions,
        ) -> Result<Box<dyn MultipartUpload>> {
            self.0.put_multipart_opts(location, options).await
        }

        async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
            self.0.get_opts(location, options).await
        }

        fn delete_stream(
            &self,
            locations: BoxStream<'static, Result<Path>>,
        ) -> BoxStream<'static, Result<Path>> {
            self.0.delete_stream(locations)
        }

        fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
            self.0.list(prefix)
        }

        async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
            self.0.list_with_delimiter(prefix).await
        }

        async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
            self.0.copy_opts(from, to, options).await
        }
    }

    fn create() -> PutOptions {
        PutOptions { mode: PutMode::Create, ..PutOptions::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_that_lost_to_nobody_is_tried_again() {
        let files = SureCreates::new(Contended(InMemory::new(), AtomicU32::new(3)));
        let path = Path::from("plans/1");
        files.put_opts(&path, PutPayload::from_static(b"mine"), create()).await.unwrap();
        assert_eq!(&files.get(&path).await.unwrap().bytes().await.unwrap()[..], b"mine");
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_that_lost_says_so_at_once_and_one_that_never_gets_through_at_last() {
        let files = SureCreates::new(Contended(InMemory::new(), AtomicU32::new(0)));
        let path = Path::from("plans/1");
        files.put(&path, PutPayload::from_static(b"theirs")).await.unwrap();
        let lost = files.put_opts(&path, PutPayload::from_static(b"mine"), create()).await;
        assert!(matches!(lost, Err(Error::AlreadyExists { .. })));
        let files = SureCreates::new(Contended(InMemory::new(), AtomicU32::new(u32::MAX)));
        let never = files.put_opts(&path, PutPayload::from_static(b"mine"), create()).await;
        assert!(matches!(never, Err(Error::AlreadyExists { .. })));
    }
}
