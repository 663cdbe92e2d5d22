//! Events reach the connections of exactly their thread, whatever the format of their id.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use id_router::{Config, Identity, Item, Outcome, Publication, Rejected};
use unified_id::legacy::{Dialect, Reader};
use unified_id::{ThreadId, ThreadKey, UnifiedId, Unknown};

use crate::world::{World, acme, drain, key, send, who};

#[test]
fn ids_of_all_formats_lead_to_one_thread() {
    let world = World::new(Config::default());
    let mut alice = world.join("alice", &["user123"]);
    let mut others = world.join("bob", &["user1234", "user12", "thread_user123x"]);
    let core = "01m7wqt1fbff4sq3bgc5bhn9e0";
    let ids = [
        format!("run_user123_{core}"),
        format!("message_user123_{core}"),
        format!("tool_thread_user123_{}", core.to_uppercase()),
        "thread_user123_run_1693430400000_a1b2c3d4".to_owned(),
        "run_user123_a1b2c3d4".to_owned(),
        "tool_exec_thread_user123_run_1693430400000_a1b2c3d4_search_1693430400001".to_owned(),
        "user-1761256444203-181-udbw7gp71-user123".to_owned(),
        "thread_user123_1693430400000_abcdefghi".to_owned(),
        "thread_user123".to_owned(),
    ];
    for (number, id) in ids.iter().enumerate() {
        assert_eq!(send(&alice, id, "x"), Outcome::Delivered { n: 1 }, "{id}");
        let Some(Item::Event(event)) = alice.try_next() else { panic!("{id}") };
        assert_eq!((&*event.id, event.position.number()), (&**id, number as u64 + 1));
        assert_eq!(event.from, *alice.identity().user());
    }
    assert_eq!(drain(&mut others), [""; 0]);
    world.check_sums();
}

#[test]
fn a_batch_is_delivered_as_its_events_one_by_one() {
    let core = "01m7wqt1fbff4sq3bgc5bhn9e0";
    // More than are read at a time; the mapping is recorded in both worlds.
    let ids: Vec<String> = (0..30)
        .map(|number| match number % 6 {
            0 => format!("run_user123_a1b2c3{number:02}"),
            1 => format!("thread_user123_run_1693430400000_a1b2c3{number:02}"),
            2 => "run_recorded_12345678".to_owned(),
            3 => format!("run_nobody_a1b2c3{number:02}"),
            4 => format!("tool_user123_{core}"),
            _ => "run_user123_67890_ef123456".to_owned(),
        })
        .collect();
    let too_large = vec![b'x'; Config::default().limits.body_bytes + 1];
    let publications: Vec<Publication<'_>> = ids
        .iter()
        .enumerate()
        .flat_map(|(number, id)| {
            let by_key = (number % 4 == 1).then(|| Publication::new(key("user123"), *b"key"));
            let body =
                if number == 12 { too_large.clone() } else { number.to_string().into_bytes() };
            let claimed = (number == 6).then_some("mallory");
            [Some(Publication::new(id, body).claiming(claimed)), by_key]
        })
        .flatten()
        .collect();
    let run = |send: &dyn Fn(&World, &Identity) -> Vec<Outcome>| {
        let world = World::new(Config::default());
        let mut alice = world.join("alice", &["user123"]);
        world.router.record(&acme(), "run_recorded_12345678", key("user123")).unwrap();
        let mut outcomes = send(&world, &who("alice"));
        let read = drain(&mut alice);
        world.router.drain();
        outcomes.extend(send(&world, &who("alice")));
        world.check_sums();
        (outcomes, read)
    };
    let batch = run(&|world, who| world.router.publish_all(who, &publications));
    let single = run(&|world, who| {
        publications.iter().map(|publication| world.router.publish(who, publication)).collect()
    });
    assert_eq!(batch, single);
    assert_eq!(batch.0.len(), 2 * publications.len());
    for why in [Rejected::TooLarge, Rejected::ForeignUser] {
        assert!(batch.0.contains(&Outcome::Rejected { why }));
    }
    let is_drained = |of: &Outcome| *of == Outcome::Rejected { why: Rejected::Draining };
    assert!(batch.0[publications.len()..].iter().all(is_drained));
    assert_eq!(
        batch.1.len(),
        batch.0.iter().filter(|of| matches!(of, Outcome::Delivered { .. })).count()
    );
    assert!(batch.1.len() > 20 && batch.0.len() - batch.1.len() > 5);
}

