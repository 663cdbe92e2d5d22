//! Every operation against a model: a list of what was registered, searched from end to end.

use std::collections::BTreeMap;

use id_registry::{
    Find, Matched, Metadata, Options, Reference, Registry, RegistryErrorKind, Window,
};
use proptest::prelude::*;
use unified_id::{Core, Tenant};

use crate::conformance::{new_schema, postgres_store, small};

const BASE_MS: u64 = 1_790_000_000_000;
const TENANTS: [&str; 2] = ["acme", "zeta"];
const SYSTEMS: [&str; 3] = ["mahavishnu", "session-buddy", "brand-new"];

/// An id of the tests: its spellings, the first of which is the one that is kept; its certain time.
struct Sample {
    spellings: Vec<(String, Matched)>,
    time_ms: Option<u64>,
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for number in 0..6_u64 {
        let core = Core::from_u128(Core::min_for(BASE_MS + 10 * number).to_u128() + 7);
        let (upper, uuid) = (core.ulid_text(), core.uuid_text());
        let bare = |by| vec![(upper.clone(), by), (uuid.clone(), by), (core.to_string(), by)];
        let spellings = if number % 2 == 0 {
            let mut all = vec![(format!("workflow_{core}"), Matched::Id)];
            all.push((format!("workflow_{upper}"), Matched::Id));
            all.extend(bare(Matched::Core));
            all
        } else {
            let mut all = bare(Matched::Id);
            all.reverse();
            all
        };
        samples.push(Sample { spellings, time_ms: Some(BASE_MS + 10 * number) });
    }
    // A version without a time, a legacy text with one, and one without.
    let opaque = Core::from_u128(0x5f0c_8a52_4a3e_4bd2_9c46_1b2f_0a7d_9e11);
    samples.push(Sample {
        spellings: vec![
            (opaque.to_string(), Matched::Id),
            (opaque.uuid_text().to_uppercase(), Matched::Id),
        ],
        time_ms: None,
    });
    let timed = format!("thread_user123_run_{}_a1b2c3d4", BASE_MS + 25);
    samples.push(Sample { spellings: vec![(timed, Matched::Id)], time_ms: Some(BASE_MS + 25) });
    let plain = "run_user123_a1b2c3d4".to_owned();
    samples.push(Sample { spellings: vec![(plain, Matched::Id)], time_ms: None });
    samples
}

#[derive(Clone, Debug)]
enum Step {
    Register { tenant: usize, id: usize, spelling: usize, system: usize, alias: Option<usize> },
    Resolve { tenant: usize, id: usize, spelling: usize },
    Delete { tenant: usize, id: usize },
    Purge { tenant: usize, id: usize },
    Find { tenant: usize, system: usize, page: usize, is_descending: bool },
    Window { tenant: usize, id: usize, ms: u64, page: usize },
    Forget,
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (tenant, id, spelling, system) = (0..2_usize, 0..9_usize, 0..5_usize, 0..3_usize);
    let step = prop_oneof![
        6 => (tenant.clone(), id.clone(), spelling.clone(), system.clone(), prop::option::of(0..9_usize))
            .prop_map(|(tenant, id, spelling, system, alias)| Step::Register {
                tenant, id, spelling, system, alias,
            }),
        4 => (tenant.clone(), id.clone(), spelling)
            .prop_map(|(tenant, id, spelling)| Step::Resolve { tenant, id, spelling }),
        1 => (tenant.clone(), id.clone()).prop_map(|(tenant, id)| Step::Delete { tenant, id }),
        1 => (tenant.clone(), id.clone()).prop_map(|(tenant, id)| Step::Purge { tenant, id }),
        2 => (tenant.clone(), system, 1..4_usize, any::<bool>()).prop_map(
            |(tenant, system, page, is_descending)| Step::Find { tenant, system, page, is_descending }
        ),
        3 => (tenant, id, 0..60_u64, 1..4_usize)
            .prop_map(|(tenant, id, ms, page)| Step::Window { tenant, id, ms, page }),
        1 => Just(Step::Forget),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..40)
}

#[derive(Clone, Debug)]
struct Known {
    system: usize,
    state: &'static str,
}

/// What the registry should know: by tenant and number of the sample.
#[derive(Default)]
struct Model {
    entries: BTreeMap<(usize, usize), Known>,
    aliases: BTreeMap<(usize, usize), usize>,
}

