//! The rows of the table as functions. Generated from `legacy_formats.toml` by `generate.rs`; do not edit.
//!
//! `rN_M` is step M of the program of row N in `formats.rs`. Invariant: each row fits as its program does, which a test
//! compares. Used by `read.rs`; refreshed with `formats.rs`.

use super::matcher::{Spans, Text};
use super::steps::{Fit, Rest, run};
use super::table::class;

/// By the index of the row.
pub(crate) static FITS: [Fit; 74] = [
    |t, s| t.has_left(0, (26, 26)) && r1_0(t, s, 0),
    |t, s| t.has_left(0, (36, 36)) && r2_0(t, s, 0),
    |t, s| t.has_left(0, (16, 16)) && r3_0(t, s, 0),
    |t, s| t.has_left(0, (15, 21)) && r4_0(t, s, 0),
    |t, s| t.has_left(0, (8, 8)) && r5_0(t, s, 0),
    |t, s| t.has_left(0, (16, 32)) && r6_0(t, s, 0),
    |t, s| t.has_left(0, (1, 14)) && r7_0(t, s, 0),
    |t, s| t.has_left(0, (5, 65535)) && r8_0(t, s, 0),
    |t, s| t.has_left(0, (23, 65535)) && r9_0(t, s, 0),
    |t, s| t.has_left(0, (27, 65535)) && r10_0(t, s, 0),
    |t, s| t.has_left(0, (26, 65535)) && r11_0(t, s, 0),
    |t, s| t.has_left(0, (32, 65535)) && r12_0(t, s, 0),
    |t, s| t.has_left(0, (10, 65535)) && r13_0(t, s, 0),
    |t, s| t.has_left(0, (16, 65535)) && r14_0(t, s, 0),
    |t, s| t.has_left(0, (28, 65535)) && r15_0(t, s, 0),
    |t, s| t.has_left(0, (16, 65535)) && r16_0(t, s, 0),
    |t, s| t.has_left(0, (16, 65535)) && r17_0(t, s, 0),
    |t, s| t.has_left(0, (14, 65535)) && r18_0(t, s, 0),
    |t, s| t.has_left(0, (19, 65535)) && r19_0(t, s, 0),
    |t, s| t.has_left(0, (20, 65535)) && r20_0(t, s, 0),
    |t, s| t.has_left(0, (21, 65535)) && r21_0(t, s, 0),
    |t, s| t.has_left(0, (22, 65535)) && r22_0(t, s, 0),
    |t, s| t.has_left(0, (17, 65535)) && r23_0(t, s, 0),
    |t, s| t.has_left(0, (39, 65535)) && r24_0(t, s, 0),
    |t, s| t.has_left(0, (51, 65535)) && r25_0(t, s, 0),
    |t, s| t.has_left(0, (39, 65535)) && r26_0(t, s, 0),
    |t, s| t.has_left(0, (22, 65535)) && r27_0(t, s, 0),
    |t, s| t.has_left(0, (34, 73)) && r28_0(t, s, 0),
    |t, s| t.has_left(0, (29, 33)) && r29_0(t, s, 0),
    |t, s| t.has_left(0, (24, 55)) && r30_0(t, s, 0),
    |t, s| t.has_left(0, (20, 29)) && r31_0(t, s, 0),
    |t, s| t.has_left(0, (20, 65535)) && r32_0(t, s, 0),
    |t, s| t.has_left(0, (17, 65535)) && r33_0(t, s, 0),
    |t, s| t.has_left(0, (19, 65535)) && r34_0(t, s, 0),
    |t, s| t.has_left(0, (30, 37)) && r35_0(t, s, 0),
    |t, s| t.has_left(0, (26, 65535)) && r36_0(t, s, 0),
    |t, s| t.has_left(0, (18, 65535)) && r37_0(t, s, 0),
    |t, s| t.has_left(0, (32, 32)) && r38_0(t, s, 0),
    |t, s| t.has_left(0, (26, 65535)) && r39_0(t, s, 0),
    |t, s| t.has_left(0, (20, 65535)) && r40_0(t, s, 0),
    |t, s| t.has_left(0, (25, 31)) && r41_0(t, s, 0),
    |t, s| t.has_left(0, (15, 65535)) && r42_0(t, s, 0),
    |t, s| t.has_left(0, (29, 29)) && r43_0(t, s, 0),
    |t, s| t.has_left(0, (18, 22)) && r44_0(t, s, 0),
    |t, s| t.has_left(0, (18, 24)) && r45_0(t, s, 0),
    |t, s| t.has_left(0, (19, 65535)) && r46_0(t, s, 0),
    |t, s| t.has_left(0, (22, 28)) && r47_0(t, s, 0),
    |t, s| t.has_left(0, (16, 65535)) && r48_0(t, s, 0),
    |t, s| t.has_left(0, (22, 65535)) && r49_0(t, s, 0),
    |t, s| t.has_left(0, (14, 65535)) && r50_0(t, s, 0),
    |t, s| t.has_left(0, (15, 65535)) && r51_0(t, s, 0),
    |t, s| t.has_left(0, (20, 65535)) && r52_0(t, s, 0),
    |t, s| t.has_left(0, (18, 65535)) && r53_0(t, s, 0),
    |t, s| t.has_left(0, (17, 65535)) && r54_0(t, s, 0),
    |t, s| t.has_left(0, (20, 20)) && r55_0(t, s, 0),
    |t, s| t.has_left(0, (19, 29)) && r56_0(t, s, 0),
    |t, s| t.has_left(0, (13, 65535)) && r57_0(t, s, 0),
    |t, s| t.has_left(0, (1, 65535)) && r58_0(t, s, 0),
    |t, s| t.has_left(0, (17, 65535)) && r59_0(t, s, 0),
    |t, s| t.has_left(0, (52, 52)) && r60_0(t, s, 0),
    |t, s| t.has_left(0, (38, 65535)) && r61_0(t, s, 0),
    |t, s| t.has_left(0, (10, 65535)) && r62_0(t, s, 0),
    |t, s| t.has_left(0, (12, 65535)) && r63_0(t, s, 0),
    |t, s| t.has_left(0, (6, 205)) && r64_0(t, s, 0),
    |t, s| t.has_left(0, (8, 207)) && r65_0(t, s, 0),
    |t, s| t.has_left(0, (9, 208)) && r66_0(t, s, 0),
    |t, s| t.has_left(0, (9, 12)) && r67_0(t, s, 0),
    |t, s| t.has_left(0, (8, 11)) && r68_0(t, s, 0),
    |t, s| t.has_left(0, (11, 65535)) && r69_0(t, s, 0),
    |t, s| t.has_left(0, (13, 65535)) && r70_0(t, s, 0),
    |t, s| t.has_left(0, (32, 34)) && r71_0(t, s, 0),
    |t, s| t.has_left(0, (8, 65535)) && r72_0(t, s, 0),
    |t, s| t.has_left(0, (6, 26)) && r73_0(t, s, 0),
    |t, s| t.has_left(0, (4, 32)) && r74_0(t, s, 0),
];

