//! An address: what `sslmode` and `sslrootcert` say is taken out of it, everything else is the client's to read.
//!
//! Both forms are read: a URL, and words `key=value`. What is opened from an address comes from `tls.rs`.

use std::path::PathBuf;

use postgres::config::{Host, SslMode as Asked};
use postgres::{Client, Config, NoTls};

use crate::error::{Error, ErrorKind};
use crate::tls::{self, Check, Tls};

/// How much of TLS a connection has to have, by the names that libpq gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SslMode {
    /// None.
    Disable,
    /// Where the server refuses a connection without it.
    Allow,
    /// Where the server can.
    #[default]
    Prefer,
    /// Always; whom it leads to is not checked.
    Require,
    /// Always, and one of the authorities signed the server's certificate.
    VerifyCa,
    /// Always, and the certificate is for the host of the address.
    VerifyFull,
}

impl SslMode {
    fn parse(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "disable" => Self::Disable,
            "allow" => Self::Allow,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            other => {
                return Err(Error::address(format!(
                    "`sslmode={other}` is none of disable, allow, prefer, require, verify-ca, verify-full"
                )));
            }
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// Where a server is and how it is reached; the authorities are read when it is made.
#[derive(Clone)]
pub struct Address {
    config: Config,
    mode: SslMode,
    tls: Option<Tls>,
}

impl std::fmt::Debug for Address {
    /// An address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address").field("ssl_mode", &self.mode).finish_non_exhaustive()
    }
}

impl Address {
    /// Reads an address, and the file of `sslrootcert`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Address`] if it is not understood, asks for a check without `sslrootcert`, or that file holds no
    /// certificate.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let taken = take(text)?;
        let mut config: Config = taken.rest.parse().map_err(|error: postgres::Error| {
            let why = std::error::Error::source(&error);
            let why = why.map_or_else(|| error.to_string(), ToString::to_string);
            Error::address(format!("the address of the database is not understood: {why}"))
        })?;
        // Who gives only a number wants the certificate of that number.
        if config.get_hosts().is_empty() {
            for number in config.get_hostaddrs().to_vec() {
                config.host(&number.to_string());
            }
        }
        let mut mode = taken.mode.as_deref().map_or(Ok(SslMode::default()), SslMode::parse)?;
        if !config.get_hosts().is_empty() && config.get_hosts().iter().all(is_socket) {
            mode = SslMode::Disable;
        }
        let check = match (mode, &taken.roots) {
            (SslMode::Disable, _) => None,
            (SslMode::VerifyFull, Some(path)) => Some(Check::Host(tls::roots(path)?)),
            (SslMode::VerifyFull | SslMode::VerifyCa, None) => {
                return Err(Error::address(format!(
                    "`sslmode={}` checks certificates, and no `sslrootcert` says by which authority",
                    mode.name()
                )));
            }
            (_, Some(path)) => Some(Check::Authority(tls::roots(path)?)),
            (_, None) => Some(Check::Nothing),
        };
        let tls = check.map(Tls::new).transpose()?;
        Ok(Self { config, mode, tls })
    }

    /// Returns how much of TLS is asked for.
    #[must_use]
    pub fn ssl_mode(&self) -> SslMode {
        self.mode
    }

    /// Returns everything else that the address says.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Returns everything else that the address says, to be changed.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Tls`] if the server does not encrypt or its certificate is refused, [`ErrorKind::Server`] for all else.
    pub fn connect(&self) -> Result<Client, Error> {
        let Some(tls) = &self.tls else { return self.plain() };
        match self.mode {
            SslMode::Disable => self.plain(),
            SslMode::Allow => self.plain().or_else(|first| {
                if first.is_refusal() {
                    self.encrypted(tls, Asked::Require).or(Err(first))
                } else {
                    Err(first)
                }
            }),
            // As libpq does it: also a handshake that fails, or a server that refuses the account with TLS.
            SslMode::Prefer => self.encrypted(tls, Asked::Prefer).or_else(|first| {
                let may_do = first.kind() == ErrorKind::Tls || first.is_refusal();
                if may_do { self.plain().or(Err(first)) } else { Err(first) }
            }),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
                self.encrypted(tls, Asked::Require)
            }
        }
    }

    fn plain(&self) -> Result<Client, Error> {
        let mut config = self.config.clone();
        config.ssl_mode(Asked::Disable).connect(NoTls).map_err(Error::connecting)
    }

    fn encrypted(&self, tls: &Tls, asked: Asked) -> Result<Client, Error> {
        let mut config = self.config.clone();
        config.ssl_mode(asked).connect(tls.connector()).map_err(Error::connecting)
    }
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has sockets with a path"))]
fn is_socket(host: &Host) -> bool {
    match host {
        Host::Tcp(_) => false,
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// What is taken out of an address, and what is left of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Taken {
    rest: String,
    mode: Option<String>,
    roots: Option<PathBuf>,
}

impl Taken {
    /// Whether a setting is ours; the last one counts, as with every other.
    fn takes(&mut self, key: &str, value: String) -> bool {
        match key {
            "sslmode" => self.mode = Some(value),
            "sslrootcert" => self.roots = (!value.is_empty()).then(|| value.into()),
            _ => return false,
        }
        true
    }
}

fn take(text: &str) -> Result<Taken, Error> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(take_of_url(text))
    } else {
        take_of_words(text)
    }
}

