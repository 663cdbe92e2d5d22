//! Writes a tree of stray ids into a folder: `stray_tree FOLDER FILES CALLS`. `cargo xtask bench-scan` scans it.

use std::env;
use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::PathBuf;

use id_testkit::stray::stray_tree;

fn main() -> Result<()> {
    let wrong =
        || Error::new(ErrorKind::InvalidInput, "say a folder, a number of files and one of calls");
    let mut words = env::args_os().skip(1);
    let folder = words.next().map(PathBuf::from).ok_or_else(wrong)?;
    let mut number = || words.next()?.to_str()?.parse().ok();
    let (files, calls) = (number().ok_or_else(wrong)?, number().ok_or_else(wrong)?);
    for (path, bytes) in stray_tree(files, calls).files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        File::create(path)?.write_all(&bytes)?;
    }
    Ok(())
}
