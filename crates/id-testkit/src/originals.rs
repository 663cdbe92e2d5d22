//! The original generators, by their rules: what the old systems wrote, and for which thread.
//!
//! Invariant: written from the description of the originals; no code of the reader or of the id library is used, so that what
//! these make can stand as evidence against both. Deterministic: a seed gives the same ids.

/// Randomness and the clock of the originals.
#[derive(Debug, Clone)]
pub struct Source {
    state: u64,
    /// Unix milliseconds.
    pub ms: u64,
    /// The counter that some generators share in their process.
    pub counter: u32,
}

impl Source {
    /// Makes a source in September 2025.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed, ms: 1_756_684_800_000, counter: 0 }
    }

    /// The next pseudo-random number (splitmix64).
    pub fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`.
    ///
    /// # Panics
    ///
    /// Panics if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() % end as u64).expect("invariant: less than a usize")
    }

    /// One of them.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// So many characters of an alphabet.
    fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// So many hexadecimal digits.
    pub fn hex(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdef", len)
    }

    fn base36(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdefghijklmnopqrstuvwxyz", len)
    }

    fn digits(&mut self, len: usize) -> String {
        self.text(b"123456789", 1) + &self.text(b"0123456789", len - 1)
    }

    /// A `uuid4`.
    pub fn uuid(&mut self) -> String {
        let variant = self.pick(&["8", "9", "a", "b"]);
        let parts = [8, 4, 3, 3, 12].map(|len| self.hex(len));
        format!("{}-{}-4{}-{variant}{}-{}", parts[0], parts[1], parts[2], parts[3], parts[4])
    }

    /// 26 characters of Crockford's alphabet that fit 128 bits and have a time of today.
    pub fn ulid(&mut self) -> String {
        format!("01k{}", self.text(b"0123456789abcdefghjkmnpqrstvwxyz", 23))
    }

    /// The time, a little later than the last one.
    fn now(&mut self) -> u64 {
        self.ms += self.number() % 200;
        self.ms
    }

    fn seconds(&mut self) -> u64 {
        self.now() / 1000
    }

    fn count(&mut self) -> u32 {
        self.counter = self.counter % 9_999_999 + 1;
        self.counter
    }
}

/// Makes an id of a thread that is there already; `None` where the original raises an error.
pub type OnThread = fn(&mut Source, &str) -> Option<String>;
/// Makes the ids of a user's context, its thread among them.
pub type Together = fn(&mut Source, &str) -> Context;
/// Makes an id for a user.
pub type ForUser = fn(&mut Source, &str) -> String;

/// The ids that one call makes.
#[derive(Debug, Clone)]
pub struct Context {
    /// The thread.
    pub thread: String,
    /// The run on it.
    pub run: String,
    /// The request.
    pub request: String,
}

/// A generator: the format that its ids have by right, how many of the corpus's ids of that format are its share, and its rule.
#[derive(Debug)]
pub struct Maker<F> {
    /// The generator and its revision.
    pub name: &'static str,
    /// The format, as the table of formats names it.
    pub format: &'static str,
    /// Its share among the generators of this format.
    pub share: u32,
    /// Whether its ids hold the whole thread.
    pub holds_thread: bool,
    /// The rule.
    pub make: F,
}

const fn on_thread(
    name: &'static str,
    format: &'static str,
    share: u32,
    make: OnThread,
) -> Maker<OnThread> {
    Maker { name, format, share, holds_thread: true, make }
}

const fn for_user(
    name: &'static str,
    format: &'static str,
    share: u32,
    make: ForUser,
) -> Maker<ForUser> {
    Maker { name, format, share, holds_thread: false, make }
}

const fn thread(
    name: &'static str,
    format: &'static str,
    share: u32,
    make: ForUser,
) -> Maker<ForUser> {
    Maker { name, format, share, holds_thread: true, make }
}

/// What `IDManager` takes for a thread.
fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

fn canonical(source: &mut Source, thread: &str) -> Option<String> {
    // Before and after the prefix is removed, as the originals did.
    if thread.is_empty() || thread.contains("_run_") {
        return None;
    }
    Some(format!("thread_{thread}_run_{}_{}", source.now(), source.hex(8)))
}

fn without_one(thread: &str) -> &str {
    thread.strip_prefix("thread_").unwrap_or(thread)
}

fn without_all(thread: &str) -> &str {
    thread.trim_start_matches("thread_")
}

const AGENTS: [&str; 8] = [
    "triage",
    "data",
    "optimization",
    "supervisor",
    "reporting",
    "corpus_admin",
    "supply_researcher",
    "synthetic_data",
];
const EVENTS: [&str; 6] =
    ["tool_exec", "tool_comp", "agent_start", "agent_think", "progress", "custom"];
const TOOLS: [&str; 4] = ["search", "llm_analyzer", "data_fetcher", "latency_probe"];
/// Operations, one of them such as applications make up.
const OPERATIONS: [&str; 9] = [
    "context",
    "session",
    "agent_execution",
    "chat",
    "websocket_factory",
    "websocket_session",
    "websocket_manager",
    "operation",
    "ssot",
];

/// Generators that are given a thread.
pub const ON_THREAD: &[Maker<OnThread>] = &[
    on_thread("IDManager 5b2e2b48d", "netra_run_idmanager", 37, |source, thread| {
        is_word(thread).then(|| format!("run_{thread}_{}", source.hex(8)))
    }),
    on_thread("IDManager 6e4ea508c", "netra_run_idmanager", 105, |source, thread| {
        is_word(thread).then(|| format!("run_{thread}_{}", source.hex(8)))
    }),
    on_thread("run_id_generator 2db0cd4af", "netra_run_canonical", 65, canonical),
    on_thread("run_id_generator 84b3886ce", "netra_run_canonical", 81, |source, thread| {
        canonical(source, without_one(thread))
    }),
    on_thread("UnifiedIDManager 6cd602c5c", "netra_run_canonical", 46, |source, thread| {
        let thread = without_all(thread);
        is_word(thread).then(|| canonical(source, thread)).flatten()
    }),
    on_thread("UnifiedIDManager cdb36be2b", "netra_run_canonical", 73, |source, thread| {
        canonical(source, without_all(thread))
    }),
    on_thread("UnifiedIDManager 36e0cbaf4", "netra_run_ts5", 236, |source, thread| {
        Some(format!("run_{thread}_{}_{}", source.now() % 100_000, source.hex(8)))
    }),
    on_thread("execution_tracking/registry", "netra_composite", 10, |source, thread| {
        let run = canonical(source, without_all(thread))?;
        Some(format!("{}_{run}_{}_{}", source.pick(&AGENTS), source.now(), source.hex(8)))
    }),
    on_thread("user_execution_engine", "netra_composite", 4, |source, thread| {
        let run = canonical(source, without_all(thread))?;
        Some(format!("user_engine_user_{}_{run}_{}", source.below(900), source.now()))
    }),
    on_thread("tool_event_bus", "netra_composite", 30, |source, thread| {
        let run = canonical(source, without_all(thread))?;
        Some(format!("{}_{run}_{}_{}", source.pick(&EVENTS), source.pick(&TOOLS), source.now()))
    }),
    on_thread("tool_event_bus on a ts5 run", "netra_composite", 6, |source, thread| {
        let run = format!("run_{thread}_{}_{}", source.now() % 100_000, source.hex(8));
        Some(format!("{}_{run}_{}_{}", source.pick(&EVENTS), source.pick(&TOOLS), source.now()))
    }),
    on_thread("useThreadSwitching.ts", "fe_thread_op", 8, |source, thread| {
        Some(format!("thread_{thread}_{}_{}", source.now(), source.base36(9)))
    }),
    on_thread("operation-cleanup.ts", "fe_thread_op", 13, |source, thread| {
        Some(format!("cleanup_{thread}_{}_{}", source.now(), source.base36(9)))
    }),
    on_thread("thread-operation-manager.ts", "fe_thread_op", 8, |source, thread| {
        let operation = source.pick(&["create", "switch", "load", "delete"]);
        Some(format!("{operation}_{thread}_{}_{}", source.now(), source.base36(9)))
    }),
    on_thread("generateUniqueMessageId", "fe_dash_uid", 8, |source, thread| {
        let role = source.pick(&["user", "assistant", "system"]);
        let (ms, count) = (source.now(), source.count());
        Some(format!("{role}-{ms}-{count}-{}-{thread}", source.base36(9)))
    }),
    on_thread("generateUniqueAgentId", "fe_dash_uid", 10, |source, thread| {
        let agent = source.pick(&["data", "triage", "optimization"]);
        let (ms, count) = (source.now(), source.count());
        Some(format!("agent-{agent}-{ms}-{count}-{}-{thread}", source.base36(9)))
    }),
];

fn base(source: &mut Source, prefix: &str) -> String {
    let (ms, count) = (source.ms, source.count());
    format!("{prefix}_{ms}_{count}_{}", source.hex(8))
}

/// Which of the ids that are made together an event is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The thread.
    Thread,
    /// The run.
    Run,
    /// The request.
    Request,
}

impl Context {
    /// Returns one of the ids.
    #[must_use]
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::Thread => &self.thread,
            Part::Run => &self.run,
            Part::Request => &self.request,
        }
    }
}

/// A generator of contexts; the formats of thread, run and request, and whether the run holds the thread.
#[derive(Debug)]
pub struct ContextMaker {
    /// The generator and its revision.
    pub name: &'static str,
    /// The formats of [`Part::Thread`], [`Part::Run`] and [`Part::Request`].
    pub formats: [&'static str; 3],
    /// The share of each part among the generators of its format.
    pub share: u32,
    /// Whether the run holds its whole thread.
    pub holds_thread: bool,
    /// The rule.
    pub make: Together,
}

/// Generators that make a thread and what goes with it.
pub const TOGETHER: &[ContextMaker] = &[
    ContextMaker {
        name: "UnifiedIdGenerator d6036cdc0",
        formats: ["uig_base"; 3],
        share: 14,
        holds_thread: false,
        make: |source, _| {
            let operation = source.pick(&OPERATIONS);
            source.now();
            Context {
                thread: base(source, &format!("thread_{operation}")),
                run: base(source, &format!("run_{operation}")),
                request: base(source, &format!("req_{operation}")),
            }
        },
    },
    ContextMaker {
        name: "UnifiedIdGenerator f99d80ca5",
        formats: ["uig_base"; 3],
        share: 15,
        holds_thread: false,
        make: |source, user| {
            let operation = source.pick(&OPERATIONS);
            let first: String = user.chars().take(8).collect();
            let client: String = name(source).chars().take(8).collect();
            source.now();
            Context {
                thread: base(source, &format!("thread_{first}_{client}_{operation}")),
                run: base(source, &format!("run_{operation}")),
                request: base(source, "req"),
            }
        },
    },
    ContextMaker {
        name: "UnifiedIdGenerator 6365d0065",
        formats: ["uig_base", "netra_ctx_run_base", "uig_base"],
        share: 9,
        holds_thread: false,
        make: |source, _| {
            let run = format!("{}_{}", source.pick(&OPERATIONS), source.now());
            let (count, random) = (source.count(), source.hex(8));
            Context {
                thread: format!("thread_{run}_{count}_{random}"),
                request: format!("req_{run}_{}_{}", count + 1, source.hex(8)),
                run,
            }
        },
    },
    ContextMaker {
        name: "UnifiedIdGenerator 022a320ae",
        formats: ["netra_ctx_thread", "netra_ctx_run", "netra_ctx_req"],
        share: 26,
        holds_thread: false,
        make: |source, _| {
            let operation = source.pick(&OPERATIONS);
            let mut next =
                |kind: &str| format!("{kind}_{operation}_{}_{}", source.count(), source.hex(8));
            Context { thread: next("thread"), run: next("run"), request: next("req") }
        },
    },
    ContextMaker {
        name: "UnifiedIdGenerator cdd246a36",
        formats: ["netra_ctx_thread", "netra_ctx_run", "netra_ctx_req"],
        share: 21,
        holds_thread: true,
        make: |source, _| {
            let operation = source.pick(&OPERATIONS);
            let (count, random) = (source.count(), source.hex(8));
            Context {
                thread: format!("thread_{operation}_{count}_{random}"),
                run: format!("run_{operation}_{count}_{random}"),
                request: format!("req_{operation}_{}_{}", source.count(), source.hex(8)),
            }
        },
    },
];

/// Generators of threads, whose ids are sent to as they are.
pub const THREADS: &[Maker<ForUser>] = &[
    thread("UnifiedIDManager cdb36be2b", "netra_thread_session_ms", 18, |source, _| {
        format!("session_{}_{}", source.now(), source.hex(8))
    }),
    thread("thread_creators 86c171b0e", "netra_thread_session_ms", 18, |source, _| {
        format!("thread_session_{}_{}", source.now(), source.hex(8))
    }),
    thread("UnifiedIDManager 2f8539972", "netra_thread_session_ts5", 17, |source, _| {
        format!("session_{}_{}", source.now() % 100_000, source.hex(8))
    }),
    thread("thread_repository", "netra_thread_session_ts5", 17, |source, _| {
        // The original shows five digits only; a smaller number is a format of its own.
        format!("thread_session_{}_{}", 10_000 + source.now() % 90_000, source.hex(8))
    }),
    thread("agent_registry", "netra_thread_named", 30, |_, user| format!("ws_thread_{user}")),
    thread("thread_service", "netra_thread_named", 28, |_, user| format!("thread_{user}")),
    thread("agent_execution_registry", "prefixed_hex", 3, |source, _| {
        format!("thread_{}", source.hex(8))
    }),
    thread("thread_creators 8d415d5c3", "prefixed_hex", 18, |source, _| {
        format!("thread_{}", source.hex(16))
    }),
    thread("demo_websocket", "prefixed_uuid", 4, |source, _| {
        format!("demo-thread-{}", source.uuid())
    }),
    thread("factory_adapter", "prefixed_time", 17, |source, user| {
        format!("thread_{user}_{}", source.seconds())
    }),
];

/// Generators of ids that hold no thread: sessions, requests, users, jobs.
pub const WITHOUT_THREAD: &[Maker<ForUser>] = &[
    for_user("oneiric", "ulid", 17, |source, _| source.ulid()),
    for_user("session-buddy", "ulid", 15, |source, _| source.ulid().to_uppercase()),
    for_user("uuid4", "uuid", 36, |source, _| source.uuid()),
    for_user("crackerjack, fallback", "ulid_fallback_zero16", 1, |_, _| "0".repeat(16)),
    for_user("Google", "oauth_numeric", 4, |source, _| source.digits(21)),
    for_user("crackerjack", "hex_bare", 4, |source, _| source.hex(8)),
    for_user("dhara", "dhara_oid", 5, |source, _| source.digits(11)),
    for_user("generateUniqueId", "fe_dash_uid", 57, |source, _| {
        let prefix = source.pick(&["temp-msg", "event-tool_completed", "req", "ws"]);
        let (ms, count) = (source.now(), source.count());
        format!("{prefix}-{ms}-{count}-{}", source.base36(9))
    }),
    for_user("thread-operation-manager.ts, new", "fe_thread_op", 2, |source, _| {
        format!("create_new_{}_{}", source.now(), source.base36(9))
    }),
    for_user("UnifiedIDManager b614caebd, default", "netra_run_ts5", 2, |source, _| {
        let number = source.now() % 100_000;
        format!("run_default_{number}_{}_{number}_{}", source.hex(8), source.hex(8))
    }),
    for_user("agent_registry 8d415d5c3", "netra_run_user_ms", 5, |source, user| {
        format!("run_{user}_{}", source.now())
    }),
    for_user("UnifiedIdGenerator 63b094bdb", "uig_base", 57, |source, user| {
        let first: String = user.chars().take(8).collect();
        source.now();
        let prefix = match source.below(4) {
            0 => format!("agent_{}_{first}", source.pick(&AGENTS)),
            1 => format!("tool_{}_{}", source.pick(&TOOLS), source.hex(8)),
            2 => format!("msg_{}_{first}_{}", source.pick(&["user", "agent"]), source.hex(8)),
            _ => format!("error_websocket_{first}"),
        };
        base(source, &prefix)
    }),
    for_user("UnifiedIdGenerator 63b094bdb", "uig_ws", 12, |source, user| {
        let first: String = user.chars().take(8).collect();
        source.now();
        base(source, &format!("ws_client_{first}"))
    }),
    for_user("UnifiedIdGenerator 63b094bdb", "uig_base_norandom", 10, |source, _| {
        format!("trace_{}_{}", source.now(), source.count())
    }),
    for_user("connection_id_manager", "ws_env", 12, |source, _| {
        format!("ws_staging_{}_{}", source.now(), source.hex(8))
    }),
    for_user("unified_authentication_service", "ws_user_sec", 6, |source, user| {
        let first: String = user.chars().take(8).collect();
        format!("ws_{first}_{}_{}", source.seconds(), source.hex(8))
    }),
    for_user("database_manager", "db_session", 4, |source, _| {
        format!("sess_{}_{}", source.now(), source.below(10_000))
    }),
    for_user("lib/utils.ts", "fe_lib_uid", 20, |source, _| {
        let prefix = source.pick(&["msg", "evt", "req"]);
        format!("{prefix}_{}_{}_{}", source.now(), source.below(100), source.base36(7))
    }),
    for_user("UnifiedIDManager 86c171b0e", "netra_prefix_ms_hex8", 30, |source, user| {
        format!(
            "{}_{user}_{}_{}",
            source.pick(&["conn", "req", "audit"]),
            source.now(),
            source.hex(8)
        )
    }),
    for_user("ConversationManager.ts", "fe_prefix_ms_b36", 18, |source, user| {
        format!("msg_{user}_{}_{}", source.now(), source.base36(9))
    }),
    for_user("session_coordinator", "sess_sec_hex16", 9, |source, _| {
        format!("sess_{}_{}", source.seconds(), source.hex(16))
    }),
    for_user("websocket_factory 8d415d5c3", "conn_user_sec_hex8", 4, |source, user| {
        format!("conn_{user}_{}_{}", source.seconds(), source.hex(8))
    }),
    for_user("dependencies 8d415d5c3", "conn_user_ms", 3, |source, user| {
        format!("conn_{user}_{}", source.now())
    }),
    for_user("manager 8d415d5c3", "conn_user_hex8", 10, |source, user| {
        format!("conn_{user}_{}", source.hex(8))
    }),
    for_user("UnifiedIDManager dfa41405f", "uim_struct", 76, |source, _| {
        let kind =
            source.pick(&["ws_execution", "user", "request", "agent", "conn_websocket", "trace"]);
        format!("{kind}_{}_{}", source.count(), source.hex(8))
    }),
    for_user("all systems", "prefixed_hex", 144, |source, _| {
        let prefix = source.pick(&["req", "msg", "prelim", "trace", "alert", "exec", "usr"]);
        let len = source.pick(&[&8_usize, &12, &16, &32]);
        format!("{prefix}_{}", source.hex(*len))
    }),
    for_user("websocket_manager_factory", "defensive_auth", 11, |source, user| {
        format!("defensive_auth_{user}_prelim_{}", source.hex(8))
    }),
    for_user("session-buddy", "session_buddy", 36, |source, _| {
        format!(
            "mahavishnu-2026{:02}{:02}-{:02}3000",
            1 + source.below(12),
            1 + source.below(28),
            source.below(24)
        )
    }),
    for_user("crackerjack", "crackerjack_run", 17, |source, _| {
        format!(
            "2026-{:02}-{:02}-{:02}30-{}",
            1 + source.below(12),
            1 + source.below(28),
            source.below(24),
            source.hex(4)
        )
    }),
    for_user("mahavishnu", "prefixed_date", 5, |source, _| {
        format!(
            "backup_2026{:02}{:02}_{:02}3000",
            1 + source.below(12),
            1 + source.below(28),
            source.below(24)
        )
    }),
    for_user("mahavishnu", "mahavishnu_wf", 18, |source, _| {
        format!("wf_{}_nightly-sync", source.hex(8))
    }),
    for_user("message_handlers", "prefixed_uuid", 27, |source, _| {
        format!("{}_{}", source.pick(&["msg", "req", "interface_run"]), source.uuid())
    }),
    for_user("user_execution_context", "prefixed_time", 36, |source, _| {
        format!("{}_{}", source.pick(&["tx_run", "query", "batch", "debug"]), source.seconds())
    }),
    for_user("akosha", "akosha_entity", 22, |source, user| match source.below(2) {
        0 => format!("system:{}", source.pick(&AGENTS)),
        _ => format!("user:{user}"),
    }),
    for_user("mahavishnu", "mahavishnu_seq", 5, |source, _| format!("ISSUE-{}", source.digits(4))),
    for_user("accepted by UnifiedIDManager", "temp_auth", 2, |source, _| {
        format!("temp_auth_{}", source.hex(4))
    }),
    for_user("accepted by UnifiedIDManager", "netra_simple_numbered", 46, |source, _| {
        format!("test-{}-{}", source.pick(&["connection", "session", "agent"]), source.below(1_000))
    }),
];

const WORDS: [&str; 16] = [
    "acme", "alpha", "beta", "billing", "chat", "cust", "data", "demo", "inbox", "ops", "orders",
    "project", "report", "sales", "support", "team",
];

/// The name of a user, as the systems had them.
pub fn user(source: &mut Source) -> String {
    match source.below(6) {
        0 => source.uuid(),
        1 => source.digits(21),
        2 => format!("staging-e2e-user-{:03}", source.below(1_000)),
        3 => format!("dev-temp-{}", source.hex(8)),
        4 => format!("user_{}", source.below(10_000)),
        _ => format!("user{}", source.below(10_000)),
    }
}

/// The text of a thread, as applications and generators made them; about one in twelve is no plain word.
pub fn name(source: &mut Source) -> String {
    let (first, second) = (source.pick(&WORDS), source.pick(&WORDS));
    match source.below(24) {
        0..=3 => format!("{first}{}", source.below(10_000)),
        4..=6 => format!("{first}_{second}_{}{}", source.text(b"abcdef", 1), source.below(10)),
        7..=9 => format!("{first}-{second}-{}", source.below(1_000)),
        10 => format!("{first}_{second}"),
        11 => source.uuid(),
        12 => source.hex(16),
        13 => format!("thread_{}", source.hex(16)),
        14 => format!("session_{}_{}", source.now() % 100_000, source.hex(8)),
        15 => format!("thread_session_{}_{}", source.now(), source.hex(8)),
        16 => format!("thread_{}", user(source)),
        17 => user(source),
        18 => format!("{first}_{}", source.below(1_000_000)),
        19 => format!("run{}_thread{}", source.below(100), source.below(100)),
        20 => format!("thread_{first}_{}_{}", source.below(10_000), source.hex(8)),
        21 => format!("{first}_thread_{}-{}", source.below(100), source.hex(4)),
        22 => format!(
            "{}{}",
            source.pick(&[
                "na\u{ef}ve",
                "emoji_\u{1f680}",
                "\u{30e6}\u{30fc}\u{30b6}\u{30fc}",
                "\u{dc}n\u{ef}code_thread"
            ]),
            source.below(10_000)
        ),
        _ => format!(
            "{}{}",
            source.pick(&["user.name", "user@example.com", "team/room"]),
            source.below(10_000)
        ),
    }
}

const HOSTILE: &[&str] = &[
    "al",
    "alice",
    "alice2",
    "alice_2",
    "Alice",
    "alic\u{435}",
    "\u{ff41}lice",
    "customer1",
    "customer10",
    "customer_",
    "_customer",
    "-",
    "_",
    "a-",
    "a_",
    "a_run_b",
    "x_run_y_run_z",
    "_run_",
    "run_",
    "run",
    "a_run",
    "run_a",
    "run_run_run",
    "run_a_12345_a1b2c3d4",
    "run_a_a1b2c3d4",
    "thread_a_run_1756000000000_a1b2c3d4",
    "a_run_1756000000000_a1b2c3d4",
    "thread_",
    "thread",
    "thread_thread",
    "thread_x",
    "thread_thread_x",
    "thread_thread_thread_x",
    "x_thread_",
    "new",
    "new_x",
    "x_new",
    "0",
    "7",
    "12345",
    "00000",
    "123456",
    "1234567",
    "12345678",
    "1756000000",
    "1756000000000",
    "1756000000000_1756000000000",
    "99999999999999999999",
    "x_1",
    "x_12345",
    "x_123456",
    "x_1756000000000",
    "x_1756000012345",
    "x_1756000000000_7",
    "x_1756000000000_7_a1b2c3d4",
    "a1b2c3d4",
    "x_a1b2c3d4",
    "x_12345_a1b2c3d4",
    "x_12345678",
    "x_A1B2C3D4",
    "session_12345_a1b2c3d4",
    "session_7_a1b2c3d4",
    "session_1756000000000_a1b2c3d4",
    "context",
    "context_7",
    "context_7_5c95c6ff",
    "context_1756000000000",
    "chat",
    "websocket_factory",
    "agent_execution_7",
    "tool_exec_x",
    "user_engine_x",
    "user_01m7wqt1fbff4sq3bgc5bhn9e0",
    "01m7wqt1fbff4sq3bgc5bhn9e0",
    "01m7wqt1fbff4sq3bgc5bhn9e",
    "01m7wqt1fbff4sq3bgc5bhn9e00",
    "01M7WQT1FBFF4SQ3BGC5BHN9E0",
    "8zzzzzzzzzzzzzzzzzzzzzzzzz",
    "5e3cb4fc-741b-4187-8faf-c85e47af437d",
    "5E3CB4FC-741B-4187-8FAF-C85E47AF437D",
    "5e3cb4fc741b41878fafc85e47af437d",
    "x_5e3cb4fc-741b-4187-8faf-c85e47af437d",
    "demo-thread-5e3cb4fc-741b-4187-8faf-c85e47af437d",
    "0000000000000000",
    "a b",
    " a",
    "a ",
    "a\0b",
    "a\nb",
    "a\u{200b}b",
    "a\u{a0}b",
    "a..b",
    "a.b",
    "a:b",
    "a@b",
    "a/b",
    "na\u{ef}ve",
    "nai\u{308}ve",
    "\u{ff52}un_x",
    "\u{1f680}",
    "\u{661}\u{662}\u{663}",
    "a;b",
    "a'b",
    "${a}",
];

/// Threads that a reader may stumble over: prefixes of each other, equal first eight characters, names that contain what
/// ids are made of, look-alikes, and what is longest.
#[must_use]
pub fn hostile() -> Vec<String> {
    let mut names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
    for len in [190, 200, 201, 460, 470, 480, 490, 500, 512, 513] {
        names.push("x".repeat(len));
        names.push("run_".repeat(len / 4));
        names.push(format!("{}\u{e9}", "x".repeat(len - 2)));
    }
    names
}
