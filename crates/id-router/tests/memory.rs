//! A million subscriptions come and go: the tables are empty and the memory is as it was.
//!
//! A program of its own, because it counts the bytes of the whole process.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, Ordering::Relaxed};

use id_router::{Config, Identity, Item, Outcome, Publication, Router, Stats};
use unified_id::{ThreadId, ThreadKey};

/// Counts the bytes that are in use.
struct Counting;

static BYTES: AtomicIsize = AtomicIsize::new(0);

fn add(bytes: usize) {
    BYTES.fetch_add(isize::try_from(bytes).unwrap_or(isize::MAX), Relaxed);
}

fn take(bytes: usize) {
    BYTES.fetch_sub(isize::try_from(bytes).unwrap_or(isize::MAX), Relaxed);
}

#[expect(unsafe_code, reason = "an allocator is unsafe to write; this one only counts")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        take(layout.size());
        // SAFETY: the pointer came from `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What tables and the test's harness may keep, whatever the number of cycles.
const KEPT_BYTES: isize = 64 * 1024;

const CYCLES: u32 = 1_000_000;

fn who(user: &str) -> Identity {
    Identity::new("acme".parse().unwrap(), user)
}

/// Cycles of every way to come and go; each on a thread that never comes back.
fn cycle(router: &Router, cycles: u32) {
    let mut kept = router.connect(who("alice")).unwrap();
    for number in 0..cycles {
        let thread = ThreadId::new();
        kept.subscribe(thread, None).unwrap();
        match number % 4 {
            0 => assert!(kept.unsubscribe(&thread.into())),
            1 => assert_eq!(router.revoke(&who("alice"), &thread.into()), 1),
            2 => {
                let other = router.connect(who("bob")).unwrap();
                other.subscribe(thread, None).unwrap();
                let publication = Publication::new(thread, *b"x");
                assert_eq!(other.publish(&publication), Outcome::Delivered { n: 2 });
                assert!(router.close_thread(other.identity().tenant(), &thread.into()));
                if number % 8 == 2 {
                    drop(other);
                } else {
                    other.leave();
                }
            }
            _ => {
                let other = router.connect(who(&format!("user{number}"))).unwrap();
                other.subscribe(thread, None).unwrap();
                drop(other);
                assert!(kept.unsubscribe(&thread.into()));
                let run = format!("run_{number}_agent");
                router.record(kept.identity().tenant(), &run, thread).unwrap();
                assert!(router.forget(kept.identity().tenant(), &run));
            }
        }
        if number % 1_024 == 0 {
            router.sweep();
        }
        // Notices have to be read, as a transport does.
        while let Some(item) = kept.try_next() {
            assert!(!matches!(item, Item::Closed(_)));
        }
    }
    kept.leave();
    (0..2).for_each(|_| router.sweep());
}

#[test]
fn a_million_cycles_leave_nothing() {
    let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
    cycle(&router, 10_000);
    let before = BYTES.load(Relaxed);
    cycle(&router, CYCLES);
    assert_eq!(router.stats(), Stats::default());
    let grown = BYTES.load(Relaxed) - before;
    assert!(grown < KEPT_BYTES, "{grown} bytes stayed");
    let counters = router.counters();
    assert_eq!(counters.came_in, counters.outcomes());
}
