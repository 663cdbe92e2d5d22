//! Who a connection belongs to: a user of a tenant, as the transport authenticated it.
//!
//! Invariant: identities come from connections. What a payload claims is only ever compared with one, whole key with whole
//! key. Next: `membership.rs`, what an identity may do.

use std::fmt;
use std::sync::Arc;

use unified_id::{Core, ParseError, Tenant, UserId};

/// A user: an id of this format in any spelling, or the text by which an older system knows it.
///
/// # Examples
///
/// ```
/// use id_router::User;
///
/// let user = User::new("user_01m7wqt1fbff4sq3bgc5bhn9e0");
/// assert_eq!(user, User::new("user_01M7WQT1FBFF4SQ3BGC5BHN9E0"));
/// assert_ne!(User::new("alice"), User::new("alice2"));
/// assert_ne!(User::new("alice"), User::new("Alice"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct User(Repr);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Repr {
    Id(UserId),
    Text(Arc<str>),
}

impl User {
    /// Takes the text of a user as it stands; an id of this format, or its bare core, is one user in every spelling.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let id = UserId::parse(text).or_else(|_| Core::parse(text).map(UserId::from_core));
        Self(id.map_or_else(|_| Repr::Text(text.into()), Repr::Id))
    }

    /// Tells whether a text names this user.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        match &self.0 {
            Repr::Text(own) if **own == *text => true,
            _ => *self == Self::new(text),
        }
    }
}

impl From<UserId> for User {
    fn from(id: UserId) -> Self {
        Self(Repr::Id(id))
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Id(id) => fmt::Display::fmt(id, f),
            Repr::Text(text) => f.pad(text),
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({:?})", self.to_string())
    }
}

/// A user of a tenant.
///
/// # Examples
///
/// ```
/// use id_router::Identity;
///
/// let alice = Identity::new("acme".parse()?, "alice");
/// assert_eq!(alice.to_string(), "acme/alice");
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    tenant: Tenant,
    user: User,
}

impl Identity {
    /// Makes the identity that a transport has authenticated.
    #[must_use]
    pub fn new(tenant: Tenant, user: &str) -> Self {
        Self { tenant, user: User::new(user) }
    }

    /// Makes the identity of a user with an id of this format.
    ///
    /// # Errors
    ///
    /// As [`Tenant::new`].
    pub fn of(tenant: &str, user: UserId) -> Result<Self, ParseError> {
        Ok(Self { tenant: Tenant::new(tenant)?, user: user.into() })
    }

    /// Returns the tenant.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Returns the user.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.user)
    }
}
