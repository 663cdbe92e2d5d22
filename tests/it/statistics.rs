//! The tails of ids look random: a million of them, in tests whose limits a good source passes but once in 10^9 runs.
//!
//! A normal deviate beyond [`LIMIT`] standard deviations has the probability 6e-14, and there are about 170 of them. The
//! same is put to sources with faults, which have to fail.

use std::collections::HashSet;

use unified_id::generator::generate;

/// How many tails are looked at.
const SAMPLES: usize = 1_000_000;
/// The bits of a tail.
const BITS: usize = 52;
/// How many standard deviations a value may be from its mean.
const LIMIT: f64 = 7.5;
/// Chi-square of 255 degrees of freedom: beyond these with a probability below 1e-13 each.
const CHI_SQUARE: std::ops::Range<f64> = 100.0..490.0;
/// Equal tails among a million: 1.1e-4 pairs are expected, three or more have the probability 2.3e-13.
const MAX_DUPLICATES: usize = 2;

/// Returns how many standard deviations a count of ones is from half of `trials`.
fn deviation(ones: usize, trials: usize) -> f64 {
    let (ones, trials) = (to_f64(ones), to_f64(trials));
    (ones - trials / 2.0) / (trials / 4.0).sqrt()
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Returns how many words have each bit.
fn ones(words: impl Iterator<Item = u64>) -> [usize; 64] {
    // Eight counters of eight bits in each word: eight additions for 64 bits, emptied before they run over.
    const LOWEST: u64 = 0x0101_0101_0101_0101;
    let (mut lanes, mut total) = ([0_u64; 8], [0; 64]);
    let mut empty = |lanes: &mut [u64; 8]| {
        for (shift, lane) in std::mem::take(lanes).into_iter().enumerate() {
            for (byte, count) in lane.to_le_bytes().into_iter().enumerate() {
                total[8 * byte + shift] += usize::from(count);
            }
        }
    };
    for (at, word) in words.enumerate() {
        for (shift, lane) in lanes.iter_mut().enumerate() {
            *lane += (word >> shift) & LOWEST;
        }
        if at % 255 == 254 {
            empty(&mut lanes);
        }
    }
    empty(&mut lanes);
    total
}

/// Returns what is suspicious about tails.
fn findings(tails: &[u64]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut check = |what: &str, value: f64| {
        if value.abs() > LIMIT || value.is_nan() {
            findings.push(format!("{what}: {value:.1} standard deviations"));
        }
    };
    let n = tails.len();
    let of_bits = ones(tails.iter().copied());
    let changes = ones(tails.windows(2).map(|pair| pair[0] ^ pair[1]));
    // Each bit with the one above it.
    let steps = ones(tails.iter().map(|tail| tail ^ (tail >> 1)));
    check("ones", deviation(of_bits.iter().sum(), n * BITS));
    check("changes", deviation(changes.iter().sum(), (n - 1) * BITS));
    for bit in 0..BITS {
        check("ones of a bit", deviation(of_bits[bit], n));
        check("changes of a bit", deviation(changes[bit], n - 1));
        if bit + 1 < BITS {
            check("changes between bits", deviation(steps[bit], n));
        }
    }
    for lag in 1..=4 {
        check("serial correlation", correlation(tails, lag) * to_f64(n - lag).sqrt());
    }
    for byte in 0..6 {
        let mut counts = [0_usize; 256];
        for tail in tails {
            counts[(tail >> (8 * byte) & 0xff) as usize] += 1;
        }
        let expected = to_f64(n) / 256.0;
        let chi_square: f64 =
            counts.iter().map(|count| (to_f64(*count) - expected).powi(2) / expected).sum();
        if !CHI_SQUARE.contains(&chi_square) {
            findings.push(format!("chi-square of byte {byte}: {chi_square:.0}"));
        }
    }
    let duplicates = n - tails.iter().collect::<HashSet<_>>().len();
    if duplicates > MAX_DUPLICATES {
        findings.push(format!("{duplicates} duplicates"));
    }
    findings
}

/// Returns the correlation of tails with those `lag` places later.
fn correlation(tails: &[u64], lag: usize) -> f64 {
    // The upper 32 bits are enough, and exact in the arithmetic.
    let values: Vec<f64> = tails
        .iter()
        .map(|tail| {
            f64::from(u32::try_from(tail >> (BITS - 32)).unwrap()) - f64::from(u32::MAX) / 2.0
        })
        .collect();
    let products: f64 = values.iter().zip(&values[lag..]).map(|(left, right)| left * right).sum();
    let squares: f64 = values.iter().map(|value| value * value).sum();
    products / squares
}

#[expect(clippy::cast_possible_truncation, reason = "the tail is the lowest 52 bits")]
fn tail(value: u128) -> u64 {
    value as u64 & ((1 << BITS) - 1)
}

#[test]
fn tails_look_random() {
    let tails: Vec<u64> = (0..SAMPLES).map(|_| tail(generate().to_u128())).collect();
    assert_eq!(findings(&tails), [""; 0]);
}

#[test]
fn tails_of_several_threads_look_random() {
    let threads: Vec<Vec<u64>> = std::thread::scope(|scope| {
        let make = || (0..SAMPLES / 4).map(|_| tail(generate().to_u128())).collect();
        let threads = [(); 4].map(|()| scope.spawn(make));
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // By turns, so that streams that resemble each other are neighbours.
    let tails: Vec<u64> =
        (0..SAMPLES / 4).flat_map(|at| threads.iter().map(move |thread| thread[at])).collect();
    assert_eq!(findings(&tails), [""; 0]);
}

/// Makes a faulty tail of its place, a good one and the faulty one before it.
type Fault = fn(usize, u64, u64) -> u64;

#[test]
fn faults_of_a_source_are_found() {
    use unified_id::generator::{Entropy, StepEntropy};
    let source = StepEntropy::new(5);
    let good: Vec<u64> = (0..SAMPLES / 10).map(|_| source.next_u64() >> 12).collect();
    assert_eq!(findings(&good), [""; 0]);
    let faults: [(&str, Fault); 9] = [
        ("counter", |at, _, _| at as u64),
        ("a bit that is always 1", |_, good, _| good | 1 << 17),
        ("two bits that are equal", |_, good, _| good & !2 | (good & 1) << 1),
        ("5 % more ones in a bit", |at, good, _| if at % 10 == 0 { good | 8 } else { good }),
        ("31 random bits", |_, good, _| good & 0x7fff_ffff),
        ("each tail twice", |at, good, before| if at % 2 == 0 { good } else { before }),
        ("one of 10 000 repeated", |at, good, before| if at % 10_000 == 1 { before } else { good }),
        ("the tail before, a little changed", |_, good, before| before ^ good & 0xffff),
        ("a byte that is never 0", |_, good, _| good | u64::from(good.trailing_zeros() >= 8)),
    ];
    for (name, fault) in faults {
        let mut before = 0;
        let made = good.iter().enumerate().map(|(at, tail)| {
            before = fault(at, *tail, before);
            before
        });
        assert!(!findings(&made.collect::<Vec<_>>()).is_empty(), "{name}");
    }
}
