//! The service over HTTP: requests, answers, and which failures may pass.

use std::time::Duration;

use id_registry::Reference;
use serde::{Deserialize, Serialize};
use ureq::Agent;

use crate::client::{Found, Sent};
use crate::error::{ClientError, ClientErrorKind};

/// Where the service is, and who we are.
#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
    url: String,
    token: Option<String>,
}

#[derive(Serialize)]
struct Wire<'a> {
    id: &'a str,
    system: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    metadata: Box<serde_json::value::RawValue>,
    aliases: &'a [String],
    links: Vec<WireLink<'a>>,
}

#[derive(Serialize)]
struct WireLink<'a> {
    relation: &'static str,
    to: &'a str,
}

#[derive(Serialize)]
struct Batch<'a> {
    references: Vec<Wire<'a>>,
}

#[derive(Deserialize)]
struct Results {
    results: Vec<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Resolved {
    entry: Found,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    help: String,
}

impl Http {
    pub(crate) fn new(url: &str, token: Option<String>, timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0);
        // What is on this machine is not asked through a proxy that the environment names.
        let host = url.strip_prefix("http://").unwrap_or(url);
        let is_local = ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| {
            host.strip_prefix(local)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
        });
        let config = if is_local { config.proxy(None).build() } else { config.build() };
        Self { agent: config.into(), url: url.trim_end_matches('/').to_owned(), token }
    }

    /// Sends a batch.
    pub(crate) fn register(&self, references: &[Reference]) -> Sent {
        let wire = references.iter().map(|reference| {
            let parts = reference.parts();
            Wire {
                id: parts.id,
                system: parts.system,
                kind: parts.kind,
                metadata: parts.metadata.to_raw(),
                aliases: parts.aliases,
                links: (parts.links.iter())
                    .map(|link| WireLink { relation: link.relation().name(), to: link.to() })
                    .collect(),
            }
        });
        let Ok(body) = serde_json::to_string(&Batch { references: wire.collect() }) else {
            return Sent::Refused;
        };
        match self.post("/v1/register/batch", &body) {
            Ok((200..=299, text)) => match serde_json::from_str::<Results>(&text) {
                Ok(answer) if answer.results.len() == references.len() => Sent::Taken {
                    refused: answer.results.iter().filter(|item| !item.contains_key("ok")).count(),
                },
                _ => {
                    let answer = shorten(&text);
                    tracing::warn!(answer, "the answer has not one result for each registration");
                    Sent::Broken
                }
            },
            Ok((500, _)) => Sent::Broken,
            // A token that may be put right, too many requests, and all that the server or what stands before it may get over.
            Ok((401 | 403 | 408 | 425 | 429 | 500..=599, _)) | Err(_) => Sent::Later,
            Ok((status, text)) => {
                tracing::warn!(status, answer = shorten(&text), "the registry refuses a batch");
                Sent::Refused
            }
        }
    }

    /// Asks for an id.
    pub(crate) fn resolve(&self, id: &str) -> Result<Option<Found>, ClientError> {
        let mut request = self.agent.get(format!("{}/v1/resolve", self.url)).query("id", id);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(|error| unreachable(&error))?;
        match status {
            200 => match serde_json::from_str::<Resolved>(&text) {
                Ok(resolved) => Ok(Some(resolved.entry)),
                Err(_) => Err(ClientError::new(
                    ClientErrorKind::Answer,
                    format!("the answer is none of a registry: {}", shorten(&text)),
                    "check the address of the service",
                )),
            },
            404 if is_unknown(&text) => Ok(None),
            _ => {
                let problem: Problem = serde_json::from_str(&text).unwrap_or(Problem {
                    code: String::new(),
                    title: format!("status {status}"),
                    detail: String::new(),
                    help: String::new(),
                });
                let what = if problem.detail.is_empty() { problem.title } else { problem.detail };
                let help = if problem.help.is_empty() {
                    "look at the log of the service".to_owned()
                } else {
                    problem.help
                };
                Err(ClientError::new(ClientErrorKind::Refused, what, help))
            }
        }
    }

    fn post(&self, path: &str, body: &str) -> Result<(u16, String), ureq::Error> {
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("Content-Type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.send(body)?;
        let status = answer.status().as_u16();
        Ok((status, answer.body_mut().read_to_string()?))
    }
}

/// Whether the registry said that nobody registered the id; another address has other pages that are not there.
fn is_unknown(text: &str) -> bool {
    serde_json::from_str::<Problem>(text)
        .is_ok_and(|problem| matches!(&*problem.code, "not_registered" | "unknown_id"))
}

fn unreachable(error: &ureq::Error) -> ClientError {
    ClientError::new(
        ClientErrorKind::Unreachable,
        format!("the registry cannot be reached: {error}"),
        "start it with `unified-id serve`, or correct its address",
    )
}

fn shorten(text: &str) -> String {
    text.chars().take(200).filter(|character| !character.is_control()).collect()
}