fn done(t: &Text<'_>, _: &mut Spans, p: usize) -> bool {
    t.is_at_end(p)
}

fn r1_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::CROCKFORD, class::OCTAL, false, 0x0400_0000), 0, done)
}

fn r2_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (12, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r3_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::ZERO, class::ZERO, false, 0x0001_0000), 0, done)
}

fn r4_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x003f_8000), 0, done)
}

fn r5_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 0, done)
}

fn r6_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (16, 16), r6_1, (32, 32), r6_3)
}

fn r6_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_0000), 0, done)
}

fn r6_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_0000_0000), 1, done)
}

fn r7_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0x7ffe), 0, done)
}

fn r8_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (5, 65535), r8_1, (8, 65535), r8_3)
}

fn r8_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run", r8_4)
}

fn r8_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread", r8_4)
}

fn r8_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"__", r8_5)
}

fn r8_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (1, 65535), r8_6, (0, 0), done)
}

fn r8_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r9_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r9_1)
}

fn r9_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 0, Rest { bounds: (15, 33), separators: 3, next: Some(b'_') }, r9_2)
}

fn r9_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_run_", r9_3)
}

fn r9_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (22, 22), r9_4, (10, 28), r9_6)
}

fn r9_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x2000), 1, r9_7)
}

fn r9_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x000f_fffe), 2, r9_7)
}