/// Takes settings out of a URL; the client reads credentials up to the first `@`, so a `?` before it is part of them.
fn take_of_url(text: &str) -> Taken {
    let mut taken = Taken::default();
    let from = text.find('@').unwrap_or(0);
    let Some(at) = text[from..].find('?') else {
        return Taken { rest: text.to_owned(), ..taken };
    };
    let (place, settings) = (&text[..from + at], &text[from + at + 1..]);
    let mut left = Vec::new();
    for setting in settings.split('&') {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        if !taken.takes(&decoded(key), decoded(value)) {
            left.push(setting);
        }
    }
    place.clone_into(&mut taken.rest);
    if !left.is_empty() {
        taken.rest.push('?');
        taken.rest.push_str(&left.join("&"));
    }
    taken
}

/// Undoes `%2F` and its like; what is no such sequence stays.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Takes settings out of `key=value key='a value'`.
fn take_of_words(text: &str) -> Result<Taken, Error> {
    let mut taken = Taken::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else {
            return Err(Error::address(format!("`{}` is no `key=value`", rest.trim_end())));
        };
        let after = after.trim_start();
        let (value, len) = value(after);
        let (word, key) = (&rest[..rest.len() - after.len() + len], key.trim());
        if !taken.takes(key, value) {
            taken.rest.push_str(word);
            taken.rest.push(' ');
        }
        rest = after[len..].trim_start();
    }
    Ok(taken)
}

/// Reads a value, in quotes or to the next blank, in which a backslash stands before what is meant as it is; returns how many
/// bytes it took.
fn value(text: &str) -> (String, usize) {
    let is_quoted = text.starts_with('\'');
    let mut out = String::new();
    let mut letters = text.char_indices().skip(usize::from(is_quoted));
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            '\'' if is_quoted => return (out, at + 1),
            letter if !is_quoted && letter.is_whitespace() => return (out, at),
            letter => out.push(letter),
        }
    }
    (out, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rest: &str, mode: Option<&str>, roots: Option<&str>) {
        let expected = Taken {
            rest: rest.to_owned(),
            mode: mode.map(str::to_owned),
            roots: roots.map(PathBuf::from),
        };
        assert_eq!(take(text).unwrap(), expected, "{text}");
    }

    #[test]
    fn what_is_about_tls_is_taken_out_and_the_rest_stays_as_it_is() {
        check("postgres://u@h/d", "postgres://u@h/d", None, None);
        check("postgres://u@h/d?sslmode=require", "postgres://u@h/d", Some("require"), None);
        check(
            "postgresql://u:p%3F@h:1,i:2/d?connect_timeout=3&sslmode=verify-ca&sslrootcert=%2Fa%20b%2Fr.pem&application_name=x%26",
            "postgresql://u:p%3F@h:1,i:2/d?connect_timeout=3&application_name=x%26",
            Some("verify-ca"),
            Some("/a b/r.pem"),
        );
        // A question mark in a password begins no settings.
        check("postgres://u:a?sslmode=x@h/d", "postgres://u:a?sslmode=x@h/d", None, None);
        check("postgres://h?sslmode=prefer&sslmode=disable", "postgres://h", Some("disable"), None);
        check("postgres://h?sslrootcert=100%", "postgres://h", None, Some("100%"));
        check("postgres://h?sslrootcert=", "postgres://h", None, None);
        check(
            "host=h sslmode = verify-full password='a \\' b' sslrootcert='/a \\\\b/r.pem' dbname=d",
            "host=h password='a \\' b' dbname=d ",
            Some("verify-full"),
            Some("/a \\b/r.pem"),
        );
        check("host=h sslrootcert=/a\\ b user=u", "host=h user=u ", None, Some("/a b"));
        assert!(take("host=h nonsense").is_err());
    }

    #[test]
    fn an_address_that_cannot_be_meant_is_refused() {
        for (text, said) in [
            ("postgres://h/d?sslmode=full", "none of disable, allow"),
            ("postgres://h/d?sslmode=verify-ca", "no `sslrootcert`"),
            ("postgres://h/d?sslrootcert=/no/such.pem", "/no/such.pem"),
            ("postgres://h/d?sslrootcert=system", "`sslrootcert=system`"),
            ("postgres://h/d?sslcert=x", "sslcert"),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Address, "{text}");
            assert!(error.to_string().contains(said), "{text}: {error}");
            assert!(!error.help().is_empty());
        }
        // No socket is encrypted, whatever is asked for.
        let socket = Address::parse("postgres://u@%2Frun%2Fpostgresql/d?sslmode=require").unwrap();
        assert_eq!(socket.ssl_mode(), SslMode::Disable);
        assert_eq!(Address::parse("host=h").unwrap().ssl_mode(), SslMode::Prefer);
    }
}
