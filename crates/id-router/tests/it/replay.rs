//! A million events of all formats through the router, against a map of who was meant.
//!
//! The ids come from the original generators (`id_testkit::originals`), which share no code with the reader; those of the new
//! format from their own writer. What each old extractor makes of the same events is counted beside it, and stands in
//! `docs/guide/replay.md`: `UPDATE_REPLAY=1 cargo test -p id-router --test it replay` writes it anew.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::thread;

use id_router::{
    Config, Connection, Identity, Item, Limits, Outcome, Publication, Refused, Rejected, Router,
};
use id_testkit::extractors::EXTRACTORS;
use id_testkit::originals::{
    self, Context, ON_THREAD, Part, Source, THREADS, TOGETHER, WITHOUT_THREAD,
};
use id_testkit::workspace_root;
use unified_id::legacy::{Dialect, Reader};
use unified_id::{Core, IdKind, ParsedId, Tenant, ThreadKey, UnifiedId};

/// Tenants and their dialect: two that know nothing of their generators, three that know the one that made their runs.
const TENANTS: [(&str, Option<Dialect>); 5] = [
    ("plain", None),
    ("other", None),
    ("idmanager", Some(Dialect::IdManager)),
    ("ts5", Some(Dialect::Ts5)),
    ("uig", Some(Dialect::Uig)),
];
const THREADS_PER_TENANT: usize = 10_000;
const EVENTS_PER_TENANT: usize = 210_000;
const DOCUMENT: &str = "docs/guide/replay.md";

/// What makes two texts one thread, by the rule of the contract, written anew.
fn oracle_key(text: &str) -> String {
    let text = text.trim_start_matches("thread_");
    let dashless = text.replace('-', "");
    let is_hex = dashless.len() == 32 && dashless.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = is_hex
        && (text.len() == 32 || [8, 13, 18, 23].iter().all(|at| text.as_bytes()[*at] == b'-'));
    if is_uuid {
        return dashless.to_lowercase();
    }
    let is_core = text.len() == 26
        && text.starts_with(|first| ('0'..='7').contains(&first))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() && !b"iloulILOU".contains(&byte));
    if is_core { text.to_lowercase() } else { text.to_owned() }
}

/// How a thread came to be.
#[derive(Clone)]
enum Origin {
    /// An application named it.
    Named,
    /// A generator made it, by its place in [`THREADS`].
    Made(usize),
    /// A generator made it together with others, by its place in [`TOGETHER`].
    Together(usize, Context),
}

#[derive(Clone)]
struct Plan {
    text: String,
    origin: Origin,
    is_hostile: bool,
}

/// The threads of every tenant: all tenants have the same, so that a mistake between tenants would show.
fn plans() -> Vec<Plan> {
    let mut source = Source::new(7);
    let mut keys = HashSet::new();
    let mut plans = Vec::new();
    for text in originals::hostile() {
        let key = oracle_key(&text);
        if text.len() <= 512 && !key.is_empty() && keys.insert(key) {
            plans.push(Plan { text, origin: Origin::Named, is_hostile: true });
        }
    }
    let made: u32 = THREADS.iter().map(|maker| maker.share).sum();
    let together: u32 = TOGETHER.iter().map(|maker| maker.share).sum();
    while plans.len() < THREADS_PER_TENANT {
        let user = originals::user(&mut source);
        let (text, origin) = match source.below(20) {
            0..=10 => (originals::name(&mut source), Origin::Named),
            11 => (format!("thread_{}", source.ulid()), Origin::Named),
            12..=14 => {
                let at = by_share(&mut source, made, THREADS.iter().map(|maker| maker.share));
                ((THREADS[at].make)(&mut source, &user), Origin::Made(at))
            }
            _ => {
                let at = by_share(&mut source, together, TOGETHER.iter().map(|maker| maker.share));
                let context = (TOGETHER[at].make)(&mut source, &user);
                (context.thread.clone(), Origin::Together(at, context))
            }
        };
        if keys.insert(oracle_key(&text)) {
            plans.push(Plan { text, origin, is_hostile: false });
        }
    }
    plans
}

