//! Tokens: who a caller is and what it may do. They stand in one file that nobody else can read.
//!
//! Invariants: a file that others can read is refused, not used; in memory a token is its SHA-256 only, and is compared with
//! every known one in constant time; nothing a caller sends changes its tenant. Next: `guard.rs`.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use unified_id::Tenant;

/// The file's name in the folder of the data.
pub const FILE: &str = "tokens.toml";

/// What a caller may do.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a scope more is a change of what tokens mean")]
pub enum Scope {
    /// Look-ups, and events of the threads that the token's user belongs to.
    Read,
    /// Registrations.
    Write,
    /// Systems, deletions, the audit and tokens.
    Admin,
}

/// A token as the file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Who writes with it, as the audit says.
    name: String,
    token: String,
    scopes: Vec<Scope>,
    tenant: String,
    /// The only system for which it registers.
    system: Option<String>,
    /// The user whose events it gets and sends.
    user: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    token: Vec<Row>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Caller {
    /// Whose ids it sees.
    pub tenant: Tenant,
    /// Its name in the audit.
    pub name: Arc<str>,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The only system for which it registers; any if none.
    pub system: Option<Arc<str>>,
    /// Its user on `/ws`; its name if none.
    pub user: Option<Arc<str>>,
}

impl Caller {
    /// Makes a caller with these rights, for use within the process.
    #[must_use]
    pub fn new(tenant: Tenant, name: &str, scopes: &[Scope]) -> Self {
        Self { tenant, name: name.into(), scopes: scopes.to_vec(), system: None, user: None }
    }

    /// Tells whether it may do something; an administrator may all, and a writer may read.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|own| *own >= scope)
    }
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The file cannot be read or made.
    #[error("the tokens in `{path}` cannot be used: {what}\nhelp:  {help}")]
    File {
        /// Where it lies.
        path: String,
        /// What is wrong.
        what: String,
        /// What to do.
        help: &'static str,
    },
}

struct Known {
    hash: [u8; 32],
    caller: Arc<Caller>,
    until: Option<Instant>,
}

/// All tokens. Cheap to clone.
#[derive(Clone)]
pub struct Tokens(Arc<RwLock<Vec<Known>>>);

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// Takes tokens and who has them, for tests and servers with a book of their own.
    pub fn new<T: AsRef<str>>(tokens: impl IntoIterator<Item = (T, Caller)>) -> Self {
        let known = |(token, caller): (T, Caller)| Known {
            hash: hash(token.as_ref()),
            caller: Arc::new(caller),
            until: None,
        };
        Self(Arc::new(RwLock::new(tokens.into_iter().map(known).collect())))
    }

    /// Reads the file in a folder; makes it, with one token for everything, if it is not there.
    ///
    /// # Errors
    ///
    /// [`TokenError::File`] if it cannot be read or made, others can read it, or it is not understood.
    pub fn open(folder: &Path, tenant: &Tenant) -> Result<Self, TokenError> {
        let path = folder.join(FILE);
        let fail =
            |what: String, help| TokenError::File { path: path.display().to_string(), what, help };
        if !path.exists() {
            make(&path, tenant)
                .map_err(|error| fail(error.to_string(), "make the folder writable"))?;
        }
        check_mode(&path).map_err(|what| {
            fail(what, "run `chmod 600` on it, and make new tokens if others may have read it")
        })?;
        let text = fs::read_to_string(&path)
            .map_err(|error| fail(error.to_string(), "make it readable"))?;
        let rows = read(&text).map_err(|what| {
            fail(what, "correct it, or move it away: a new one is made at the next start")
        })?;
        Ok(Self::new(rows))
    }

    /// Returns who has a token. Every known token is compared, so that the time says nothing.
    #[must_use]
    pub fn find(&self, token: &str) -> Option<Arc<Caller>> {
        let hash = hash(token);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        for known in known.iter() {
            if bool::from(known.hash.ct_eq(&hash))
                && known.until.is_none_or(|until| Instant::now() < until)
            {
                found = Some(Arc::clone(&known.caller));
            }
        }
        found
    }

    /// Makes a token that lives in memory only, for so long; none if there are too many, or no randomness.
    #[must_use]
    pub fn mint(&self, caller: Caller, lifetime: Duration, most: usize) -> Option<String> {
        let token = random_token().ok()?;
        let now = Instant::now();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known| known.until.is_none_or(|until| now < until));
        if known.iter().filter(|known| known.until.is_some()).count() >= most {
            return None;
        }
        known.push(Known {
            hash: hash(&token),
            caller: Arc::new(caller),
            until: Some(now + lifetime),
        });
        Some(token)
    }
}

/// Returns the first token with all rights in the file of a folder, for commands on the same machine.
///
/// # Errors
///
/// As [`Tokens::open`], and if there is none.
pub fn admin_token(folder: &Path) -> Result<String, TokenError> {
    let path = folder.join(FILE);
    let fail =
        |what: String, help| TokenError::File { path: path.display().to_string(), what, help };
    check_mode(&path)
        .map_err(|what| fail(what, "start the server once, or pass its folder as `--data`"))?;
    let text =
        fs::read_to_string(&path).map_err(|error| fail(error.to_string(), "make it readable"))?;
    let file: File =
        toml::from_str(&text).map_err(|error| fail(error.to_string(), "correct it"))?;
    let row = file.token.into_iter().find(|row| row.scopes.contains(&Scope::Admin));
    row.map(|row| row.token)
        .ok_or_else(|| fail("no token has the scope `admin`".to_owned(), "add one"))
}

