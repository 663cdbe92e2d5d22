//! A probe of routing and isolation inside the running server: what must arrive, and what must not.
//!
//! Two users of one tenant and one of another connect to the real router. The first one owns a thread and sends itself an
//! event; the second one tries to read the thread, to write to it and to speak in the first one's name; the foreign tenant
//! subscribes to a thread of its own with the same key. Invariant: what is seen here are outcomes of the same code that serves
//! everybody; no answer is known beforehand.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use id_router::{Identity, Item, Outcome, Publication, Rejected, Router};
use tokio::time::timeout;
use unified_id::{Tenant, ThreadKey};

/// How long an event may take before the probe has failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Names that no token can have: a control character is in them.
static TENANTS: LazyLock<[Tenant; 2]> = LazyLock::new(|| {
    ["\u{1}probe-a", "\u{1}probe-b"].map(|name| Tenant::new(name).expect("invariant: a short name"))
});

const OWNER: &str = "owner";
const STRANGER: &str = "stranger";

/// The rights of the probe's own users; none for everybody else.
pub(crate) fn may_read(who: &Identity, _: &ThreadKey) -> Option<bool> {
    TENANTS.contains(who.tenant()).then(|| who.user().is(OWNER))
}

/// What a probe saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) delivered_in: Option<Duration>,
    pub(crate) is_isolated: bool,
}

/// Runs one probe; none if the router takes no connections, because it stops or is full.
pub(crate) async fn run(router: &Router) -> Option<Seen> {
    let [here, there] = TENANTS.clone();
    let connect = |tenant: &Tenant, user| router.connect(Identity::new(tenant.clone(), user)).ok();
    let mut owner = connect(&here, OWNER)?;
    let mut stranger = connect(&here, STRANGER)?;
    let mut foreign = connect(&there, OWNER)?;
    let core = unified_id::generator::generate();
    let thread = ThreadKey::parse(&core.to_string()).ok()?;
    let to = format!("thread_{core}");
    owner.subscribe(thread.clone(), None).ok()?;
    foreign.subscribe(thread.clone(), None).ok()?;
    let mut is_isolated = stranger.subscribe(thread, None).is_err();
    let body = core.to_string();
    let start = Instant::now();
    let published = owner.publish(&Publication::new(&*to, body.as_bytes()));
    let arrived = timeout(PATIENCE, owner.next()).await;
    let is_delivered = matches!(published, Outcome::Delivered { n: 1 })
        && matches!(&arrived, Ok(Item::Event(event)) if *event.body == *body.as_bytes());
    let delivered_in = is_delivered.then(|| start.elapsed());
    let refused = |outcome: &Outcome| {
        matches!(outcome, Outcome::Rejected { why: Rejected::NotAllowed | Rejected::ForeignUser })
    };
    is_isolated &= refused(&stranger.publish(&Publication::new(&*to, body.as_bytes())));
    let claiming = Publication::new(&*to, body.as_bytes()).claiming(Some(STRANGER));
    is_isolated &= refused(&owner.publish(&claiming));
    is_isolated &=
        stranger.try_next().is_none() && foreign.try_next().is_none() && owner.try_next().is_none();
    for connection in [owner, stranger, foreign] {
        connection.leave();
    }
    Some(Seen { delivered_in, is_isolated })
}

#[cfg(test)]
mod tests {
    use id_router::Config;

    use super::*;

    #[tokio::test]
    async fn a_sound_router_passes() {
        let router = Router::new(Config::default(), |who: &Identity, key: &ThreadKey| {
            may_read(who, key).unwrap_or(false)
        });
        let seen = run(&router).await.unwrap();
        assert!(seen.delivered_in.is_some() && seen.is_isolated, "{seen:?}");
        assert_eq!(router.stats().connections, 0);
    }

    #[tokio::test]
    async fn a_router_that_lets_everybody_in_fails() {
        let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
        assert!(!run(&router).await.unwrap().is_isolated);
    }

    #[tokio::test]
    async fn a_router_that_lets_nobody_in_has_no_probe() {
        let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| false);
        assert_eq!(run(&router).await, None);
        router.drain();
        assert_eq!(run(&router).await, None);
    }
}
