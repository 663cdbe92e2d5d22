//! `unified-id serve`: the registry's server on the loopback interface, until it is told to stop.

use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use id_registry::Options;
use id_server::{Config, Service, TraceTables};
use unified_id::Tenant;

use crate::args::{ServeArgs, StoreArgs};
use crate::exit::Outcome;

pub(crate) fn run(args: &ServeArgs) -> anyhow::Result<Outcome> {
    let mut config = config(&args.store)?;
    config.hosts.clone_from(&args.hosts);
    config.origins.clone_from(&args.origins);
    if let Some(rate) = args.rate {
        config.limits.requests_per_second = rate;
        config.limits.burst = rate.saturating_mul(2);
    }
    config.trace_tables = trace_tables(args)?;
    let service = open(&args.store, config)?;
    runtime()?.block_on(serve(args, service))
}

/// What the flags say of the server of trace tables.
fn trace_tables(args: &ServeArgs) -> anyhow::Result<Option<TraceTables>> {
    let Some(url) = &args.clickhouse else { return Ok(None) };
    let mut tables = TraceTables::new(url)?;
    tables.user.clone_from(&args.clickhouse_user);
    if let Some(file) = &args.clickhouse_password_file {
        let password = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the password from {}", file.display()))?;
        tables.password = Some(password.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(Some(tables))
}

/// What the flags say of the tenant.
pub(super) fn config(args: &StoreArgs) -> anyhow::Result<Config> {
    let mut config = Config::default();
    config.tenant =
        Tenant::new(&args.tenant).map_err(|error| anyhow!("{error}\nhelp:  {}", error.help()))?;
    Ok(config)
}

/// Opens the data, whose folder is made for its owner alone.
pub(super) fn open(args: &StoreArgs, config: Config) -> anyhow::Result<Service> {
    make_folder(&args.data)
        .with_context(|| format!("cannot make the folder {}", args.data.display()))?;
    Ok(id_server::open(&args.data, config, Options::default())?)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().context("cannot start the threads of the server")
}

async fn serve(args: &ServeArgs, service: Service) -> anyhow::Result<Outcome> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .await
        .with_context(|| {
            format!(
                "cannot listen on port {}: stop what has it, or choose another one with `--port`",
                args.port
            )
        })?;
    let address = listener.local_addr()?;
    let mut out = io::stdout();
    writeln!(out, "http://{address}/  (MCP: http://{address}/mcp)")?;
    writeln!(out, "data and tokens: {}", args.store.data.display())?;
    out.flush()?;
    id_server::serve(listener, service, stopped()).await?;
    Ok(Outcome::Done)
}

/// Waits for Ctrl-C or, where there is such a thing, SIGTERM.
async fn stopped() {
    let interrupted = async {
        // Without a handler the signal ends the process at once, as it does everywhere.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(_) => interrupted.await,
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}
