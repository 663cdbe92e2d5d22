//! The reader: rows from the top, conditions, threads, and what else a text could be.
//!
//! `shape.rs` says which rows may fit, `matcher.rs` which do; here the conditions of a row are
//! held against its parts, its templates are filled, and the other rows of its group are asked.
//!
//! Invariants: the first row that fits decides; a refused row ends the reading; nothing is
//! allocated. The result goes to the parser's common enum.

use alloc::string::String;
use alloc::vec::Vec;

use super::dialect::Dialect;
use super::fits::FITS;
use super::formats::{GENERATED, GENERATED_LETTER, GROUP_ROWS, OP_ROWS, ROWS};
use super::id::{LegacyId, Others, ThreadSpan};
use super::matcher::{self, Span, Spans, Text};
use super::refusal::{Reason, Refusal};
use super::shape::{self, Shape};
use super::table::{Group, Kind, Name, Row, SLOTS, Thread, class, when};
use super::{convert, stop, words};

/// Reads a legacy id by the table alone.
///
/// # Errors
///
/// A [`Refusal`] if the text cannot be an id, if a row of the table says that it is none, or if no row
/// fits.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{self, Reason};
///
/// assert_eq!(legacy::read("sess_1756152290611_5343")?.kind(), Some("session"));
/// assert_eq!(legacy::read("run___a1b2c3d4").unwrap_err().reason(), Reason::EmptyThread);
/// # Ok::<(), legacy::Refusal>(())
/// ```
pub fn read(text: &str) -> Result<LegacyId<'_>, Refusal> {
    static TABLE: Reader = Reader::new();
    TABLE.read(text)
}

/// The reader with a deployment's options: its dialect and the rows of its application.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    dialect: Option<Dialect>,
    /// Rows of the application, each before the row of the table with this index, in order.
    pub(super) application: Vec<(usize, Row)>,
    pub(super) operations: Vec<String>,
    /// Rows of the application that are another reading of what a row reads.
    pub(super) rivals: Vec<Rival>,
}

/// Two rows that a text can be read by: whichever reads it, the other is an alternative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rival {
    /// The index among the rows of the application.
    pub(super) own: usize,
    pub(super) other: Which,
}

/// A row by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Table(usize),
    Own(usize),
}

impl Reader {
    /// Returns the reader of the table alone.
    #[must_use]
    pub const fn new() -> Self {
        Self { dialect: None, application: Vec::new(), operations: Vec::new(), rivals: Vec::new() }
    }

    /// Names the generator that made this deployment's ids.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Returns the dialect, if one was named.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Reads a legacy id.
    ///
    /// # Errors
    ///
    /// As [`read`].
    pub fn read<'a>(&'a self, text: &'a str) -> Result<LegacyId<'a>, Refusal> {
        let mut id = LegacyId::unread(text);
        self.read_into(text, &mut id)?;
        Ok(id)
    }