fn by_share(source: &mut Source, sum: u32, shares: impl Iterator<Item = u32>) -> usize {
    let mut left = source.below(sum as usize);
    for (at, share) in shares.enumerate() {
        match left.checked_sub(share as usize) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    unreachable!("invariant: the shares add up to their sum")
}

/// The corpus: how many of its ids have each format by right, and how many of all are ambiguous.
struct Corpus {
    formats: Vec<(String, u32)>,
    /// How many ids are ambiguous, and how many there are.
    ambiguous: (u64, u64),
}

fn corpus() -> Corpus {
    let text =
        std::fs::read_to_string(workspace_root().join("tests/corpora/legacy_ids.jsonl")).unwrap();
    let mut formats: BTreeMap<String, u32> = BTreeMap::new();
    let (mut rows, mut ambiguous) = (0, 0);
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(format) = row.get("true_format").unwrap_or(&row["format"]).as_str() else {
            continue;
        };
        *formats.entry(format.to_owned()).or_default() += 1;
        rows += 1;
        ambiguous += u64::from(row["ambiguous"].as_bool().unwrap());
    }
    Corpus { formats: formats.into_iter().collect(), ambiguous: (ambiguous, rows) }
}

/// One way to make an id, among all ways for a format.
#[derive(Clone, Copy)]
enum Way {
    OnThread(usize),
    Made(usize),
    Together(usize, Part),
    WithoutThread(usize),
}

/// All ways to make ids of a format, with their shares.
fn ways(format: &str, dialect: Option<Dialect>) -> Vec<(Way, u32)> {
    let mut ways = Vec::new();
    for (at, maker) in ON_THREAD.iter().enumerate() {
        // A deployment that names its generator has no runs of others in the shapes that this settles.
        let is_settled = match (dialect, maker.name) {
            (None, _) => true,
            (Some(Dialect::IdManager), name) => {
                !name.contains("36e0cbaf4") && !name.contains("ts5")
            }
            (Some(Dialect::Ts5), name) => !name.starts_with("IDManager"),
            (Some(_), name) => {
                !name.starts_with("IDManager")
                    && !name.contains("36e0cbaf4")
                    && !name.contains("ts5")
            }
        };
        if maker.format == format && is_settled {
            ways.push((Way::OnThread(at), maker.share));
        }
    }
    let is_made = |at: &usize| THREADS[*at].format == format;
    ways.extend((0..THREADS.len()).filter(is_made).map(|at| (Way::Made(at), THREADS[at].share)));
    for (at, maker) in TOGETHER.iter().enumerate() {
        for (part, of) in [Part::Thread, Part::Run, Part::Request].into_iter().zip(maker.formats) {
            let is_settled =
                part != Part::Run || dialect.is_none_or(|dialect| dialect == Dialect::Uig);
            if of == format && is_settled {
                ways.push((Way::Together(at, part), maker.share));
            }
        }
    }
    let is_settled = |at: &usize| {
        dialect.is_none_or(|dialect| {
            WITHOUT_THREAD[*at].format != "netra_run_ts5" || dialect == Dialect::Ts5
        })
    };
    let is_without = |at: &usize| WITHOUT_THREAD[*at].format == format && is_settled(at);
    ways.extend(
        (0..WITHOUT_THREAD.len())
            .filter(is_without)
            .map(|at| (Way::WithoutThread(at), WITHOUT_THREAD[at].share)),
    );
    ways
}

/// What was made, for which thread, and what is known of it without any reader.
struct Event {
    id: String,
    thread: usize,
    /// The row of the document.
    group: &'static str,
    /// The id holds its thread, whole.
    holds_thread: bool,
}

struct Live {
    key: ThreadKey,
    connections: Vec<Connection>,
}

/// Where the router's event went.
#[derive(Clone, Copy)]
struct Went {
    is_right: bool,
    is_elsewhere: bool,
}

/// One tenant of the replay.
struct Replay<'a> {
    router: &'a Router,
    tenant: Tenant,
    dialect: Option<Dialect>,
    reader: Reader,
    service: Identity,
    plans: &'a [Plan],
    live: Vec<Live>,
    /// Which threads there are of each origin.
    named: Vec<usize>,
    made: Vec<Vec<usize>>,
    together: Vec<Vec<usize>>,
    keys: HashMap<String, usize>,
    formats: Vec<(u32, Vec<(Way, u32)>)>,
    source: Source,
    /// What was recorded where runs were made: the oracle's own copy.
    mapped: HashMap<String, usize>,
    sums: Sums,
}

/// What became of events; added up over the tenants.
#[derive(Default)]
struct Sums {
    events: u64,
    /// Events for threads that had closed.
    closed: u64,
    misrouted: u64,
    /// Legacy events without a mapping in tenants without a dialect, and the ambiguous ones.
    legacy: u64,
    ambiguous: u64,
    /// Events by group, and for each finder how many went right, elsewhere and nowhere.
    groups: BTreeMap<&'static str, (u64, [[u64; 3]; 5])>,
}

