//! A PostgreSQL server of a test's own: on loopback, in a temporary folder, without an account or a file of the machine.
//!
//! `cargo xtask test` unpacks the programs into `.tools/`; a bare `cargo test` uses them once `cargo xtask postgres` has
//! fetched them. PostgreSQL refuses to run as root: there the server runs as `nobody`. A small shell between test and server
//! ends the server by its process id when the test's end of a pipe closes, so also when the test is killed.

mod pair;

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;

pub use pair::Pair;

/// The account without rights that every Unix has.
const NOBODY: u32 = 65534;

/// Makes a cluster and runs the server until its standard input ends; prints `ready` or what went wrong.
const SCRIPT: &str = r#"
bin="$1"; folder="$2"; port="$3"
"$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log"; exit 1; }
# The role `guarded` has to say its password, `sealed` comes in with TLS only, `open` without it only; everybody else is let in.
{ echo "host all guarded 127.0.0.1/32 scram-sha-256"; echo "hostnossl all sealed 127.0.0.1/32 reject"
    echo "hostssl all open 127.0.0.1/32 reject"; cat "$folder/data/pg_hba.conf"; } >"$folder/hba" && cat "$folder/hba" >"$folder/data/pg_hba.conf"
ssl=off
if [ -n "$TLS_KEY" ]; then
    ssl=on
    # The server wants a key that nobody else can read, and that is its own.
    (umask 077; printf %s "$TLS_KEY" >"$folder/data/server.key"; printf %s "$TLS_CERTIFICATE" >"$folder/data/server.crt")
fi
"$bin/postgres" -D "$folder/data" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 -c ssl=$ssl -c fsync=off \
    -c full_page_writes=off -c max_connections=200 -c wal_level=logical -c shared_buffers=256MB \
    -c max_wal_size=4GB >"$folder/server.log" 2>&1 </dev/null &
server=$!
tries=0
until grep -q ready "$folder/data/postmaster.pid" 2>/dev/null; do
    tries=$((tries + 1))
    if ! kill -0 $server 2>/dev/null || [ $tries -gt 600 ]; then cat "$folder/server.log"; kill $server; exit 1; fi
    sleep 0.05
done
echo ready
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$folder/data" "$folder/copy" "$folder"/*.log "$folder/hba"
"#;

/// A running server; it ends when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    shell: Child,
    port: u16,
    _folder: TempDir,
}

impl Postgres {
    /// Starts a server.
    ///
    /// # Panics
    ///
    /// Panics if the programs have not been fetched, or the server does not start, with what it said.
    #[must_use]
    pub fn start() -> Self {
        Self::with(None)
    }

    /// Starts a server that encrypts, with this certificate.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    #[cfg(feature = "certificates")]
    #[must_use]
    pub fn encrypting(with: &crate::certificates::Pair) -> Self {
        Self::with(Some((&with.certificate, &with.key)))
    }

    fn with(tls: Option<(&str, &str)>) -> Self {
        // Somebody else may take the port between these two lines.
        (0..5).find_map(|_| Self::try_start(tls).ok()).unwrap_or_else(|| {
            match Self::try_start(tls) {
                Ok(server) => server,
                Err(said) => panic!("the PostgreSQL server did not start: {said}"),
            }
        })
    }

    /// Returns a server that all tests of this process share.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<Postgres> = LazyLock::new(Postgres::start);
        &SHARED
    }

    fn try_start(tls: Option<(&str, &str)>) -> Result<Self, String> {
        let mut home = Home::new();
        let port = free_port();
        home.command.args(["-c", SCRIPT, "sh"]);
        home.command.arg(&home.bin).arg(home.folder.path()).arg(port.to_string());
        let (certificate, key) = tls.unwrap_or_default();
        home.command.env("TLS_CERTIFICATE", certificate).env("TLS_KEY", key);
        home.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = home.command.spawn().expect("sh can be started");
        let out = shell.stdout.take().expect("invariant: the output is a pipe");
        until_ready(&mut BufReader::new(out))
            .inspect_err(|_| {
                let _ = shell.wait();
            })
            .map(|()| Self { shell, port, _folder: home.folder })
    }

    /// Returns the URL of a database of this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Returns the port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// Where a server lives, and a shell that may start it.
struct Home {
    folder: TempDir,
    bin: PathBuf,
    command: Command,
}

impl Home {
    fn new() -> Self {
        let programs = programs();
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let folder = folder.expect("a temporary folder can be made");
        let is_root = folder.path().metadata().expect("the folder was made").uid() == 0;
        let mut bin = programs.join("bin");
        let mut command = Command::new("sh");
        if is_root {
            fs::set_permissions(folder.path(), Permissions::from_mode(0o755))
                .and_then(|()| chown(folder.path(), Some(NOBODY), Some(NOBODY)))
                .expect("root may give a folder away");
            let is_closed = |path: &Path| {
                path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o5 != 0o5)
            };
            if programs.ancestors().any(is_closed) {
                // `nobody` cannot look into a home folder of root.
                let copy = folder.path().join("copy");
                let status = Command::new("cp").arg("-r").arg(&programs).arg(&copy).status();
                assert!(status.is_ok_and(|status| status.success()), "the programs can be copied");
                bin = copy.join("bin");
            }
            command.uid(NOBODY).gid(NOBODY);
        }
        command.current_dir(folder.path());
        Self { folder, bin, command }
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
        .port()
}

/// Reads until the script says that all is up; else returns what it said.
fn until_ready(out: &mut impl BufRead) -> Result<(), String> {
    let mut said = String::new();
    for line in out.lines().map_while(Result::ok) {
        if line == "ready" {
            return Ok(());
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(said)
}

/// Returns the folder of the programs.
fn programs() -> PathBuf {
    let tools = crate::workspace_root().join(".tools");
    let mut found: Vec<PathBuf> = fs::read_dir(&tools)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    found.retain(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("postgresql-"))
    });
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!("no PostgreSQL in {}: run `cargo xtask postgres`, which fetches it", tools.display())
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_server_answers_until_it_is_dropped() {
        let server = Postgres::start();
        let address = ("127.0.0.1", server.port());
        assert!(TcpStream::connect(address).is_ok());
        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }
}
