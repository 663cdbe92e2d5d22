//! `CREATE` statements as SQLite keeps them: found spans are replaced, every other byte stays.
//!
//! A shadow table must have the same columns, collations and constraints as the table that it will become, but no foreign
//! keys (the application's own connection would enforce them), and another type where an integer key becomes text.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    Text,
    Mark,
}

#[derive(Clone, Debug)]
struct Token {
    span: Range<usize>,
    kind: Kind,
}

/// Cuts SQL into tokens; blanks and comments are left out.
fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let until = |close: u8, mut at: usize, doubled: bool| {
            while at < bytes.len() {
                if bytes[at] == close {
                    if doubled && bytes.get(at + 1) == Some(&close) {
                        at += 1;
                    } else {
                        return at + 1;
                    }
                }
                at += 1;
            }
            bytes.len()
        };
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = until(b'\n', at, false);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = sql[at + 2..].find("*/").map_or(bytes.len(), |end| at + 2 + end + 2);
                continue;
            }
            b'\'' => {
                at = until(b'\'', at + 1, true);
                Kind::Text
            }
            quote @ (b'"' | b'`') => {
                at = until(quote, at + 1, true);
                Kind::Quoted
            }
            b'[' => {
                at = until(b']', at + 1, false);
                Kind::Quoted
            }
            byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80 => {
                while at < bytes.len()
                    && (bytes[at].is_ascii_alphanumeric()
                        || matches!(bytes[at], b'_' | b'$')
                        || bytes[at] >= 0x80)
                {
                    at += 1;
                }
                Kind::Word
            }
            _ => {
                at += 1;
                Kind::Mark
            }
        };
        found.push(Token { span: start..at, kind });
    }
    found
}

/// What a statement is made of, for those who look for names and values in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// A word or a quoted name.
    Name(String),
    Text(String),
    Number(i64),
    Mark(char),
}

impl Piece {
    pub(crate) fn is_name(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own.eq_ignore_ascii_case(name))
    }
}

/// Cuts a statement into its pieces.
pub(crate) fn pieces(sql: &str) -> Vec<Piece> {
    tokens(sql)
        .into_iter()
        .map(|token| {
            let text = &sql[token.span];
            match token.kind {
                Kind::Quoted => Piece::Name(unquote(text)),
                Kind::Text => Piece::Text(unquote(text)),
                Kind::Word => {
                    text.parse().map_or_else(|_| Piece::Name(text.to_owned()), Piece::Number)
                }
                Kind::Mark => Piece::Mark(text.chars().next().unwrap_or_default()),
            }
        })
        .collect()
}

/// A column as its definition spells it.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    /// Where the type stands; empty, behind the name, if there is none.
    type_span: Range<usize>,
    /// The tokens of the definition.
    tokens: Range<usize>,
}

/// A parsed `CREATE TABLE`.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    name: Range<usize>,
    columns: Vec<Column>,
}

/// A column that gets another type.
#[derive(Clone, Debug)]
pub(crate) struct Retype<'a> {
    /// The column.
    pub(crate) column: &'a str,
    /// The type, and what follows it.
    pub(crate) to: String,
}

/// A column of a DuckDB table that gets another type, another default, or both.
#[cfg(feature = "duckdb")]
#[derive(Clone, Debug)]
pub(crate) struct Retyped<'a> {
    /// The column.
    pub(crate) column: &'a str,
    /// The type, if it is another one.
    pub(crate) to: Option<String>,
    /// Whether the type has collations.
    pub(crate) keeps_collation: bool,
    /// The default, which takes the place of the one that is there.
    pub(crate) default: Option<String>,
}