fn r9_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r9_8)
}

fn r9_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 3, done)
}

fn r10_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r10_1)
}

fn r10_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (19, 55), separators: 3, next: Some(b'_') }, r10_2)
}

fn r10_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r10_3)
}

fn r10_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r10_4)
}

fn r10_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r10_5)
}

fn r10_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r10_6)
}

fn r10_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r10_7)
}

fn r10_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_5555_5554), 3, done)
}

fn r11_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r11_1)
}

fn r11_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (21, 65535), r11_2, (19, 65535), r11_4)
}

fn r11_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (20, 65535), separators: 3, next: Some(b'_') }, r11_3)
}

fn r11_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r11_4)
}

fn r11_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r11_5)
}

fn r11_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r11_6)
}

fn r11_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r11_7)
}

fn r11_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::ALNUM, class::ALNUM, false, 0xffff_ffff_ffff_fffe), 2, done)
}

fn r12_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r12_1)
}

fn r12_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 0, Rest { bounds: (24, 24), separators: 2, next: Some(b'_') }, r12_2)
}

fn r12_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r12_3)
}

fn r12_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r12_4)
}

fn r12_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r12_5)
}

fn r12_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x200), 2, done)
}

fn r13_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r13_1)
}

fn r13_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (5, 65535), r13_2, (3, 65535), r13_4)
}

fn r13_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (4, 65535), separators: 0, next: Some(b'_') }, r13_3)
}

fn r13_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r13_4)
}

fn r13_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run", r13_5)
}

fn r13_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r13_6, (0, 0), done)
}

fn r13_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r13_7)
}

fn r13_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r14_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r14_1)
}

fn r14_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 0, Rest { bounds: (11, 15), separators: 2, next: Some(b'_') }, r14_2)
}

fn r14_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r14_3)
}

fn r14_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0x3e), 1, r14_4)
}

fn r14_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r14_5)
}

fn r14_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 2, done)
}

fn r15_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r15_1)
}

fn r15_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (26, 65535), r15_2, (24, 30), r15_4)
}

fn r15_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (25, 31), separators: 3, next: Some(b'_') }, r15_3)
}

fn r15_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r15_4)
}

fn r15_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r15_5)
}

fn r15_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r15_6)
}

fn r15_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r15_7)
}

fn r15_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r15_8)
}

fn r15_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 3, done)
}

fn r16_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r16_1)
}

fn r16_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (18, false), 0, Rest { bounds: (11, 17), separators: 2, next: Some(b'_') }, r16_2)
}

fn r16_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r16_3)
}

fn r16_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 1, r16_4)
}

fn r16_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r16_5)
}

fn r16_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 2, done)
}

fn r17_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r17_1)
}

fn r17_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 0, Rest { bounds: (11, 15), separators: 2, next: Some(b'_') }, r17_2)
}

fn r17_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r17_3)
}

fn r17_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0x3e), 1, r17_4)
}

fn r17_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r17_5)
}

fn r17_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 2, done)
}

fn r18_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r18_1)
}

fn r18_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (0, false), 0, Rest { bounds: (9, 9), separators: 1, next: Some(b'_') }, r18_2)
}

fn r18_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r18_3)
}

fn r18_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 1, done)
}

fn r19_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r19_1)
}

fn r19_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (14, 14), separators: 1, next: Some(b'_') }, r19_2)
}

fn r19_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r19_3)
}

fn r19_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, done)
}

fn r20_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (20, 65535), r20_1, (22, 65535), r20_3)
}

fn r20_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"user", r20_7)
}

