//! Rust sources with everything but code blanked out, so that checks never fire on prose.
//!
//! Invariant: the result has the same lines as the source, and the same columns but inside what is
//! blanked. This is no parser: it knows comments, strings, characters and lifetimes.

/// Returns the source with comments, strings and characters replaced by blanks.
pub(crate) fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => line_end(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => block_comment_end(&chars, at),
            '"' => string_end(&chars, at),
            'r' if !follows_word(&chars, at) => raw_string_end(&chars, at).unwrap_or(at),
            'b' | 'c' if !follows_word(&chars, at) && chars.get(at + 1) == Some(&'r') => {
                raw_string_end(&chars, at + 1).unwrap_or(at)
            }
            '\'' => char_end(&chars, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Returns the code without its inline `#[cfg(test)]` modules: tests may do what code may not.
pub(crate) fn code_without_tests(source: &str) -> String {
    let code = code(source);
    let mut out = String::with_capacity(code.len());
    let mut rest = code.as_str();
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(start);
        out.push_str(before);
        let len = item_len(item);
        out.extend(item[..len].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &item[len..];
    }
    out.push_str(rest);
    out
}

/// Returns the length of an item: up to its closing brace, or to a semicolon before any brace.
fn item_len(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    item.len()
}

/// Returns whether `needle` stands in `line` without a word going on before it (`println!` is not
/// `print`), nor after it where the needle itself ends in a word.
pub(crate) fn has_word(line: &str, needle: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(needle).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        let (first, last) = (needle.chars().next(), needle.chars().next_back());
        let glued_before = first.is_some_and(is_word) && before.is_some_and(is_word);
        let glued_after = last.is_some_and(is_word) && after.is_some_and(is_word);
        !glued_before && !glued_after
    })
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |len| at + len)
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let (mut depth, mut next) = (0_usize, at);
    while next + 1 < chars.len() {
        match (chars[next], chars[next + 1]) {
            ('/', '*') => (depth, next) = (depth + 1, next + 2),
            ('*', '/') if depth == 1 => return next + 2,
            ('*', '/') => (depth, next) = (depth - 1, next + 2),
            _ => next += 1,
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut next = at + 1;
    while next < chars.len() {
        match chars[next] {
            '\\' => next += 2,
            '"' => return next + 1,
            _ => next += 1,
        }
    }
    chars.len()
}

/// Returns the end of a raw string whose `r` is at `at`, or nothing if there is none.
fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let mut next = open + 1;
    while next < chars.len() {
        let tail = &chars[next + 1..];
        if chars[next] == '"' && tail.iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            return Some(next + 1 + hashes);
        }
        next += 1;
    }
    Some(chars.len())
}

/// Returns the end of a character literal, or nothing if this is a lifetime.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        // The character after the backslash may be a quote itself.
        let close = chars.get(at + 3..)?.iter().position(|&c| c == '\'')?;
        return Some(at + 3 + close + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares what is left word by word; the columns must stay.
    fn check(source: &str, expected: &[&str]) {
        let code = code(source);
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), expected, "{source}");
        assert_eq!(code.len(), source.len(), "{source}");
        assert_eq!(code.lines().count(), source.lines().count(), "{source}");
    }

    #[test]
    fn comments_strings_and_characters_are_blanked() {
        check("a // b\nc", &["a", "c"]);
        check("a /* b /* c */ d */ e", &["a", "e"]);
        check("f(\"x // \\\" y\") g", &["f(", ")", "g"]);
        check("r#\"a\"b\"# c", &["c"]);
        check("br\"a\" c", &["c"]);
        check("bar\"a\" c", &["bar", "c"]);
        check("let c = '\"'; d", &["let", "c", "=", ";", "d"]);
        check("let c = '\\''; d", &["let", "c", "=", ";", "d"]);
        check("fn f<'a>(x: &'a str)", &["fn", "f<'a>(x:", "&'a", "str)"]);
        check("r#type \"unfinished", &["r#type"]);
    }

    #[test]
    fn test_modules_are_blanked_and_what_follows_is_kept() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { c() }\n}\nfn d() {}\n";
        let kept = code_without_tests(source);
        assert!(kept.contains("fn a()") && kept.contains("fn d()"), "{kept}");
        assert!(!kept.contains("fn b"), "{kept}");
        assert_eq!(kept.lines().count(), source.lines().count());
        assert!(code_without_tests("#[cfg(test)]\nmod tests;\nfn d() {}").contains("fn d"));
    }

    #[test]
    fn words_have_edges() {
        assert!(has_word("print!(x)", "print!"));
        assert!(!has_word("eprint!(x)", "print!"));
        assert!(has_word("use std::fs;", "std::fs"));
        assert!(!has_word("use std::fsx;", "std::fs"));
        assert!(has_word("#[ignore = x]", "#[ignore"));
    }
}