    /// Reads a legacy id into the place where it is to be: moving it costs as much as a row that is tried.
    #[inline]
    pub(crate) fn read_into<'a>(
        &'a self,
        text: &'a str,
        id: &mut LegacyId<'a>,
    ) -> Result<(), Refusal> {
        let mut shape = Shape::UNKNOWN;
        shape::classify(text, &mut shape)?;
        self.find(text.as_bytes(), &shape, &self.application, id)
    }

    /// Finds the first row that fits, and fills in what it says.
    #[inline]
    fn find<'a>(
        &'a self,
        text: &'a [u8],
        shape: &Shape,
        application: &'a [(usize, Row)],
        id: &mut LegacyId<'a>,
    ) -> Result<(), Refusal> {
        let mut rows = shape.rows;
        if !self.operations.is_empty() {
            rows |= OP_ROWS;
        }
        // Rows that may fit, less those that were found not to.
        let mut candidates = rows;
        let mut own = application.iter();
        let mut settled_groups = 0_u8;
        loop {
            let index = rows.trailing_zeros() as usize;
            while let Some((before, row)) = own.as_slice().first()
                && *before <= index
            {
                let at = application.len() - own.as_slice().len();
                own.next();
                if self.fits(row, text, shape, &mut id.spans)
                    && self.fill(row, text, shape, 0, id)?
                {
                    return self.ask_rivals(Which::Own(at), text, shape, application, id);
                }
            }
            let Some(row) = ROWS.get(index) else { return Err(Refusal::new(Reason::Unknown, 0)) };
            rows &= rows - 1;
            if let Some(group) = row.group
                && let Some(dialect) = self.dialect
                && settled_groups & 1 << group as u8 == 0
            {
                settled_groups |= 1 << group as u8;
                for first in members(candidates & GROUP_ROWS[group as usize]) {
                    if first.dialects & dialect.bit() != 0
                        && self.fits(first, text, shape, &mut id.spans)
                        && self.fill(first, text, shape, 0, id)?
                    {
                        return Ok(());
                    }
                }
            }
            if !self.fits(row, text, shape, &mut id.spans) {
                candidates &= !(1 << index);
                continue;
            }
            if (row.when == 0 || holds(row, &id.spans, text))
                && self.fill(row, text, shape, candidates, id)?
            {
                if self.rivals.is_empty() {
                    return Ok(());
                }
                return self.ask_rivals(Which::Table(index), text, shape, application, id);
            }
        }
    }

    /// Fills the templates of a row that fits; with `candidates` the others of its group are asked
    /// for their threads. `false` if the row holds no run where it has to.
    #[inline]
    fn fill<'a>(
        &'a self,
        row: &'a Row,
        text: &'a [u8],
        shape: &Shape,
        candidates: u128,
        id: &mut LegacyId<'a>,
    ) -> Result<bool, Refusal> {
        if let Name::Refused(reason, _) = row.name {
            return Err(Refusal::by_row(reason, row.number, stop::position(reason, text)));
        }
        id.row = row;
        id.kind = kind(row, &id.spans, text);
        if let Thread::Inner(slot) = row.thread {
            return self.fill_from_inner(id.spans[usize::from(slot)], text, id);
        }
        id.thread = thread(row, &id.spans, id.kind, text);
        refuse_blank(id.thread, text)?;
        if let Some(group) = row.group
            && candidates != 0
        {
            self.ask_others(group, text, shape, candidates, id)?;
        }
        Ok(true)
    }

    /// Takes the thread of the run inside.
    #[cold]
    fn fill_from_inner<'a>(
        &'a self,
        span: Span,
        text: &'a [u8],
        id: &mut LegacyId<'a>,
    ) -> Result<bool, Refusal> {
        let inner = &text[span.range()];
        let mut shape = Shape::UNKNOWN;
        shape::classify_checked(inner, &mut shape);
        let mut run = *id;
        run.others = Others::NONE;
        match self.find(inner, &shape, &[], &mut run) {
            Ok(()) if run.kind == Some("run") => {}
            Err(refusal) if refusal.reason() == Reason::Blank => {
                return Err(refusal.moved(usize::from(span.start)));
            }
            _ => return Ok(false),
        }
        // The inner reading speaks of the inner text.
        for thread in core::iter::once(&mut run.thread).chain(&mut run.others.threads).flatten() {
            thread.span = thread.span.moved(span.start);
        }
        (id.thread, id.others) = (run.thread, run.others);
        Ok(true)
    }

    /// Notes the threads that the other rows of the group give.
    fn ask_others(
        &self,
        group: Group,
        text: &[u8],
        shape: &Shape,
        candidates: u128,
        id: &mut LegacyId<'_>,
    ) -> Result<(), Refusal> {
        for other in members(candidates & GROUP_ROWS[group as usize]) {
            if !core::ptr::eq(other, id.row) {
                self.ask(other, text, shape, id)?;
            }
        }
        Ok(())
    }

    /// Notes the threads that rows give which an application declared to be other readings of this one.
    #[cold]
    fn ask_rivals(
        &self,
        read: Which,
        text: &[u8],
        shape: &Shape,
        application: &[(usize, Row)],
        id: &mut LegacyId<'_>,
    ) -> Result<(), Refusal> {
        for rival in &self.rivals {
            let other = match (read, rival.other) {
                (Which::Own(at), Which::Table(other)) if rival.own == at => ROWS.get(other),
                (Which::Own(at), Which::Own(other)) if rival.own == at => {
                    application.get(other).map(|(_, row)| row)
                }
                (_, other) if other == read => application.get(rival.own).map(|(_, row)| row),
                _ => None,
            };
            if let Some(other) = other {
                self.ask(other, text, shape, id)?;
            }
        }
        Ok(())
    }

    /// Notes the thread that another row gives, if it fits and the thread is another one.
    fn ask(
        &self,
        other: &Row,
        text: &[u8],
        shape: &Shape,
        id: &mut LegacyId<'_>,
    ) -> Result<(), Refusal> {
        let mut spans = [Span::NONE; SLOTS];
        if !self.fits(other, text, shape, &mut spans) {
            return Ok(());
        }
        let reading = thread(other, &spans, kind(other, &spans, text), text);
        refuse_blank(reading, text)?;
        let key = |thread: Option<ThreadSpan>| thread.map(|thread| thread.key(text));
        if key(reading) != key(id.thread)
            && id.others.as_slice().iter().all(|known| key(*known) != key(reading))
        {
            id.others.push(reading);
        }
        Ok(())
    }

    /// Whether the row's pattern fits, its dates are dates, and its guard holds.
    #[inline]
    fn fits(&self, row: &Row, text: &[u8], shape: &Shape, spans: &mut Spans) -> bool {
        fits_pattern(row, &Text { bytes: text, shape, extra: &self.operations }, spans)
            && !(row.not_a_date && ends_in_date(text))
            && row.date.is_none_or(|slot| {
                let date = core::str::from_utf8(&text[spans[usize::from(slot)].range()])
                    .unwrap_or_default();
                convert::date_ms(date).is_some()
            })
    }
}