const NEW: &str = "ids of this format";
const MAPPED: &str = "recorded in a mapping";

impl<'a> Replay<'a> {
    fn new(
        router: &'a Router,
        name: &str,
        dialect: Option<Dialect>,
        plans: &'a [Plan],
        corpus: &Corpus,
    ) -> Self {
        let tenant: Tenant = name.parse().unwrap();
        let mut replay = Self {
            router,
            service: Identity::new(tenant.clone(), "service"),
            tenant,
            dialect,
            reader: dialect.map_or_else(Reader::new, |dialect| Reader::new().with_dialect(dialect)),
            plans,
            live: Vec::new(),
            named: Vec::new(),
            made: vec![Vec::new(); THREADS.len()],
            together: vec![Vec::new(); TOGETHER.len()],
            keys: HashMap::new(),
            formats: Vec::new(),
            source: Source::new(name.bytes().map(u64::from).sum()),
            mapped: HashMap::new(),
            sums: Sums::default(),
        };
        for (at, plan) in plans.iter().enumerate() {
            match plan.origin {
                Origin::Named => replay.named.push(at),
                Origin::Made(maker) => replay.made[maker].push(at),
                Origin::Together(maker, _) => replay.together[maker].push(at),
            }
            replay.keys.insert(oracle_key(&plan.text), at);
            let key = ThreadKey::parse(&plan.text).unwrap();
            let subscribers = if at % 100 == 0 { 3 } else { 1 };
            let connect = |number: usize| {
                let who = Identity::new(replay.tenant.clone(), &format!("user{at}.{number}"));
                let connection = router.connect(who).unwrap();
                connection.subscribe(key.clone(), None).unwrap();
                connection
            };
            let connections = (0..subscribers).map(connect).collect();
            replay.live.push(Live { key, connections });
        }
        for (format, rows) in &corpus.formats {
            let ways = ways(format, dialect);
            if !ways.is_empty() {
                replay.formats.push((*rows, ways));
            }
        }
        replay
    }

    fn run(mut self) -> Sums {
        for number in 0..EVENTS_PER_TENANT {
            if number == EVENTS_PER_TENANT / 2 {
                self.close_some();
            }
            match self.source.below(20) {
                0..=4 => self.send_new(number),
                5..=6 => self.send_mapped(number),
                _ => {
                    let event = self.make();
                    self.send_legacy(number, &event);
                }
            }
        }
        // What was delivered was taken out at once; whatever is still in a queue came to the wrong place.
        for live in &mut self.live {
            for connection in &mut live.connections {
                while connection.try_next().is_some() {
                    self.sums.misrouted += 1;
                }
            }
        }
        self.sums
    }

    /// Some threads end: their candidates must not inherit what is sent to them.
    fn close_some(&mut self) {
        for live in self.live.iter_mut().step_by(17) {
            live.connections.drain(..).for_each(Connection::leave);
        }
    }

    fn is_live(&self, thread: usize) -> bool {
        !self.live[thread].connections.is_empty()
    }

    /// An id of this format, on a thread whose text can stand in it.
    fn send_new(&mut self, number: usize) {
        let kind = [IdKind::Run, IdKind::Message, IdKind::Tool][self.source.below(3)];
        let core = Core::parse(&self.source.ulid()).unwrap();
        let (thread, id) = loop {
            let thread = self.source.below(self.plans.len());
            if let Ok(id) = UnifiedId::with_core(kind, Some(&self.plans[thread].text), core) {
                break (thread, id.to_string());
            }
        };
        let went = self.must_arrive(number, thread, &id);
        self.tally(&Event { id, thread, group: NEW, holds_thread: true }, went);
    }

    /// An id of any old format, recorded where it was made.
    fn send_mapped(&mut self, number: usize) {
        let event = loop {
            let event = self.make();
            let key = self.live[event.thread].key.clone();
            match self.router.record(&self.tenant, &event.id, key) {
                Ok(()) => break event,
                // Some generators make the same id again, and an id that is recorded stays where it is.
                Err(Refused::Conflict { .. } | Refused::NotMappable) => {}
                Err(refused) => panic!("{}: {refused}", event.id),
            }
        };
        self.mapped.insert(one_spelling(&event.id), event.thread);
        let went = self.must_arrive(number, event.thread, &event.id);
        self.tally(&Event { group: MAPPED, ..event }, went);
    }

