//! Rows of an application: formats of its own, as data in the table's language.
//!
//! A row is checked when it is loaded: a pattern that can never match, or that has texts in common with
//! another row while nobody says which goes first, is an error that shows such a text. After loading,
//! rows are read by the same machine as the table's.
//!
//! Invariants: reading stays linear in the text's length (`pattern.rs` refuses other patterns); no row of the
//! table changes; what an application's row takes away from a row of the table it says with `before`.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::Deserialize;

use super::formats::{ATOMS, GROUP_ROWS, LISTS, ROWS};
use super::id::ALTERNATIVES;
use super::overlap::{self, Language, Search};
use super::pattern::{self, Atom, Atoms};
use super::read::{Reader, Rival, Which};
use super::table::{Name, Role, Row, Thread};
use super::template;

/// An atom or a list, by name.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) regex: &'static str,
    pub(crate) atom: Atom,
    pub(crate) counter: bool,
    pub(crate) random: bool,
}

/// The atoms and lists of the table, and the words that the application adds to the list `op`.
struct Vocabulary<'a> {
    operations: &'a [String],
}

impl Atoms for Vocabulary<'_> {
    fn atom(&self, name: &str) -> Option<Atom> {
        ATOMS.iter().find(|named| named.name == name).map(|named| named.atom.clone())
    }

    fn list(&self, name: &str) -> Option<Atom> {
        LISTS.iter().find(|named| named.name == name).map(|named| named.atom.clone())
    }

    fn regex(&self, name: &str, list: bool) -> String {
        let named = if list { LISTS.iter() } else { ATOMS.iter() }.find(|named| named.name == name);
        let regex = named.map_or("", |named| named.regex);
        if list && name == "op" && !self.operations.is_empty() {
            return format!("{regex}|{}", self.operations.join("|"));
        }
        regex.to_owned()
    }

    fn role(&self, name: Option<&str>, atom: &str) -> Role {
        let named = ATOMS.iter().find(|named| named.name == atom);
        template::role(
            name,
            named.is_some_and(|named| named.counter),
            named.is_some_and(|named| named.random),
        )
    }
}

/// One row of an application.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{Reader, RowSpec, Rows};
///
/// let order = RowSpec::new("order", "ord-{ms:ms}-{hex8}").with_kind("order").before("table");
/// let reader = Reader::new().with_rows(&Rows::new().with_row(order))?;
/// let id = reader.read("ord-1756152290611-a1b2c3d4").unwrap();
/// assert_eq!((id.row().name(), id.kind()), ("order", Some("order")));
/// assert_eq!(id.timestamp_ms(), Some(1_756_152_290_611));
/// # Ok::<(), unified_id::legacy::RowError>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowSpec {
    name: String,
    pattern: String,
    kind: Option<String>,
    thread: Option<String>,
    user: Option<String>,
    #[serde(default)]
    by: String,
    example: Option<String>,
    before: Option<String>,
    #[serde(default)]
    over: Vec<String>,
    #[serde(default)]
    ambiguous_with: Vec<String>,
}

