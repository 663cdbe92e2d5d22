//! A table that is read in one cache line: hash, key and value of an entry stand together in 64 bytes.
//!
//! ```text
//! tags    one byte per slot: 0 empty, else 7 bits of the hash; eight are looked at together
//! slots   hash 8 | key 39, code 1 | value 16: a core, or the number of what is kept elsewhere
//! ```
//!
//! Both are asked for as soon as the hash is known, so that a look-up waits once for memory and not twice. A large table
//! lies in pages of 2 MB where the system has them: with pages of 4 KB, finding the page takes as long as reading it (among
//! 128 MiB: 261 ns for one read after the other, 151 with large pages, on a busy virtual machine).
//!
//! Invariants: keys are compared whole; at most five of eight slots are taken; an entry that goes leaves no mark; a table
//! that empties gives its memory back. Linear probing, closed by moving entries back. Next: `tenant.rs`, what is looked up.

use std::hash::{BuildHasher, Hash as _, Hasher};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use branches::prefetch_read_data;
use memmap2::MmapMut;
use unified_id::{Core, CoreId, Place, ThreadKey};

const SLOT_BYTES: usize = 64;
const KEY_WORDS: usize = 5;
/// How many tags are looked at together; as many stand once more behind the last, so that none is cut in two.
const GROUP: usize = 8;
const FEWEST_SLOTS: usize = 8;
/// Below this size a table keeps its memory.
const KEPT_SLOTS: usize = 64;
/// From here on a table is worth pages of its own.
const LARGE_PAGE: usize = 2 << 20;

/// The highest byte of a key's last word says what the words are: a thread, the bits of an id, a text, or its beginning.
const CODE: u64 = 0x7f << 56;
const THREAD: u64 = 1 << 56;
const ID: u64 = 2 << 56;
const TEXT: u64 = 3 << 56;
const LONG: u64 = 4 << 56;
/// In a slot, beside the code: the value is a core.
const IS_CORE: u64 = 1 << 63;
/// The longest text that stands in a key, below its length and its code.
const LONGEST_TEXT: usize = 8 * KEY_WORDS - 2;

/// What an entry is found by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    hash: u64,
    words: [u64; KEY_WORDS],
}

impl Key {
    /// For a thread.
    #[inline]
    pub(crate) fn of_thread(thread: &ThreadKey, hasher: &impl BuildHasher) -> Self {
        match thread.to_words() {
            Some(words) => Self::of_thread_words(words, hasher),
            // Only a text may be too long.
            None => Self::of_text(thread.as_text().unwrap_or_default(), hasher),
        }
    }

    /// For a thread of which only the words are known.
    #[inline]
    pub(crate) fn of_thread_words(words: [u64; 4], hasher: &impl BuildHasher) -> Self {
        let [first, second, third, fourth] = words;
        Self::of_words([first, second, third, fourth, THREAD], hasher)
    }

    /// For a thread whose hash is known.
    #[inline]
    pub(crate) const fn at(Place { words, hash }: Place) -> Self {
        let [first, second, third, fourth] = words;
        Self { hash, words: [first, second, third, fourth, THREAD] }
    }

    /// Returns what [`at`](Self::at) takes, of a thread with these words.
    #[inline]
    pub(crate) const fn as_place(&self, words: [u64; 4]) -> Place {
        Place { words, hash: self.hash }
    }

    /// For a text.
    pub(crate) fn of_text(text: &str, hasher: &impl BuildHasher) -> Self {
        let mut bytes = [0; 8 * KEY_WORDS];
        let len = text.len().min(LONGEST_TEXT);
        bytes[..len].copy_from_slice(&text.as_bytes()[..len]);
        let mut words = [0; KEY_WORDS];
        for (word, piece) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_le_bytes(*piece);
        }
        let last = &mut words[KEY_WORDS - 1];
        *last |= (len as u64) << 48;
        if text.len() <= LONGEST_TEXT {
            *last |= TEXT;
            return Self::of_words(words, hasher);
        }
        *last |= LONG;
        Self { hash: hasher.hash_one(text), words }
    }

    /// For an id that is known by its bits.
    #[inline]
    pub(crate) fn of_id(id: CoreId, hasher: &impl BuildHasher) -> Self {
        // Whether there is a scope follows from the kind.
        let [scope, core] = [id.scope.unwrap_or(Core::MIN), id.core].map(Core::to_u128);
        let kind = id.kind.map_or(0, |kind| {
            let mut number = Number(0);
            kind.hash(&mut number);
            (number.0 + 1) & 0xffff
        });
        let [scope_high, core_high] = [scope, core].map(|core| (core >> 64) as u64);
        #[expect(clippy::cast_possible_truncation, reason = "the lower halves are meant")]
        let words = [scope_high, scope as u64, core_high, core as u64, ID | kind];
        Self::of_words(words, hasher)
    }

    #[inline]
    fn of_words(words: [u64; KEY_WORDS], hasher: &impl BuildHasher) -> Self {
        let [first, second, third, fourth, last] = words.map(u128::from);
        let mut state = hasher.build_hasher();
        state.write_u128(first << 64 | second);
        state.write_u128(third << 64 | fourth ^ last);
        Self { hash: state.finish(), words }
    }

    /// Returns the part of the hash by which tables are cut into shards, which they use least themselves.
    pub(crate) const fn shard_bits(&self) -> u64 {
        self.hash >> 32 & 0xffff
    }

    const fn is_long(&self) -> bool {
        self.words[KEY_WORDS - 1] & CODE == LONG
    }

    const fn tag(&self) -> u8 {
        tag(self.hash)
    }
}

