//! Any order of calls: nobody gets what is not theirs, nothing is lost without a word, and all sums hold.

use std::collections::BTreeMap;

use id_router::{Config, Connection, Item, Limits, Overflow, Position, Refused, Stats};
use proptest::prelude::*;
use unified_id::ThreadKey;

use crate::world::{World, acme, key, send, who};

const USERS: [&str; 3] = ["al", "alice", "alice2"];
const THREADS: [&str; 4] = ["a", "ab", "abc", "thread_x"];

#[derive(Clone, Debug)]
enum Call {
    Connect(usize),
    Leave(usize),
    Lose(usize),
    Subscribe(usize, usize, bool),
    Unsubscribe(usize, usize),
    Publish(usize, usize),
    Read(usize, usize),
    Grant(usize, usize),
    Take(usize, usize),
    Revoke(usize, usize),
    CloseThread(usize),
    Sweep,
}

fn call() -> impl Strategy<Value = Call> {
    let (user, thread) = (0..USERS.len(), 0..THREADS.len());
    prop_oneof![
        2 => user.clone().prop_map(Call::Connect),
        1 => user.clone().prop_map(Call::Leave),
        1 => user.clone().prop_map(Call::Lose),
        4 => (user.clone(), thread.clone(), any::<bool>()).prop_map(|(user, thread, resume)| Call::Subscribe(user, thread, resume)),
        2 => (user.clone(), thread.clone()).prop_map(|(user, thread)| Call::Unsubscribe(user, thread)),
        12 => (user.clone(), thread.clone()).prop_map(|(user, thread)| Call::Publish(user, thread)),
        4 => (user.clone(), 1..5_usize).prop_map(|(user, count)| Call::Read(user, count)),
        3 => (user.clone(), thread.clone()).prop_map(|(user, thread)| Call::Grant(user, thread)),
        1 => (user.clone(), thread.clone()).prop_map(|(user, thread)| Call::Take(user, thread)),
        1 => (user, thread.clone()).prop_map(|(user, thread)| Call::Revoke(user, thread)),
        1 => thread.prop_map(Call::CloseThread),
        1 => Just(Call::Sweep),
    ]
}

/// What one user knows: its connection, its rights, and the last place seen of each thread.
#[derive(Default)]
struct Client {
    connection: Option<Connection>,
    rights: [bool; THREADS.len()],
    seen: BTreeMap<ThreadKey, Position>,
}

fn index(thread: &ThreadKey) -> usize {
    THREADS.iter().position(|text| key(text) == *thread).unwrap()
}

impl Client {
    /// Reads an item and holds it against what is known.
    fn read(&mut self) -> Option<()> {
        match self.connection.as_mut()?.try_next()? {
            Item::Event(event) => {
                assert!(self.rights[index(&event.thread)], "read without a right");
                assert_eq!(*event.body, *event.thread.to_string().as_bytes(), "misrouted");
                if let Some(seen) = self.seen.insert(event.thread.clone(), event.position)
                    && seen.is_comparable(&event.position)
                {
                    assert_eq!(event.position.number(), seen.number() + 1, "a hole, or twice");
                }
            }
            Item::Gap(gap) => {
                if let Some(seen) = self.seen.insert(gap.thread, gap.until)
                    && seen.is_comparable(&gap.until)
                    && let Some(missed) = gap.missed
                {
                    assert_eq!(gap.until.number(), seen.number() + missed);
                }
            }
            Item::Ended { thread, .. } => {
                self.seen.remove(&thread);
            }
            Item::Closed(_) => self.connection = None,
        }
        Some(())
    }
}

fn run(overflow: Overflow, calls: &[Call]) {
    let limits = Limits { queue_events: 3, history_events: 4, ..Limits::default() };
    let world = World::new(Config { overflow, limits, ..Config::default() });
    let mut clients: [Client; USERS.len()] = Default::default();
    for call in calls {
        match *call {
            Call::Connect(user) => {
                // A connection that is replaced is lost.
                clients[user].connection = Some(world.router.connect(who(USERS[user])).unwrap());
            }
            Call::Leave(user) => {
                if let Some(connection) = clients[user].connection.take() {
                    connection.leave();
                }
            }
            Call::Lose(user) => clients[user].connection = None,
            Call::Subscribe(user, thread, resume) => {
                let client = &mut clients[user];
                let Some(connection) = &client.connection else { continue };
                let was_subscribed = connection.unsubscribe(&key(THREADS[thread]));
                let seen = client.seen.get(&key(THREADS[thread])).copied().filter(|_| resume);
                let result = connection.subscribe(key(THREADS[thread]), seen);
                // Who read too slowly under that policy has been closed, and is told so whatever the rights are.
                let is_cut_off =
                    overflow == Overflow::Close && matches!(result, Err(Refused::Closed));
                assert!(
                    is_cut_off || result.is_ok() == client.rights[thread],
                    "{was_subscribed} {result:?}"
                );
                match (result, seen) {
                    (Ok(position), None) => {
                        client.seen.insert(key(THREADS[thread]), position);
                    }
                    (Ok(_), Some(_)) => {}
                    (Err(_), _) => drop(client.seen.remove(&key(THREADS[thread]))),
                }
            }
            Call::Unsubscribe(user, thread) => {
                if let Some(connection) = &clients[user].connection {
                    let _ = connection.unsubscribe(&key(THREADS[thread]));
                }
            }
            Call::Publish(user, thread) => {
                let Some(connection) = &clients[user].connection else { continue };
                let thread = key(THREADS[thread]);
                let run = format!("run_{thread}_01m7wqt1fbff4sq3bgc5bhn9e0");
                let _ = send(connection, &run, &thread.to_string());
            }
            Call::Read(user, count) => {
                for _ in 0..count {
                    clients[user].read();
                }
            }
            Call::Grant(user, thread) => {
                clients[user].rights[thread] = true;
                world.rights.grant(&who(USERS[user]), THREADS[thread]);
            }
            Call::Take(user, thread) => {
                clients[user].rights[thread] = false;
                world.rights.take(&who(USERS[user]), THREADS[thread]);
            }
            Call::Revoke(user, thread) => {
                world.router.revoke(&who(USERS[user]), &key(THREADS[thread]));
            }
            Call::CloseThread(thread) => {
                world.router.close_thread(&acme(), &key(THREADS[thread]));
            }
            Call::Sweep => world.router.sweep(),
        }
        world.check_sums();
    }
    for client in &mut clients {
        while client.connection.is_some() && client.read().is_some() {}
    }
    world.check_sums();
    drop(clients);
    (0..3).for_each(|_| world.router.sweep());
    assert_eq!(world.router.stats(), Stats::default(), "something stayed behind");
    world.check_sums();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_order_of_calls(
        overflow in prop_oneof![Just(Overflow::DropOldest), Just(Overflow::Close)],
        calls in prop::collection::vec(call(), 0..120),
    ) {
        run(overflow, &calls);
    }
}