impl RowSpec {
    /// Begins a row: the name of its format, and its pattern in the table's language.
    #[must_use]
    pub fn new(name: impl Into<String>, pattern: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            pattern: pattern.into(),
            kind: None,
            thread: None,
            user: None,
            by: String::new(),
            example: None,
            before: None,
            over: Vec::new(),
            ambiguous_with: Vec::new(),
        }
    }

    /// Says what the id identifies: a word, or `@` and a part that the word table decides by.
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Says where the thread stands: `{T}`, several parts as the pattern joins them, perhaps after `thread_`.
    #[must_use]
    pub fn with_thread(mut self, thread: impl Into<String>) -> Self {
        self.thread = Some(thread.into());
        self
    }

    /// Says where the user stands: `{U}`, or `{id}` for the whole text.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Says who writes such ids.
    #[must_use]
    pub fn with_by(mut self, by: impl Into<String>) -> Self {
        self.by = by.into();
        self
    }

    /// Gives an id that has to read as this row.
    #[must_use]
    pub fn with_example(mut self, example: impl Into<String>) -> Self {
        self.example = Some(example.into());
        self
    }

    /// Puts the row before a row of the table: a format's name, the reason of a row that refuses, a row's
    /// number, `table` for all of it, or `end` for none.
    #[must_use]
    pub fn before(mut self, row: impl Into<String>) -> Self {
        self.before = Some(row.into());
        self
    }

    /// Says that this row goes before another row of the application that has texts in common with it.
    #[must_use]
    pub fn over(mut self, name: impl Into<String>) -> Self {
        self.over.push(name.into());
        self
    }

    /// Says that a text which this row and another read can be either: whichever goes first is recommended, and the thread of
    /// the other is an [alternative](super::LegacyId::alternatives).
    ///
    /// A format's name, a row's number, or a row of the application. A run inside another id is read by the table alone.
    ///
    /// # Examples
    ///
    /// ```
    /// use unified_id::legacy::{Reader, RowSpec, Rows};
    ///
    /// let job = RowSpec::new("job", "run_{T:words}_{d1-4}_{hex8}")
    ///     .with_kind("run")
    ///     .with_thread("{T}")
    ///     .before("table")
    ///     .ambiguous_with("netra_run_idmanager");
    /// let reader = Reader::new().with_rows(&Rows::new().with_row(job))?;
    /// let id = reader.read("run_nightly_12_a1b2c3d4").unwrap();
    /// assert_eq!((id.row().name(), id.thread().unwrap().to_string().as_str()), ("job", "nightly"));
    /// let others: Vec<_> = id.alternatives().map(|thread| thread.unwrap().to_string()).collect();
    /// assert_eq!(others, ["nightly_12"]);
    /// # Ok::<(), unified_id::legacy::RowError>(())
    /// ```
    #[must_use]
    pub fn ambiguous_with(mut self, row: impl Into<String>) -> Self {
        self.ambiguous_with.push(row.into());
        self
    }
}

/// The rows of an application, and the operations that it registers.
///
/// # Examples
///
/// ```
/// use unified_id::legacy::{Reader, Rows};
///
/// let rows = Rows::from_toml(
///     r#"
///     operations = ["billing_run"]
///
///     [[row]]
///     name = "order"
///     pattern = "ord-{ms:ms}-{hex8}-{T:text}"
///     kind = "order"
///     thread = "{T}"
///     before = "table"
///     "#,
/// )?;
/// let reader = Reader::new().with_rows(&rows)?;
/// assert_eq!(reader.read("ord-1756152290611-a1b2c3d4-team_a").unwrap().thread().unwrap(), "team_a");
/// assert_eq!(reader.read("run_billing_run_7_5c95c6ff").unwrap().format().to_string(), "netra_ctx_run");
/// # Ok::<(), unified_id::legacy::RowError>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    #[serde(default)]
    operations: Vec<String>,
    #[serde(default)]
    row: Vec<RowSpec>,
}

impl Rows {
    /// Returns no rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row behind the others.
    #[must_use]
    pub fn with_row(mut self, row: RowSpec) -> Self {
        self.row.push(row);
        self
    }

    /// Adds a word to the list `op` of registered operations.
    #[must_use]
    pub fn with_operation(mut self, word: impl Into<String>) -> Self {
        self.operations.push(word.into());
        self
    }