const fn tag(hash: u64) -> u8 {
    (hash >> 57) as u8 | 0x80
}

/// Takes the number that a kind hashes.
struct Number(u64);

impl Hasher for Number {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0 << 8 | u64::from(*byte);
        }
    }

    fn write_isize(&mut self, number: isize) {
        self.0 = u64::try_from(number).unwrap_or(0);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// An entry: its hash, the words of its key, its value.
type Slot = [u64; SLOT_BYTES / 8];
const HASH: usize = 0;
const KEY: usize = 1;
const VALUE: usize = KEY + KEY_WORDS;

/// What is found.
#[derive(Debug)]
pub(crate) enum Value<'t, V> {
    Core(Core),
    Kept(&'t V),
}

/// What is to be found later.
#[derive(Debug)]
pub(crate) enum NewValue<V> {
    Core(Core),
    Kept(V),
}

#[derive(Debug)]
pub(crate) struct Table<V> {
    /// None, or one for each slot and the first ones once more.
    tags: Vec<u8>,
    slots: Memory,
    mask: usize,
    len: usize,
    kept: Vec<Option<V>>,
    /// Places in `kept` that are free.
    free: Vec<u32>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            tags: Vec::new(),
            slots: Memory::Heap(Vec::new()),
            mask: 0,
            len: 0,
            kept: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<V> Table<V> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Tells whether there is an entry; `is` compares a text that is longer than a slot.
    #[inline]
    pub(crate) fn contains(&self, key: &Key, is: impl Fn(&V) -> bool) -> bool {
        self.place(key, is).is_some()
    }

    /// Finds an entry.
    #[inline]
    pub(crate) fn find(&self, key: &Key, is: impl Fn(&V) -> bool) -> Option<Value<'_, V>> {
        self.place(key, is).map(|at| self.value(&self.slots.slot(at)))
    }

    /// Adds an entry that is not there.
    pub(crate) fn insert(&mut self, key: &Key, value: NewValue<V>) {
        if (self.len + 1) * 8 > self.slot_count() * 5 {
            self.rebuild((self.slot_count() * 2).max(FEWEST_SLOTS));
        }
        let mut slot = [0; SLOT_BYTES / 8];
        slot[HASH] = key.hash;
        slot[KEY..VALUE].copy_from_slice(&key.words);
        match value {
            NewValue::Core(core) => {
                let core = core.to_u128();
                slot[VALUE - 1] |= IS_CORE;
                slot[VALUE] = (core >> 64) as u64;
                #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
                let low = core as u64;
                slot[VALUE + 1] = low;
            }
            NewValue::Kept(value) => slot[VALUE] = u64::from(self.keep(value)),
        }
        self.put(&slot);
        self.len += 1;
    }

    /// Removes an entry; `false` if it is not there.
    pub(crate) fn remove(&mut self, key: &Key, is: impl Fn(&V) -> bool) -> bool {
        let Some(mut gap) = self.place(key, is) else { return false };
        if let Some(place) = kept_place(&self.slots.slot(gap)) {
            self.kept[place as usize] = None;
            self.free.push(place);
        }
        // Whoever stands further from its home than the gap is moved into it.
        let mut at = gap;
        loop {
            at = (at + 1) & self.mask;
            if self.tags[at] == 0 {
                break;
            }
            let slot = self.slots.slot(at);
            let from_home = at.wrapping_sub(home(slot[HASH], self.mask)) & self.mask;
            if from_home >= at.wrapping_sub(gap) & self.mask {
                self.slots.set(gap, &slot);
                self.set_tag(gap, self.tags[at]);
                gap = at;
            }
        }
        self.set_tag(gap, 0);
        self.len -= 1;
        if self.slot_count() > KEPT_SLOTS && self.len < self.slot_count() / 8 {
            self.rebuild((self.len * 4).next_power_of_two().max(FEWEST_SLOTS));
        }
        true
    }

    const fn slot_count(&self) -> usize {
        if self.tags.is_empty() { 0 } else { self.mask + 1 }
    }

    #[inline]
    fn place(&self, key: &Key, is: impl Fn(&V) -> bool) -> Option<usize> {
        if self.tags.is_empty() {
            return None;
        }
        let mut from = home(key.hash, self.mask);
        loop {
            let group = u64::from_le_bytes(*self.tags.get(from..)?.first_chunk()?);
            let empty = !group & HIGH;
            // Nothing is looked for behind the first empty slot.
            let mut same = equal(group, key.tag()) & (empty & empty.wrapping_neg()).wrapping_sub(1);
            while same != 0 {
                let at = (from + (same.trailing_zeros() / 8) as usize) & self.mask;
                if self.holds(&self.slots.slot(at), key, &is) {
                    return Some(at);
                }
                same &= same - 1;
            }
            if empty != 0 {
                return None;
            }
            from = (from + GROUP) & self.mask;
        }
    }

    /// Whether the key of a slot is this one, whole.
    #[inline]
    fn holds(&self, slot: &Slot, key: &Key, is: impl Fn(&V) -> bool) -> bool {
        let mut differs = (slot[VALUE - 1] & !IS_CORE) ^ key.words[KEY_WORDS - 1];
        // Word by word: two arrays would be put into memory first, to be compared there.
        for (word, known) in key.words[..KEY_WORDS - 1].iter().zip(&slot[KEY..]) {
            differs |= word ^ known;
        }
        differs == 0
            && (!key.is_long() || matches!(self.value(slot), Value::Kept(value) if is(value)))
    }

    #[inline]
    fn value(&self, slot: &Slot) -> Value<'_, V> {
        let kept = kept_place(slot).map(|place| self.kept[place as usize].as_ref());
        match kept {
            Some(Some(value)) => Value::Kept(value),
            Some(None) => unreachable!("invariant: what a slot names is kept until it is removed"),
            None => {
                let [high, low] = [slot[VALUE], slot[VALUE + 1]].map(u128::from);
                Value::Core(Core::from_u128(high << 64 | low))
            }
        }
    }

    fn keep(&mut self, value: V) -> u32 {
        if let Some(place) = self.free.pop() {
            self.kept[place as usize] = Some(value);
            return place;
        }
        self.kept.push(Some(value));
        u32::try_from(self.kept.len() - 1).expect("invariant: limits keep tables far below 2^32")
    }

    /// Puts a slot into the first empty place from its home on.
    fn put(&mut self, slot: &Slot) {
        let mut at = home(slot[HASH], self.mask);
        while self.tags[at] != 0 {
            at = (at + 1) & self.mask;
        }
        self.slots.set(at, slot);
        self.set_tag(at, tag(slot[HASH]));
    }

    fn set_tag(&mut self, at: usize, tag: u8) {
        self.tags[at] = tag;
        if at < GROUP {
            let behind = self.mask + 1 + at;
            self.tags[behind] = tag;
        }
    }

    /// Moves everything into so many slots, a power of two.
    fn rebuild(&mut self, slots: usize) {
        let mut new = Self {
            tags: vec![0; slots + GROUP],
            slots: Memory::new(slots * SLOT_BYTES),
            mask: slots - 1,
            len: self.len,
            kept: Vec::with_capacity(if self.kept.is_empty() { 0 } else { self.len }),
            free: Vec::new(),
        };
        for at in 0..self.slot_count() {
            if self.tags[at] == 0 {
                continue;
            }
            let mut slot = self.slots.slot(at);
            if let Some(place) = kept_place(&slot)
                && let Some(value) = self.kept[place as usize].take()
            {
                slot[VALUE] = u64::from(new.keep(value));
            }
            new.put(&slot);
        }
        *self = new;
    }
}