fn r20_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (25, 65535), r20_4, (22, 65535), r20_6)
}

fn r20_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"assistant", r20_7)
}

fn r20_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"system", r20_7)
}

fn r20_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (18, 65535), r20_8, (16, 65535), r20_10)
}

fn r20_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r20_9)
}

fn r20_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (1, true), 0, Rest { bounds: (16, 65535), separators: 0, next: Some(b'-') }, r20_10)
}

fn r20_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r20_11)
}

fn r20_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r20_12)
}

fn r20_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r20_13)
}

fn r20_13(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r20_14)
}

fn r20_14(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r20_15, (0, 0), done)
}

fn r20_15(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r20_16)
}

fn r20_16(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, r20_17)
}

fn r20_17(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r20_18, (0, 0), done)
}

fn r20_18(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r20_19)
}

fn r20_19(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 4, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r21_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"agent", r21_1)
}

fn r21_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (18, 65535), r21_2, (16, 65535), r21_4)
}

fn r21_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r21_3)
}

fn r21_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (1, true), 0, Rest { bounds: (16, 65535), separators: 0, next: Some(b'-') }, r21_4)
}

fn r21_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r21_5)
}

fn r21_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r21_6)
}

fn r21_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r21_7)
}

fn r21_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r21_8)
}

fn r21_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r21_9, (0, 0), done)
}

fn r21_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r21_10)
}

fn r21_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, r21_11)
}

fn r21_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r21_12, (0, 0), done)
}

fn r21_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r21_13)
}

fn r21_13(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 4, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r22_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread", r22_1)
}

fn r22_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (18, 65535), r22_2, (16, 65535), r22_4)
}

fn r22_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r22_3)
}

fn r22_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (1, true), 0, Rest { bounds: (16, 65535), separators: 0, next: Some(b'-') }, r22_4)
}

fn r22_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r22_5)
}

fn r22_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r22_6)
}

fn r22_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r22_7)
}

fn r22_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r22_8)
}

fn r22_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r22_9, (0, 0), done)
}

fn r22_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r22_10)
}

fn r22_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, r22_11)
}

fn r22_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r22_12, (0, 0), done)
}

fn r22_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r22_13)
}

fn r22_13(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 4, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r23_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (1, true), 0, Rest { bounds: (16, 65535), separators: 0, next: Some(b'-') }, r23_1)
}

fn r23_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r23_2)
}

fn r23_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r23_3)
}

fn r23_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r23_4)
}

fn r23_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r23_5)
}

fn r23_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r23_6, (0, 0), done)
}

fn r23_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r23_7)
}

fn r23_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, r23_8)
}

fn r23_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r23_9, (0, 0), done)
}

fn r23_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r23_10)
}

fn r23_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 4, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r24_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (16, false), 0, Rest { bounds: (33, 65535), separators: 0, next: Some(b'_') }, r24_1)
}

fn r24_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r24_2)
}

fn r24_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.begin(s, p, 1, r24_3)
}

fn r24_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (39, 65535), r24_4, (32, 65535), r24_9)
}

fn r24_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r24_5)
}

fn r24_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 255, Rest { bounds: (31, 65535), separators: 0, next: Some(b'_') }, r24_6)
}

fn r24_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_run_", r24_7)
}

fn r24_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x000f_fffe), 255, r24_13)
}

fn r24_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run_", r24_10)
}

fn r24_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 255, Rest { bounds: (27, 65535), separators: 0, next: Some(b'_') }, r24_11)
}

fn r24_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r24_12)
}

fn r24_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0x3e), 255, r24_13)
}

fn r24_13(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r24_14)
}

fn r24_14(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 255, r24_15)
}

fn r24_15(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.end(s, p, 1, r24_16)
}

fn r24_16(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r24_17)
}

fn r24_17(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 2, Rest { bounds: (14, 14), separators: 1, next: Some(b'_') }, r24_18)
}

fn r24_18(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r24_19)
}

fn r24_19(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 3, done)
}

