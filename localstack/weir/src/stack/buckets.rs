//! The bucket of the lake.

use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;

use super::request::Signed;
use super::{Resource, State};

/// A bucket, and whether it keeps what was written over.
pub(super) struct Bucket {
    pub(super) signed: Arc<Signed>,
    pub(super) name: String,
    pub(super) is_versioned: bool,
}

impl Bucket {
    /// Whether it keeps what was written over. A bucket that never did has no status.
    async fn is_versioned(&self) -> Result<bool> {
        let path = format!("/{}?versioning=", self.name);
        let answer = self.signed.send("s3", "GET", &path, &[], Vec::new()).await?;
        match answer.status {
            200..=299 => Ok(String::from_utf8_lossy(&answer.body).contains("<Status>Enabled</Status>")),
            status => bail!("the versioning of bucket `{}` cannot be looked at: HTTP {status}", self.name),
        }
    }

    async fn make(&self) -> Result<()> {
        let region = self.signed.region();
        // The oldest region is the one that must not be named.
        let body = match region {
            "us-east-1" => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        let path = format!("/{}", self.name);
        match self.signed.send("s3", "PUT", &path, &[], body.into_bytes()).await?.status {
            200..=299 => Ok(()),
            status => bail!("the bucket `{}` cannot be made: HTTP {status}; is the name taken?", self.name),
        }
    }

    async fn version(&self) -> Result<()> {
        let status = if self.is_versioned { "Enabled" } else { "Suspended" };
        let body = format!(
            "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Status>{status}</Status></VersioningConfiguration>"
        );
        let path = format!("/{}?versioning=", self.name);
        match self.signed.send("s3", "PUT", &path, &[], body.into_bytes()).await?.status {
            200..=299 => Ok(()),
            status => bail!("the versioning of bucket `{}` cannot be set: HTTP {status}", self.name),
        }
    }
}

#[async_trait]
impl Resource for Bucket {
    fn kind(&self) -> &'static str {
        "bucket"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let answer = self.signed.send("s3", "HEAD", &format!("/{}", self.name), &[], Vec::new()).await?;
        match answer.status {
            200..=299 if self.is_versioned().await? == self.is_versioned => Ok(State::Equal),
            200..=299 if self.is_versioned => Ok(State::Differs { what: "no versioning".to_owned() }),
            200..=299 => Ok(State::Differs { what: "versioning".to_owned() }),
            404 => Ok(State::Missing),
            status => {
                bail!("the bucket `{}` cannot be looked at: HTTP {status}; check the credentials", self.name)
            }
        }
    }

    async fn remove(&self) -> Result<()> {
        Ok(())
    }

    async fn apply(&self, state: &State) -> Result<()> {
        if *state == State::Missing {
            self.make().await?;
            if !self.is_versioned {
                return Ok(());
            }
        }
        self.version().await
    }
}
