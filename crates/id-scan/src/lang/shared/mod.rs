//! The engine that all languages but Python share: tables say what a language is, five modules
//! read it.
//!
//! ```text
//! Description (one file in lang/)      the tables: words, comments, strings, modules, needles
//!   -> lexer.rs    tokens              by `Syntax`
//!   -> scopes.rs   scopes, bindings    by `Grammar`; the language reads its own imports
//!   -> uses.rs     mentions -> uses    which mention means a tracked function
//!   -> context.rs  shape, target       what is made of it, and for whom
//!   -> patterns.rs what no name tells  ids taken apart, keys behind prefixes, SQL in strings
//!   -> rewrite.rs  for fixes           what a use is part of, by `Forms`
//! ```
//!
//! **To add a language**: write `lang/<name>.rs` with a `Description`, add it to [`Language`]
//! (`lang/mod.rs`), and put its truth cases into `tests/data/<name>.txt`. Nothing here names a
//! language; what one needs that no table can say is a function in its description.
//!
//! [`Language`]: super::Language

pub(crate) mod syntax;
pub(crate) mod lexer;
pub(crate) mod tokens;
pub(crate) mod scopes;
pub(crate) mod imports;
pub(crate) mod uses;
pub(crate) mod context;
pub(crate) mod patterns;
pub(crate) mod rewrite;

use std::ops::{Deref, Range};

use lexer::{Kind, Lexed, TRAILER};
use scopes::Scopes;
use syntax::Syntax;
use tokens::Tokens;

use super::{Analysis, Language};
use crate::config::Config;
use crate::plan::Plan;
use crate::prefilter::{self, Check, Needle};
use crate::tracked::{Family, Functions, Module, Tracked};

/// Everything that the engine has to know of a language.
#[derive(Debug)]
pub(crate) struct Description {
    /// The endings of its files.
    pub(crate) extensions: &'static [&'static str],
    /// Whether a large file of long lines is the output of a program, which nobody edits.
    pub(crate) minified: bool,
    /// Whether its truth cases are too few, or no real package was checked finding by finding.
    pub(crate) experimental: bool,
    /// Programs that the first line of a script names.
    pub(crate) interpreters: &'static [&'static str],
    pub(crate) syntax: Syntax,
    pub(crate) grammar: Grammar,
    /// What stands between the parts of a module's name in [`Row::module`].
    pub(crate) separator: &'static str,
    pub(crate) modules: &'static [Row],
    /// What is found without the table: literals and their checks.
    pub(crate) needles: &'static [(&'static str, Check)],
}

/// A module of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) module: &'static str,
    /// Whether a mention counts where nothing binds the name: a global.
    pub(crate) global: bool,
    /// Its functions; one without a name is the module itself, called.
    pub(crate) functions: &'static [(&'static str, Family)],
}

/// Writes a row of the table.
pub(crate) const fn row(
    module: &'static str,
    global: bool,
    functions: &'static [(&'static str, Family)],
) -> Row {
    Row { module, global, functions }
}

/// Writes a row of which a mention counts where nothing binds the name.
pub(crate) const fn global_row(
    module: &'static str,
    functions: &'static [(&'static str, Family)],
) -> Row {
    row(module, true, functions)
}

