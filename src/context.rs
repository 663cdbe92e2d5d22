//! Ids that are made together, and the question whether an id belongs to another.
//!
//! Invariant: belonging is equality of whole ids, asked of what the id carries; no registry, no prefix and no substring is
//! looked at. Next: `scope.rs`, what an id carries.

use crate::kind::{BuiltIn, LegacyScoped, ScopeRule};
use crate::unified::ScopeRef;
use crate::{IdKind, KeyedId, LegacyKey, ThreadKey, UnifiedId};
#[cfg(feature = "std")]
use crate::{RequestId, RunId, ThreadId, UserId};

/// The ids that a user's request needs, made together: a thread, a run on it and the request.
///
/// Invariant: the run carries the thread. Made one after the other, so the thread is the oldest and the request the newest.
///
/// # Examples
///
/// ```
/// use unified_id::{UnifiedId, UserId};
///
/// let user = UserId::new();
/// let context = UnifiedId::context(user);
/// assert_eq!(context.user(), user);
/// assert!(context.run().belongs_to(context.thread()));
/// assert!(context.run().core() < context.request().core());
/// ```
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Context {
    user: UserId,
    run: RunId,
    request: RequestId,
}

#[cfg(feature = "std")]
impl Context {
    /// Makes a run and a request on a thread that there is already.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{Context, UnifiedId, UserId};
    ///
    /// let first = UnifiedId::context(UserId::new());
    /// let next = Context::on_thread(first.user(), first.thread());
    /// assert_eq!(next.thread(), first.thread());
    /// assert!(first.run() < next.run());
    /// ```
    #[must_use]
    pub fn on_thread(user: UserId, thread: ThreadId) -> Self {
        Self { user, run: RunId::new(thread), request: RequestId::new() }
    }

    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Returns the thread, which the run carries.
    #[must_use]
    pub const fn thread(&self) -> ThreadId {
        self.run.thread()
    }

    /// Returns the run.
    #[must_use]
    pub const fn run(&self) -> RunId {
        self.run
    }

    /// Returns the request.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        self.request
    }
}

impl UnifiedId {
    /// Makes the ids that a user's request needs: a thread, a run on it and the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{UnifiedId, UserId};
    ///
    /// let context = UnifiedId::context(UserId::new());
    /// assert_eq!(context.run().thread(), context.thread());
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn context(user: UserId) -> Context {
        Context::on_thread(user, ThreadId::new())
    }

    /// Tells whether this id carries exactly that id: a run, message or tool its thread, a websocket its user.
    ///
    /// An id on a thread that is older than this format carries a key; ask
    /// [`belongs_to_thread`](Self::belongs_to_thread).
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{UnifiedId, UserId};
    ///
    /// let user = UserId::new();
    /// let websocket: UnifiedId = UnifiedId::websocket(user).into();
    /// assert!(websocket.belongs_to(&user.into()));
    /// assert!(!websocket.belongs_to(&UserId::new().into()));
    /// assert!(!websocket.belongs_to(&websocket), "an id does not carry itself");
    /// ```
    #[must_use]
    pub fn belongs_to(&self, owner: &Self) -> bool {
        let kind = match self.kind().scope_rule() {
            ScopeRule::None => return false,
            ScopeRule::Thread => IdKind::Thread,
            ScopeRule::User => IdKind::User,
        };
        owner.kind() == kind && self.scope() == ScopeRef::Core(owner.core())
    }

    /// Tells whether this id is a run, message or tool on exactly that thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{ThreadKey, UnifiedId};
    ///
    /// let run: UnifiedId = "run_user123_01m7wqt1fbff4sq3bgc5bhn9e0".parse()?;
    /// assert!(run.belongs_to_thread(&ThreadKey::parse("thread_user123")?));
    /// assert!(!run.belongs_to_thread(&ThreadKey::parse("user12")?));
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[must_use]
    pub fn belongs_to_thread(&self, thread: &ThreadKey) -> bool {
        self.kind().scope_rule() == ScopeRule::Thread && self.thread_key().as_ref() == Some(thread)
    }
}

impl<K: LegacyScoped + BuiltIn> KeyedId<K> {
    /// Tells whether this id is on exactly that old thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::{LegacyKey, UnifiedId};
    ///
    /// let (alice, alice2): (LegacyKey, LegacyKey) = ("alice".parse()?, "alice2".parse()?);
    /// let run = UnifiedId::run(&alice);
    /// assert!(run.belongs_to(&alice) && !run.belongs_to(&alice2));
    /// # Ok::<(), unified_id::ParseError>(())
    /// ```
    #[must_use]
    pub fn belongs_to(&self, thread: &LegacyKey) -> bool {
        self.thread() == thread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Core, ThreadId};

    #[test]
    fn only_the_whole_id_of_the_right_kind_is_an_owner() {
        let core = Core::from_u128(7);
        let (thread, user) = (ThreadId::from_core(core), UserId::from_core(core));
        let run = UnifiedId::from(UnifiedId::run(thread));
        let websocket = UnifiedId::from(UnifiedId::websocket(user));
        assert!(run.belongs_to(&thread.into()) && websocket.belongs_to(&user.into()));
        // The same bits under another kind are another id.
        assert!(!run.belongs_to(&user.into()) && !websocket.belongs_to(&thread.into()));
        assert!(!UnifiedId::from(thread).belongs_to(&thread.into()));
        assert!(!UnifiedId::from(UnifiedId::session()).belongs_to(&thread.into()));
        assert!(run.belongs_to_thread(&thread.into()));
        assert!(!UnifiedId::from(thread).belongs_to_thread(&thread.into()));
        assert!(!websocket.belongs_to_thread(&core.into()));
    }

    #[test]
    fn a_key_is_compared_whole_in_every_type() {
        let key: LegacyKey = "user123".parse().unwrap();
        let run = UnifiedId::run(&key);
        let any = UnifiedId::from(run.clone());
        for (other, expected) in
            [("user123", true), ("thread_user123", true), ("user1234", false), ("USER123", false)]
        {
            assert_eq!(run.belongs_to(&other.parse().unwrap()), expected, "{other}");
            assert_eq!(any.belongs_to_thread(&other.parse().unwrap()), expected, "{other}");
        }
        assert!(!any.belongs_to(&UnifiedId::thread().into()));
    }
}
