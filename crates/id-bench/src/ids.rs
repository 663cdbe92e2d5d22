//! The cases of the id library: making, writing and reading ids.
// id-lint: allow-file[UID001,UID008] the peers that are measured

use mti::prelude::{MagicTypeIdExt, V7};
use type_safe_id::{StaticType, TypeSafeId};
use unified_id::generator::{CoarseClock, Generator, PlainClock, ThreadEntropy};
use unified_id::{Core, RunId, ThreadId, UnifiedId, UserId};

use crate::harness::Case;

#[derive(Default)]
struct Thread;

impl StaticType for Thread {
    const TYPE: &'static str = "thread";
}

/// Returns all cases; each contender's result is checked once before it is measured.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        value(),
        clocks(),
        typed_stack_text(),
        typed_string(),
        typed_parse(),
        bare_parse(),
        bare_format(),
        parse_any(),
        batch_values(),
        batch_texts(),
        two_threads(),
    ]
}

/// Both halves of a value.
fn fold(value: u128) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the halves are taken one by one")]
    let halves = (value >> 64) as u64 ^ value as u64;
    halves
}

/// Hands a text over by its address, as every consumer takes it.
fn seen(text: &str) -> u64 {
    std::hint::black_box(text).len() as u64
}

/// Adds one of ours that may use no more than an instruction set.
fn limited(
    case: Case,
    name: &'static str,
    codec: &'static str,
    mut work: impl FnMut() -> u64 + 'static,
) -> Case {
    use unified_id::fuzzing::limit_codec;
    case.bulk(name, move |count| {
        assert!(limit_codec(codec), "this processor has no {codec}");
        for _ in 0..count {
            std::hint::black_box(work());
        }
        // Back to the best that there is.
        assert!(limit_codec("avx512") || limit_codec("avx2") || limit_codec("table"));
        count
    })
}

fn value() -> Case {
    Case::new("generate/value")
        .require("mr-ulid", 2.5)
        .stated("plans of the old systems, measured (19,901/s)", 19_901.0)
        .stated("plans of the old systems, goal (95,000/s)", 95_000.0)
        .each("unified-id", || fold(unified_id::generator::generate().to_u128()))
        .each("mr-ulid", || fold(mr_ulid::Ulid::new().to_u128()))
        .each("ulid", || fold(ulid::Ulid::generate().0))
        .each("uuid v4", || fold(uuid::Uuid::new_v4().as_u128()))
        .each("uuid v7", || fold(uuid::Uuid::now_v7().as_u128()))
        .each("ferroid thread-local, +1 only", || {
            fold(
                ferroid::generator::thread_local::Ulid::new_ulid_mono(|_| std::thread::yield_now())
                    .to_raw(),
            )
        })
}

/// What the choice of a clock costs; none of them takes the leases of the process-wide generator.
fn clocks() -> Case {
    static SYSTEM: Generator = Generator::new();
    static COARSE: Generator<CoarseClock> = Generator::with(CoarseClock, ThreadEntropy);
    static PLAIN: Generator<PlainClock> = Generator::with(PlainClock, ThreadEntropy);
    Case::new("generate/clocks")
        .each("unified-id, system clock", || fold(SYSTEM.generate().to_u128()))
        .each("unified-id, coarse clock", || fold(COARSE.generate().to_u128()))
        .each("unified-id, plain clock", || fold(PLAIN.generate().to_u128()))
}

fn typed_stack_text() -> Case {
    Case::new("generate/typed_stack_text")
        .require("type-safe-id", 7.0)
        .each("unified-id", || seen(ThreadId::new().to_text().as_str()))
        .each("type-safe-id", || seen(&TypeSafeId::<Thread>::new().to_string()))
        .each("mti", || seen(&"thread".create_type_id::<V7>()))
}

fn typed_string() -> Case {
    Case::new("generate/typed_string")
        .require("type-safe-id", 5.0)
        .each("unified-id", || seen(&String::from(ThreadId::new())))
        .each("type-safe-id", || seen(&TypeSafeId::<Thread>::new().to_string()))
        .each("mti", || seen(&"thread".create_type_id::<V7>()))
}

fn typed_parse() -> Case {
    #[inline]
    #[expect(clippy::ptr_arg, reason = "what the peers get")]
    fn parse(text: &String) -> u64 {
        ThreadId::parse(std::hint::black_box(text)).map_or(0, |id| fold(id.core().to_u128()))
    }
    let text = std::hint::black_box(ThreadId::new().to_string());
    let (ours, avx2, table, theirs) = (text.clone(), text.clone(), text.clone(), text);
    let case = Case::new("parse/typed")
        .require("type-safe-id", 5.0)
        .require_of("unified-id, AVX2", "type-safe-id", 5.0)
        .require_of("unified-id, portable", "type-safe-id", 2.5)
        .each("unified-id", move || parse(&ours));
    let case = limited(case, "unified-id, AVX2", "avx2", move || parse(&avx2));
    limited(case, "unified-id, portable", "table", move || parse(&table)).each(
        "type-safe-id",
        move || {
            let id = std::hint::black_box(&theirs).parse::<TypeSafeId<Thread>>();
            id.map_or(0, |id| fold(id.uuid().as_u128()))
        },
    )
}