#[test]
fn what_the_text_does_not_say_goes_nowhere() {
    let world = World::new(Config::default());
    let alice = world.join("alice", &["alice", "context_1693430400000_7_7e9aa393"]);
    let rejected = |id: &str| match send(&alice, id, "x") {
        Outcome::Rejected { why } => why,
        other => panic!("{id}: {other:?}"),
    };
    let Rejected::Ambiguous { candidates } = rejected("run_alice_67890_ef123456") else { panic!() };
    assert_eq!(candidates.threads(), [key("alice"), key("alice_67890")]);
    for (id, code) in [
        ("context_1693430400000", "thread_is_prefix"),
        ("user_01m7wqt1fbff4sq3bgc5bhn9e0", "no_thread"),
        ("run_4a051838b531", "no_thread"),
        ("run_01m7wqt1fbff4sq3bgc5bhn9e0", "not_an_id"),
    ] {
        let Rejected::Unknown { why } = rejected(id) else { panic!("{id}") };
        assert_eq!(why.code(), code, "{id}");
    }
    // Nobody is there, and who has no right does not even learn that.
    assert_eq!(rejected("run_nobody_a1b2c3d4"), Rejected::NotAllowed);
    world.rights.grant(&who("alice"), "nobody");
    let why = Unknown::NotLive(key("nobody"));
    assert_eq!(rejected("run_nobody_a1b2c3d4"), Rejected::Unknown { why });
    let canonical = "run_nobody_01m7wqt1fbff4sq3bgc5bhn9e0";
    assert_eq!(send(&alice, canonical, "x"), Outcome::NoSubscriber);
    world.router.open_thread(&acme(), key("nobody")).unwrap();
    assert_eq!(send(&alice, "run_nobody_a1b2c3d4", "x"), Outcome::NoSubscriber);
    world.check_sums();
}

#[test]
fn a_mapping_or_a_dialect_settles_it() {
    let reader = Reader::new().with_dialect(Dialect::IdManager);
    let world = World::new(Config::default().with_reader("old".parse().unwrap(), reader));
    let mut alice = world.join("alice", &["alice", "context_1693430400000_7_7e9aa393"]);
    let (run, base) = ("run_alice_67890_ef123456", "context_1693430400000");
    world.router.record(&acme(), run, key("alice")).unwrap();
    world.router.record(&acme(), base, key("context_1693430400000_7_7e9aa393")).unwrap();
    world.router.record(&acme(), run, key("thread_alice")).unwrap();
    world.router.record(&acme(), run, key("alice_67890")).unwrap_err();
    assert_eq!(send(&alice, run, "1"), Outcome::Delivered { n: 1 });
    assert_eq!(send(&alice, base, "2"), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), ["alice 1 1", "context_1693430400000_7_7e9aa393 1 2"]);
    assert!(world.router.forget(&acme(), run) && !world.router.forget(&acme(), run));
    assert!(matches!(send(&alice, run, "3"), Outcome::Rejected { .. }));

    let old = Identity::new("old".parse().unwrap(), "alice");
    world.rights.grant(&old, "alice_67890");
    let mut connection = world.router.connect(old).unwrap();
    connection.subscribe(key("alice_67890"), None).unwrap();
    assert_eq!(send(&connection, run, "4"), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut connection), ["alice_67890 1 4"]);
}

#[test]
fn only_ids_that_are_made_on_a_thread_are_mapped() {
    let world = World::new(Config::default());
    let thread = ThreadId::new();
    let long = "x".repeat(513);
    for id in ["", &long, &thread.to_string(), &UnifiedId::user().to_string()] {
        let why = world.router.record(&acme(), id, thread).unwrap_err();
        assert_eq!(why.code(), "not_mappable", "{id}");
    }
    assert_eq!(world.router.stats(), id_router::Stats::default());
    world.router.record(&acme(), "run_agent_user", thread).unwrap();
    assert_eq!(world.router.stats().mappings, 1);
    assert!(world.router.forget(&acme(), "run_agent_user"));
    assert_eq!(world.router.stats(), id_router::Stats::default());
}