fn r25_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"user_engine_", r25_1)
}

fn r25_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, true, 0, Rest { bounds: (38, 65535), separators: 0, next: Some(b'_') }, r25_2)
}

fn r25_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r25_3)
}

fn r25_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.begin(s, p, 1, r25_4)
}

fn r25_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r25_5)
}

fn r25_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 255, Rest { bounds: (29, 47), separators: 4, next: Some(b'_') }, r25_6)
}

fn r25_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_run_", r25_7)
}

fn r25_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x000f_fffe), 255, r25_8)
}

fn r25_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r25_9)
}

fn r25_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 255, r25_10)
}

fn r25_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.end(s, p, 1, r25_11)
}

fn r25_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r25_12)
}

fn r25_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 2, done)
}

fn r26_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, true, 0, Rest { bounds: (38, 65535), separators: 0, next: Some(b'_') }, r26_1)
}

fn r26_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r26_2)
}

fn r26_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.begin(s, p, 1, r26_3)
}

fn r26_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r26_4)
}

fn r26_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 255, Rest { bounds: (29, 56), separators: 0, next: Some(b'_') }, r26_5)
}

fn r26_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_run_", r26_6)
}

fn r26_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x000f_fffe), 255, r26_7)
}

fn r26_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r26_8)
}

fn r26_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 255, r26_9)
}

fn r26_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.end(s, p, 1, r26_10)
}

fn r26_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r26_11)
}

fn r26_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 2, r26_12)
}

fn r26_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (9, 9), r26_13, (0, 0), done)
}

fn r26_13(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r26_14)
}

fn r26_14(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 3, done)
}

fn r27_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (22, false), 0, Rest { bounds: (18, 65535), separators: 0, next: Some(b'_') }, r27_1)
}

fn r27_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r27_2)
}

fn r27_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (19, 27), r27_3, (17, 65535), r27_5)
}

fn r27_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"new", r27_6)
}

fn r27_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.bare(s, p, 1, Rest { bounds: (16, 24), separators: 2, next: Some(b'_') }, r27_6)
}

fn r27_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r27_7)
}

fn r27_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 2, r27_8)
}

fn r27_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r27_9)
}

fn r27_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, done)
}

fn r28_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"ws_", r28_1)
}

fn r28_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (31, 68), r28_2, (33, 70), r28_4)
}

fn r28_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"conn", r28_5)
}

fn r28_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"client", r28_5)
}

fn r28_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r28_6)
}

fn r28_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.chars(s, p, 8, 0, Rest { bounds: (25, 31), separators: 3, next: Some(b'_') }, r28_7)
}

fn r28_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r28_8)
}

fn r28_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r28_9)
}

fn r28_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r28_10)
}

fn r28_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r28_11)
}

fn r28_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r28_12)
}

fn r28_12(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 3, done)
}

fn r29_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"ws_", r29_1)
}

fn r29_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (26, 26), r29_2, (27, 30), r29_4)
}

fn r29_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"dev", r29_8)
}

fn r29_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (30, 30), r29_5, (27, 27), r29_7)
}

fn r29_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"staging", r29_8)
}

fn r29_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"prod", r29_8)
}

fn r29_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r29_9)
}

fn r29_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 0, r29_10)
}

fn r29_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r29_11)
}

fn r29_11(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 1, done)
}

fn r30_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"ws_", r30_1)
}

fn r30_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.chars(s, p, 8, 0, Rest { bounds: (20, 20), separators: 2, next: Some(b'_') }, r30_2)
}

fn r30_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r30_3)
}

fn r30_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x400), 1, r30_4)
}

fn r30_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r30_5)
}

fn r30_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 2, done)
}

fn r31_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (26, 29), r31_1, (20, 23), r31_2)
}

fn r31_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"coord_", r31_2)
}

fn r31_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"sess_", r31_3)
}

fn r31_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 0, r31_4)
}

fn r31_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r31_5)
}

fn r31_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x1e), 1, done)
}