/// The words and forms that bind names.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of a language, independent")]
#[derive(Debug)]
pub(crate) struct Grammar {
    /// Words that declare a name in the block, and words that declare one in the function.
    pub(crate) block_words: &'static [&'static str],
    pub(crate) function_words: &'static [&'static str],
    /// Words before the name of a function.
    pub(crate) defining_words: &'static [&'static str],
    /// Words before the name of a class.
    pub(crate) class_words: &'static [&'static str],
    /// Words with which [`Grammar::import`], [`Grammar::loaded`] and [`Grammar::block`] begin.
    pub(crate) import_words: &'static [&'static str],
    /// Words before brackets and a block that make no function: `if (x) {`.
    pub(crate) control_words: &'static [&'static str],
    /// Words that may stand before the name of a parameter.
    pub(crate) modifiers: &'static [&'static str],
    /// Words that give a value away: `return`.
    pub(crate) returning_words: &'static [&'static str],
    /// Words before a call that belong to it: `new`.
    pub(crate) call_words: &'static [&'static str],
    /// Functions and methods that only give an id another form, and the shape that results.
    pub(crate) forms: &'static [(&'static str, super::Shape)],
    /// Methods whose arguments say which part of a text they take.
    pub(crate) slices: &'static [&'static str],
    /// Methods that take a text apart, and methods that ask how it begins or ends.
    pub(crate) split_methods: &'static [&'static str],
    pub(crate) prefix_methods: &'static [&'static str],
    /// Methods that put something in the place of a function or module.
    pub(crate) patchers: &'static [&'static str],
    /// Globals of the platform: nothing has to bind them.
    pub(crate) platform: &'static [&'static str],
    /// Whether what stands behind random digits, which end at a token, makes an id of them.
    pub(crate) is_idiom: fn(&File<'_>, u32) -> bool,
    /// Whether a binding holds only behind the place where it stands.
    pub(crate) ordered: bool,
    /// Reads the import that begins at a token, if one does: binds names in `scopes`, and returns
    /// the token behind it.
    pub(crate) import: for<'a> fn(&File<'a>, u32, &mut Scopes<'a>) -> Option<u32>,
    /// Reads the declaration that begins with the name at a token, which a mark for a value or a
    /// comma follows: binds the name, and returns the token behind what was read.
    pub(crate) declaration: for<'a> fn(&File<'a>, u32, &mut Scopes<'a>) -> Option<u32>,
    /// The module that the expression at a token loads, and its last token: `require("uuid")`.
    pub(crate) loaded: fn(&File<'_>, u32) -> Option<(u32, u32)>,
    /// Words that may stand between the parameters of a function and its body: `throws`.
    pub(crate) head_words: &'static [&'static str],
    /// Whether the type of a result stands between them.
    pub(crate) results: bool,
    /// Whether a line ends a statement.
    pub(crate) ends_lines: bool,
    /// Whether a type stands before the name that is declared: `String id = ...`.
    pub(crate) types_first: bool,
    /// Whether variables never hide modules and types.
    pub(crate) values_apart: bool,
    /// Whether an arrow stands between a key and its value.
    pub(crate) arrow_keys: bool,
    /// Whether a function is called without brackets.
    pub(crate) bare_calls: bool,
    /// Whether times and random numbers are read like fields.
    pub(crate) properties: bool,
    /// Whether a string is never read as SQL: the language is SQL itself.
    pub(crate) plain_strings: bool,
    /// Finds the function or class that begins at a word, where braces do not tell: its name, its
    /// last token, and whether it is a function.
    pub(crate) block: fn(&File<'_>, u32) -> Option<Block>,
    /// Whether a module is imported by a text, so that those that are to go are known by it.
    pub(crate) text_imports: bool,
    /// Finds what is peculiar to the language at a token; what it finds, a needle finds too.
    pub(crate) own: fn(&File<'_>, u32) -> Option<Own>,
}

/// The name of a function or class, its last token, and whether it is a function.
pub(crate) type Block = (u32, u32, bool);

/// A use that a language finds by itself, at tokens.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) family: Family,
    pub(crate) function: String,
    pub(crate) call: bool,
    /// The name that the id is given, where the language knows it.
    pub(crate) target: Option<String>,
}

/// A grammar with nothing in it: what a language leaves out.
pub(crate) const NO_GRAMMAR: Grammar = Grammar {
    block_words: &[],
    function_words: &[],
    defining_words: &[],
    class_words: &[],
    import_words: &[],
    control_words: &[],
    modifiers: &[],
    returning_words: &["return"],
    call_words: &[],
    forms: &[],
    slices: &[],
    split_methods: &[],
    prefix_methods: &[],
    patchers: &[],
    platform: &[],
    is_idiom: |_, _| false,
    ordered: false,
    import: |_, _, _| None,
    declaration: |_, _, _| None,
    loaded: |_, _| None,
    head_words: &[],
    results: false,
    ends_lines: false,
    types_first: false,
    values_apart: false,
    arrow_keys: false,
    bare_calls: false,
    properties: false,
    plain_strings: false,
    block: |_, _| None,
    text_imports: false,
    own: |_, _| None,
};

/// Storage that is filled again for each file.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    lexed: Lexed,
}