/// The number of what a slot names, if its value is no core.
fn kept_place(slot: &Slot) -> Option<u32> {
    (slot[VALUE - 1] & IS_CORE == 0).then(|| u32::try_from(slot[VALUE]).unwrap_or(u32::MAX))
}

#[expect(clippy::cast_possible_truncation, reason = "the lower bits are meant")]
const fn home(hash: u64, mask: usize) -> usize {
    hash as usize & mask
}

const HIGH: u64 = 0x8080_8080_8080_8080;

/// The high bits of the bytes that are equal to one.
const fn equal(group: u64, byte: u8) -> u64 {
    let differs = group ^ (0x0101_0101_0101_0101 * byte as u64);
    !(((differs & !HIGH) + !HIGH) | differs) & HIGH
}

/// The bytes of all slots.
#[derive(Debug)]
enum Memory {
    Heap(Vec<u8>),
    /// Pages, from their first byte on that is a multiple of a large page.
    Pages(MmapMut, usize),
}

impl Memory {
    fn new(len: usize) -> Self {
        if len >= LARGE_PAGE
            && let Ok(map) = MmapMut::map_anon(len + LARGE_PAGE)
        {
            let start = map.as_ptr().align_offset(LARGE_PAGE);
            // Advice: without large pages the table is as good, and slower.
            #[cfg(target_os = "linux")]
            let _ = map.advise_range(memmap2::Advice::HugePage, start, len);
            return Self::Pages(map, start);
        }
        Self::Heap(vec![0; len])
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Heap(bytes) => bytes,
            Self::Pages(map, start) => &map[*start..],
        }
    }

    #[inline]
    fn slot(&self, at: usize) -> Slot {
        let bytes: &[u8; SLOT_BYTES] = self.bytes()[at * SLOT_BYTES..]
            .first_chunk()
            .expect("invariant: a place is below the number of slots");
        let mut slot = [0; SLOT_BYTES / 8];
        for (word, bytes) in slot.iter_mut().zip(bytes.as_chunks().0) {
            *word = u64::from_ne_bytes(*bytes);
        }
        slot
    }

    fn set(&mut self, at: usize, slot: &Slot) {
        let bytes = match self {
            Self::Heap(bytes) => &mut bytes[at * SLOT_BYTES..],
            Self::Pages(map, start) => &mut map[*start + at * SLOT_BYTES..],
        };
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(slot) {
            *bytes = word.to_ne_bytes();
        }
    }
}

