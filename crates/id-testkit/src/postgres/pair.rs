//! Two servers, of which one follows the other: what a test needs to kill the first and go on with the second.
//!
//! The second begins as a copy of the first one's files, made before either ran, so that nothing but the server's own program
//! is needed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Stdio};

use tempfile::TempDir;

use super::{Home, free_port, until_ready};

/// Makes a cluster and its copy and runs both; then does what each line of its standard input says, and prints `done`.
///
/// A server dies as a machine does: nobody of it may go on, so the first process is stopped, so that it starts no other,
/// then its children are killed, then itself.
const SCRIPT: &str = r#"
bin="$1"; folder="$2"; port1="$3"; port2="$4"; names="$5"
"$bin/initdb" -D "$folder/data1" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log"; exit 1; }
cp -r "$folder/data1" "$folder/data2" && chmod 700 "$folder/data2" || exit 1
touch "$folder/data2/standby.signal"
start() {
    number=$1; port=$2; shift 2
    "$bin/postgres" -D "$folder/data$number" -k "$folder" -p "$port" -c listen_addresses=127.0.0.1 -c fsync=off \
        -c wal_level=replica -c wal_keep_size=256MB -c wal_sender_timeout=0 -c wal_receiver_timeout=0 \
        -c wal_retrieve_retry_interval=100ms "$@" \
        >"$folder/server$number.log" 2>&1 </dev/null &
}
start 1 "$port1" -c synchronous_standby_names="$names"
first=$!
start 2 "$port2" -c primary_conninfo="host=127.0.0.1 port=$port1 user=postgres application_name=second"
second=$!
processes() { grep -ls "^PPid:[[:space:]]*$1\$" /proc/[0-9]*/status | cut -d/ -f3; }
each() { for process in $(processes "$2"); do kill "$1" "$process"; done 2>/dev/null; }
die() { kill -STOP "$1"; each -KILL "$1"; kill -KILL "$1"; wait "$1"; }
end() { kill -CONT $second; each -CONT $second; kill -INT $first $second; wait; rm -rf "$folder"/data? "$folder/copy" "$folder"/*.log; }
tries=0
until grep -q ready "$folder/data1/postmaster.pid" && grep -q ready "$folder/data2/postmaster.pid"; do
    tries=$((tries + 1))
    if ! kill -0 $first || ! kill -0 $second || [ $tries -gt 600 ]; then cat "$folder"/server?.log; end; exit 1; fi
    sleep 0.05
done 2>/dev/null
echo ready
while read -r word; do
    case "$word" in
        kill) die $first ;;
        promote) "$bin/pg_ctl" promote -w -t 60 -D "$folder/data2" >"$folder/promote.log" 2>&1 || { cat "$folder/promote.log"; continue; } ;;
        hold) kill -STOP $second; each -STOP $second ;;
        detach)
            # Whatever was sent is either here or lost; the stopped process starts no other receiver.
            kill -STOP $second
            for process in $(processes $second); do
                if grep -qs walreceiver "/proc/$process/cmdline"; then kill -TERM "$process"; fi
                while grep -qs walreceiver "/proc/$process/cmdline"; do sleep 0.05; done
            done ;;
        release) each -CONT $second; kill -CONT $second ;;
        *) echo "what is $word?"; continue ;;
    esac
    echo done
done
end 2>/dev/null
"#;

/// Two running servers; they end when this is dropped.
#[derive(Debug)]
pub struct Pair {
    shell: Child,
    out: BufReader<ChildStdout>,
    ports: [u16; 2],
    _folder: TempDir,
}

impl Pair {
    /// Starts two servers of which the first acknowledges nothing that the second does not have.
    ///
    /// # Panics
    ///
    /// Panics if the programs have not been fetched, or a server does not start, with what it said.
    #[must_use]
    pub fn synchronous() -> Self {
        Self::start("second")
    }

    /// Starts two servers of which the second may be behind.
    ///
    /// # Panics
    ///
    /// As [`synchronous`](Self::synchronous).
    #[must_use]
    pub fn asynchronous() -> Self {
        Self::start("")
    }

    fn start(names: &str) -> Self {
        // Somebody else may take a port before a server does.
        (0..5).find_map(|_| Self::try_start(names).ok()).unwrap_or_else(|| {
            match Self::try_start(names) {
                Ok(pair) => pair,
                Err(said) => panic!("the PostgreSQL servers did not start: {said}"),
            }
        })
    }

    fn try_start(names: &str) -> Result<Self, String> {
        let mut home = Home::new();
        let ports = [free_port(), free_port()];
        home.command.args(["-c", SCRIPT, "sh"]).arg(&home.bin).arg(home.folder.path());
        home.command.args(ports.map(|port| port.to_string())).arg(names);
        home.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = home.command.spawn().expect("sh can be started");
        let mut out = BufReader::new(shell.stdout.take().expect("invariant: the output is a pipe"));
        match until_ready(&mut out) {
            Ok(()) => Ok(Self { shell, out, ports, _folder: home.folder }),
            Err(said) => {
                let _ = shell.wait();
                Err(said)
            }
        }
    }

    /// Returns a URL that leads to the one of the two that takes writes.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let [first, second] = self.ports;
        format!(
            "postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/{database}?target_session_attrs=read-write"
        )
    }

    /// Returns the URL of one of them, 0 or 1.
    #[must_use]
    pub fn url_of(&self, number: usize, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.ports[number])
    }

    /// Kills the first server at once, as a machine that loses its power.
    pub fn kill_first(&mut self) {
        self.order("kill");
    }

    /// Makes the second server the one that takes writes, and waits until it is.
    pub fn promote_second(&mut self) {
        self.order("promote");
    }

    /// Stops the second server where it stands.
    pub fn hold_second(&mut self) {
        self.order("hold");
    }

    /// Lets the second server receive nothing more, as if the network between the two were cut.
    pub fn detach_second(&mut self) {
        self.order("detach");
    }

    /// Lets the second server go on after [`hold_second`](Self::hold_second) or [`detach_second`](Self::detach_second).
    pub fn release_second(&mut self) {
        self.order("release");
    }

    fn order(&mut self, word: &str) {
        let stdin = self.shell.stdin.as_mut().expect("invariant: the input is a pipe");
        writeln!(stdin, "{word}").expect("the shell reads");
        let mut said = String::new();
        while !said.ends_with("done\n") {
            let read = self.out.read_line(&mut said).expect("the shell writes");
            assert!(read > 0, "the servers cannot {word}: {said}");
        }
        assert_eq!(said, "done\n", "the servers cannot {word}");
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}
