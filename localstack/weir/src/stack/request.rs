//! Signed requests to AWS' JSON services, and to what speaks as they do.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpClient, HttpConnector, HttpRequest, HttpRequestBody, ReqwestConnector};
use object_store::{ClientOptions, CredentialProvider};
use serde_json::Value;

use crate::backing::{Aws, AwsSettings, Chain};

/// A service's no.
#[derive(Debug)]
pub(super) struct Refused {
    /// Its code, as `ResourceNotFoundException`.
    pub(super) code: String,
    /// What it says.
    pub(super) message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refused {}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Sends signed requests.
pub(super) struct Signed {
    http: HttpClient,
    credentials: Chain,
    region: String,
    settings: AwsSettings,
}

impl Signed {
    pub(super) async fn connect(settings: &AwsSettings) -> Result<Self> {
        let aws = Aws::connect(settings).await?;
        let options = ClientOptions::new().with_allow_http(true);
        let http = ReqwestConnector::default().connect(&options).context("cannot make a client for HTTP")?;
        let credentials =
            aws.credentials().context("there are no AWS credentials; set AWS_PROFILE, or aws.profile")?;
        Ok(Self { http, credentials, region: aws.region().to_owned(), settings: settings.clone() })
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Where a service answers: the setting, then the variable that every AWS program reads, then AWS itself.
    fn endpoint(&self, service: &str) -> String {
        let set = match service {
            "dynamodb" => &self.settings.endpoint_url_dynamodb,
            "kinesis" => &self.settings.endpoint_url_kinesis,
            "s3" => &self.settings.endpoint_url_s3,
            "sns" => &self.settings.endpoint_url_sns,
            "kms" => &self.settings.endpoint_url_kms,
            _ => &self.settings.endpoint_url_sqs,
        };
        let variable = || std::env::var(format!("AWS_ENDPOINT_URL_{}", service.to_uppercase())).ok();
        set.as_ref()
            .map(|url| url.as_str().trim_end_matches('/').to_owned())
            .or_else(variable)
            .unwrap_or_else(|| format!("https://{service}.{}.amazonaws.com", self.region))
    }

    /// One action of a JSON service.
    ///
    /// # Errors
    /// [`Refused`] for the service's own no; others for what did not reach it.
    pub(super) async fn call(&self, service: &str, action: &str, body: &Value) -> Result<Value> {
        let version = if matches!(service, "dynamodb" | "sqs") { "1.0" } else { "1.1" };
        let target = match service {
            "dynamodb" => "DynamoDB_20120810",
            "kinesis" => "Kinesis_20131202",
            "kms" => "TrentService",
            _ => "AmazonSQS",
        };
        let headers = [
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", format!("{target}.{action}")),
        ];
        let answer = self.send(service, "POST", "/", &headers, body.to_string().into_bytes()).await?;
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        if answer.status < 300 {
            return Ok(value);
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let code = text("__type").unwrap_or_else(|| format!("HTTP {}", answer.status));
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        let message = text("message").or_else(|| text("Message")).unwrap_or_default();
        Err(anyhow::Error::new(Refused { code, message }).context(format!("{service} refused {action}")))
    }

    /// One signed request.
    pub(super) async fn send(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Answer> {
        let endpoint = self.endpoint(service);
        let mut request = http::Request::builder().method(method).uri(format!("{endpoint}{path}"));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut request: HttpRequest = request.body(HttpRequestBody::from(body))?;
        let credentials: Arc<AwsCredential> = self.credentials.get_credential().await?;
        AwsAuthorizer::new(&credentials, service, &self.region).authorize(&mut request, None);
        let answer = self.http.execute(request).await;
        let answer =
            answer.with_context(|| format!("{service} at {endpoint} does not answer; is it running?"))?;
        let status = answer.status().as_u16();
        let body = answer.into_body().bytes().await?.to_vec();
        if status >= 500 {
            bail!("{service} at {endpoint} answered {status}; try again");
        }
        Ok(Answer { status, body })
    }
}

/// Whether an error is a service's no with one of these codes.
pub(super) fn is_refused(error: &anyhow::Error, codes: &[&str]) -> bool {
    error.downcast_ref::<Refused>().is_some_and(|refused| codes.contains(&refused.code.as_str()))
}
