//! A chat to test in: who may use which thread can change at any moment.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use id_router::{
    Closed, Config, Connection, Ended, Identity, Item, Membership, Outcome, Publication, Router,
};
use unified_id::{Tenant, ThreadKey};

/// Who may read and write what: `tenant/user` and a thread's key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rights(Arc<Mutex<HashSet<(String, ThreadKey)>>>);

impl Rights {
    pub(crate) fn grant(&self, who: &Identity, thread: &str) {
        self.0.lock().unwrap().insert((who.to_string(), key(thread)));
    }

    pub(crate) fn take(&self, who: &Identity, thread: &str) {
        self.0.lock().unwrap().remove(&(who.to_string(), key(thread)));
    }
}

impl Membership for Rights {
    fn may_read(&self, who: &Identity, thread: &ThreadKey) -> bool {
        assert!(thread.as_text() != Some("panics"), "a right that cannot be told");
        self.0.lock().unwrap().contains(&(who.to_string(), thread.clone()))
    }
}

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) rights: Rights,
}

impl World {
    pub(crate) fn new(config: Config) -> Self {
        let rights = Rights::default();
        Self { router: Router::new(config, rights.clone()), rights }
    }

    /// Connects a user of the tenant `acme`, who may use these threads, and subscribes to them.
    pub(crate) fn join(&self, user: &str, threads: &[&str]) -> Connection {
        let who = who(user);
        let connection = self.router.connect(who.clone()).unwrap();
        for thread in threads {
            self.rights.grant(&who, thread);
            connection.subscribe(key(thread), None).unwrap();
        }
        connection
    }

    /// Checks that the counters add up to what came in, and to what went out.
    #[track_caller]
    pub(crate) fn check_sums(&self) {
        let (counters, stats) = (self.router.counters(), self.router.stats());
        assert_eq!(counters.came_in, counters.outcomes(), "{counters:?}");
        let out = counters.received + counters.dropped + counters.withheld + counters.discarded;
        assert_eq!(counters.copies, out + stats.queued as u64, "{counters:?} {stats:?}");
    }
}

pub(crate) fn key(text: &str) -> ThreadKey {
    ThreadKey::parse(text).unwrap()
}

pub(crate) fn acme() -> Tenant {
    "acme".parse().unwrap()
}

pub(crate) fn who(user: &str) -> Identity {
    Identity::new(acme(), user)
}

pub(crate) fn send(connection: &Connection, to: &str, body: &str) -> Outcome {
    connection.publish(&Publication::new(to, body.as_bytes()))
}

/// Takes everything out of a queue, each item as one line.
pub(crate) fn drain(connection: &mut Connection) -> Vec<String> {
    let mut shown = Vec::new();
    while let Some(item) = connection.try_next() {
        let is_closed = matches!(item, Item::Closed(_));
        shown.push(show(&item));
        if is_closed {
            break;
        }
    }
    shown
}

pub(crate) fn show(item: &Item) -> String {
    match item {
        Item::Event(event) => {
            let body = String::from_utf8_lossy(&event.body);
            format!("{} {} {body}", event.thread, event.position.number())
        }
        Item::Gap(gap) => {
            let missed = gap.missed.map_or("?".to_owned(), |missed| missed.to_string());
            format!("{} gap of {missed} until {}", gap.thread, gap.until.number())
        }
        Item::Ended { thread, why: Ended::Revoked } => format!("{thread} revoked"),
        Item::Ended { thread, why: Ended::ThreadClosed } => format!("{thread} closed"),
        Item::Ended { .. } => panic!("an end that this test does not know"),
        Item::Closed(Closed::Left) => "left".to_owned(),
        Item::Closed(Closed::Overflow) => "overflow".to_owned(),
        Item::Closed(Closed::Revoked) => "shut out".to_owned(),
        Item::Closed(Closed::Draining) => "draining".to_owned(),
        Item::Closed(_) => panic!("a reason that this test does not know"),
    }
}
