//! Which libraries repeat ids after a fork: makes ids in a parent and its child, compares them, and prints a table.
//!
//! `cargo run --release -p id-bench --bin forks`; its table stands in `docs/benchmarks/fork.md`, and a test compares the two.
// id-lint: allow-file[UID001,UID008] the peers whose forks are tried

#[cfg(unix)]
mod forks {
    #![expect(unsafe_code, reason = "only the system call makes a child that shares the memory")]

    use std::collections::HashSet;
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::fd::FromRawFd as _;

    use anyhow::{Context as _, Result, bail};
    use mti::prelude::{MagicTypeIdExt as _, V7};
    use svix_ksuid::KsuidLike as _;
    use type_safe_id::{StaticType, TypeSafeId};

    /// How many ids each process makes after the fork.
    pub(super) const IDS: usize = 200;
    /// How many forks are tried: a new millisecond on one side only may shift the numbers against each other.
    pub(super) const FORKS: usize = 20;

    #[derive(Default)]
    struct Thread;

    impl StaticType for Thread {
        const TYPE: &'static str = "thread";
    }

    /// The bytes of what one process made.
    type Ids = HashSet<Vec<u8>>;

    /// A library and a way in which it makes ids.
    pub(super) struct Contender {
        pub(super) name: &'static str,
        make: fn() -> Vec<u8>,
        /// How many bytes at the end of an id are random, and nothing but random.
        random: usize,
    }

    /// The most that parent and child had in common in one fork.
    #[derive(Clone, Copy, Default)]
    pub(super) struct Shared {
        pub(super) random_parts: usize,
        pub(super) whole_ids: usize,
    }

    pub(super) fn contenders() -> Vec<Contender> {
        let of = |name, random, make| Contender { name, make, random };
        vec![
            of("unified-id", 6, || generated(unified_id::generator::generate().to_u128())),
            of("uuid v4, fast-rng", 6, || generated(uuid::Uuid::new_v4().as_u128())),
            of("uuid v7, fast-rng", 6, || generated(uuid::Uuid::now_v7().as_u128())),
            of("ulid", 6, || generated(ulid::Ulid::generate().0)),
            of("mr-ulid", 6, || generated(mr_ulid::Ulid::new().to_u128())),
            of("rusty_ulid", 6, || generated(rusty_ulid::Ulid::generate().into())),
            of("ferroid", 6, || generated(ferroid::id::ULID::now().to_raw())),
            of("scru128", 4, || generated(scru128::new().to_u128())),
            of("svix-ksuid", 8, || {
                svix_ksuid::Ksuid::new::<std::time::SystemTime>(None, None).bytes().to_vec()
            }),
            of("nanoid", 8, || nanoid::nanoid!().into_bytes()),
            of("type-safe-id, over uuid", 6, || {
                generated(TypeSafeId::<Thread>::new().uuid().as_u128())
            }),
            of("mti, over uuid", 8, || "thread".create_type_id::<V7>().to_string().into_bytes()),
        ]
    }

    fn generated(value: u128) -> Vec<u8> {
        value.to_be_bytes().to_vec()
    }

    impl Contender {
        /// Forks so many times and returns the most that was shared.
        pub(super) fn measure(&self) -> Result<Shared> {
            let mut most = Shared::default();
            for _ in 0..FORKS {
                let (here, there) = self.fork()?;
                let whole_ids = here.intersection(&there).count();
                let tails = |ids: &Ids| -> Ids {
                    ids.iter().map(|id| id[id.len() - self.random..].to_vec()).collect()
                };
                let random_parts = tails(&here).intersection(&tails(&there)).count();
                most.whole_ids = most.whole_ids.max(whole_ids);
                most.random_parts = most.random_parts.max(random_parts);
            }
            Ok(most)
        }

        fn ids(&self) -> Vec<Vec<u8>> {
            (0..IDS).map(|_| (self.make)()).collect()
        }

        /// Forks and returns the ids that parent and child made afterwards.
        fn fork(&self) -> Result<(Ids, Ids)> {
            // Whatever is kept in stock is there before the fork.
            let width = self.ids()[0].len();
            let mut ends = [0; 2];
            // SAFETY: the array has room for the two descriptors.
            if unsafe { libc::pipe(ends.as_mut_ptr()) } != 0 {
                return Err(std::io::Error::last_os_error()).context("pipe");
            }
            // SAFETY: each descriptor is open and owned by one file from here on.
            let (mut reader, mut writer) =
                unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
            // SAFETY: this process has one thread; the child only makes ids, writes to a pipe and leaves.
            let pid = match unsafe { libc::fork() } {
                0 => {
                    let sent = writer.write_all(&self.ids().concat());
                    // SAFETY: leaves at once, without running anything of the parent's.
                    unsafe { libc::_exit(i32::from(sent.is_err())) }
                }
                -1 => return Err(std::io::Error::last_os_error()).context("fork"),
                pid => pid,
            };
            drop(writer);
            let here = self.ids();
            let mut there = Vec::new();
            reader.read_to_end(&mut there)?;
            let mut status = -1;
            // SAFETY: the process is a child of this one that was not waited for yet.
            let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
            if waited != pid || status != 0 || there.len() != IDS * width {
                bail!("the child of {} failed with status {status}", self.name);
            }
            let there = there.chunks(width).map(<[u8]>::to_vec).collect();
            Ok((here.into_iter().collect(), there))
        }
    }
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    use std::io::Write as _;

    let mut out = std::io::stdout().lock();
    writeln!(out, "| library | after a fork | random parts in common | whole ids in common |")?;
    writeln!(out, "|---|---|---:|---:|")?;
    for contender in forks::contenders() {
        let shared = contender.measure()?;
        let verdict = if shared.random_parts > 0 { "repeats" } else { "differs" };
        let (name, parts, whole) = (contender.name, shared.random_parts, shared.whole_ids);
        writeln!(out, "| {name} | {verdict} | {parts} | {whole} |")?;
    }
    writeln!(out)?;
    let (ids, forks) = (forks::IDS, forks::FORKS);
    writeln!(out, "The most of {ids} ids in one of {forks} forks.")?;
    Ok(())
}

#[cfg(not(unix))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("there is no fork on this system")
}