    /// Reads rows from TOML: `operations`, and `[[row]]` tables with the fields of [`RowSpec`].
    ///
    /// # Errors
    ///
    /// [`RowErrorKind::Toml`] if the text is no such TOML; the rows themselves are checked by
    /// [`Reader::with_rows`].
    pub fn from_toml(text: &str) -> Result<Self, RowError> {
        toml::from_str(text)
            .map_err(|error| RowError::new(RowErrorKind::Toml, "", error.message().to_owned()))
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum RowErrorKind {
    /// The text is no TOML of this form.
    Toml,
    /// The pattern cannot be read, or reading by it would not be linear.
    Pattern,
    /// `kind`, `thread` or `user` does not go with the pattern.
    Template,
    /// An operation is not a lower-case letter followed by lower-case letters and `_`.
    Operation,
    /// `before`, `over` or `ambiguous_with` names no row, or rows go before one another in a circle, or a text could have more
    /// readings than an id has room for.
    Order,
    /// Two rows have one name, or a row has a format's name.
    Name,
    /// Every text of the pattern is read by a row before it.
    NeverMatches,
    /// The row has texts in common with another, and nobody says which goes first.
    Overlap,
    /// The example does not read as its row.
    Example,
}

/// Why the rows of an application were not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    kind: RowErrorKind,
    row: String,
    what: String,
    example: Option<String>,
}

impl RowError {
    fn new(kind: RowErrorKind, row: &str, what: String) -> Self {
        Self { kind, row: row.to_owned(), what, example: None }
    }

    fn with_example(self, example: String) -> Self {
        Self { example: Some(example), ..self }
    }

    /// Returns what is wrong, for branching.
    #[must_use]
    pub fn kind(&self) -> RowErrorKind {
        self.kind
    }

    /// Returns the name of the row.
    #[must_use]
    pub fn row(&self) -> &str {
        &self.row
    }

    /// Returns a text that shows the error, where one does.
    #[must_use]
    pub fn example(&self) -> Option<&str> {
        self.example.as_deref()
    }

