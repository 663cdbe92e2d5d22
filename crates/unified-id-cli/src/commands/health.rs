//! `unified-id health`: checks a server from outside, as its callers see it.
//!
//! What the checks register lies in the tenant `health`, which nobody else uses. Invariant: a check that could not be made has
//! failed.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use unified_id::{ThreadId, UnifiedId, UserId};

use crate::args::HealthArgs;
use crate::client::{Client, ClientError};
use crate::exit::Outcome;

/// The tenant of what is registered by the checks, and another one that must not see it.
const TENANT: &str = "health";
const OTHER_TENANT: &str = "health-other";

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long is listened for what must not come.
const SILENCE: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &HealthArgs) -> anyhow::Result<Outcome> {
    super::serve::runtime()?.block_on(rounds(args))
}

async fn rounds(args: &HealthArgs) -> anyhow::Result<Outcome> {
    let client = Client::new(&args.url, None)?;
    let Some(interval) = args.interval else {
        return Ok(if round(args, &client).await? { Outcome::Done } else { Outcome::CheckFailed });
    };
    let mut failed = 0;
    loop {
        let start = Instant::now();
        failed = if round(args, &client).await? { 0 } else { failed + 1 };
        if failed >= args.alert_threshold {
            writeln!(io::stdout(), "ALERT {failed} rounds in a row have failed")?;
            return Ok(Outcome::CheckFailed);
        }
        tokio::time::sleep(interval.saturating_sub(start.elapsed())).await;
    }
}

/// Makes all checks that are asked for; returns whether all passed.
async fn round(args: &HealthArgs, client: &Client) -> anyhow::Result<bool> {
    let mut report = Report { out: io::stdout(), is_well: true };
    report.line("ready", ready(client)).await?;
    let deep = args.deep;
    if deep || args.chat_flow || args.auth_flow || args.user_isolation {
        let admin = match id_server::tokens::admin_token(&args.data) {
            Ok(token) => client.with_token(Some(&token))?,
            Err(error) => {
                report.line("token", async { Err::<(), _>(error.into()) }).await?;
                return Ok(false);
            }
        };
        if deep {
            report.line("generate, register, resolve, trace", registers(&admin)).await?;
        }
        if deep || args.chat_flow {
            report.line("chat flow", chat_flow(&admin)).await?;
        }
        if deep || args.auth_flow {
            report.line("auth flow", auth_flow(&admin, client)).await?;
        }
        if deep || args.user_isolation {
            report.line("user isolation", user_isolation(&admin)).await?;
        }
    }
    Ok(report.is_well)
}

struct Report {
    out: io::Stdout,
    is_well: bool,
}

impl Report {
    async fn line(
        &mut self,
        name: &str,
        check: impl Future<Output = anyhow::Result<()>>,
    ) -> io::Result<()> {
        let start = Instant::now();
        let result = check.await;
        let ms = start.elapsed().as_millis();
        match result {
            Ok(()) => writeln!(self.out, "ok    {name} ({ms} ms)"),
            Err(error) => {
                self.is_well = false;
                writeln!(self.out, "FAIL  {name} ({ms} ms): {error:#}")
            }
        }
    }
}

