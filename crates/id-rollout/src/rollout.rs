//! Flags that follow their file while the program runs.
//!
//! A thread looks at the file ten times a second and compares its bytes, because a time of change can stay the same. What it
//! reads it puts into one word. Invariant: a file that is bad, half written or gone changes nothing. Next: `issuer.rs` and
//! `reader.rs`, which ask at each call.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::error::RolloutError;
use crate::flags::{Flag, Flags};
use crate::fork::{STALE, Word};
use crate::source::Sources;

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// How long a text has to stay the same before it counts: an editor may write a file in pieces.
const SETTLES: Duration = Duration::from_millis(10);

/// The flags of a program, as they are at this moment.
///
/// Copies share one state. Asking costs one atomic load; the file is read by a thread of its own, which ends with the last
/// copy. After `fork` the first call in the child starts such a thread there.
#[derive(Clone)]
pub struct Rollout(Arc<Shared>);

struct Shared {
    word: Word,
    sources: Sources,
    counts: Counts,
    /// It was said that the child of a fork has no thread.
    said_unfollowed: AtomicBool,
}

#[derive(Debug, Default)]
struct Counts {
    looks: AtomicU64,
    reloads: AtomicU64,
    toggles: AtomicU64,
    bad_files: AtomicU64,
}

/// What has happened to the flags since they were first read; counters only grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RolloutStats {
    /// How often the file was looked at.
    pub looks: u64,
    /// How often another text of the file was taken over.
    pub reloads: u64,
    /// How many flags changed their values, one by one.
    pub toggles: u64,
    /// How many texts of the file were refused; each text counts once, and a file that is gone.
    pub bad_files: u64,
}

impl Rollout {
    /// Reads the flags that the environment of this process and its file give, and follows the file.
    ///
    /// # Errors
    ///
    /// As [`Sources::of_process`] and [`follow`](Self::follow).
    pub fn of_process() -> Result<Self, RolloutError> {
        Self::follow(Sources::of_process()?)
    }

    /// Reads the flags and follows their file.
    ///
    /// # Errors
    ///
    /// As [`Sources::load`]: what is wrong when a program starts is said, not passed over.
    /// [`Follow`](crate::RolloutErrorKind::Follow) if no thread can be started.
    pub fn follow(sources: Sources) -> Result<Self, RolloutError> {
        let flags = sources.load()?.flags;
        // Read after the flags: what changes in between is found by the first look.
        let seen = Seen { text: sources.read().unwrap_or_default(), is_bad: false };
        let flags_of_text =
            sources.parse(seen.text.as_deref()).map_or(flags, |loaded| loaded.flags);
        let shared = Arc::new(Shared {
            word: Word::take(flags_of_text.pack()),
            sources,
            counts: Counts::default(),
            said_unfollowed: AtomicBool::new(false),
        });
        start(&shared, seen).map_err(RolloutError::follow)?;
        shared.warn_of_contradiction(flags_of_text);
        Ok(Self(shared))
    }

    /// Returns the values of all flags at this moment.
    #[inline]
    #[must_use]
    pub fn flags(&self) -> Flags {
        let word = self.0.word.get().load(Ordering::Relaxed);
        if word & STALE != 0 {
            return self.follow_in_child();
        }
        Flags::unpack(word)
    }

    /// Returns what has happened to the flags.
    #[must_use]
    pub fn stats(&self) -> RolloutStats {
        let counts = &self.0.counts;
        RolloutStats {
            looks: counts.looks.load(Ordering::Relaxed),
            reloads: counts.reloads.load(Ordering::Relaxed),
            toggles: counts.toggles.load(Ordering::Relaxed),
            bad_files: counts.bad_files.load(Ordering::Relaxed),
        }
    }