impl<'a> Table<'a> {
    /// Finds the parts; `None` if this is no such statement.
    pub(crate) fn parse(sql: &'a str) -> Option<Self> {
        let tokens = tokens(sql);
        let word =
            |at: usize| tokens.get(at).map(|token| sql[token.span.clone()].to_ascii_uppercase());
        let mut at = tokens
            .iter()
            .position(|token| sql[token.span.clone()].eq_ignore_ascii_case("table"))?
            + 1;
        if word(at).as_deref() == Some("IF") {
            at += 3;
        }
        if word(at + 1).as_deref() == Some(".") {
            at += 2;
        }
        let name = tokens.get(at)?.span.clone();
        at += 1;
        if word(at).as_deref() != Some("(") {
            return None;
        }
        at += 1;
        let mut columns = Vec::new();
        let (mut depth, mut start) = (1, at);
        while depth > 0 {
            let mark = word(at)?;
            let is_end = depth == 1 && (mark == "," || mark == ")");
            if is_end {
                columns.extend(column(sql, &tokens, start..at));
                start = at + 1;
            }
            match mark.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        Some(Self { sql, tokens, name, columns })
    }

    /// Returns the collation of a column, if its definition names one.
    pub(crate) fn collation(&self, name: &str) -> Option<String> {
        let column = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))?;
        let at = column.tokens.clone().find(|at| self.word(*at) == "COLLATE")?;
        Some(unquote(&self.sql[self.tokens.get(at + 1)?.span.clone()]))
    }

    /// Whether a column is made of others.
    #[cfg(feature = "duckdb")]
    pub(crate) fn is_generated(&self, name: &str) -> bool {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
            .is_some_and(|column| column.tokens.clone().any(|at| self.word(at) == "GENERATED"))
    }

    /// Returns the type of a column as the statement has it.
    #[cfg(feature = "duckdb")]
    pub(crate) fn declared(&self, name: &str) -> Option<String> {
        let column = self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))?;
        Some(self.sql[column.type_span.clone()].trim().to_owned())
    }

    /// Returns the statement, as DuckDB's catalog writes it, with other types and defaults.
    #[cfg(feature = "duckdb")]
    pub(crate) fn retyped(&self, types: &[Retyped<'_>]) -> String {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for column in &self.columns {
            let Some(retyped) =
                types.iter().find(|retyped| retyped.column.eq_ignore_ascii_case(&column.name))
            else {
                continue;
            };
            let span = column.type_span.clone();
            let kept = self.sql[span.clone()].to_owned();
            let to = retyped.to.as_ref().map_or(kept, |to| format!(" {to}"));
            let mut at = column.tokens.start + 1;
            while at < column.tokens.end {
                let end = match self.word(at).as_str() {
                    // Brackets: a check or a generated column may have these words inside.
                    "(" => {
                        at = self.behind_brackets(at);
                        continue;
                    }
                    "DEFAULT" => self.behind_brackets(at + 1),
                    "COLLATE" if !retyped.keeps_collation => at + 2,
                    _ => {
                        at += 1;
                        continue;
                    }
                };
                edits.push((
                    self.tokens[at].span.start..self.tokens[end - 1].span.end,
                    String::new(),
                ));
                at = end;
            }
            let default = retyped.default.as_ref().map(|default| format!(" DEFAULT({default})"));
            // Behind the type, and in front of constraints.
            edits.push((span, to + &default.unwrap_or_default()));
        }
        self.edited(edits)
    }

    /// Returns the statement with other texts in the place of some, none of which overlap.
    fn edited(&self, mut edits: Vec<(Range<usize>, String)>) -> String {
        edits.sort_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(self.sql.len() + 64);
        let mut from = 0;
        for (span, with) in edits {
            text.push_str(&self.sql[from..span.start]);
            text.push_str(&with);
            from = span.end;
        }
        text.push_str(&self.sql[from..]);
        text
    }

    fn word(&self, at: usize) -> String {
        self.tokens.get(at).map_or_else(String::new, |token| {
            if token.kind == Kind::Word || token.kind == Kind::Mark {
                self.sql[token.span.clone()].to_ascii_uppercase()
            } else {
                String::new()
            }
        })
    }

    /// Returns the index of the token behind a bracket that opens here.
    fn behind_brackets(&self, mut at: usize) -> usize {
        let mut depth = 0;
        while at < self.tokens.len() {
            match self.word(at).as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        at
    }

    /// Returns the index of the token behind a `REFERENCES` clause.
    fn behind_reference(&self, references: usize) -> usize {
        let mut at = references + 2;
        // DuckDB writes a schema before the table.
        if self.word(at) == "." {
            at += 2;
        }
        if self.word(at) == "(" {
            at = self.behind_brackets(at);
        }
        loop {
            match (self.word(at).as_str(), self.word(at + 1).as_str()) {
                ("ON", _) => {
                    let is_two = matches!(self.word(at + 2).as_str(), "SET" | "NO");
                    at += if is_two { 4 } else { 3 };
                }
                ("MATCH" | "INITIALLY", _) | ("NOT", "DEFERRABLE") => at += 2,
                ("DEFERRABLE", _) => at += 1,
                _ => return at,
            }
        }
    }

    /// Returns the statement with another name (quoted already), without foreign keys if asked, and with other types.
    pub(crate) fn rewrite(
        &self,
        name: Option<&str>,
        keep_references: bool,
        types: &[Retype<'_>],
    ) -> String {
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        if let Some(name) = name {
            edits.push((self.name.clone(), name.to_owned()));
        }
        for column in &self.columns {
            let Some(retype) =
                types.iter().find(|retype| retype.column.eq_ignore_ascii_case(&column.name))
            else {
                continue;
            };
            edits.push((column.type_span.clone(), format!(" {} ", retype.to)));
            // `AUTOINCREMENT` is for integers alone.
            for at in column.tokens.clone() {
                if self.word(at) == "AUTOINCREMENT" {
                    edits.push((self.tokens[at].span.clone(), String::new()));
                }
            }
        }
        if !keep_references {
            let mut at = 0;
            while at < self.tokens.len() {
                if self.word(at) == "REFERENCES" && self.word(at + 1) != "," {
                    let end = self.behind_reference(at);
                    let span =
                        |from: usize| self.tokens[from].span.start..self.tokens[end - 1].span.end;
                    match (0..at).rev().find(|before| self.word(*before) == "FOREIGN") {
                        Some(foreign)
                            if self.word(foreign + 1) == "KEY"
                                && self.behind_brackets(foreign + 2) == at =>
                        {
                            edits.push((span(foreign), "CHECK (1)".to_owned()));
                        }
                        _ => edits.push((span(at), String::new())),
                    }
                    at = end;
                } else {
                    at += 1;
                }
            }
        }
        self.edited(edits)
    }
}

/// Reads a column's definition; `None` for a constraint of the table.
fn column(sql: &str, tokens: &[Token], range: Range<usize>) -> Option<Column> {
    let first = tokens.get(range.start)?;
    let word = |at: usize| {
        let token = &tokens[at];
        if token.kind == Kind::Word {
            sql[token.span.clone()].to_ascii_uppercase()
        } else {
            String::new()
        }
    };
    if matches!(
        word(range.start).as_str(),
        "CONSTRAINT" | "PRIMARY" | "UNIQUE" | "CHECK" | "FOREIGN"
    ) {
        return None;
    }
    let mut type_span = first.span.end..first.span.end;
    let mut depth = 0;
    for at in range.start + 1..range.end {
        if depth == 0
            && matches!(
                word(at).as_str(),
                "CONSTRAINT"
                    | "PRIMARY"
                    | "NOT"
                    | "NULL"
                    | "UNIQUE"
                    | "CHECK"
                    | "DEFAULT"
                    | "COLLATE"
                    | "REFERENCES"
                    | "GENERATED"
                    | "AS"
            )
        {
            break;
        }
        match &sql[tokens[at].span.clone()] {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        type_span.end = tokens[at].span.end;
    }
    Some(Column { name: unquote(&sql[first.span.clone()]), type_span, tokens: range })
}

/// Takes the quotes off a name.
fn unquote(name: &str) -> String {
    let inner = || &name[1..name.len() - 1];
    match name.as_bytes().first() {
        Some(b'"') => inner().replace("\"\"", "\""),
        Some(b'`') => inner().replace("``", "`"),
        Some(b'\'') => inner().replace("''", "'"),
        Some(b'[') => inner().to_owned(),
        _ => name.to_owned(),
    }
}

/// Puts a name into quotes.
pub(crate) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Puts a text into quotes.
pub(crate) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Returns a `CREATE INDEX` with another name and table (both quoted already).
pub(crate) fn rewrite_index(sql: &str, name: &str, table: &str) -> Option<String> {
    let tokens = tokens(sql);
    let word = |at: usize| tokens.get(at).map(|token| sql[token.span.clone()].to_ascii_uppercase());
    let mut at =
        tokens.iter().position(|token| sql[token.span.clone()].eq_ignore_ascii_case("index"))? + 1;
    if word(at).as_deref() == Some("IF") {
        at += 3;
    }
    let first = at;
    if word(at + 1).as_deref() == Some(".") {
        at += 2;
    }
    if word(at + 1).as_deref() != Some("ON") {
        return None;
    }
    let (old_table, start) = (tokens.get(at + 2)?.span.clone(), tokens[first].span.start);
    let between = &sql[tokens[at].span.end..old_table.start];
    Some(format!("{}{name}{between}{table}{}", &sql[..start], &sql[old_table.end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_named_parts_stays() {
        let sql = "CREATE TABLE \"a \"\" b\" ( -- REFERENCES x\n id INTEGER PRIMARY KEY AUTOINCREMENT, [my ref] INT CONSTRAINT c \
                   REFERENCES t(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED NOT NULL, \"references\" DECIMAL(10, 2) \
                   DEFAULT 'a)b', CHECK (id <> 7), FOREIGN KEY (a, b) REFERENCES t ON UPDATE NO ACTION, UNIQUE(a)) STRICT";
        let table = Table::parse(sql).unwrap();
        assert_eq!(table.rewrite(None, true, &[]), sql);
        let types = [Retype { column: "ID", to: "TEXT NOT NULL".into() }];
        assert_eq!(
            table.rewrite(Some("\"s\""), false, &types),
            "CREATE TABLE \"s\" ( -- REFERENCES x\n id TEXT NOT NULL  PRIMARY KEY , [my ref] INT CONSTRAINT c  NOT NULL, \
             \"references\" DECIMAL(10, 2) DEFAULT 'a)b', CHECK (id <> 7), CHECK (1), UNIQUE(a)) STRICT"
        );
    }

    #[test]
    fn an_index_keeps_all_but_its_names() {
        assert_eq!(
            rewrite_index(
                "CREATE UNIQUE INDEX \"i x\" ON \"t\"(lower(a), b DESC) WHERE c = 'ON t'",
                "\"n\"",
                "\"s\""
            )
            .unwrap(),
            "CREATE UNIQUE INDEX \"n\" ON \"s\"(lower(a), b DESC) WHERE c = 'ON t'"
        );
    }
}
