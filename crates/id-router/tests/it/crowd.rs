//! Many threads at once: one order for all readers of a thread, no hole, no copy lost, and nothing left behind.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use id_router::{Config, Identity, Item, Limits, Outcome, Router, Stats};
use unified_id::{Tenant, ThreadKey};

const PUBLISHERS: usize = 4;
const EVENTS: usize = 2_000;
const THREADS: usize = 3;

fn thread_of(number: usize) -> ThreadKey {
    ThreadKey::parse(&format!("chat{number}")).unwrap()
}

/// Everybody may do everything: what is tested here is the order.
fn router() -> Router {
    let limits = Limits { queue_events: 1 << 20, ..Limits::default() };
    Router::new(Config { limits, ..Config::default() }, |_: &Identity, _: &ThreadKey| true)
}

fn connect(router: &Router, user: &str) -> id_router::Connection {
    let tenant: Tenant = "acme".parse().unwrap();
    router.connect(Identity::new(tenant, user)).unwrap()
}

#[test]
fn all_readers_of_a_thread_see_one_order() {
    let router = router();
    let mut readers: Vec<_> =
        (0..4).map(|user| connect(&router, &format!("reader{user}"))).collect();
    for reader in &readers {
        for thread in 0..THREADS {
            reader.subscribe(thread_of(thread), None).unwrap();
        }
    }
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let (router, is_done) = (&router, &is_done);
        let churn = scope.spawn(move || {
            let mut turns = 0_u64;
            while !is_done.load(Relaxed) {
                let other = connect(router, "churn");
                for thread in 0..THREADS + 2 {
                    other.subscribe(thread_of(thread), None).unwrap();
                }
                other.unsubscribe(&thread_of(0));
                if turns.is_multiple_of(2) {
                    other.leave();
                } else {
                    drop(other);
                }
                router.sweep();
                turns += 1;
            }
            turns
        });
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|publisher| {
                scope.spawn(move || {
                    let own = connect(router, &format!("publisher{publisher}"));
                    for event in 0..EVENTS {
                        let run = format!("run_{}_a1b2c3d4", thread_of(event % THREADS));
                        let body = format!("{publisher} {event}");
                        let outcome = crate::world::send(&own, &run, &body);
                        assert!(matches!(outcome, Outcome::Delivered { n: 4.. }), "{outcome:?}");
                    }
                })
            })
            .collect();
        for publisher in publishers {
            publisher.join().unwrap();
        }
        is_done.store(true, Relaxed);
        assert!(churn.join().unwrap() > 0);
    });
    let mut orders = Vec::new();
    for reader in &mut readers {
        let mut order: HashMap<ThreadKey, Vec<String>> = HashMap::new();
        while let Some(item) = reader.try_next() {
            let Item::Event(event) = item else { panic!("{item:?}") };
            let events = order.entry(event.thread.clone()).or_default();
            events.push(String::from_utf8_lossy(&event.body).into_owned());
            assert_eq!(event.position.number(), events.len() as u64);
        }
        assert_eq!(order.values().map(Vec::len).sum::<usize>(), PUBLISHERS * EVENTS);
        orders.push(order);
    }
    assert!(orders.iter().all(|order| *order == orders[0]));
    drop(readers);
    (0..3).for_each(|_| router.sweep());
    assert_eq!(router.stats(), Stats::default());
    let counters = router.counters();
    assert_eq!(counters.came_in, counters.outcomes());
    assert_eq!(
        counters.copies,
        counters.received + counters.dropped + counters.withheld + counters.discarded
    );
}