    /// Returns where the flags are read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.0.sources
    }

    /// Starts the thread that the child of a fork lacks; of several callers one does.
    #[cold]
    fn follow_in_child(&self) -> Flags {
        let word = self.0.word.get();
        let before = word.fetch_and(!STALE, Ordering::Relaxed);
        // The text is not known here: the first look reads it, and compares the flags.
        let seen = Seen { text: None, is_bad: false };
        if before & STALE != 0
            && let Err(error) = start(&self.0, seen)
        {
            // The next call tries again.
            word.fetch_or(STALE, Ordering::Relaxed);
            if !self.0.said_unfollowed.swap(true, Ordering::Relaxed) {
                tracing::error!(%error, "the flags do not follow their file in this child of a fork");
            }
        }
        Flags::unpack(before)
    }
}

impl fmt::Debug for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout")
            .field("flags", &self.flags())
            .field("sources", &self.0.sources)
            .finish_non_exhaustive()
    }
}

/// The text that counts, or was refused, last.
#[derive(Debug)]
struct Seen {
    text: Option<Vec<u8>>,
    is_bad: bool,
}

fn start(shared: &Arc<Shared>, mut seen: Seen) -> std::io::Result<()> {
    let weak = Arc::downgrade(shared);
    let follow = move || {
        loop {
            std::thread::sleep(INTERVAL);
            let Some(shared) = Weak::upgrade(&weak) else { return };
            shared.look(&mut seen);
        }
    };
    std::thread::Builder::new().name("unified-id-flags".to_owned()).spawn(follow).map(drop)
}

impl Shared {
    /// Takes over another text of the file, if there is one.
    fn look(&self, seen: &mut Seen) {
        self.counts.looks.fetch_add(1, Ordering::Relaxed);
        let text = match self.sources.read() {
            // Never there, and still not.
            Ok(None) if seen.text.is_none() => return,
            Ok(None) => {
                let gone =
                    RolloutError::read(self.sources.file(), std::io::ErrorKind::NotFound.into());
                return self.refuse(seen, None, &gone);
            }
            Ok(Some(text)) => text,
            Err(error) => return self.refuse(seen, None, &error),
        };
        if seen.text.as_ref() == Some(&text) && !(seen.is_bad && self.is_good(&text)) {
            return;
        }
        std::thread::sleep(SETTLES);
        if !self.sources.read().is_ok_and(|again| again.as_ref() == Some(&text)) {
            return;
        }
        match self.sources.parse(Some(&text)) {
            Ok(loaded) => {
                self.counts.reloads.fetch_add(1, Ordering::Relaxed);
                *seen = Seen { text: Some(text), is_bad: false };
                self.take_over(loaded.flags);
            }
            Err(error) => self.refuse(seen, Some(text), &error),
        }
    }

    /// A text that could not be read for a while, and was not refused itself, counts again.
    fn is_good(&self, text: &[u8]) -> bool {
        self.sources.parse(Some(text)).is_ok()
    }

    fn take_over(&self, flags: Flags) {
        let word = self.word.get();
        let before = Flags::unpack(word.load(Ordering::Relaxed));
        // The mark of a fork can only appear in a child, where this thread is not.
        word.store(flags.pack(), Ordering::Relaxed);
        for flag in Flag::all().filter(|flag| before.value(*flag) != flags.value(*flag)) {
            self.counts.toggles.fetch_add(1, Ordering::Relaxed);
            tracing::info!(
                flag = flag.name(),
                before = %before.value(flag),
                now = %flags.value(flag),
                file = %self.sources.file().display(),
                "flag changed"
            );
        }
        if before != flags {
            self.warn_of_contradiction(flags);
        }
    }

    fn warn_of_contradiction(&self, flags: Flags) {
        if let Some(what) = flags.contradiction() {
            tracing::warn!(file = %self.sources.file().display(), "{what}");
        }
    }

    /// Keeps the flags as they are; each bad text is counted and logged once.
    fn refuse(&self, seen: &mut Seen, text: Option<Vec<u8>>, error: &RolloutError) {
        if seen.is_bad && (text.is_none() || text == seen.text) {
            return;
        }
        if text.is_some() {
            seen.text = text;
        }
        seen.is_bad = true;
        self.counts.bad_files.fetch_add(1, Ordering::Relaxed);
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::warn!(
            %error,
            cause = cause.as_deref().unwrap_or_default(),
            help = error.help(),
            "the flags stay as they were"
        );
    }
}