fn read(text: &str) -> Result<Vec<(String, Caller)>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    if file.version != 1 {
        return Err(format!("its version is {}, and only 1 is known", file.version));
    }
    let mut all = Vec::new();
    for row in file.token {
        if row.token.len() < 32 {
            return Err(format!(
                "the token of `{}` has {} characters, and needs 32",
                row.name,
                row.token.len()
            ));
        }
        let tenant = Tenant::new(&row.tenant).map_err(|error| error.to_string())?;
        let caller = Caller {
            tenant,
            name: row.name.into(),
            scopes: row.scopes,
            system: row.system.map(Into::into),
            user: row.user.map(Into::into),
        };
        all.push((row.token, caller));
    }
    Ok(all)
}

/// Makes the file under another name and renames it, so that it is whole or absent, and never readable by others.
fn make(path: &Path, tenant: &Tenant) -> io::Result<()> {
    let token = random_token()?;
    let text = format!(
        "# The tokens of this server: keep this file to yourself. It is read when the server starts.\n\
         # Scopes: read, write, admin. A writer may be bound to its system, a reader of events to its user:\n\
         #   system = \"mahavishnu\"\n\
         #   user = \"user_01m7wqt1fbff4sq3bgc5bhn9e0\"\n\
         version = 1\n\n[[token]]\nname = \"admin\"\ntoken = \"{token}\"\nscopes = [\"admin\"]\ntenant = {}\n",
        toml::Value::String(tenant.as_str().to_owned())
    );
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path))
        .inspect_err(
            // The cause is told; a rest that cannot be removed either is told by the next start.
            |_| drop(fs::remove_file(&temporary)),
        )
}

#[cfg(unix)]
fn check_mode(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map_err(|error| error.to_string())?.permissions().mode();
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(format!("others may read it (mode {:o})", mode & 0o777))
}

#[cfg(not(unix))]
fn check_mode(path: &Path) -> Result<(), String> {
    fs::metadata(path).map(drop).map_err(|error| error.to_string())
}

/// 256 random bits as text.
fn random_token() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes.iter().fold("uidt_".to_owned(), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    }))
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> Tenant {
        Tenant::new("acme").unwrap()
    }

    #[test]
    fn the_file_is_made_once_and_only_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(folder.path(), &tenant()).unwrap();
        let token = admin_token(folder.path()).unwrap();
        let caller = tokens.find(&token).unwrap();
        assert!(caller.may(Scope::Admin) && caller.may(Scope::Read));
        assert_eq!(caller.tenant, tenant());
        assert!(tokens.find(&token[1..]).is_none());
        let again = Tokens::open(folder.path(), &tenant()).unwrap();
        assert!(again.find(&token).is_some(), "a second start keeps the tokens");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = folder.path().join(FILE);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let error = Tokens::open(folder.path(), &tenant()).unwrap_err().to_string();
            assert!(error.contains("mode 640") && error.contains("chmod 600"), "{error}");
        }
    }

    #[test]
    fn what_is_wrong_in_the_file_is_said() {
        for (text, expected) in [
            ("version = 2", "version is 2"),
            (
                "version = 1\n[[token]]\nname = \"a\"\ntoken = \"short\"\nscopes = []\ntenant = \"t\"",
                "5 characters",
            ),
            ("version = 1\n[[token]]\nname = \"a\"\nscopes = [\"root\"]", "root"),
            ("version = 1\nother = 2", "other"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn minted_tokens_end_and_are_counted() {
        let tokens = Tokens::new::<&str>([]);
        let caller = Caller::new(tenant(), "probe", &[Scope::Read]);
        let token = tokens.mint(caller.clone(), Duration::from_mins(1), 2).unwrap();
        assert_eq!(*tokens.find(&token).unwrap(), caller);
        let over = tokens.mint(caller.clone(), Duration::ZERO, 2).unwrap();
        assert!(tokens.find(&over).is_none());
        assert!(
            tokens.mint(caller.clone(), Duration::from_mins(1), 2).is_some(),
            "what ended makes room"
        );
        assert!(tokens.mint(caller, Duration::from_mins(1), 2).is_none());
    }

    #[test]
    fn scopes_hold_the_lower_ones() {
        let may = |scopes: &[Scope]| {
            let caller = Caller::new(tenant(), "a", scopes);
            [Scope::Read, Scope::Write, Scope::Admin].map(|scope| caller.may(scope))
        };
        assert_eq!(may(&[]), [false; 3]);
        assert_eq!(may(&[Scope::Read]), [true, false, false]);
        assert_eq!(may(&[Scope::Write]), [true, true, false]);
        assert_eq!(may(&[Scope::Admin]), [true; 3]);
    }
}
