//! A forked child shares no id with its parent and its siblings, also when a thread forks.
#![cfg(unix)]
#![expect(unsafe_code, reason = "only the system call makes a child that shares the memory")]

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

use unified_id::{Core, generator};

/// How many ids each process makes after the fork.
const IDS: usize = 500;

fn make() -> Vec<u8> {
    (0..IDS).flat_map(|_| generator::generate().to_bytes()).collect()
}

/// Forks a child that makes ids and sends them home.
fn child(make: impl FnOnce() -> Vec<u8>) -> (libc::pid_t, File) {
    let mut ends = [0; 2];
    // SAFETY: the array has room for the two descriptors; each is owned by one file from then on.
    unsafe { assert_eq!(libc::pipe(ends.as_mut_ptr()), 0) };
    let (reader, mut writer) = unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
    // SAFETY: the child only makes ids, writes to a pipe and leaves without running anything of the parent's.
    match unsafe { libc::fork() } {
        0 => {
            let sent = writer.write_all(&make());
            unsafe { libc::_exit(i32::from(sent.is_err())) }
        }
        pid => (pid, reader),
    }
}

/// Forks several children and returns how many different ids all processes made.
fn distinct() -> usize {
    // Something is in stock already, and would be shared.
    let bytes = make();
    let children: Vec<_> = (0..4).map(|_| child(make)).collect();
    collect([bytes, make()].concat(), children)
}

/// Waits for children and returns how many different ids they and this process made.
fn collect(mut bytes: Vec<u8>, children: Vec<(libc::pid_t, File)>) -> usize {
    for (pid, mut reader) in children {
        assert!(pid > 0, "fork failed");
        reader.read_to_end(&mut bytes).unwrap();
        let mut status = -1;
        // SAFETY: the process is a child of this one that was not waited for yet.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0);
    }
    let cores: HashSet<Core> =
        bytes.as_chunks::<16>().0.iter().map(|bytes| Core::from_bytes(*bytes)).collect();
    // Their random parts differ as well: the same random part beside another counter would be a shared stream.
    let tails: HashSet<u128> = cores.iter().map(|core| core.to_u128() & ((1 << 52) - 1)).collect();
    assert_eq!(tails.len(), cores.len());
    cores.len()
}

#[test]
fn children_share_no_id() {
    assert_eq!(distinct(), 6 * IDS);
}

#[test]
fn places_reserved_before_a_fork_become_different_ids() {
    let fill = |reserved: generator::Reserved<'static>| -> Vec<u8> {
        reserved.flat_map(Core::to_bytes).collect()
    };
    let count = u32::try_from(IDS).unwrap();
    let mut reserved = generator::reserve(2 * count);
    let begun: Vec<u8> = reserved.by_ref().take(IDS).flat_map(Core::to_bytes).collect();
    // Each process has the rest of the reservation, which is the same places.
    let mut rest = Some(reserved);
    let (pid, reader) = child(|| fill(rest.take().unwrap()));
    let here = fill(rest.take().unwrap());
    assert_eq!(collect([begun, here].concat(), vec![(pid, reader)]), 3 * IDS);
}

#[test]
fn children_of_threads_share_no_id() {
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(distinct)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(counts, [6 * IDS; 3]);
}
