//! What stands behind the ports of a deployment: parts of this process, or services.

#[cfg(feature = "aws")]
mod aws;
#[cfg(any(feature = "aws", feature = "kafka"))]
mod checkpoints;
mod embedded;
#[cfg(feature = "kafka")]
mod kafka;
mod settings;
mod watched;

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use object_store::ObjectStore;
use weir_engine::Lake;
use weir_store::{EmbeddedStore, Outbox, Store};
use weir_streams::{Checkpoints, LogStreams, Streams};

use crate::home::Home;
use crate::settings::Settings;

#[cfg(feature = "aws")]
pub(crate) use self::aws::{Aws, Chain};
#[cfg(feature = "kafka")]
pub(crate) use self::kafka::kafka_settings;
pub(crate) use self::settings::{AwsSettings, BackingSettings, StoreKind, StreamsKind, WriteForm};
pub(crate) use watched::Watched;

/// A store with its outbox.
pub(crate) trait Ledger: Store + Outbox {}

impl<T: Store + Outbox> Ledger for T {}

/// A stream as one consumer reads it, and how far that one has come.
#[derive(Clone)]
pub(crate) struct Reader {
    pub(crate) streams: Arc<dyn Streams>,
    pub(crate) checkpoints: Arc<dyn Checkpoints>,
}