async fn ready(client: &Client) -> anyhow::Result<()> {
    let answer = client.send("GET", "/readyz", None, &[]).await?;
    ensure!(
        answer.status == 200,
        "/readyz answers {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    Ok(())
}

/// A client with a token of its own in a tenant.
async fn user(admin: &Client, tenant: &str, user: &str) -> anyhow::Result<(Client, String)> {
    let wanted = json!({
        "name": "health", "scopes": ["write"], "tenant": tenant, "user": user, "lifetime_s": 60,
    });
    let made = admin.post("/v1/tokens", &wanted).await.context("cannot make a token")?;
    let token = made["token"].as_str().context("the server made no token")?.to_owned();
    Ok((admin.with_token(Some(&token))?, token))
}

async fn registers(admin: &Client) -> anyhow::Result<()> {
    let (writer, _) = user(admin, TENANT, "health").await?;
    let made = writer.post("/v1/new", &json!({"kind": "workflow", "count": 2})).await?;
    let ids: Vec<String> =
        serde_json::from_value(made["ids"].clone()).context("the server made no ids")?;
    let [first, second] = ids.as_slice() else { bail!("two ids were wanted, {} came", ids.len()) };
    ensure!(first < second, "`{second}` is not greater than `{first}`");
    writer.register(&json!({"id": first, "system": "mahavishnu"})).await?;
    writer.register(&json!({"id": second, "system": "mahavishnu", "links": [{"relation": "parent", "to": first}]})).await?;
    let core = UnifiedId::parse(first)?.core();
    for form in [first.clone(), core.to_string().to_uppercase(), core.uuid_text()] {
        let found =
            writer.resolve(&form).await?.with_context(|| format!("`{form}` was not found"))?;
        ensure!(found["entry"]["id"] == **first, "`{form}` leads to {}", found["entry"]["id"]);
    }
    let trace = writer.trace(first).await?.context("there is no trace")?;
    ensure!(trace["links"][0]["id"] == **second, "the trace has not the child: {}", trace["links"]);
    let error = writer.register(&json!({"id": first, "system": "akosha"})).await;
    ensure!(
        matches!(error, Err(ClientError::Refused { status: 409, .. })),
        "an id was given to a second owner"
    );
    Ok(())
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A thread of a user, registered.
async fn thread_of(writer: &Client, owner: &UserId) -> anyhow::Result<ThreadId> {
    let thread = UnifiedId::thread();
    writer
        .register(&json!({"id": thread.to_string(), "system": "netra", "links": [{"relation": "user", "to": owner.to_string()}]}))
        .await?;
    Ok(thread)
}

async fn connect(client: &Client, token: &str) -> anyhow::Result<Socket> {
    let mut request = client.base().replacen("http", "ws", 1);
    request.push_str("/ws");
    let mut request = request.into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    let (mut socket, _) =
        timeout(PATIENCE, connect_async(request)).await.context("no connection in time")??;
    let welcome = next(&mut socket).await?;
    ensure!(welcome["event"] == "welcome", "no welcome, but {welcome}");
    Ok(socket)
}

async fn next(socket: &mut Socket) -> anyhow::Result<Value> {
    loop {
        let message = timeout(PATIENCE, socket.next()).await.context("no event in time")?;
        match message.ok_or_else(|| anyhow!("the connection was closed"))?? {
            Message::Text(text) => return Ok(serde_json::from_str(&text)?),
            Message::Close(frame) => bail!("the connection was closed: {frame:?}"),
            _ => {}
        }
    }
}

async fn ask(socket: &mut Socket, frame: Value) -> anyhow::Result<Value> {
    timeout(PATIENCE, socket.send(Message::text(frame.to_string())))
        .await
        .context("not sent in time")??;
    next(socket).await
}

async fn chat_flow(admin: &Client) -> anyhow::Result<()> {
    let alice = UnifiedId::user();
    let (writer, token) = user(admin, TENANT, &alice.to_string()).await?;
    let thread = thread_of(&writer, &alice).await?;
    let (mut sender, mut reader) = (connect(admin, &token).await?, connect(admin, &token).await?);
    let answer = ask(&mut reader, json!({"op": "subscribe", "thread": thread.to_string()})).await?;
    ensure!(answer["event"] == "subscribed", "not subscribed: {answer}");
    let run = UnifiedId::make(unified_id::IdKind::Run, Some(&thread.to_string()))?;
    let answer = ask(
        &mut sender,
        json!({"op": "publish", "to": run.to_string(), "body": {"text": "hello"}}),
    )
    .await?;
    ensure!(answer["outcome"] == "delivered" && answer["n"] == 1, "not delivered: {answer}");
    let message = next(&mut reader).await?;
    ensure!(
        message["body"]["text"] == "hello" && message["id"] == run.to_string(),
        "another event came: {message}"
    );
    Ok(())
}

async fn auth_flow(admin: &Client, nobody: &Client) -> anyhow::Result<()> {
    let reference = json!({"id": UnifiedId::workflow().to_string(), "system": "mahavishnu"});
    let wrong = nobody.with_token(Some("wrong"))?;
    let wanted =
        json!({"name": "health-reader", "scopes": ["read"], "tenant": TENANT, "lifetime_s": 60});
    let made = admin.post("/v1/tokens", &wanted).await?;
    let reader = nobody.with_token(made["token"].as_str())?;
    let writes = ("POST", "/v1/register");
    for (what, client, (method, path), headers, expected) in [
        ("a write without a token", nobody, writes, &[][..], 401),
        ("a write with a wrong token", &wrong, writes, &[][..], 401),
        ("a read with a wrong token", &wrong, ("GET", "/v1/stats"), &[][..], 401),
        ("a write with the scope read", &reader, writes, &[][..], 403),
        ("the audit with the scope read", &reader, ("GET", "/v1/audit"), &[][..], 403),
        (
            "a page of another site",
            nobody,
            ("GET", "/v1/stats"),
            &[("origin", "http://evil.example")][..],
            403,
        ),
        (
            "another name of the server",
            nobody,
            ("GET", "/v1/stats"),
            &[("host", "evil.example")][..],
            403,
        ),
        ("a WebSocket without a token", nobody, ("GET", "/ws"), &[][..], 401),
    ] {
        let body = (method == "POST").then_some(&reference);
        let answer = client.send(method, path, body, headers).await?;
        ensure!(
            answer.status == expected,
            "{what} is answered by {}, not by {expected}",
            answer.status
        );
    }
    Ok(())
}

async fn user_isolation(admin: &Client) -> anyhow::Result<()> {
    let (alice, eve) = (UnifiedId::user(), UnifiedId::user());
    let (writer, token) = user(admin, TENANT, &alice.to_string()).await?;
    let (_, eves) = user(admin, TENANT, &eve.to_string()).await?;
    let (elsewhere, theirs) = user(admin, OTHER_TENANT, &alice.to_string()).await?;
    let thread = thread_of(&writer, &alice).await?.to_string();
    ensure!(elsewhere.resolve(&thread).await?.is_none(), "another tenant sees the thread");
    let mut alice_on = connect(admin, &token).await?;
    let answer = ask(&mut alice_on, json!({"op": "subscribe", "thread": thread})).await?;
    ensure!(answer["event"] == "subscribed", "the owner is not let in: {answer}");
    let publish = json!({"op": "publish", "to": thread, "body": {"text": "secret"}});
    for (who, token) in [("another user", &eves), ("another tenant", &theirs)] {
        let mut socket = connect(admin, token).await?;
        let answer = ask(&mut socket, json!({"op": "subscribe", "thread": thread})).await?;
        ensure!(answer["event"] == "error", "{who} is let in: {answer}");
        let answer = ask(&mut socket, publish.clone()).await?;
        ensure!(answer["outcome"] == "rejected", "{who} can write: {answer}");
        let own = ask(&mut alice_on, publish.clone()).await?;
        // The owner's own copy, and the answer, in either order.
        let other = next(&mut alice_on).await?;
        ensure!(
            [&own, &other].iter().any(|frame| frame["outcome"] == "delivered"),
            "the owner cannot write: {own} {other}"
        );
        let heard = timeout(SILENCE, next(&mut socket)).await;
        ensure!(heard.is_err(), "{who} got {heard:?}");
    }
    let mut claiming = publish;
    claiming["user_id"] = json!(eve.to_string());
    let answer = ask(&mut alice_on, claiming).await?;
    ensure!(answer["why"] == "foreign_user", "a foreign name was taken: {answer}");
    Ok(())
}
