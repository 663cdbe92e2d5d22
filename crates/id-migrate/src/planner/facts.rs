//! What the planner asks an engine: the schema as plain facts, and the values of columns, one row after the other.

use rusqlite::types::ValueRef;

use crate::error::Result;
use crate::plan::{KeyPlan, Reference};

/// What values a column holds, as far as the planner cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Whole numbers: that one of them is a key says nothing.
    Integer,
    /// Other numbers: never an id.
    Number,
    Text,
    /// Whatever was written into it.
    Any,
}

impl Class {
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }
}

/// When two texts of a column are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Equality {
    Bytes,
    /// Apart from the case of ASCII letters.
    NoCase,
    /// Apart from blanks at the end.
    NoTrailingBlanks,
}

#[derive(Clone, Debug)]
pub(crate) struct ColumnFacts {
    pub(crate) name: String,
    pub(crate) class: Class,
    pub(crate) equality: Equality,
    pub(crate) is_generated: bool,
    /// No two rows can have the same value here.
    pub(crate) is_unique: bool,
}

/// Columns that refer to columns of another table, pair by pair.
#[derive(Clone, Debug)]
pub(crate) struct ForeignFacts {
    pub(crate) columns: Vec<String>,
    pub(crate) parent: String,
    pub(crate) parent_columns: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct TableFacts {
    /// As the plan writes it.
    pub(crate) name: String,
    /// The word that other columns use for it: the name without a schema.
    pub(crate) word: String,
    pub(crate) columns: Vec<ColumnFacts>,
    pub(crate) foreign: Vec<ForeignFacts>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) tables: Vec<TableFacts>,
    /// Names that differ only in the case of ASCII letters are one name.
    pub(crate) ignores_case: bool,
}

impl Facts {
    /// Whether two names mean the same thing.
    pub(crate) fn is_same(&self, one: &str, other: &str) -> bool {
        if self.ignores_case { one.eq_ignore_ascii_case(other) } else { one == other }
    }

    /// Finds a table by its full name, or by its word where only one table has it.
    pub(crate) fn table(&self, name: &str) -> Option<&TableFacts> {
        self.tables.iter().find(|table| self.is_same(&table.name, name)).or_else(|| {
            let mut named = self.tables.iter().filter(|table| self.is_same(&table.word, name));
            named.next().filter(|_| named.next().is_none())
        })
    }

    pub(crate) fn column<'a>(&self, table: &'a TableFacts, name: &str) -> Option<&'a ColumnFacts> {
        table.columns.iter().find(|column| self.is_same(&column.name, name))
    }
}

/// A row that was read.
pub(crate) trait Row {
    /// Returns the value of the n-th column that was asked for.
    fn value(&self, at: usize) -> Result<ValueRef<'_>>;
}

/// Which rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    All,
    /// About this many, from all over the table.
    Sample(u64),
}

/// Rows with a value, without one, and with one that is no key.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) values: u64,
    pub(crate) nulls: u64,
    pub(crate) orphans: u64,
}

/// Told of each row; says whether it wants another one.
pub(crate) type Each<'a> = dyn FnMut(&dyn Row) -> Result<bool> + 'a;

/// A database that is read for a plan.
pub(crate) trait Source {
    /// Streams columns of a table; NULL where no column is named.
    fn scan(
        &self,
        table: &TableFacts,
        columns: &[Option<&str>],
        rows: Rows,
        each: &mut Each<'_>,
    ) -> Result<()>;

    /// Counts a reference to a key; orphans only if asked for.
    fn count(&self, reference: &Reference, key: &KeyPlan, with_orphans: bool) -> Result<Counts>;
}
