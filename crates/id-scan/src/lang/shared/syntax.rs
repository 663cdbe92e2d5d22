//! What the shared lexer has to know of a language: comments, strings, words. Plain data.
//!
//! Filled in by each language's file; read by `lexer.rs`.

/// What begins and what ends a field.
pub(crate) type Fields = &'static [(&'static str, &'static str)];

/// The outer form of a language.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of a language, independent")]
#[derive(Debug)]
pub(crate) struct Syntax {
    /// What begins a comment to the end of the line.
    pub(crate) line_comments: &'static [&'static str],
    /// What begins and ends a comment.
    pub(crate) block_comments: &'static [(&'static str, &'static str)],
    /// Whether such comments may lie in one another.
    pub(crate) nested_comments: bool,
    /// The forms of strings; one that begins like another stands before it.
    pub(crate) strings: &'static [StringForm],
    /// Whether a slash where a value is due begins a regular expression.
    pub(crate) regexes: bool,
    /// Whether `<` where a value is due begins markup (JSX).
    pub(crate) markup: bool,
    /// What a name may hold besides letters, digits and `_`.
    pub(crate) name_bytes: &'static [u8],
    /// What leads from a value to a member of it; longer ones first.
    pub(crate) accessors: &'static [&'static str],
    /// Words behind which a value is due.
    pub(crate) before_value: &'static [&'static str],
    /// Whether a line comment begins a word: `a#b` is none.
    pub(crate) comments_apart: bool,
    /// Whether an apostrophe may begin something else than a character: a lifetime.
    pub(crate) lifetimes: bool,
    /// What begins a text that ends with a line of its own, in the words of the string itself.
    pub(crate) heredocs: &'static [&'static str],
    /// What begins and ends a field in such a text.
    pub(crate) heredoc_fields: Fields,
    /// What ends the code, and what begins it again; the text begins outside.
    pub(crate) outside: Option<(&'static str, &'static str)>,
    /// Whether brackets may stand alone.
    pub(crate) loose: bool,
    /// Whether literals are those of Ruby: `%w[a b]` with any delimiter, `?c`, regular expressions
    /// over lines, names such as `$'`, and data behind `__END__`.
    pub(crate) percents: bool,
}

/// A syntax with nothing in it: what a language leaves out.
pub(crate) const NONE: Syntax = Syntax {
    line_comments: &[],
    block_comments: &[],
    nested_comments: false,
    strings: &[],
    regexes: false,
    markup: false,
    name_bytes: b"",
    accessors: &["."],
    before_value: &[],
    comments_apart: false,
    lifetimes: false,
    heredocs: &[],
    heredoc_fields: &[],
    outside: None,
    loose: false,
    percents: false,
};

/// A string that ends with its line and holds its quote behind a backslash.
pub(crate) const fn quoted(quote: &'static str) -> StringForm {
    StringForm {
        open: quote,
        close: quote,
        escape: Escape::Backslash,
        fields: &[],
        lines: false,
        doubled_field: false,
        nests: None,
    }
}

/// A form of string.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringForm {
    pub(crate) open: &'static str,
    pub(crate) close: &'static str,
    pub(crate) escape: Escape,
    /// What begins and ends a field with code in it; empty if there is none.
    pub(crate) fields: Fields,
    /// Whether the string may go over lines; one that may not ends with its line.
    pub(crate) lines: bool,
    /// Whether what begins a field, or its sign, stands for itself where it stands twice.
    pub(crate) doubled_field: bool,
    /// The bracket that opens it, if such brackets come in pairs inside.
    pub(crate) nests: Option<u8>,
}

/// How a string holds its own end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Behind a backslash.
    Backslash,
    /// Twice.
    Doubled,
    /// Twice, or behind a backslash if more of the word follows.
    DoubledOrBackslash,
    /// Behind a grave accent.
    Grave,
    /// Not at all.
    Never,
}
