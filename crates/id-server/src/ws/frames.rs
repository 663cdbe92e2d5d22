//! The frames: JSON texts, in and out.
//!
//! Invariant: a frame that is not understood is an error with a reason, never half of a call; the body of an event goes
//! through byte for byte. Next: `session.rs`.

use std::borrow::Cow;

use id_router::{Closed, Ended, Event, Gap, Outcome, Position, Rejected, User};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use unified_id::{IdKind, ThreadKey, UnifiedId, Unknown};

/// A frame of a client, not yet checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frame<'a> {
    op: Op,
    /// Comes back in the answer.
    #[serde(rename = "ref")]
    reference: Option<u64>,
    #[serde(borrow)]
    thread: Option<Cow<'a, str>>,
    #[serde(borrow)]
    after: Option<Cow<'a, str>>,
    #[serde(borrow)]
    to: Option<Cow<'a, str>>,
    #[serde(borrow)]
    user_id: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Subscribe,
    Unsubscribe,
    Publish,
}

/// What a client wants.
#[derive(Debug)]
pub(crate) enum Call<'a> {
    Subscribe {
        thread: ThreadKey,
        after: Option<Position>,
    },
    Unsubscribe {
        thread: ThreadKey,
    },
    /// The users are those that the frame and its body name as the sender.
    Publish {
        to: Cow<'a, str>,
        users: Vec<Cow<'a, str>>,
        body: &'a str,
    },
}

/// Why a frame is no call.
#[derive(Debug)]
pub(crate) struct BadFrame {
    pub(crate) reference: Option<u64>,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

/// Reads a frame.
pub(crate) fn read(text: &str) -> Result<(Option<u64>, Call<'_>), BadFrame> {
    let frame: Frame<'_> = serde_json::from_str(text).map_err(|error| BadFrame {
        reference: None,
        code: "bad_frame",
        message: format!("not a frame: {error}"),
        help: "send a JSON object such as {\"op\":\"subscribe\",\"ref\":1,\"thread\":\"...\"}",
    })?;
    let reference = frame.reference;
    let missing = |what: &str| BadFrame {
        reference,
        code: "bad_frame",
        message: format!("the field `{what}` is missing"),
        help: "subscribe and unsubscribe need `thread`; publish needs `to` and `body`",
    };
    let call = match frame.op {
        Op::Publish => {
            let body = frame.body.ok_or_else(|| missing("body"))?;
            let users = [frame.user_id, user_of(body)].into_iter().flatten().map(named).collect();
            Call::Publish { to: frame.to.ok_or_else(|| missing("to"))?, users, body: body.get() }
        }
        Op::Subscribe | Op::Unsubscribe => {
            let text = frame.thread.ok_or_else(|| missing("thread"))?;
            let thread = thread_key(&text).map_err(|message| BadFrame {
                reference,
                code: "bad_thread",
                message,
                help: "send the id or the old text of a thread",
            })?;
            match frame.op {
                Op::Unsubscribe => Call::Unsubscribe { thread },
                _ => Call::Subscribe { thread, after: position(reference, frame.after)? },
            }
        }
    };
    Ok((reference, call))
}

fn position(
    reference: Option<u64>,
    text: Option<Cow<'_, str>>,
) -> Result<Option<Position>, BadFrame> {
    text.map(|text| text.parse()).transpose().map_err(|error: id_router::PositionError| BadFrame {
        reference,
        code: "bad_position",
        message: error.to_string(),
        help: "send the `position` of the last event unchanged, or nothing",
    })
}

/// The key of a thread; an id of this format that is of another kind is no thread.
fn thread_key(text: &str) -> Result<ThreadKey, String> {
    if text.len() > unified_id::legacy::MAX_BYTES {
        return Err("longer than 512 bytes".to_owned());
    }
    if let Ok(id) = UnifiedId::parse(text)
        && id.kind() != IdKind::Thread
    {
        return Err(format!("a {} is no thread", id.kind()));
    }
    ThreadKey::parse(text).map_err(|error| error.to_string())
}

/// The user that a body names at its top.
fn user_of(body: &RawValue) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        user_id: Option<&'a RawValue>,
    }
    if !body.get().starts_with('{') {
        return None;
    }
    match serde_json::from_str::<Body<'_>>(body.get()) {
        Ok(body) => body.user_id,
        // Two fields of this name: whoever reads the body may take either, so neither can be checked for them.
        Err(_) => Some(body),
    }
}

