//! Topics of SNS, which alarms go to.

use std::sync::Arc;

use anyhow::{Result, bail};
use async_trait::async_trait;

use super::request::Signed;
use super::{Resource, State};

/// A topic. It speaks the older protocol: forms in, XML out.
pub(super) struct Topic {
    pub(super) signed: Arc<Signed>,
    pub(super) name: String,
}

impl Topic {
    async fn ask(&self, action: &str, parameter: Option<(&str, &str)>) -> Result<String> {
        let body = form(action, parameter).into_bytes();
        let headers = [("content-type", "application/x-www-form-urlencoded".to_owned())];
        let answer = self.signed.send("sns", "POST", "/", &headers, body).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        match answer.status {
            200..=299 => Ok(text),
            status => {
                let message = between(&text, "Message").next().unwrap_or_default();
                bail!("sns refused {action} for the topic `{}`: HTTP {status}: {message}", self.name)
            }
        }
    }

    /// Its whole name, if it is there.
    async fn arn(&self) -> Result<Option<String>> {
        let (mut next, ending) = (None::<String>, format!(":{}", self.name));
        loop {
            let parameter = next.as_deref().map(|token| ("NextToken", token));
            let page = self.ask("ListTopics", parameter).await?;
            if let Some(arn) = between(&page, "TopicArn").find(|arn| arn.ends_with(&ending)) {
                return Ok(Some(arn.to_owned()));
            }
            next = between(&page, "NextToken").next().map(str::to_owned);
            if next.is_none() {
                return Ok(None);
            }
        }
    }
}

#[async_trait]
impl Resource for Topic {
    fn kind(&self) -> &'static str {
        "alarm topic"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        Ok(if self.arn().await?.is_some() { State::Equal } else { State::Missing })
    }

    async fn remove(&self) -> Result<()> {
        if let Some(arn) = self.arn().await? {
            self.ask("DeleteTopic", Some(("TopicArn", &arn))).await?;
        }
        Ok(())
    }

    async fn apply(&self, _state: &State) -> Result<()> {
        self.ask("CreateTopic", Some(("Name", &self.name))).await?;
        Ok(())
    }
}

fn form(action: &str, parameter: Option<(&str, &str)>) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", "2010-03-31").extend_pairs(parameter);
    form.finish()
}

/// What stands between the tags of a name, one after the other. The names asked for have no attributes and no children.
fn between<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let starts: Vec<usize> = text.match_indices(&begin).map(|(at, found)| at + found.len()).collect();
    starts.into_iter().filter_map(move |start| {
        let rest = text.get(start..)?;
        rest.get(..rest.find(&end)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_between_their_tags() {
        let page = "<ListTopicsResult><Topics><member><TopicArn>arn:aws:sns:x:1:a</TopicArn></member>\
                    <member><TopicArn>arn:aws:sns:x:1:b</TopicArn></member></Topics></ListTopicsResult>";
        assert_eq!(between(page, "TopicArn").collect::<Vec<_>>(), ["arn:aws:sns:x:1:a", "arn:aws:sns:x:1:b"]);
        assert_eq!(between(page, "NextToken").count(), 0);
        assert_eq!(between("<A>cut", "A").count(), 0);
    }
}
