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

/// Returns an address without its password, wherever it stands in it.
///
/// ```
/// let kept = id_postgres::without_password("postgres://owner:secret@db.example/shop?password=secret")?;
/// assert_eq!(kept, "postgres://owner@db.example/shop");
/// # Ok::<(), id_postgres::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Address`] if it is not understood.
pub fn without_password(text: &str) -> Result<String, Error> {
    let rest = left_of(text, &mut |key, _| key == "password")?;
    if !is_url(&rest) {
        return Ok(rest.trim_end().to_owned());
    }
    let (begin, from) = (rest.find("://").map_or(0, |at| at + 3), end_of_credentials(&rest));
    let user = rest[begin..from].split(':').next().unwrap_or_default();
    Ok(format!("{}{user}{}", &rest[..begin], &rest[from..]))
}

fn is_url(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

fn take(text: &str) -> Result<Taken, Error> {
    let mut taken = Taken::default();
    taken.rest = left_of(text, &mut |key, value| taken.takes(key, value))?;
    Ok(taken)
}

/// Returns an address without the settings that `takes` takes.
fn left_of(text: &str, takes: &mut dyn FnMut(&str, String) -> bool) -> Result<String, Error> {
    if is_url(text) { Ok(left_of_url(text, takes)) } else { left_of_words(text, takes) }
}

/// Returns where the `@` behind the credentials of a URL stands, as the client reads them: the first one, whatever is before
/// it; where the place begins if there is none.
fn end_of_credentials(url: &str) -> usize {
    url.find('@').or_else(|| url.find("://").map(|at| at + 3)).unwrap_or(0)
}

/// Takes settings out of a URL; a `?` in the credentials begins none.
fn left_of_url(text: &str, takes: &mut dyn FnMut(&str, String) -> bool) -> String {
    let from = end_of_credentials(text);
    let Some(at) = text[from..].find('?') else { return text.to_owned() };
    let (place, settings) = (&text[..from + at], &text[from + at + 1..]);
    let mut left = Vec::new();
    for setting in settings.split('&') {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        if !takes(&decoded(key), decoded(value)) {
            left.push(setting);
        }
    }
    let begin = if left.is_empty() { "" } else { "?" };
    format!("{place}{begin}{}", left.join("&"))
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

/// Takes settings out of `key=value key='a value'`. No error repeats a word: it may be a part of a password.
fn left_of_words(text: &str, takes: &mut dyn FnMut(&str, String) -> bool) -> Result<String, Error> {
    let mut left = String::new();
    let mut rest = text.trim_start();
    let mut no = 1;
    while !rest.is_empty() {
        let refused = |what| Error::address(format!("setting {no} of the address {what}"));
        let (key, after) = rest
            .split_once('=')
            .map(|(key, after)| (key.trim_end(), after.trim_start()))
            .filter(|(key, _)| !key.is_empty() && !key.contains(char::is_whitespace))
            .ok_or_else(|| {
                refused("is no `key=value`; a value with a blank in it stands in single quotes")
            })?;
        let (value, len) = value(after)
            .ok_or_else(|| refused("has a single quote before its value, and none behind it"))?;
        if !takes(key, value) {
            left.push_str(&rest[..rest.len() - after.len() + len]);
            left.push(' ');
        }
        rest = after[len..].trim_start();
        no += 1;
    }
    Ok(left)
}

/// Reads a value, in quotes or to the next blank, in which a backslash stands before what is meant as it is; returns how many
/// bytes it took, and nothing if its quote does not end.
fn value(text: &str) -> Option<(String, usize)> {
    let is_quoted = text.starts_with('\'');
    let mut out = String::new();
    let mut letters = text.char_indices().skip(usize::from(is_quoted));
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next().map(|(_, letter)| letter)),
            '\'' if is_quoted => return Some((out, at + 1)),
            letter if !is_quoted && letter.is_whitespace() => return Some((out, at)),
            letter => out.push(letter),
        }
    }
    (!is_quoted).then_some((out, text.len()))
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
    }

    /// What an address that is not understood says repeats none of its words.
    #[test]
    fn words_that_are_not_understood_are_refused_and_not_repeated() {
        for (text, said) in [
            ("host=h password=my secret", "setting 3 of the address is no `key=value`"),
            ("password=my secret host=h", "setting 2 of the address is no `key=value`"),
            ("host=h =secret", "setting 2 of the address is no `key=value`"),
            ("host=h password='secret", "setting 2 of the address has a single quote"),
            ("host=h password='secret\\'", "setting 2 of the address has a single quote"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn a_password_is_left_out_wherever_it_stands() {
        for (text, kept) in [
            ("postgres://h/d", "postgres://h/d"),
            ("postgres://h:1,i:2/d?user=u", "postgres://h:1,i:2/d?user=u"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            (
                "postgresql://u:secret@h:1/d?connect_timeout=9",
                "postgresql://u@h:1/d?connect_timeout=9",
            ),
            ("postgres://u:se:cret@h/d", "postgres://u@h/d"),
            ("postgres://h/d?user=u&password=secret", "postgres://h/d?user=u"),
            ("postgres://h/d?password=secret", "postgres://h/d"),
            ("postgres://h?password=secret&user=u&password=again", "postgres://h?user=u"),
            ("postgres://u:a?secret@h/d", "postgres://u@h/d"),
            ("postgres://u:a/secret@h/d?connect_timeout=9", "postgres://u@h/d?connect_timeout=9"),
            ("postgres://u:a?b&password=secret@h/d", "postgres://u@h/d"),
            ("postgres://u@h/d?pass%77ord=secret", "postgres://u@h/d"),
            (
                "postgres://u:secret@h/d?%70assword=secret&connect_timeout=9",
                "postgres://u@h/d?connect_timeout=9",
            ),
            ("postgres://h/d?sslmode=require&password=secret", "postgres://h/d?sslmode=require"),
            ("host=h password=secret user=u", "host=h user=u"),
            ("host=h password = 'a \\' secret' user=u", "host=h user=u"),
        ] {
            assert_eq!(without_password(text).unwrap(), kept, "{text}");
            // It is the same address otherwise, and what is left out is all that the client takes for a password.
            let [mut config, mut left] =
                [text, kept].map(|text| Address::parse(text).unwrap().config);
            assert_eq!(config.get_password().is_some(), text != kept, "{text}");
            assert_eq!(left.get_password(), None, "{text}");
            assert_eq!(
                format!("{:?}", config.password("")),
                format!("{:?}", left.password("")),
                "{text}"
            );
        }
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