fn r32_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (7, false), 0, Rest { bounds: (19, 55), separators: 3, next: Some(b'_') }, r32_1)
}

fn r32_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r32_2)
}

fn r32_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r32_3)
}

fn r32_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r32_4)
}

fn r32_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r32_5)
}

fn r32_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r32_6)
}

fn r32_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_5555_5554), 3, done)
}

fn r33_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (7, false), 0, Rest { bounds: (16, 22), separators: 2, next: Some(b'_') }, r33_1)
}

fn r33_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r33_2)
}

fn r33_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r33_3)
}

fn r33_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r33_4)
}

fn r33_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, done)
}

fn r34_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (9, false), 0, Rest { bounds: (18, 30), separators: 3, next: Some(b'_') }, r34_1)
}

fn r34_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r34_2)
}

fn r34_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r34_3)
}

fn r34_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r34_4)
}

fn r34_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0xfe), 2, r34_5)
}

fn r34_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r34_6)
}

fn r34_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0xfe), 3, done)
}

fn r35_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (37, 37), r35_1, (30, 30), r35_2)
}

fn r35_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r35_2)
}

fn r35_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"session_", r35_3)
}

fn r35_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 0, r35_4)
}

fn r35_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r35_5)
}

fn r35_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 1, done)
}

fn r36_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (19, false), 0, Rest { bounds: (23, 65535), separators: 0, next: None }, r36_1)
}

fn r36_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (25, 65535), r36_2, (23, 23), r36_4)
}

fn r36_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r36_3)
}

fn r36_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 1, Rest { bounds: (23, 23), separators: 2, next: Some(b'_') }, r36_4)
}

fn r36_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r36_5)
}

fn r36_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 2, r36_6)
}

fn r36_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r36_7)
}

fn r36_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 3, done)
}

fn r37_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (17, false), 0, Rest { bounds: (16, 65535), separators: 0, next: None }, r37_1)
}

fn r37_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (18, 65535), r37_2, (16, 24), r37_4)
}

fn r37_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r37_3)
}

fn r37_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 1, Rest { bounds: (16, 24), separators: 2, next: Some(b'_') }, r37_4)
}

fn r37_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r37_5)
}

fn r37_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 2, r37_6)
}

fn r37_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r37_7)
}

fn r37_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::BASE36, class::BASE36, false, 0x3fe), 3, done)
}

fn r38_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"sess_", r38_1)
}

fn r38_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x400), 0, r38_2)
}

fn r38_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r38_3)
}

fn r38_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_0000), 1, done)
}

fn r39_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"conn_", r39_1)
}

fn r39_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (20, 20), separators: 2, next: Some(b'_') }, r39_2)
}

fn r39_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r39_3)
}

fn r39_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x400), 1, r39_4)
}

fn r39_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r39_5)
}

fn r39_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 2, done)
}

fn r40_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"conn_", r40_1)
}

fn r40_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (14, 14), separators: 1, next: Some(b'_') }, r40_2)
}

fn r40_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r40_3)
}

fn r40_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, done)
}

fn r41_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"conn_websocket_", r41_1)
}

fn r41_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 0, r41_2)
}

fn r41_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r41_3)
}

fn r41_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 1, done)
}

fn r42_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"conn_", r42_1)
}

fn r42_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (9, 9), separators: 1, next: Some(b'_') }, r42_2)
}

fn r42_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r42_3)
}

fn r42_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 1, done)
}

fn r43_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_session_", r43_1)
}

fn r43_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0x20), 0, r43_2)
}

fn r43_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r43_3)
}

fn r43_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 1, done)
}

fn r44_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"session_", r44_1)
}

fn r44_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0x3e), 0, r44_2)
}

fn r44_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r44_3)
}

fn r44_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 1, done)
}

fn r45_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"session_", r45_1)
}

fn r45_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, true, 0xfe), 0, r45_2)
}

fn r45_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r45_3)
}

fn r45_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 1, done)
}

fn r46_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r46_1)
}

fn r46_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (14, false), 0, Rest { bounds: (11, 17), separators: 2, next: Some(b'_') }, r46_2)
}