    /// Returns what to do, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            RowErrorKind::Toml => {
                "give `operations = [...]` and `[[row]]` tables with name, pattern, kind, thread, user, by, example, before, over, ambiguous_with"
            }
            RowErrorKind::Pattern => {
                "write the pattern with the atoms and lists of docs/spec/legacy-formats.md"
            }
            RowErrorKind::Template => {
                "name only parts of the pattern, joined as the pattern joins them"
            }
            RowErrorKind::Operation => "use lower-case letters and `_`, a letter first",
            RowErrorKind::Order => {
                "name a format, the reason of a refused row, a row number, `table` or `end` in `before`, rows of the application in `over`, and at most four rows of either in `ambiguous_with`"
            }
            RowErrorKind::Name => "give each row a name of its own",
            RowErrorKind::NeverMatches => {
                "put the row before those that take its texts: `before = ...`"
            }
            RowErrorKind::Overlap => {
                "say which row goes first: `before = ...` for a row of the table, `over = [...]` for one of the application"
            }
            RowErrorKind::Example => {
                "correct the example, or put the row before the one that reads it"
            }
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.row.is_empty() {
            write!(f, "row `{}`: ", self.row)?;
        }
        f.write_str(&self.what)?;
        match &self.example {
            Some(example) => write!(f, ", for example `{example}`"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for RowError {}

impl Reader {
    /// Adds the rows of an application.
    ///
    /// # Errors
    ///
    /// A [`RowError`]: see [`RowErrorKind`] for the causes. Rows of an earlier call are replaced.
    pub fn with_rows(mut self, rows: &Rows) -> Result<Self, RowError> {
        for word in &rows.operations {
            let fits = word.starts_with(|first: char| first.is_ascii_lowercase())
                && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if !fits {
                return Err(RowError::new(
                    RowErrorKind::Operation,
                    "",
                    format!("the operation `{word}` has another form"),
                ));
            }
        }
        let atoms = Vocabulary { operations: &rows.operations };
        let mut placed = place(rows)?
            .into_iter()
            .map(|(before, number, spec)| Ok((before, compile(spec, number, &atoms)?)))
            .collect::<Result<Vec<_>, RowError>>()?;
        let rivals = rivals(rows, &placed)?;
        check(rows, &mut placed, &atoms, &rivals)?;
        self.application = placed;
        self.rivals = rivals;
        self.operations.clone_from(&rows.operations);
        for (_, row) in self.application.iter().filter(|(_, row)| !row.example.is_empty()) {
            let read = self.read(&row.example);
            if !read.as_ref().is_ok_and(|id| core::ptr::eq(id.row(), row)) {
                let what = match read {
                    Ok(id) => format!("its example reads as `{}`", id.row().name()),
                    Err(refusal) => format!("its example is refused: {refusal}"),
                };
                return Err(RowError::new(RowErrorKind::Example, row.name(), what)
                    .with_example(row.example.to_string()));
            }
        }
        Ok(self)
    }
}

/// The rows in the order in which they are read, each with the index of the table's row that it goes before.
fn place(rows: &Rows) -> Result<Vec<(usize, u16, &RowSpec)>, RowError> {
    let fail = |kind, spec: &RowSpec, what| Err(RowError::new(kind, &spec.name, what));
    let mut waiting = Vec::new();
    for (at, spec) in rows.row.iter().enumerate() {
        if rows.row[..at].iter().any(|other| other.name == spec.name)
            || ROWS.iter().any(|row| row.name() == spec.name)
        {
            return fail(RowErrorKind::Name, spec, "another row has this name".to_owned());
        }
        let before = match spec.before.as_deref() {
            None | Some("end") => Some(ROWS.len()),
            Some("table") => Some(0),
            Some(name) => {
                ROWS.iter().position(|row| row.name() == name || row.number().to_string() == name)
            }
        };
        let Some(before) = before else {
            return fail(
                RowErrorKind::Order,
                spec,
                format!(
                    "`before` names `{}`, which is no row of the table",
                    spec.before.as_deref().unwrap_or("")
                ),
            );
        };
        if let Some(unknown) =
            spec.over.iter().find(|name| rows.row.iter().all(|row| row.name != **name))
        {
            return fail(
                RowErrorKind::Order,
                spec,
                format!("`over` names `{unknown}`, which is no row of the application"),
            );
        }
        let number = u16::try_from(at + 1).unwrap_or(u16::MAX);
        waiting.push((before, number, spec));
    }
    // By place in the table; within one place a row goes before those that it is over.
    waiting.sort_by_key(|(before, ..)| *before);
    let mut placed: Vec<(usize, u16, &RowSpec)> = Vec::new();
    while !waiting.is_empty() {
        let next = waiting.iter().position(|(before, _, spec)| {
            *before == waiting[0].0
                && waiting.iter().all(|(_, _, other)| !other.over.contains(&spec.name))
        });
        match next {
            Some(next) => placed.push(waiting.remove(next)),
            None => {
                return fail(
                    RowErrorKind::Order,
                    waiting[0].2,
                    "`over` and `before` contradict one another".to_owned(),
                );
            }
        }
    }
    Ok(placed)
}

/// Finds the rows that `ambiguous_with` names.
fn rivals(rows: &Rows, placed: &[(usize, Row)]) -> Result<Vec<Rival>, RowError> {
    let mut rivals: Vec<Rival> = Vec::new();
    for (own, (_, row)) in placed.iter().enumerate() {
        let spec = rows.row.iter().find(|spec| spec.name == row.name());
        for name in spec.iter().flat_map(|spec| &spec.ambiguous_with) {
            let of_table = ROWS.iter().enumerate().filter(|(_, row)| {
                !row.is_refused() && (row.name() == name || row.number().to_string() == *name)
            });
            let of_own =
                placed.iter().enumerate().filter(|(at, (_, row))| *at != own && row.name() == name);
            let found: Vec<Which> = of_table
                .map(|(at, _)| Which::Table(at))
                .chain(of_own.map(|(at, _)| Which::Own(at)))
                .collect();
            if found.is_empty() {
                let what = format!(
                    "`ambiguous_with` names `{name}`, which is no other row that reads ids"
                );
                return Err(RowError::new(RowErrorKind::Order, row.name(), what));
            }
            for other in found {
                let known = |rival: &Rival| {
                    (rival.own, rival.other) == (own, other)
                        || (Which::Own(rival.own), rival.other) == (other, Which::Own(own))
                };
                if !rivals.iter().any(known) {
                    rivals.push(Rival { own, other });
                }
            }
        }
    }
    // Alternatives stand in the order of the table, those of the application behind them.
    rivals.sort_by_key(|rival| match rival.other {
        Which::Table(at) => (0, at, rival.own),
        Which::Own(at) => (1, at, rival.own),
    });
    // Every reading of a text has to have room, those of the table's own groups included.
    let readings = |which: Which| {
        let declared = rivals
            .iter()
            .filter(|rival| rival.other == which || which == Which::Own(rival.own))
            .count();
        let group = match which {
            Which::Table(at) => ROWS[at].group.map_or(0, |group| {
                // Rows of one format have one pattern, and give one thread.
                let of_group = |(at, _): &(usize, &Row)| GROUP_ROWS[group as usize] >> at & 1 != 0;
                let names = ROWS.iter().enumerate().filter(of_group).map(|(_, row)| row.name());
                names.collect::<BTreeSet<_>>().len() - 1
            }),
            Which::Own(_) => 0,
        };
        declared + group
    };
    for rival in &rivals {
        for which in [Which::Own(rival.own), rival.other] {
            if readings(which) > ALTERNATIVES {
                let what = "`ambiguous_with` gives a text more than four other readings".to_owned();
                return Err(RowError::new(RowErrorKind::Order, placed[rival.own].1.name(), what));
            }
        }
    }
    Ok(rivals)
}

fn compile(spec: &RowSpec, number: u16, atoms: &Vocabulary<'_>) -> Result<Row, RowError> {
    let fail = |kind| move |what| RowError::new(kind, &spec.name, what);
    let program = pattern::compile(&spec.pattern, atoms).map_err(fail(RowErrorKind::Pattern))?;
    if program.bounds.first().is_some_and(|(min, _)| usize::from(*min) > super::MAX_BYTES) {
        return Err(RowError::new(
            RowErrorKind::NeverMatches,
            &spec.name,
            "its texts are longer than any id".to_owned(),
        ));
    }
    let template = fail(RowErrorKind::Template);
    let kind = template::kind_rule(spec.kind.as_deref(), &program).map_err(&template)?;
    let thread = template::thread_rule(spec.thread.as_deref(), &spec.pattern, &program)
        .map_err(&template)?;
    let user = template::user_rule(spec.user.as_deref(), &program).map_err(&template)?;
    let date = program
        .parts
        .iter()
        .position(|part| part.role == Role::Date)
        .and_then(|slot| u8::try_from(slot).ok());
    Ok(Row {
        number,
        name: Name::Application(Cow::Owned(spec.name.clone())),
        pattern: Cow::Owned(spec.pattern.clone()),
        by: Cow::Owned(spec.by.clone()),
        example: Cow::Owned(spec.example.clone().unwrap_or_default()),
        kind,
        thread,
        user,
        group: None,
        when: 0,
        subject: (u8::MAX, u8::MAX),
        date,
        not_a_date: false,
        thread_is_prefix: false,
        dialects: 0,
        program,
    })
}

/// Whether a text that fits the row's pattern is always read by it.
fn unconditional(row: &Row) -> bool {
    row.when == 0
        && !row.not_a_date
        && row.date.is_none()
        && !matches!(row.thread, Thread::Inner(_))
}

/// Looks for rows that can never match and for overlaps without an order; fills in missing examples.
fn check(
    rows: &Rows,
    placed: &mut [(usize, Row)],
    atoms: &Vocabulary<'_>,
    rivals: &[Rival],
) -> Result<(), RowError> {
    let language = |row: &Row| {
        let fail = |what| RowError::new(RowErrorKind::Pattern, row.name(), what);
        let nodes = pattern::parse(&row.pattern).map_err(fail)?;
        Language::new(&pattern::regex(&nodes, atoms)).map_err(fail)
    };
    let spec = |row: &Row| rows.row.iter().find(|spec| spec.name == row.name());
    // The table's rows, then the application's.
    let all = ROWS.iter().chain(placed.iter().map(|(_, row)| row));
    let mut languages = all.map(language).collect::<Result<Vec<_>, _>>()?;
    for at in 0..placed.len() {
        let (before, row) = &placed[at];
        let fail = |kind, what| RowError::new(kind, row.name(), what);
        let this = ROWS.len() + at;
        let mut search = |inside: &[usize], outside: &[usize]| {
            overlap::find(&mut languages, inside, outside)
                .map_err(|what| fail(RowErrorKind::Pattern, what))
        };
        // Rows that take texts of this one: all of the table's where no order is stated, else those before it.
        let stated = spec(row).is_some_and(|spec| spec.before.is_some());
        let mut overlaps = Vec::new();
        for other in 0..if stated { *before } else { ROWS.len() } {
            if let Search::Found(text) = search(&[this, other], &[])? {
                overlaps.push((other, text));
            }
        }
        let mut own_overlaps = Vec::new();
        for other in 0..at {
            if let Search::Found(text) = search(&[this, ROWS.len() + other], &[])? {
                own_overlaps.push((other, text));
            }
        }
        let outside: Vec<usize> = overlaps
            .iter()
            .map(|(other, _)| *other)
            // A row that is only another reading is still one.
            .filter(|other| {
                unconditional(&ROWS[*other])
                    && !rivals.contains(&Rival { own: at, other: Which::Table(*other) })
            })
            .chain(
                own_overlaps
                    .iter()
                    .filter(|(other, _)| unconditional(&placed[*other].1))
                    .map(|(other, _)| ROWS.len() + other),
            )
            .collect();
        let left = search(&[this], &outside)?;
        let outside_all: Vec<usize> = overlaps
            .iter()
            .map(|(other, _)| *other)
            .chain(own_overlaps.iter().map(|(other, _)| ROWS.len() + other))
            .collect();
        let taken_by =
            |index: usize| format!("row {} of the table ({})", index + 1, ROWS[index].name());
        if left == Search::Nothing {
            let by = overlaps.first().map(|(index, text)| (taken_by(*index), text));
            let by = by.or_else(|| {
                own_overlaps
                    .first()
                    .map(|(index, text)| (format!("row `{}`", placed[*index].1.name()), text))
            });
            let error = fail(
                RowErrorKind::NeverMatches,
                by.as_ref().map_or_else(
                    || "no text fits".to_owned(),
                    |(by, _)| format!("can never match: {by} is first"),
                ),
            );
            return Err(match by {
                Some((_, text)) => error.with_example(text.clone()),
                None => error,
            });
        }
        if let (false, Some((index, text))) = (stated, overlaps.first()) {
            return Err(fail(
                RowErrorKind::Overlap,
                format!("has texts in common with {}", taken_by(*index)),
            )
            .with_example(text.clone()));
        }
        for (index, text) in own_overlaps {
            let other = &placed[index];
            let ordered = other.0 != *before
                || spec(&other.1)
                    .is_some_and(|spec| spec.over.iter().any(|name| *name == row.name()));
            if !ordered {
                return Err(fail(
                    RowErrorKind::Overlap,
                    format!("has texts in common with row `{}`", other.1.name()),
                )
                .with_example(text));
            }
        }
        if row.example.is_empty() {
            // A text that no row before this one can take, whatever its conditions; there may be none.
            if let Search::Found(text) = search(&[this], &outside_all)? {
                placed[at].1.example = Cow::Owned(text);
            }
        }
    }
    Ok(())
}