/// Writes down the tokens in a range, those without width left out.
pub(crate) fn code_in(scratch: &Scratch, range: &Range<usize>, parts: &mut Vec<Range<usize>>) {
    let tokens = &scratch.lexed.tokens;
    let first = tokens.partition_point(|token| token.end as usize <= range.start);
    let tokens = tokens.get(first..).unwrap_or_default();
    let tokens = tokens.iter().map(|token| token.start as usize..token.end as usize);
    let inside = tokens.take_while(|token| token.start < range.end);
    parts.extend(inside.filter(|token| !token.is_empty()));
}

/// What is tracked under a configuration.
pub(crate) fn tracked(description: &Description, config: &Config) -> Tracked {
    let module = |row: &Row| {
        let functions = row.functions.iter().map(|(name, family)| ((*name).to_owned(), *family));
        Module {
            name: row.module.to_owned(),
            functions: Functions::Listed(functions.collect()),
            unbound: row.global,
        }
    };
    let modules = description.modules.iter().map(module);
    let mut tracked = Tracked::separated(description.separator, modules);
    tracked.ban(&config.bans);
    tracked
}

/// The literals that the prefilter looks for: of each family what a use cannot do without.
pub(crate) fn needles(
    description: &'static Description,
    config: &Config,
    tracked: &Tracked,
) -> Vec<Needle> {
    // A name of one or two letters says nothing; its module is imported by name.
    let paths = description.separator != "#";
    let root = |row: &Row| row.module.split(description.separator).next();
    // The beginning of a path says nothing: `java`, `org`, `Symfony`.
    let common =
        |text: &str| paths && description.modules.iter().any(|row| root(row) == Some(text));
    let peculiar = |needle: &&Needle| needle.text.len() >= 5 && !common(&needle.text);
    let mut needles: Vec<_> = tracked.needles().iter().filter(peculiar).cloned().collect();
    for row in description.modules {
        for (name, family) in row.functions {
            match family {
                family if family.is_part() => {
                    let last = row.module.rsplit(description.separator).next();
                    let called = if name.is_empty() { last.unwrap_or_default() } else { name };
                    let text = format!("{called}(").into();
                    needles.push(Needle { text, check: prefilter::part });
                }
                Family::Importer => {}
                Family::Library | Family::LibraryClass if paths => {
                    let last = row.module.rsplit(description.separator).next();
                    let check: Check = if row.global { |_, _| true } else { prefilter::imported };
                    needles.push(Needle::checked(last.unwrap_or_default(), check));
                }
                _ if name.len() < 5 => {
                    let mut parts = row.module.split(description.separator);
                    let part = if paths { parts.last() } else { parts.next() };
                    let root = part.unwrap_or_default();
                    let check: Check = if row.global { |_, _| true } else { prefilter::imported };
                    needles.push(Needle::checked(root, check));
                }
                _ => {}
            }
        }
    }
    if description.grammar.text_imports {
        let names = config.legacy_modules.iter().flat_map(|name| spellings(name));
        needles.extend(names.map(Needle::module));
    }
    let sql = super::sql::NEEDLES.iter();
    needles.extend(sql.map(|&text| Needle::checked(text, super::sql::is_near)));
    let own = description.needles.iter().map(|&(text, check)| Needle::checked(text, check));
    needles.extend(own);
    needles
}

/// How the file of a module may be called: `id_manager`, `id-manager`, `idManager`, `IdManager`.
fn spellings(name: &str) -> [String; 4] {
    let words = || name.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => word.to_owned(),
    };
    let joined: String = words().map(capital).collect();
    let first = words().next().unwrap_or_default();
    let camel = format!("{first}{}", joined.get(first.len()..).unwrap_or_default());
    [name.to_owned(), name.replace('_', "-"), camel, joined]
}

/// The module that is to go which a path in quotes leads to.
pub(crate) fn legacy_module<'a>(config: &'a Config, path: &[u8]) -> Option<&'a String> {
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let endings = [&b".js"[..], b".mjs", b".cjs", b".jsx", b".ts", b".tsx", b".mts", b".cts"];
    let ending = endings.iter().find_map(|ending| last.strip_suffix(*ending));
    let last = ending.unwrap_or(last);
    config
        .legacy_modules
        .iter()
        .find(|name| spellings(name).iter().any(|spelling| spelling.as_bytes() == last))
}