fn r46_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r46_3)
}

fn r46_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 1, r46_4)
}

fn r46_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r46_5)
}

fn r46_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 2, done)
}

fn r47_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"req_request_", r47_1)
}

fn r47_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 0, r47_2)
}

fn r47_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r47_3)
}

fn r47_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 1, done)
}

fn r48_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"req_", r48_1)
}

fn r48_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (14, false), 0, Rest { bounds: (11, 17), separators: 2, next: Some(b'_') }, r48_2)
}

fn r48_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r48_3)
}

fn r48_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 1, r48_4)
}

fn r48_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r48_5)
}

fn r48_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 2, done)
}

fn r49_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (22, 65535), r49_1, (23, 65535), r49_3)
}

fn r49_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"session", r49_4)
}

fn r49_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"register", r49_4)
}

fn r49_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_run_", r49_5)
}

fn r49_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (14, false), 0, Rest { bounds: (9, 9), separators: 1, next: Some(b'_') }, r49_6)
}

fn r49_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r49_7)
}

fn r49_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 1, done)
}

fn r50_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (16, 65535), r50_1, (14, 28), r50_3)
}

fn r50_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (9, false), 0, Rest { bounds: (15, 29), separators: 0, next: Some(b'_') }, r50_2)
}

fn r50_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r50_3)
}

fn r50_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (24, false), 1, Rest { bounds: (11, 17), separators: 2, next: Some(b'_') }, r50_4)
}

fn r50_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r50_5)
}

fn r50_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::NONZERO, false, 0xfe), 2, r50_6)
}

fn r50_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r50_7)
}

fn r50_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX, class::HEX, false, 0x100), 3, done)
}

fn r51_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (18, false), 0, Rest { bounds: (14, 14), separators: 1, next: Some(b'_') }, r51_1)
}

fn r51_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r51_2)
}

fn r51_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, done)
}

fn r52_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"defensive_auth_", r52_1)
}

fn r52_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (14, false), 0, Rest { bounds: (4, 65535), separators: 2, next: Some(b'_') }, r52_2)
}

fn r52_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r52_3)
}

fn r52_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::LOWER, class::LOWER, false, 0xffff_ffff_ffff_fffe), 1, r52_4)
}

fn r52_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r52_5)
}

fn r52_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::ALNUM, class::ALNUM, false, 0xffff_ffff_ffff_fffe), 2, done)
}

fn r53_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"defensive_auth_", r53_1)
}

fn r53_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (14, false), 0, Rest { bounds: (2, 65535), separators: 1, next: Some(b'_') }, r53_2)
}

fn r53_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r53_3)
}

fn r53_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::ALNUM, class::ALNUM, false, 0xffff_ffff_ffff_fffe), 1, done)
}

fn r54_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (16, 16), separators: 0, next: Some(b'-') }, r54_1)
}

fn r54_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"-", r54_2)
}

fn r54_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (10, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r55_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (5, false), 0, Rest { bounds: (4, 4), separators: 0, next: None }, r55_1)
}

fn r55_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x10), 1, done)
}

fn r56_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (15, false), 0, Rest { bounds: (16, 23), separators: 0, next: Some(b'_') }, r56_1)
}

fn r56_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r56_2)
}

fn r56_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (4, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r57_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"wf_", r57_1)
}

fn r57_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (18, 65535), r57_2, (10, 65535), r57_4)
}

fn r57_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"timeout_", r57_6)
}

fn r57_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (16, 65535), r57_5, (10, 65535), r57_6)
}

fn r57_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"error_", r57_6)
}

fn r57_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x100), 0, r57_7)
}

fn r57_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r57_8)
}

fn r57_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (11, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r58_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (3, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r59_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 0, Rest { bounds: (16, 65535), separators: 0, next: None }, r59_1)
}

fn r59_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r59_2)
}

fn r59_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, r59_3)
}

fn r59_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r59_4)
}

fn r59_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 2, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r60_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_creation_", r60_1)
}