fn tenant(number: usize) -> Tenant {
    TENANTS[number].parse().unwrap()
}

impl Model {
    fn check(&mut self, registry: &Registry, samples: &[Sample], step: &Step) {
        match *step {
            Step::Register { tenant: of, id, spelling, system, alias } => {
                self.register(registry, samples, (of, id, spelling, system, alias));
            }
            Step::Resolve { tenant: of, id, spelling } => {
                let spellings = &samples[id].spellings;
                let (text, by) = &spellings[spelling % spellings.len()];
                let found = registry.resolve(&tenant(of), text).unwrap();
                let found = found.map(|found| {
                    let system = SYSTEMS.iter().position(|name| **name == *found.entry.system);
                    (
                        found.entry.id.to_string(),
                        system.unwrap(),
                        found.entry.state.name(),
                        found.by,
                    )
                });
                let expected = |id: usize, by: Matched| {
                    self.entries.get(&(of, id)).map(|known| {
                        (samples[id].spellings[0].0.clone(), known.system, known.state, by)
                    })
                };
                let expected = match self.aliases.get(&(of, id)) {
                    Some(target) => expected(*target, Matched::Alias),
                    None => expected(id, *by),
                };
                assert_eq!(found, expected, "{text}");
            }
            Step::Delete { tenant: of, id } | Step::Purge { tenant: of, id } => {
                let is_purge = matches!(step, Step::Purge { .. });
                let text = &samples[id].spellings[0].0;
                let done = if is_purge {
                    registry.purge(&tenant(of), "me", text)
                } else {
                    registry.tombstone(&tenant(of), "me", text, "test")
                };
                let target = self.aliases.get(&(of, id)).copied().unwrap_or(id);
                match self.entries.get_mut(&(of, target)) {
                    None => assert_eq!(done.unwrap_err().kind(), RegistryErrorKind::UnknownId),
                    Some(known) => {
                        known.state =
                            if is_purge || known.state == "purged" { "purged" } else { "deleted" };
                        assert_eq!(done.unwrap().entry.state.name(), known.state);
                    }
                }
            }
            Step::Find { tenant: of, system, page, is_descending } => {
                let mut find = Find::system(SYSTEMS[system]).limit(page);
                find.is_descending = is_descending;
                let mut found = Vec::new();
                loop {
                    let page = registry.find(&tenant(of), &find).unwrap();
                    found.extend(page.entries.iter().map(|entry| entry.id.to_string()));
                    let Some(next) = page.next else { break };
                    find.cursor = Some(next);
                }
                if !is_descending {
                    // Those with a certain time in a core come first, in order of time.
                    let times: Vec<_> =
                        found.iter().filter_map(|text| time_of_core(samples, text)).collect();
                    assert!(times.is_sorted());
                }
                found.sort();
                let mut expected: Vec<String> = (self.entries.iter())
                    .filter(|((tenant, _), known)| {
                        *tenant == of && known.system == system && known.state == "live"
                    })
                    .map(|((_, id), _)| samples[*id].spellings[0].0.clone())
                    .collect();
                expected.sort();
                assert_eq!(found, expected);
            }
            Step::Window { tenant: of, id, ms, page } => {
                self.window(registry, samples, (of, id, ms, page));
            }
            Step::Forget => registry.clear_hot_tier(),
            Step::Reopen => {}
        }
    }

