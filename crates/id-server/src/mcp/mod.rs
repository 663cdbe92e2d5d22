//! The Model Context Protocol: the same service as tools, over streamable HTTP at `/mcp` and over standard input and output.
//!
//! Invariants: who calls is decided at the door of the server, never by a message; the server keeps no session, so that
//! nothing is left behind by a client that goes away. Next: `tools.rs`.

mod tools;

use std::sync::Arc;

use rmcp::ServiceExt as _;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

pub(crate) use self::tools::Tools;
use crate::state::Service;
use crate::tokens::{Caller, Scope};

/// The tower service of `/mcp`.
pub(crate) fn http(service: &Service) -> StreamableHttpService<Tools, NeverSessionManager> {
    let limits = service.config().limits;
    // Host and Origin were checked before, for the whole router.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(limits.body_bytes)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let service = service.clone();
    StreamableHttpService::new(
        move || Ok(Tools::new(service.clone(), None)),
        Arc::default(),
        config,
    )
}

/// Serves one client over standard input and output, until it closes them.
///
/// The client has the rights of the process: it reads and registers in the usual tenant.
///
/// # Errors
///
/// What the connection reports when it cannot be begun.
pub async fn serve_stdio(service: Service) -> std::io::Result<()> {
    let caller = Caller::new(service.config().tenant.clone(), "mcp", &[Scope::Read, Scope::Write]);
    let tools = Tools::new(service, Some(caller));
    let running = tools.serve(rmcp::transport::stdio()).await.map_err(std::io::Error::other)?;
    running.waiting().await.map_err(std::io::Error::other)?;
    Ok(())
}