/// Finds the uses in a text, which begins at byte `start`.
pub(crate) fn analyse(
    language: Language,
    description: &'static Description,
    text: &[u8],
    start: usize,
    plan: &Plan<'_>,
    scratch: &mut Scratch,
) -> Analysis {
    let lexed = &mut scratch.lexed;
    lexer::lex(text, start, &description.syntax, lexed);
    let tracked = &plan.language(language).tracked;
    let grammar = &description.grammar;
    let tokens = &lexed.tokens;
    let file = File {
        code: Tokens { text, tokens },
        tracked,
        grammar,
        config: plan.config,
        sieve: sieve(grammar),
    };
    let scopes = scopes::read(&file);
    let uses = uses::find(&file, &scopes);
    Analysis { uses, remark: lexed.remark, notes: Vec::new() }
}

/// The tokens of a text, from behind a byte order mark on.
pub(crate) fn lexed(text: &[u8], description: &'static Description) -> Lexed {
    let start = if text.starts_with(crate::source::BOM) { crate::source::BOM.len() } else { 0 };
    let mut lexed = Lexed::default();
    lexer::lex(text, start, &description.syntax, &mut lexed);
    lexed
}

/// A file as tokens.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) code: Tokens<'a>,
    pub(crate) tracked: &'a Tracked,
    pub(crate) grammar: &'a Grammar,
    pub(crate) config: &'a Config,
    /// Which values of [`word_key`] a word of the grammar has: most names stop here.
    pub(crate) sieve: [bool; 256],
}

impl<'a> Deref for File<'a> {
    type Target = Tokens<'a>;

    fn deref(&self) -> &Tokens<'a> {
        &self.code
    }
}

fn word_key(word: &[u8]) -> usize {
    let [first, last] = [word.first(), word.last()].map(|byte| byte.copied().unwrap_or(0));
    usize::from(first.wrapping_mul(31) ^ last.wrapping_mul(7) ^ word.len().to_le_bytes()[0])
}

/// The sieve of the words that begin something.
fn sieve(grammar: &Grammar) -> [bool; 256] {
    let mut sieve = [false; 256];
    let words = [
        grammar.block_words,
        grammar.function_words,
        grammar.defining_words,
        grammar.class_words,
        grammar.import_words,
    ];
    for word in words.into_iter().flatten() {
        if let Some(seen) = sieve.get_mut(word_key(word.as_bytes())) {
            *seen = true;
        }
    }
    sieve
}

impl<'a> File<'a> {
    /// Whether the name at a token may be a word that begins something.
    pub(crate) fn may_begin(&self, at: u32) -> bool {
        self.sieve.get(word_key(self.spelling(at))).copied().unwrap_or(false)
    }

    /// Reads the declaration that begins with the name at a token.
    fn declaration(&self, at: u32, scopes: &mut Scopes<'a>) -> Option<u32> {
        let may = matches!(self.kind(at + 1), Kind::Equal | Kind::Comma);
        if may { (self.grammar.declaration)(self, at, scopes) } else { None }
    }

    /// Whether the name at a token is a member of something: a path may begin with its separator.
    pub(crate) fn is_member(&self, at: u32) -> bool {
        let Some(dot) = at.checked_sub(1).filter(|dot| self.kind(*dot) == Kind::Dot) else {
            return false;
        };
        let path = self.is(dot, "::") || self.is(dot, "\\");
        let held = dot.checked_sub(1).is_some_and(|before| {
            self.end(before) == self.start(dot)
                && matches!(
                    self.kind(before),
                    Kind::Name | Kind::Close | Kind::Text | Kind::StringClose
                )
        });
        held || !path
    }

    /// Whether an open bracket calls what stands before it.
    pub(crate) fn is_call(&self, at: u32) -> bool {
        self.has(at, TRAILER) && self.is(at, "(")
    }

    /// The token behind `at` on the same level of brackets.
    pub(crate) fn after(&self, at: u32) -> u32 {
        match self.kind(at) {
            Kind::Open | Kind::StringOpen | Kind::FieldOpen => self.link(at).max(at) + 1,
            _ => at + 1,
        }
    }

    /// Whether the token is that text, in any case.
    pub(crate) fn is_any_case(&self, at: u32, spelling: &str) -> bool {
        self.spelling(at).eq_ignore_ascii_case(spelling.as_bytes())
    }

    /// The text of a string without its quotes.
    pub(crate) fn unquoted(&self, at: u32) -> &'a [u8] {
        let text = self.spelling(at);
        text.get(1..text.len().saturating_sub(1)).unwrap_or_default()
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.tokens.len()).unwrap_or(u32::MAX)
    }
}