    /// What is sent for sure arrives, at all connections of the thread, or at nobody if there is none.
    fn must_arrive(&mut self, number: usize, thread: usize, id: &str) -> Went {
        let outcome = self.publish(number, id);
        let n = self.live[thread].connections.len();
        let expected = if n == 0 { Outcome::NoSubscriber } else { Outcome::Delivered { n } };
        assert_eq!(outcome, expected, "{id} of {:?}", self.plans[thread].text);
        self.take(number, thread, &outcome)
    }

    fn send_legacy(&mut self, number: usize, event: &Event) {
        if let Some(thread) = self.mapped.get(&one_spelling(&event.id)).copied() {
            // The same text was recorded before: for this tenant it is that run.
            let went = self.must_arrive(number, thread, &event.id);
            let id = event.id.clone();
            self.tally(&Event { id, thread, group: MAPPED, holds_thread: false }, went);
            return;
        }
        let outcome = self.publish(number, &event.id);
        let went = self.take(number, event.thread, &outcome);
        self.tally(event, went);
        self.sums.legacy += 1;
        let (is_live, plan) = (self.is_live(event.thread), &self.plans[event.thread]);
        match &outcome {
            Outcome::Delivered { n } => {
                assert!(is_live && event.holds_thread, "{} reached somebody", event.id);
                assert_eq!(*n, self.live[event.thread].connections.len(), "{}", event.id);
                return;
            }
            Outcome::Rejected { why: Rejected::Ambiguous { .. } } => {
                self.sums.ambiguous += 1;
                assert!(
                    !self.is_settled(event),
                    "{} was made by the generator of the dialect",
                    event.id
                );
            }
            Outcome::Rejected { why: Rejected::Unknown { .. } } => {
                // A name of plain characters is never refused while its thread is live.
                let is_known = is_live && event.holds_thread && !plan.is_hostile;
                assert!(!is_known, "{} of {:?}: {outcome:?}", event.id, plan.text);
            }
            other => panic!("{}: {other:?}", event.id),
        }
        // Nothing unambiguous is refused: otherwise refusing everything would be safe too.
        if let Ok(ParsedId::Legacy(id)) = self.reader.parse_any(&event.id)
            && !id.is_ambiguous()
            && !id.thread_is_prefix()
            && is_live
        {
            let key = id.thread().and_then(|thread| ThreadKey::parse(&thread.to_cow()).ok());
            assert_ne!(key.as_ref(), Some(&self.live[event.thread].key), "{}", event.id);
        }
    }

    /// Whether the dialect of the tenant leaves nothing open: its own generator's runs on their threads.
    fn is_settled(&self, event: &Event) -> bool {
        let own = match self.dialect {
            Some(Dialect::IdManager) => "IDManager runs",
            Some(Dialect::Ts5) => "ts5 runs",
            _ => return false,
        };
        event.group == own && event.holds_thread
    }

    fn publish(&self, number: usize, id: &str) -> Outcome {
        self.router.publish(&self.service, &Publication::new(id, number.to_string().into_bytes()))
    }

    /// Takes an event out of all queues of its thread; what is missing there went elsewhere.
    fn take(&mut self, number: usize, thread: usize, outcome: &Outcome) -> Went {
        if !matches!(outcome, Outcome::Delivered { .. }) {
            return Went { is_right: false, is_elsewhere: false };
        }
        let before = self.sums.misrouted;
        let live = &mut self.live[thread];
        for connection in &mut live.connections {
            match connection.try_next() {
                Some(Item::Event(event)) if *event.body == *number.to_string().as_bytes() => {
                    assert_eq!(event.thread, live.key);
                }
                _ => self.sums.misrouted += 1,
            }
        }
        let is_right = self.sums.misrouted == before && !live.connections.is_empty();
        Went { is_right, is_elsewhere: !is_right }
    }

    /// Makes an id as often as the corpus has such.
    fn make(&mut self) -> Event {
        loop {
            let sum = self.formats.iter().map(|(rows, _)| rows).sum();
            let at = by_share(&mut self.source, sum, self.formats.iter().map(|(rows, _)| *rows));
            let ways = &self.formats[at].1;
            let sum = ways.iter().map(|(_, share)| share).sum();
            let way = ways[by_share(&mut self.source, sum, ways.iter().map(|(_, share)| *share))].0;
            if let Some(event) = self.make_by(way) {
                return event;
            }
        }
    }

