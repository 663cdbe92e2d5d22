//! A forked child has the flags of its parent and follows the file itself.
#![cfg(unix)]
#![expect(unsafe_code, reason = "only the system call makes a child that shares the memory")]

use id_rollout::{Flag, Issuer, Rollout};

use crate::{Folder, until};

/// Forks a child that waits for the toggle; its exit code says whether that came.
fn child(issuer: &Issuer) -> libc::pid_t {
    // SAFETY: the child only asks the flags and leaves without running anything of the parent's.
    match unsafe { libc::fork() } {
        0 => {
            let was_off = !issuer.rollout().flags().enable_unified_id_generation;
            let mut is_on = false;
            for _ in 0..12_000 {
                is_on = issuer.run("user123").is_ok_and(|run| run.starts_with("run_user123_"));
                if is_on {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            // SAFETY: ends the child without the parent's destructors.
            unsafe { libc::_exit(i32::from(!(was_off && is_on))) }
        }
        pid => pid,
    }
}

#[test]
fn children_follow_the_file_too() {
    let folder = Folder::new();
    let issuer = Issuer::new(Rollout::follow(folder.sources()).unwrap());
    let children: Vec<_> = (0..3).map(|_| child(&issuer)).collect();
    // Late enough for each child to have asked once, so that its thread is what finds the toggle.
    std::thread::sleep(std::time::Duration::from_millis(50));
    folder.sources().set(Flag::EnableUnifiedIdGeneration, "true").unwrap();
    for pid in children {
        assert!(pid > 0, "fork failed");
        let mut status = -1;
        // SAFETY: the process is a child of this one that was not waited for yet.
        assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
        assert_eq!(status, 0);
    }
    // The parent goes on as before.
    until(|| issuer.rollout().flags().enable_unified_id_generation);
}
