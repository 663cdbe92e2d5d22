//! What the comparison in the README says of the peers, checked on the versions that are locked.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(unsafe_code, reason = "only the system call makes a child that shares the memory")]

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

use type_safe_id::{StaticType, TypeSafeId};

/// How many ids each process makes after the fork.
const IDS: usize = 200;

#[derive(Default)]
struct Thread;

impl StaticType for Thread {
    const TYPE: &'static str = "thread";
}

/// Makes the bits of an id.
type Make = fn() -> u128;

/// Returns how many random parts (the low 32 bits) parent and child have in common after a fork.
fn shared_after_fork(make: Make) -> usize {
    let tails = || (0..IDS).flat_map(|_| (make() & 0xffff_ffff).to_be_bytes()).collect::<Vec<u8>>();
    let _ = tails();
    let mut ends = [0; 2];
    // SAFETY: the array has room for the two descriptors; each is owned by one file from then on.
    unsafe { assert_eq!(libc::pipe(ends.as_mut_ptr()), 0) };
    // SAFETY: as above.
    let (mut reader, mut writer) =
        unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
    // SAFETY: the child only makes ids, writes to a pipe and leaves without running anything of the parent's.
    let pid = match unsafe { libc::fork() } {
        0 => {
            let sent = writer.write_all(&tails());
            // SAFETY: leaves at once.
            unsafe { libc::_exit(i32::from(sent.is_err())) }
        }
        pid => pid,
    };
    assert!(pid > 0, "fork failed");
    drop(writer);
    let here = tails();
    let mut there = Vec::new();
    reader.read_to_end(&mut there).unwrap();
    let mut status = -1;
    // SAFETY: the process is a child of this one that was not waited for yet.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!((status, there.len()), (0, here.len()));
    let here: HashSet<_> = here.as_chunks::<16>().0.iter().collect();
    there.as_chunks::<16>().0.iter().filter(|tail| here.contains(tail)).count()
}

#[test]
fn who_repeats_ids_after_a_fork() {
    for _ in 0..20 {
        assert_eq!(shared_after_fork(|| unified_id::generator::generate().to_u128()), 0);
    }
    // Each of these gives the child the random numbers that the parent gets too.
    let repeating: [(&str, Make); 5] = [
        ("uuid v4, fast-rng", || uuid::Uuid::new_v4().as_u128()),
        ("uuid v7, fast-rng", || uuid::Uuid::now_v7().as_u128()),
        ("ulid", || ulid::Ulid::generate().0),
        ("mr-ulid", || mr_ulid::Ulid::new().to_u128()),
        ("ferroid", || ferroid::id::ULID::now().to_raw()),
    ];
    for (name, make) in repeating {
        // A new millisecond on one side only may shift the numbers against each other, so several forks are tried.
        let repeats = (0..20).any(|_| shared_after_fork(make) > 0);
        assert!(repeats, "{name} no longer repeats: say so in the README");
    }
}

#[test]
fn who_accepts_more_than_128_bits() {
    let bare = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    let typed = "thread_8zzzzzzzzzzzzzzzzzzzzzzzzz";
    assert!(unified_id::Core::parse(bare).is_err());
    assert!(unified_id::ThreadId::parse(typed).is_err());
    assert!(ulid::Ulid::from_string(bare).is_ok());
    assert!(bare.parse::<mr_ulid::Ulid>().is_err());
    assert!(typed.parse::<TypeSafeId<Thread>>().is_err());
    assert!(typed.parse::<mti::prelude::MagicTypeId>().is_err());
    assert!(bare.parse::<ferroid::id::ULID>().is_ok());
}