#[test]
fn tenants_share_nothing() {
    let world = World::new(Config::default());
    let mut here = world.join("alice", &["chat"]);
    let there = Identity::new("zeta".parse().unwrap(), "alice");
    world.rights.grant(&there, "chat");
    let mut there = world.router.connect(there).unwrap();
    there.subscribe(key("chat"), None).unwrap();
    world.router.record(&acme(), "run_x_y", key("chat")).unwrap();
    assert_eq!(send(&here, "thread_chat", "here"), Outcome::Delivered { n: 1 });
    assert_eq!(send(&there, "thread_chat", "there"), Outcome::Delivered { n: 1 });
    assert!(matches!(send(&there, "run_x_y", "there"), Outcome::Rejected { .. }));
    assert_eq!(drain(&mut here), ["chat 1 here"]);
    assert_eq!(drain(&mut there), ["chat 1 there"]);
}

#[test]
fn a_thread_is_a_target_in_every_spelling() {
    let world = World::new(Config::default());
    let thread = ThreadId::new();
    let mut alice = world.join("alice", &[&thread.to_string(), "na\u{ef}ve thread"]);
    for target in [thread.to_string(), thread.core().uuid_text().replace('-', "")] {
        let target = ThreadKey::parse(&target).unwrap();
        assert_eq!(alice.publish(&Publication::new(target, *b"x")), Outcome::Delivered { n: 1 });
    }
    assert_eq!(alice.publish(&Publication::new(thread, *b"x")), Outcome::Delivered { n: 1 });
    // A thread whose text no id can name is reached by its key.
    let odd = key("na\u{ef}ve thread");
    assert_eq!(alice.publish(&Publication::new(odd, *b"x")), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice).len(), 4);
}

#[test]
fn a_service_publishes_without_a_connection() {
    let world = World::new(Config::default());
    let mut alice = world.join("alice", &["chat"]);
    let service = who("service");
    let publication = Publication::new("thread_chat", *b"x");
    let outcome = world.router.publish(&service, &publication);
    assert_eq!(outcome, Outcome::Rejected { why: Rejected::NotAllowed });
    world.rights.grant(&service, "chat");
    assert_eq!(world.router.publish(&service, &publication), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), ["chat 1 x"]);
    let nobody = Identity::new("nowhere".parse().unwrap(), "service");
    let _ = world.router.publish(&nobody, &publication);
    assert_eq!(world.router.stats().tenants, 1, "a tenant without anything is no entry");
}

#[test]
fn a_tenant_without_anything_is_gone_after_the_last_of_many_who_publish_at_once() {
    let world = World::new(Config::default());
    let start = std::sync::Barrier::new(4);
    thread::scope(|scope| {
        for number in 0..4 {
            let (world, start) = (&world, &start);
            scope.spawn(move || {
                let nobody = Identity::new("nowhere".parse().unwrap(), &format!("service{number}"));
                start.wait();
                for _ in 0..2_000 {
                    let _ = world.router.publish(&nobody, &Publication::new("thread_chat", *b"x"));
                    world.router.with_live(nobody.tenant(), |_| ());
                }
            });
        }
    });
    assert_eq!(world.router.stats().tenants, 0);
    world.check_sums();
}

/// Wakes a thread that is parked.
struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn who_waits_is_woken() {
    let world = World::new(Config::default());
    let (mut alice, bob) = (world.join("alice", &["chat"]), world.join("bob", &["chat"]));
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            let mut cx = Context::from_waker(&waker);
            let mut items = 0;
            loop {
                match alice.poll_next(&mut cx) {
                    Poll::Ready(Item::Closed(_)) => return items,
                    Poll::Ready(_) => items += 1,
                    // The bound is for a waker that is lost: the test then fails instead of hanging.
                    Poll::Pending => thread::park_timeout(Duration::from_mins(1)),
                }
            }
        });
        for _ in 0..1_000 {
            assert!(matches!(send(&bob, "thread_chat", "x"), Outcome::Delivered { .. }));
        }
        world.router.drain();
        assert_eq!(reading.join().unwrap(), 1_000);
    });
}