/// Gives each consumer its reader, and the same one each time it is asked.
#[async_trait]
pub(crate) trait Readers: Send + Sync {
    async fn reader(&self, consumer: &str, stream: &'static str) -> Result<Reader>;
}

/// One reader for all: streams whose shards belong to nobody.
#[async_trait]
impl Readers for Reader {
    async fn reader(&self, _consumer: &str, _stream: &'static str) -> Result<Reader> {
        Ok(self.clone())
    }
}

/// Streams, with where consumers remember how far they came.
struct Streaming {
    streams: Arc<dyn Streams>,
    checkpoints: Arc<dyn Checkpoints>,
    readers: Arc<dyn Readers>,
    log: Option<Arc<LogStreams>>,
    counted: Option<Arc<dyn Counted>>,
}

/// Everything behind the ports but the keyring, which is always in the home.
pub(crate) struct Backing {
    pub(crate) store: Arc<dyn Ledger>,
    pub(crate) streams: Arc<dyn Streams>,
    /// Of the outbox' readers.
    pub(crate) checkpoints: Arc<dyn Checkpoints>,
    pub(crate) readers: Arc<dyn Readers>,
    pub(crate) files: Arc<dyn ObjectStore>,
    pub(crate) lake: Lake,
    pub(crate) here: Here,
}

/// A service that counts what it was asked.
pub(crate) trait Counted: Send + Sync {
    /// Service, what was counted, and how much of it.
    fn counted(&self) -> Vec<(&'static str, &'static str, f64)>;
}

/// What of it is in this process: the only parts that tell figures of their own, need room on the disk, and have their
/// old records removed by us.
#[derive(Clone, Default)]
pub(crate) struct Here {
    pub(crate) store: Option<Arc<EmbeddedStore>>,
    pub(crate) log: Option<Arc<LogStreams>>,
    /// The outbox, where it is a service's change stream.
    pub(crate) outbox: Option<Arc<Watched>>,
    /// Adapters that count what they ask of services.
    pub(crate) services: Vec<Arc<dyn Counted>>,
}

impl Backing {
    /// Opens what the settings say; makes what is missing in the home, and nothing anywhere else.
    pub(crate) async fn open(home: &Home, settings: &Settings) -> Result<Self> {
        let services = Services::connect(settings).await?;
        let (store, stored, counted) = services.store(home, settings)?;
        let streaming = services.streams(home, settings)?;
        let (files, lake) = services.lake(home, settings)?;
        let mut here = Here { log: streaming.log, ..Here::default() };
        here.services.extend(counted.into_iter().chain(streaming.counted));
        let store = match stored {
            Some(embedded) => {
                here.store = Some(embedded);
                store
            }
            None => {
                let watched = Arc::new(Watched::new(store));
                here.outbox = Some(Arc::clone(&watched));
                watched
            }
        };
        let Streaming { streams, checkpoints, readers, .. } = streaming;
        Ok(Self { store, streams, checkpoints, readers, files, lake, here })
    }
}

/// The lake alone, for commands that only ask it; `None` if there is none in the home.
pub(crate) async fn existing_lake(home: &Home, settings: &Settings) -> Result<Option<Lake>> {
    if settings.backing.lake.is_none() {
        return embedded::existing_lake(home);
    }
    Ok(Some(Services::connect(settings).await?.lake(home, settings)?.1))
}

/// The lake alone, made in the home if it belongs there and is missing.
pub(crate) async fn lake(home: &Home, settings: &Settings) -> Result<Lake> {
    Ok(Services::connect(settings).await?.lake(home, settings)?.1)
}

/// The object store that a root such as `s3://BUCKET/` or `file:///` names, paths in it relative to that root.
#[cfg_attr(not(feature = "aws"), expect(clippy::unused_async, reason = "nothing to wait for in this build"))]
pub(crate) async fn objects(root: &url::Url, settings: &Settings) -> Result<Arc<dyn ObjectStore>> {
    if root.scheme() == "file" {
        return Ok(Arc::new(object_store::local::LocalFileSystem::new()));
    }
    #[cfg(feature = "aws")]
    {
        let aws = aws::Aws::connect(&settings.backing.aws).await?;
        Ok(Arc::new(aws.bucket(root.host_str().unwrap_or_default(), &settings.backing.aws)?))
    }
    #[cfg(not(feature = "aws"))]
    {
        let services = BackingSettings { lake: Some(root.clone()), ..settings.backing.clone() };
        services.check_build()?;
        anyhow::bail!("`{root}` cannot be read by this build")
    }
}

/// A store, once more if it is in this process, and once more if it counts what it asks of a service.
type StoreHere = (Arc<dyn Ledger>, Option<Arc<EmbeddedStore>>, Option<Arc<dyn Counted>>);

/// Connections to the services that the settings name.
struct Services {
    #[cfg(feature = "aws")]
    aws: Option<aws::Aws>,
}

impl Services {
    #[cfg_attr(
        not(feature = "aws"),
        expect(clippy::unused_async, reason = "nothing to wait for in this build")
    )]
    async fn connect(settings: &Settings) -> Result<Self> {
        settings.backing.check_build()?;
        Ok(Self {
            #[cfg(feature = "aws")]
            aws: match settings.backing.needs_aws() {
                true => Some(aws::Aws::connect(&settings.backing.aws).await?),
                false => None,
            },
        })
    }

    /// The store, and once more if it is in this process.
    fn store(&self, home: &Home, settings: &Settings) -> Result<StoreHere> {
        match settings.backing.store {
            #[cfg(feature = "aws")]
            StoreKind::Dynamodb => {
                let aws = self.aws.as_ref().ok_or_else(|| anyhow::anyhow!("AWS is not connected"))?;
                let store = aws.store(&settings.backing);
                let ledger: Arc<dyn Ledger> = Arc::clone(&store) as Arc<dyn Ledger>;
                Ok((ledger, None, Some(store)))
            }
            _ => {
                let store = embedded::store(home, settings)?;
                let ledger: Arc<dyn Ledger> = Arc::clone(&store) as Arc<dyn Ledger>;
                Ok((ledger, Some(store), None))
            }
        }
    }

    fn streams(&self, home: &Home, settings: &Settings) -> Result<Streaming> {
        match settings.backing.streams {
            #[cfg(feature = "aws")]
            StreamsKind::Kinesis => {
                let aws = self.aws.as_ref().ok_or_else(|| anyhow::anyhow!("AWS is not connected"))?;
                aws.streams(home, &settings.backing)
            }
            #[cfg(feature = "kafka")]
            StreamsKind::Kafka => kafka::streams(home, &settings.backing),
            _ => embedded::streams(home, settings),
        }
    }

    fn lake(&self, home: &Home, settings: &Settings) -> Result<(Arc<dyn ObjectStore>, Lake)> {
        match &settings.backing.lake {
            #[cfg(feature = "aws")]
            Some(url) => {
                let aws = self.aws.as_ref().ok_or_else(|| anyhow::anyhow!("AWS is not connected"))?;
                aws.lake(url, &settings.backing.aws)
            }
            _ => embedded::lake(home),
        }
    }
}