fn bare_parse() -> Case {
    #[inline]
    #[expect(clippy::ptr_arg, reason = "what the peers get")]
    fn parse(text: &String) -> u64 {
        Core::parse(std::hint::black_box(text)).map_or(0, |core| fold(core.to_u128()))
    }
    let text = std::hint::black_box(UserId::new().core().to_string());
    let (ours, avx2, table) = (text.clone(), text.clone(), text.clone());
    let (ulid, mr) = (text.to_uppercase(), text.to_uppercase());
    let case =
        Case::new("parse/bare").require("ulid", 3.0).each("unified-id", move || parse(&ours));
    let case = limited(case, "unified-id, AVX2", "avx2", move || parse(&avx2));
    limited(case, "unified-id, portable", "table", move || parse(&table))
        .each("ulid", move || {
            ulid::Ulid::from_string(std::hint::black_box(&ulid)).map_or(0, |ulid| fold(ulid.0))
        })
        .each("mr-ulid", move || {
            std::hint::black_box(&mr)
                .parse::<mr_ulid::Ulid>()
                .map_or(0, |ulid| fold(ulid.to_u128()))
        })
}

fn bare_format() -> Case {
    #[inline]
    fn format(core: Core) -> u64 {
        seen(std::hint::black_box(core).to_text().as_str())
    }
    let core = UserId::new().core();
    let ulid = ulid::Ulid(core.to_u128());
    // Into a buffer that is used again; the peer gets a new one each time, with which it is faster.
    let mut place = [0; Core::TEXT_BYTES];
    let case = Case::new("format/bare").require("ulid", 3.0).each("unified-id", move || {
        std::hint::black_box(core).write_to(&mut place).map_or(0, seen)
    });
    let case = case.each("unified-id, as a value", move || format(core));
    let case = limited(case, "unified-id, AVX2", "avx2", move || format(core));
    limited(case, "unified-id, portable", "table", move || format(core)).each("ulid", move || {
        let mut buffer = [0; ulid::ULID_LEN];
        seen(std::hint::black_box(ulid).array_to_str(&mut buffer))
    })
}

fn parse_any() -> Case {
    let run = std::hint::black_box(UnifiedId::run(ThreadId::new()).to_string());
    let strict = run.clone();
    Case::new("parse_any/run")
        // At most 1.3 times as long as the strict reader.
        .require_of("unified-id, any text", "unified-id, RunId::parse", 0.769)
        .each("unified-id, any text", move || {
            let id = unified_id::parse_any(std::hint::black_box(&run));
            id.ok().and_then(|id| id.core()).map_or(0, |core| fold(core.to_u128()))
        })
        .each("unified-id, RunId::parse", move || {
            RunId::parse(std::hint::black_box(&strict)).map_or(0, |id| fold(id.core().to_u128()))
        })
}

/// How many ids a batch has.
const BATCH: u64 = 1_000_000;

fn batch_values() -> Case {
    let mut cores = vec![Core::MIN; 1_000_000];
    let mut ulids = vec![ulid::Ulid::nil(); 1_000_000];
    Case::new("batch/values")
        .require("ulid", 8.0)
        .per(BATCH)
        .bulk("unified-id", move |count| {
            for _ in 0..count {
                unified_id::generator::fill(std::hint::black_box(&mut cores));
            }
            fold(cores[0].to_u128())
        })
        .bulk("ulid", move |count| {
            for _ in 0..count {
                for ulid in std::hint::black_box(&mut ulids) {
                    *ulid = ulid::Ulid::generate();
                }
            }
            fold(ulids[0].0)
        })
}

fn batch_texts() -> Case {
    let mut texts = vec![Core::MIN.to_text(); 1_000_000];
    let mut ulids = vec![[0_u8; 26]; 1_000_000];
    Case::new("batch/texts")
        .require("ulid", 8.0)
        .per(BATCH)
        .bulk("unified-id", move |count| {
            for _ in 0..count {
                unified_id::generator::fill_texts(std::hint::black_box(&mut texts));
            }
            u64::from(texts[0].as_str().as_bytes()[25])
        })
        .bulk("ulid", move |count| {
            for _ in 0..count {
                for text in std::hint::black_box(&mut ulids) {
                    ulid::Ulid::generate().array_to_str(text);
                }
            }
            u64::from(ulids[0][25])
        })
}

/// Both threads share the generator of the process; the count is split between them.
fn two_threads() -> Case {
    /// The least work of a thread that makes its start not matter.
    const BLOCK: u64 = 100_000;
    fn split<T>(count: u64, make: fn() -> T) -> u64 {
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(move || {
                    for _ in 0..count * BLOCK / 2 {
                        std::hint::black_box(make());
                    }
                });
            }
        });
        count
    }
    Case::new("generate/two_threads")
        .require("mr-ulid", 2.5)
        .per(BLOCK)
        .bulk("unified-id", |count| {
            split(count, || fold(unified_id::generator::generate().to_u128()))
        })
        .bulk("mr-ulid", |count| split(count, || fold(mr_ulid::Ulid::new().to_u128())))
}