    fn make_by(&mut self, way: Way) -> Option<Event> {
        let source = &mut self.source;
        Some(match way {
            Way::OnThread(at) => {
                let thread = self.named[source.below(self.named.len())];
                let maker = &ON_THREAD[at];
                let id = (maker.make)(source, &self.plans[thread].text)?;
                Event { id, thread, group: group(maker.format), holds_thread: true }
            }
            Way::Made(at) => {
                let thread = *self.made[at].get(source.below(self.made[at].len().max(1)))?;
                Event {
                    id: self.plans[thread].text.clone(),
                    thread,
                    group: "threads",
                    holds_thread: true,
                }
            }
            Way::Together(at, part) => {
                let thread =
                    *self.together[at].get(source.below(self.together[at].len().max(1)))?;
                let Origin::Together(_, context) = &self.plans[thread].origin else { return None };
                let maker = &TOGETHER[at];
                let (group, holds_thread) = match part {
                    Part::Thread => ("threads", true),
                    Part::Run => ("runs made with their thread", maker.holds_thread),
                    Part::Request => ("ids that hold no thread", false),
                };
                Event { id: context.part(part).to_owned(), thread, group, holds_thread }
            }
            Way::WithoutThread(at) => {
                let user = originals::user(source);
                let thread = source.below(self.plans.len());
                let id = (WITHOUT_THREAD[at].make)(source, &user);
                Event { id, thread, group: "ids that hold no thread", holds_thread: false }
            }
        })
    }

    /// Counts where the event went, and where the old extractors would have sent it.
    fn tally(&mut self, event: &Event, went: Went) {
        self.sums.events += 1;
        let place = |is_right: bool, is_elsewhere: bool| match (is_right, is_elsewhere) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        if !self.is_live(event.thread) {
            // Nobody can be right there; that nobody got it is checked where the queues are read.
            self.sums.closed += 1;
            return;
        }
        let (count, finders) = self.sums.groups.entry(event.group).or_default();
        *count += 1;
        finders[0][place(went.is_right, went.is_elsewhere)] += 1;
        for ((_, extract), places) in EXTRACTORS.iter().zip(&mut finders[1..]) {
            let thread =
                extract(&event.id).and_then(|thread| self.keys.get(&oracle_key(&thread)).copied());
            let is_right = thread == Some(event.thread);
            places[place(is_right, thread.is_some())] += 1;
        }
    }
}

fn group(format: &str) -> &'static str {
    match format {
        "netra_run_idmanager" => "IDManager runs",
        "netra_run_canonical" => "run_id_generator and 2025-09-03 runs",
        "netra_run_ts5" => "ts5 runs",
        "netra_composite" => "ids with a run inside",
        _ => "front-end ids on a thread",
    }
}

/// Spellings of one bare core are one id, also in a mapping.
fn one_spelling(id: &str) -> String {
    // id-lint: allow-next-line[UID013] the oracle shares nothing with the reader
    if id.starts_with("thread_") { id.to_owned() } else { oracle_key(id) }
}

/// The page; of `corpus` the ambiguous ids and all.
fn document(sums: &Sums, corpus: (u64, u64)) -> String {
    let mut text = format!(
        "# The replay: old extractors and the router on the same events\n\n\
        <!-- Made by the replay in crates/id-router/tests/it/replay.rs. Do not edit. -->\n\n\
        {} events for {} threads of {} tenants, in all formats, as often as the corpus has each; made by the original \
        generators, with hostile names among the threads. The first tenants know nothing of their generators, the others know \
        the one that made their runs (a dialect). Each cell is the share of events that reached the right thread / **another \
        thread that exists** / nobody, in percent. For an old extractor, a thread counts as right if it is the event's after \
        all leading `thread_` are removed; what it finds besides that is no thread at all. `UnifiedIdGenerator` had no \
        extractor.\n\n| ids | events | the router |",
        sums.events,
        THREADS_PER_TENANT * TENANTS.len(),
        TENANTS.len(),
    );
    for (name, _) in EXTRACTORS {
        write!(text, " {name} |").unwrap();
    }
    text.push_str("\n|---|---:|---:|---:|---:|---:|---:|\n");
    let mut all = (0, [[0; 3]; 5]);
    for (count, finders) in sums.groups.values() {
        all.0 += count;
        for (sum, places) in all.1.iter_mut().flatten().zip(finders.iter().flatten()) {
            *sum += places;
        }
    }
    for (name, (count, finders)) in sums.groups.iter().chain([(&"all", &all)]) {
        write!(text, "| {name} | {count} |").unwrap();
        for [right, elsewhere, nowhere] in finders {
            let shares = [right, elsewhere, nowhere].map(|part| percent(*part, *count));
            write!(text, " {} / **{}** / {} |", shares[0], shares[1], shares[2]).unwrap();
        }
        text.push('\n');
    }
    writeln!(
        text,
        "\nMisrouted by the router: {}. Another {} events were for threads that had closed by then; nobody got them. What the \
        router does not deliver it refuses with a reason. Of the legacy events without a mapping in tenants without a dialect \
        {} % were ambiguous; of the corpus {} %.",
        sums.misrouted, sums.closed, percent(sums.ambiguous, sums.legacy), percent(corpus.0, corpus.1),
    )
    .unwrap();
    text
}

