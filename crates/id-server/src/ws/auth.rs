//! Who a connection belongs to: a bearer token, looked up before the connection is opened.
//!
//! Invariant: a token is kept and compared as its SHA-256 only, so that neither memory nor the time of a look-up shows it.

use std::collections::HashMap;
use std::fmt;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};
use id_router::Identity;
use sha2::{Digest as _, Sha256};

/// Tells whose token it is.
pub trait Authenticate: Send + Sync {
    /// Returns the identity of a token, `None` if it is nobody's.
    fn identify(&self, token: &str) -> Option<Identity>;
}

/// Tokens that are known when the server starts.
///
/// # Examples
///
/// ```
/// use id_router::Identity;
/// use id_server::ws::{Authenticate, Tokens};
///
/// let alice = Identity::new("acme".parse()?, "alice");
/// let tokens = Tokens::new([("secret", alice.clone())]);
/// assert_eq!(tokens.identify("secret"), Some(alice));
/// assert_eq!(tokens.identify("Secret"), None);
/// # Ok::<(), unified_id::ParseError>(())
/// ```
pub struct Tokens(HashMap<[u8; 32], Identity>);

impl Tokens {
    /// Takes tokens and whose they are.
    pub fn new<T: AsRef<str>>(tokens: impl IntoIterator<Item = (T, Identity)>) -> Self {
        let hashed = |(token, who): (T, Identity)| (hash(token.as_ref()), who);
        Self(tokens.into_iter().map(hashed).collect())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.0.len())
    }
}

impl Authenticate for Tokens {
    fn identify(&self, token: &str) -> Option<Identity> {
        self.0.get(&hash(token)).cloned()
    }
}

/// The tokens of the server: whoever may read has a user on `/ws`.
impl Authenticate for crate::tokens::Tokens {
    fn identify(&self, token: &str) -> Option<Identity> {
        let caller = self.find(token)?;
        let user = caller.user.as_ref().unwrap_or(&caller.name);
        caller.may(crate::tokens::Scope::Read).then(|| Identity::new(caller.tenant.clone(), user))
    }
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The token of a request: `Authorization: Bearer`, or for browsers, which cannot set that header, the subprotocol
/// `bearer.<token>`.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then_some(token.trim());
    }
    let offers = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
    let offers = offers.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    offers.map(str::trim).find_map(|offer| offer.strip_prefix("bearer."))
}