/// A table behind a lock, and where it lies for whoever fetches its memory before taking the lock.
#[derive(Debug)]
pub(crate) struct Shard<V> {
    table: RwLock<Table<V>>,
    tags: AtomicUsize,
    slots: AtomicUsize,
    mask: AtomicUsize,
}

impl<V> Default for Shard<V> {
    fn default() -> Self {
        Self {
            table: RwLock::default(),
            tags: AtomicUsize::new(0),
            slots: AtomicUsize::new(0),
            mask: AtomicUsize::new(0),
        }
    }
}

impl<V> Shard<V> {
    /// Fetches the memory of a look-up that will come. Where it lies may change meanwhile; fetching never fails.
    #[inline]
    pub(crate) fn fetch(&self, key: &Key) {
        let at = home(key.hash, self.mask.load(Relaxed));
        let tag = self.tags.load(Relaxed).wrapping_add(at);
        let slot = self.slots.load(Relaxed).wrapping_add(at * SLOT_BYTES);
        prefetch_read_data::<u8, 0>(ptr::without_provenance(tag));
        prefetch_read_data::<u8, 0>(ptr::without_provenance(slot));
    }

    #[inline]
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Table<V>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&mut Table<V>) -> T) -> T {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut table);
        self.tags.store(table.tags.as_ptr().addr(), Relaxed);
        self.slots.store(table.slots.bytes().as_ptr().addr(), Relaxed);
        self.mask.store(table.mask, Relaxed);
        result
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::hash::BuildHasherDefault;

    use proptest::prelude::*;
    use strum::IntoEnumIterator as _;
    use unified_id::{IdKind, ThreadId};

    use super::*;

    /// So weak that places and tags collide all the time.
    #[derive(Default)]
    struct Weak(u64);

    impl Hasher for Weak {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_mul(3).wrapping_add(u64::from(*byte));
            }
        }

        fn finish(&self) -> u64 {
            (self.0 % 7) | ((self.0 % 3) << 57)
        }
    }

    const WEAK: BuildHasherDefault<Weak> = BuildHasherDefault::new();

    #[test]
    fn equal_bytes_are_found_exactly() {
        for byte in 0x80..=u8::MAX {
            for other in [0, 1, byte - 1, byte ^ 1, byte ^ 0x80, byte] {
                let group = [other, byte, byte.wrapping_add(1), 0, byte, other, 1, byte];
                let found = equal(u64::from_le_bytes(group), byte).to_le_bytes();
                let expected = group.map(|at| if at == byte { 0x80 } else { 0 });
                assert_eq!(found, expected, "{byte} {other}");
            }
        }
    }

    #[test]
    fn keys_are_equal_where_what_they_are_of_is_equal() {
        let core = Core::from_bytes([b'x'; 16]);
        let texts: Vec<String> = (1..80).map(|len| "x".repeat(len)).collect();
        let mut threads: Vec<ThreadKey> =
            texts.iter().map(|text| ThreadKey::parse(text).unwrap()).collect();
        threads.push(core.into());
        let keys: Vec<Key> = threads.iter().map(|of| Key::of_thread(of, &WEAK)).collect();
        let same = |first: &Key, second: &Key| first.words == second.words;
        for (at, first) in keys.iter().enumerate() {
            for (other, second) in keys.iter().enumerate() {
                // Of long texts the table compares what it keeps.
                let are_long = first.is_long() && second.is_long();
                assert_eq!(same(first, second), at == other || are_long, "{at} {other}");
            }
        }
        for (at, first) in texts.iter().enumerate() {
            let first = Key::of_text(first, &WEAK);
            assert_eq!(first.is_long(), at + 1 > LONGEST_TEXT);
            for (other, second) in texts.iter().enumerate() {
                let second = Key::of_text(second, &WEAK);
                let are_long = first.is_long() && second.is_long();
                assert_eq!(same(&first, &second), at == other || are_long, "{at} {other}");
            }
        }
        let kinds = std::iter::once(None).chain(IdKind::iter().map(Some));
        let ids: Vec<Key> = kinds
            .flat_map(|kind| [None, Some(core)].map(|scope| CoreId { kind, scope, core }))
            .map(|id| Key::of_id(id, &WEAK))
            .collect();
        for (at, first) in ids.iter().enumerate() {
            for (other, second) in ids.iter().enumerate() {
                assert_eq!(same(first, second), at == other, "{at} {other}");
            }
        }
    }

    fn text(number: u16) -> String {
        let filling = if number.is_multiple_of(3) {
            "a text that is longer than what a slot holds_"
        } else {
            "t"
        };
        format!("{filling}{number}")
    }

    proptest! {
        #[test]
        fn a_table_is_a_map(calls in prop::collection::vec((0_u8..3, 0_u16..200), 0..600)) {
            let (mut table, mut model) = (Table::<(String, u32)>::default(), BTreeMap::new());
            for (number, (call, of)) in (0_u32..).zip(calls) {
                let text = text(of);
                let key = Key::of_text(&text, &WEAK);
                let is = |kept: &(String, u32)| kept.0 == text;
                match call {
                    0 if !model.contains_key(&text) => {
                        table.insert(&key, NewValue::Kept((text.clone(), number)));
                        model.insert(text, number);
                    }
                    1 => prop_assert_eq!(table.remove(&key, is), model.remove(&text).is_some()),
                    _ => {
                        let found = table.find(&key, is).map(|value| match value {
                            Value::Kept((_, number)) => *number,
                            Value::Core(_) => u32::MAX,
                        });
                        prop_assert_eq!(found, model.get(&text).copied());
                    }
                }
                prop_assert_eq!(table.len(), model.len());
                let kept = table.kept.iter().flatten().count();
                prop_assert_eq!(kept, model.len());
            }
            for (text, number) in &model {
                let found = table.find(&Key::of_text(text, &WEAK), |kept| kept.0 == *text);
                prop_assert!(matches!(found, Some(Value::Kept((_, known))) if known == number));
            }
        }
    }

    #[test]
    fn a_large_table_keeps_cores_and_gives_its_memory_back() {
        let hash = &std::hash::RandomState::new();
        let shard = Shard::<Box<ThreadKey>>::default();
        let ids: Vec<ThreadKey> = (0..60_000).map(|_| ThreadId::new().into()).collect();
        let core = |id: &ThreadKey| id.as_core().unwrap();
        for id in &ids {
            let key = Key::of_thread(id, hash);
            shard.fetch(&key);
            shard.write(|table| table.insert(&key, NewValue::Core(core(id))));
        }
        let is_large = |table: &Table<_>| matches!(table.slots, Memory::Pages(..));
        assert!(is_large(&shard.read()) && shard.read().len() == ids.len());
        for id in &ids {
            let found = shard.read().find(&Key::of_thread(id, hash), |_| false).map(|value| {
                let Value::Core(found) = value else { panic!("a core was put in") };
                found
            });
            assert_eq!(found, Some(core(id)));
        }
        assert!(shard.read().find(&Key::of_text("absent", hash), |_| true).is_none());
        for id in &ids {
            assert!(shard.write(|table| table.remove(&Key::of_thread(id, hash), |_| false)));
        }
        assert!(shard.read().len() == 0 && shard.read().slot_count() <= KEPT_SLOTS);
    }
}