/// A user as text; whatever is no JSON string names nobody, and stays as it is.
fn named(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<String>(value.get()).map_or(Cow::Borrowed(value.get()), Cow::Owned)
}

/// A frame of the server.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Out<'a> {
    Welcome {
        version: u32,
        tenant: &'a str,
        user: String,
    },
    Subscribed {
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<u64>,
        thread: String,
        position: String,
    },
    Unsubscribed {
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<u64>,
        thread: String,
        /// Whether there was a subscription.
        was: bool,
    },
    Outcome {
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<u64>,
        outcome: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        n: Option<usize>,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<&'static str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<String>,
    },
    Message {
        thread: String,
        position: String,
        id: &'a str,
        from: String,
        body: Cow<'a, RawValue>,
    },
    Gap {
        thread: String,
        missed: Option<u64>,
        position: String,
    },
    Ended {
        thread: String,
        why: &'static str,
    },
    Error {
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<u64>,
        code: &'a str,
        message: &'a str,
        help: &'a str,
    },
}

fn write(out: &Out<'_>) -> String {
    serde_json::to_string(out).expect("invariant: names and texts are JSON")
}

pub(crate) fn welcome(tenant: &str, user: &User) -> String {
    write(&Out::Welcome { version: 1, tenant, user: user.to_string() })
}

pub(crate) fn subscribed(reference: Option<u64>, thread: &ThreadKey, position: Position) -> String {
    let (thread, position) = (thread.to_string(), position.to_string());
    write(&Out::Subscribed { reference, thread, position })
}

pub(crate) fn unsubscribed(reference: Option<u64>, thread: &ThreadKey, was: bool) -> String {
    write(&Out::Unsubscribed { reference, thread: thread.to_string(), was })
}

pub(crate) fn outcome(reference: Option<u64>, outcome: &Outcome) -> String {
    let mut candidates = Vec::new();
    let (name, n, why) = match outcome {
        Outcome::Delivered { n } => ("delivered", Some(*n), None),
        Outcome::Queued => ("queued", None, None),
        Outcome::NoSubscriber => ("no_subscriber", None, None),
        Outcome::Rejected { why } => {
            if let Rejected::Ambiguous { candidates: threads } = why {
                candidates = threads.threads().iter().map(ToString::to_string).collect();
            }
            let code = match why {
                Rejected::Unknown { why: Unknown::NotAnId(kind) } => kind.code(),
                Rejected::Unknown { why } => why.code(),
                why => why.code(),
            };
            ("rejected", None, Some(code))
        }
    };
    write(&Out::Outcome { reference, outcome: name, n, why, candidates })
}

pub(crate) fn message(event: &Event) -> String {
    // A service may publish what is no JSON; then the body is a string.
    let body = serde_json::from_slice::<&RawValue>(&event.body).map_or_else(
        |_| {
            let text = String::from_utf8_lossy(&event.body);
            let string = serde_json::value::to_raw_value(&text);
            Cow::Owned(string.expect("invariant: a text is a JSON string"))
        },
        Cow::Borrowed,
    );
    write(&Out::Message {
        thread: event.thread.to_string(),
        position: event.position.to_string(),
        id: &event.id,
        from: event.from.to_string(),
        body,
    })
}

pub(crate) fn gap(gap: &Gap) -> String {
    let (thread, position) = (gap.thread.to_string(), gap.until.to_string());
    write(&Out::Gap { thread, missed: gap.missed, position })
}

pub(crate) fn ended(thread: &ThreadKey, why: Ended) -> String {
    let why = match why {
        Ended::Revoked => "revoked",
        _ => "thread_closed",
    };
    write(&Out::Ended { thread: thread.to_string(), why })
}

pub(crate) fn error(reference: Option<u64>, code: &str, message: &str, help: &str) -> String {
    write(&Out::Error { reference, code, message, help })
}

/// The close code and its reason (RFC 6455 and the IANA registry of close codes).
pub(crate) fn close(why: Closed) -> (u16, &'static str) {
    match why {
        Closed::Left => (1000, "bye"),
        Closed::Revoked => (1008, "revoked"),
        Closed::Draining => (1012, "draining"),
        // Overflow, and whatever may come: the client may come back and resume.
        _ => (1013, "too slow"),
    }
}
