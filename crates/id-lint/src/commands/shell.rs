//! `id-lint completions`, `man`, `schema`: what is made of the flags and the settings themselves.

use std::io::{self, Write as _};

use clap::CommandFactory as _;

use crate::args::Args;
use crate::exit::{Outcome, Usage};
use crate::settings_file;

/// Prints the completions of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "id-lint", &mut script);
    print(&script)
}

/// Prints the manual page of the program or of one command.
pub(crate) fn man(command: Option<&str>) -> anyhow::Result<Outcome> {
    let mut program = Args::command();
    program.build();
    let page = match command {
        None => program,
        Some(name) => {
            let names = || {
                Args::command()
                    .get_subcommands()
                    .map(|sub| sub.get_name().to_owned())
                    .collect::<Vec<_>>()
            };
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                let message = format!("`{name}` is no command with a page of its own");
                Usage::new(message, format!("name one of {}", names().join(", ")))
            })?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    print(&text)
}

/// Prints the JSON schema of the settings.
pub(crate) fn schema() -> anyhow::Result<Outcome> {
    print(format!("{:#}\n", settings_file::schema()).as_bytes())
}

fn print(text: &[u8]) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(Outcome::Clean)
}