    fn register(
        &mut self,
        registry: &Registry,
        samples: &[Sample],
        (of, id, spelling, system, alias): (usize, usize, usize, usize, Option<usize>),
    ) {
        let alias = alias.filter(|alias| *alias != id);
        // The first registration decides how the id is spelt for ever, so it is by the first spelling.
        let spellings = &samples[id].spellings;
        let spelling = if self.entries.contains_key(&(of, id)) { spelling } else { 0 };
        let mut reference =
            Reference::new(spellings[spelling % spellings.len()].0.clone(), SYSTEMS[system])
                .kind("workflow")
                .metadata(Metadata::new(&format!(r#"{{"id":{id}}}"#)).unwrap());
        if let Some(alias) = alias {
            reference = reference.alias(samples[alias].spellings[0].0.clone());
        }
        let done = registry.register(&tenant(of), "me", reference);
        let is_alias = self.aliases.contains_key(&(of, id));
        let is_foreign = self.entries.get(&(of, id)).is_some_and(|known| known.system != system);
        let is_taken = alias.is_some_and(|alias| {
            self.entries.contains_key(&(of, alias))
                || self.aliases.get(&(of, alias)).is_some_and(|target| *target != id)
        });
        if is_alias || is_foreign || is_taken {
            assert_eq!(done.unwrap_err().kind(), RegistryErrorKind::Conflict);
            return;
        }
        let is_new = !self.entries.contains_key(&(of, id));
        let done = done.unwrap();
        assert_eq!(done.outcome.name() == "new", is_new);
        self.entries.entry((of, id)).or_insert(Known { system, state: "live" });
        if let Some(alias) = alias {
            self.aliases.insert((of, alias), id);
        }
    }

    fn window(
        &self,
        registry: &Registry,
        samples: &[Sample],
        (of, id, ms, page): (usize, usize, u64, usize),
    ) {
        let mut window = Window::around(ms).limit(page);
        let text = &samples[id].spellings[0].0;
        let mut found = Vec::new();
        loop {
            let page = registry.window(&tenant(of), text, &window).unwrap();
            found.extend(page.entries.iter().map(|entry| entry.id.to_string()));
            let Some(next) = page.next else { break };
            window.cursor = Some(next);
        }
        // An alias stands for its target.
        let id = self.aliases.get(&(of, id)).copied().unwrap_or(id);
        let Some(at) = samples[id].time_ms else {
            assert!(found.is_empty());
            return;
        };
        let mut expected: Vec<(u64, String)> = (self.entries.iter())
            .filter(|((tenant, other), known)| {
                *tenant == of && *other != id && known.state == "live"
            })
            .filter_map(|((_, other), _)| {
                let time = samples[*other].time_ms?;
                (time.abs_diff(at) <= ms).then(|| (time, samples[*other].spellings[0].0.clone()))
            })
            .collect();
        expected.sort();
        let expected: Vec<String> = expected.into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, expected);
    }

    fn check_totals(&self, registry: &Registry) {
        let stats = registry.totals().unwrap();
        let live = self.entries.values().filter(|known| known.state == "live").count();
        let counted = (stats.live, stats.deleted, stats.aliases);
        let deleted = self.entries.len() - live;
        assert_eq!(counted, (live as u64, deleted as u64, self.aliases.len() as u64));
        let exported: usize = (0..2).map(|of| registry.export(&tenant(of)).count()).sum();
        assert_eq!(exported, self.entries.len());
        let report = registry.scrub().unwrap();
        assert!(report.is_clean(), "{:?}", report.faults);
    }
}

fn time_of_core(samples: &[Sample], text: &str) -> Option<u64> {
    let sample = samples.iter().find(|sample| sample.spellings[0].0 == text)?;
    if text.len() > 40 { None } else { sample.time_ms }
}

fn options() -> Options {
    let mut options = small();
    // So few that most look-ups go to the store.
    options.hot_entries = 4;
    options
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn memory_is_the_model(steps in steps()) {
        let samples = samples();
        let registry = Registry::in_memory(options()).unwrap();
        let mut model = Model::default();
        for step in &steps {
            model.check(&registry, &samples, step);
        }
        model.check_totals(&registry);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sqlite_is_the_model(steps in steps()) {
        let samples = samples();
        let folder = tempfile::tempdir().unwrap();
        let mut registry = Some(Registry::open(folder.path(), options()).unwrap());
        let mut model = Model::default();
        for step in &steps {
            if matches!(step, Step::Reopen) {
                drop(registry.take());
                registry = Some(Registry::open(folder.path(), options()).unwrap());
            }
            model.check(registry.as_ref().unwrap(), &samples, step);
        }
        model.check_totals(registry.as_ref().unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn postgres_is_the_model(steps in steps(), shards in 1..4_u16) {
        let samples = samples();
        let schema = new_schema();
        let open = || Registry::with_store(postgres_store(&schema, shards), options()).unwrap();
        // Two processes on one database: they take turns.
        let both = [open(), open()];
        let mut model = Model::default();
        for (number, step) in steps.iter().enumerate() {
            model.check(&both[number % 2], &samples, step);
        }
        model.check_totals(&both[0]);
    }
}
