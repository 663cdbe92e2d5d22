//! The reader that the flags of a command describe.

use anyhow::{Context, anyhow};
use unified_id::legacy::{Reader, Rows};

use crate::args::ReaderArgs;

/// Makes the reader: a dialect, and the rows of an application.
pub(crate) fn of(args: &ReaderArgs) -> anyhow::Result<Reader> {
    let mut reader = Reader::new();
    if let Some(name) = &args.dialect {
        let dialect = name.parse().map_err(|_| anyhow!("unknown dialect `{name}`"))?;
        reader = reader.with_dialect(dialect);
    }
    if let Some(path) = &args.rows {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the rows in {}", path.display()))?;
        let explain = |error: unified_id::legacy::RowError| {
            anyhow!("{}: {error}\nhelp:  {}", path.display(), error.help())
        };
        let rows = Rows::from_toml(&text).map_err(explain)?;
        reader = reader.with_rows(&rows).map_err(explain)?;
    }
    Ok(reader)
}