/// Percent with one digit; what is not nothing is not shown as nothing.
fn percent(part: u64, of: u64) -> String {
    match (part * 2_000 + of) / (2 * of.max(1)) {
        0 if part > 0 => "<0.1".to_owned(),
        1_000 if part < of => ">99.9".to_owned(),
        tenths if tenths % 10 == 0 => (tenths / 10).to_string(),
        tenths => format!("{}.{}", tenths / 10, tenths % 10),
    }
}

#[test]
fn a_million_events_go_where_they_belong() {
    let (plans, corpus) = (plans(), corpus());
    for (format, _) in &corpus.formats {
        assert!(!ways(format, None).is_empty(), "no generator makes {format}");
    }
    let limits = Limits { history_events: 4, ..Limits::default() };
    let mut config = Config { limits, ..Config::default() };
    for (name, dialect) in TENANTS {
        if let Some(dialect) = dialect {
            config = config.with_reader(name.parse().unwrap(), Reader::new().with_dialect(dialect));
        }
    }
    let router = Router::new(config, |_: &Identity, _: &ThreadKey| true);
    let all: Vec<(Option<Dialect>, Sums)> = thread::scope(|scope| {
        let start = |(name, dialect): (&str, Option<Dialect>)| {
            let name = name.to_owned();
            let (router, plans, corpus) = (&router, &plans, &corpus);
            scope.spawn(move || (dialect, Replay::new(router, &name, dialect, plans, corpus).run()))
        };
        let running: Vec<_> = TENANTS.map(start).into();
        running.into_iter().map(|tenant| tenant.join().unwrap()).collect()
    });
    let mut sums = Sums::default();
    for (dialect, tenant) in all {
        if dialect.is_none() {
            sums.legacy += tenant.legacy;
            sums.ambiguous += tenant.ambiguous;
        }
        sums.events += tenant.events;
        sums.closed += tenant.closed;
        sums.misrouted += tenant.misrouted;
        for (name, (count, finders)) in tenant.groups {
            let of = sums.groups.entry(name).or_default();
            of.0 += count;
            for (sum, places) in of.1.iter_mut().flatten().zip(finders.iter().flatten()) {
                *sum += places;
            }
        }
    }
    assert_eq!(sums.misrouted, 0);
    assert!(sums.events >= 1_000_000, "{}", sums.events);
    for certain in [NEW, MAPPED] {
        let (count, finders) = &sums.groups[certain];
        assert_eq!(finders[0], [*count, 0, 0], "{certain}");
    }
    // Two shares without a division: a / b <= c / d.
    let (ambiguous, rows) = corpus.ambiguous;
    let (ours, theirs) = (sums.ambiguous * rows, ambiguous * sums.legacy);
    assert!(ours <= theirs, "{} of {} events are ambiguous", sums.ambiguous, sums.legacy);
    assert!(ours * 2 > theirs, "the replay has too few shapes that are hard");

    let counters = router.counters();
    assert_eq!(counters.came_in, counters.outcomes());
    assert_eq!(counters.copies, counters.received);
    assert_eq!(counters.dropped + counters.withheld + counters.discarded, 0);

    let (path, made) = (workspace_root().join(DOCUMENT), document(&sums, corpus.ambiguous));
    if std::env::var_os("UPDATE_REPLAY").is_some() {
        std::fs::File::create(&path).unwrap().write_all(made.as_bytes()).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, made, "{DOCUMENT} is not current: UPDATE_REPLAY=1 writes it anew");
}