fn r60_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (12, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r61_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (9, false), 0, Rest { bounds: (37, 37), separators: 0, next: None }, r61_1)
}

fn r61_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r61_2)
}

fn r61_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (12, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r62_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (9, false), 0, Rest { bounds: (9, 33), separators: 1, next: None }, r62_1)
}

fn r62_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r62_2)
}

fn r62_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::HEX_LOWER, class::HEX_LOWER, false, 0x0001_0001_1100), 1, done)
}

fn r63_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (9, false), 0, Rest { bounds: (11, 14), separators: 1, next: None }, r63_1)
}

fn r63_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r63_2)
}

fn r63_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (13, 13), r63_3, (10, 10), r63_5)
}

fn r63_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x2000), 1, done)
}

fn r63_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::ONE, false, 0x400), 2, done)
}

fn r64_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"user:", r64_1)
}

fn r64_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (2, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r65_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"system:", r65_1)
}

fn r65_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (2, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r66_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"project:", r66_1)
}

fn r66_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (2, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r67_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"ISSUE-", r67_1)
}

fn r67_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x78), 0, done)
}

fn r68_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"TODO-", r68_1)
}

fn r68_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x78), 0, done)
}

fn r69_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (12, 12), r69_1, (11, 65535), r69_3)
}

fn r69_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"pending_auth", done)
}

fn r69_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (11, 65535), r69_4, (13, 65535), r69_7)
}

fn r69_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"temp_auth_", r69_5)
}

fn r69_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (13, false), 0, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r69_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"awaiting_auth", r69_8)
}

fn r69_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r69_9, (0, 0), done)
}

fn r69_9(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r69_10)
}

fn r69_10(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (13, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r70_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (23, false), 0, Rest { bounds: (11, 65535), separators: 0, next: Some(b'_') }, r70_1)
}

fn r70_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_thread_", r70_2)
}

fn r70_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (5, 65535), r70_3, (3, 65535), r70_5)
}

fn r70_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 1, Rest { bounds: (4, 65535), separators: 0, next: Some(b'_') }, r70_4)
}

fn r70_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r70_5)
}

fn r70_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"run", r70_6)
}

fn r70_6(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (2, 65535), r70_7, (0, 0), done)
}

fn r70_7(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r70_8)
}

fn r70_8(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.any(s, p, false, 2, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r71_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread_", r71_1)
}

fn r71_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::ALNUM, class::ALNUM, false, 0x0e00_0000), 0, done)
}

fn r72_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (11, 65535), r72_1, (8, 65535), r72_3)
}

fn r72_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (23, false), 0, Rest { bounds: (9, 65535), separators: 0, next: Some(b'_') }, r72_2)
}

fn r72_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"_", r72_3)
}

fn r72_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"thread", r72_4)
}

fn r72_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r72_5)
}

fn r72_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (6, false), 1, Rest { bounds: (0, 0), separators: 0, next: None }, done)
}

fn r73_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (10, 26), r73_1, (6, 14), r73_3)
}

fn r73_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (21, false), 0, Rest { bounds: (7, 15), separators: 2, next: None }, r73_2)
}

fn r73_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r73_3)
}

fn r73_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.literal(s, p, b"user", r73_4)
}

fn r73_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r73_5)
}

fn r73_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x3fe), 1, done)
}

fn r74_0(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.split(s, p, (8, 32), r74_1, (4, 20), r74_3)
}

fn r74_1(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (21, false), 0, Rest { bounds: (5, 21), separators: 0, next: None }, r74_2)
}

fn r74_2(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r74_3)
}

fn r74_3(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.automaton(s, p, (20, false), 1, Rest { bounds: (2, 10), separators: 1, next: None }, r74_4)
}

fn r74_4(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.one_of(s, p, b"_-", r74_5)
}

fn r74_5(t: &Text<'_>, s: &mut Spans, p: usize) -> bool {
    t.run(s, p, &run(class::DIGIT, class::DIGIT, false, 0x3fe), 2, done)
}
