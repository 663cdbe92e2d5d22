//! `unified-id mcp`: the registry's tools for one client, over standard input and output.

use crate::args::McpArgs;
use crate::exit::Outcome;

pub(crate) fn run(args: &McpArgs) -> anyhow::Result<Outcome> {
    let service = super::serve::open(&args.store, super::serve::config(&args.store)?)?;
    super::serve::runtime()?.block_on(id_server::serve_stdio(service))?;
    Ok(Outcome::Done)
}