/// Whether a row's pattern fits: those of the table are functions.
#[inline]
fn fits_pattern(row: &Row, of: &Text<'_>, spans: &mut Spans) -> bool {
    if let Name::Application(_) = row.name {
        return matcher::fit(&row.program, of.bytes, of.shape, of.extra, spans);
    }
    *spans = [Span::NONE; SLOTS];
    FITS[usize::from(row.number) - 1](of, spans)
}

/// The rows of a set, from the top.
fn members(mut rows: u128) -> impl Iterator<Item = &'static Row> {
    core::iter::from_fn(move || {
        let row = ROWS.get(rows.trailing_zeros() as usize)?;
        rows &= rows - 1;
        Some(row)
    })
}

fn kind<'a>(row: &'a Row, spans: &Spans, text: &[u8]) -> Option<&'a str> {
    match &row.kind {
        Kind::None => None,
        Kind::Fixed(kind) => Some(kind),
        Kind::Words(slot) => words::kind(&text[spans[usize::from(*slot)].range()]),
    }
}

fn thread(row: &Row, spans: &Spans, kind: Option<&str>, text: &[u8]) -> Option<ThreadSpan> {
    if kind == Some("thread") {
        return Some(ThreadSpan { span: Span::new(0, text.len()), prefixed: false });
    }
    match row.thread {
        Thread::None | Thread::Inner(_) => None,
        Thread::Slice { first, last, prefixed } => {
            let (first, last) = (spans[usize::from(first)], spans[usize::from(last)]);
            (first.is_some() && last.is_some()).then_some(ThreadSpan {
                span: Span { start: first.start, end: last.end },
                prefixed,
            })
        }
    }
}

/// A blank at an end is refused in the thread inside as in the text.
fn refuse_blank(thread: Option<ThreadSpan>, text: &[u8]) -> Result<(), Refusal> {
    let Some(thread) = thread else { return Ok(()) };
    let range = thread.span.range();
    if text.get(range.start) == Some(&b' ') {
        return Err(Refusal::new(Reason::Blank, range.start));
    }
    if text[range.clone()].last() == Some(&b' ') {
        return Err(Refusal::new(Reason::Blank, range.end - 1));
    }
    Ok(())
}

/// Whether one of the row's conditions holds.
fn holds(row: &Row, spans: &Spans, text: &[u8]) -> bool {
    let part = |slot: u8| {
        spans.get(usize::from(slot)).and_then(|span| text.get(span.range())).unwrap_or_default()
    };
    let (thread, number) = (part(row.subject.0), part(row.subject.1));
    let has = |condition: u8| row.when & condition != 0;
    (has(when::FIVE_DIGITS) && number.len() == 5)
        || (has(when::SAME_MS) && same_ms(thread, number))
        || (has(when::NOT_ASCII) && !super::formats::ASCII.accepts(thread))
        || (has(when::GENERATED) && generated(thread))
}

/// The thread ends in a time, and the number is that time modulo 100000.
fn same_ms(thread: &[u8], number: &[u8]) -> bool {
    let Some((before, ms)) = thread.split_last_chunk::<13>() else { return false };
    if ms[0] != b'1'
        || !ms.iter().all(u8::is_ascii_digit)
        || !(before.is_empty() || before.len() > 1 && before.ends_with(b"_"))
    {
        return false;
    }
    // The number is written without padding.
    let end = &ms[8..];
    let zeros = end.iter().take_while(|byte| **byte == b'0').count().min(4);
    &end[zeros..] == number
}

/// The thread has the form of a thread that a generator made.
fn generated(thread: &[u8]) -> bool {
    let fits =
        |program| matcher::fit(program, thread, &Shape::UNKNOWN, &[], &mut [Span::NONE; SLOTS]);
    if GENERATED.iter().any(fits) {
        return true;
    }
    let last = thread.rsplit(|byte| *byte == b'_').next().unwrap_or_default();
    let letter = last.iter().any(|byte| matches!(byte, b'a'..=b'f' | b'A'..=b'F'));
    letter && GENERATED_LETTER.iter().any(fits)
}

/// `-` and 8 digits `20YYMMDD` at the end.
fn ends_in_date(text: &[u8]) -> bool {
    let Some((_, [b'-', b'2', b'0', rest @ ..])) = text.split_last_chunk::<9>() else {
        return false;
    };
    let number = |at: usize| (rest[at] - b'0') * 10 + (rest[at + 1] - b'0');
    rest.iter().all(|byte| class::OF[usize::from(*byte)] & class::DIGIT != 0)
        && (1..=12).contains(&number(2))
        && (1..=31).contains(&number(4))
}
