//! Cuts a text that is too large to be held, and says in Python what the rest has to know.
//!
//! A text is cut before a logical line, at best one of the module. In front of the rest stand the
//! encoding that the file declares, the imports of what is looked for, and the heads of the blocks
//! around the cut: so scopes, parameters and names mean what they did. A statement that is longer
//! than a window is cut behind a comma or in a string, and what it stands in is opened again.

use super::lexer::{Keyword, Kind, Lexed, Token};
use crate::tracked::Tracked;

/// A longer head of a block is left out, in bytes.
const MAX_HEAD: usize = 4_000;
/// Imports that are longer together are not all kept, in bytes.
const MAX_IMPORTS: usize = 100_000;

/// Where to cut, behind byte `from`.
pub(crate) fn cut(text: &[u8], from: usize, lexed: &Lexed) -> usize {
    let behind = |token: &&Token| token.start as usize > from;
    let lines =
        || lexed.tokens.iter().rev().filter(|token| token.kind == Kind::Line).filter(behind);
    let half = from + (text.len() - from) / 2;
    let of_module =
        lines().take_while(|line| line.start as usize >= half).find(|line| line.link == 0);
    if let Some(line) = of_module.or_else(|| lines().next()) {
        return line.start as usize;
    }
    let comma = lexed.tokens.iter().rev().find(|token| token.kind == Kind::Comma && behind(token));
    if let Some(comma) = comma {
        return comma.end as usize;
    }
    let is_wide = |token: &&Token| token.end > token.start;
    match lexed.tokens.iter().rev().find(is_wide) {
        Some(last) if matches!(last.kind, Kind::Text | Kind::FText) => in_string(text, from),
        Some(last) if last.start as usize > from => last.start as usize,
        _ => text.len(),
    }
}

/// Where to cut a string that goes on: neither a character nor an escape of it is taken apart.
fn in_string(text: &[u8], from: usize) -> usize {
    let last = text.len().saturating_sub(8).max(from + 1);
    let ends = last.saturating_sub(64).max(from + 1)..=last;
    let begins = |at: &usize| text.get(*at).is_some_and(|byte| byte & 0xc0 != 0x80);
    let is_plain = |at: &usize| {
        let before = text.get(at.saturating_sub(12)..*at).unwrap_or_default();
        !before.contains(&b'\\')
    };
    let found = ends.clone().rev().find(|at| begins(at) && is_plain(at));
    found.or_else(|| ends.rev().find(begins)).unwrap_or(last)
}

/// What stands in front of the rest of a text that is cut.
pub(crate) fn context(text: &[u8], cut: usize, tracked: &Tracked, lexed: &Lexed) -> Vec<u8> {
    let mut context = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n').take(2) {
        let declares = line.len() < 200 && line.first() == Some(&b'#');
        if declares && memchr::memmem::find(line, b"coding").is_some() {
            context.extend_from_slice(line);
        }
    }
    imports(text, cut, tracked, lexed, &mut context);
    heads(text, cut, lexed, &mut context);
    let is_line =
        lexed.tokens.iter().any(|token| token.kind == Kind::Line && token.start as usize == cut);
    if is_line {
        indent(text, cut, &mut context);
    } else {
        open(text, cut, lexed, &mut context);
    }
    context
}

/// The imports of modules that are looked for, each once.
fn imports(text: &[u8], cut: usize, tracked: &Tracked, lexed: &Lexed, context: &mut Vec<u8>) {
    let tokens = &lexed.tokens;
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut total = 0;
    for (at, token) in tokens.iter().enumerate() {
        let begins = matches!(token.kind, Kind::Keyword(Keyword::Import | Keyword::From))
            && at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| {
                matches!(before.kind, Kind::Line | Kind::Semicolon | Kind::Colon)
            });
        if !begins || token.start as usize >= cut {
            continue;
        }
        let rest = tokens.get(at..).unwrap_or_default();
        let ends = |token: &&Token| !matches!(token.kind, Kind::Line | Kind::Semicolon | Kind::End);
        let statement = rest.iter().take_while(ends);
        let name = |token: &Token| text.get(token.start as usize..token.end as usize);
        let counts = statement.clone().any(|token| {
            token.kind == Kind::Name
                && name(token).is_some_and(|name| {
                    tracked.child(0, name).is_some() || tracked.legacy(name).is_some()
                })
        });
        let Some(last) = statement.last().filter(|_| counts) else { continue };
        let Some(import) = text.get(token.start as usize..last.end as usize) else { continue };
        if !kept.contains(&import) && total + import.len() <= MAX_IMPORTS {
            total += import.len();
            kept.push(import);
        }
    }
    for import in kept {
        context.extend_from_slice(import);
        context.push(b'\n');
    }
}

/// The heads of the blocks that the cut lies in.
fn heads(text: &[u8], cut: usize, lexed: &Lexed, context: &mut Vec<u8>) {
    let lines: Vec<usize> = (0..lexed.tokens.len())
        .filter(|at| lexed.tokens.get(*at).is_some_and(|token| token.kind == Kind::Line))
        .collect();
    let mut open: Vec<(u32, usize, usize)> = Vec::new();
    for (number, &line) in lines.iter().enumerate() {
        let Some(token) = lexed.tokens.get(line) else { break };
        let next = lines.get(number + 1).copied().unwrap_or(lexed.tokens.len());
        while open.last().is_some_and(|(column, ..)| *column >= token.link) {
            open.pop();
        }
        if token.start as usize >= cut {
            break;
        }
        let last = next.checked_sub(1).and_then(|at| lexed.tokens.get(at));
        if let Some(last) = last.filter(|last| last.kind == Kind::Colon && last.end as usize <= cut)
        {
            open.push((token.link, token.start as usize, last.end as usize));
        }
    }
    for (_, start, end) in open {
        let Some(head) = text.get(start..end).filter(|head| head.len() <= MAX_HEAD) else {
            continue;
        };
        indent(text, start, context);
        context.extend_from_slice(head);
        context.push(b'\n');
    }
}

/// The blanks that a line begins with.
fn indent(text: &[u8], start: usize, context: &mut Vec<u8>) {
    let before = text.get(..start).unwrap_or_default();
    let blanks = before.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    context.extend_from_slice(before.get(start - blanks..).unwrap_or_default());
}

/// Opens again what a statement stands in at the cut.
fn open(text: &[u8], cut: usize, lexed: &Lexed, context: &mut Vec<u8>) {
    let last = lexed
        .tokens
        .iter()
        .rev()
        .find(|token| token.kind == Kind::Line && (token.start as usize) < cut);
    if let Some(line) = last {
        indent(text, line.start as usize, context);
    }
    let mut in_string = false;
    for token in &lexed.tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        if start >= cut {
            break;
        }
        let partner = lexed.tokens.get(token.link as usize);
        let goes_on = partner.is_some_and(|close| close.start as usize >= cut);
        match token.kind {
            Kind::Open | Kind::FStart | Kind::FieldOpen if goes_on => {
                context.extend_from_slice(text.get(start..end).unwrap_or_default());
                in_string = token.kind == Kind::FStart;
            }
            Kind::Text if end > cut => {
                let string = text.get(start..cut).unwrap_or_default();
                let prefix = string.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                let quotes = string.get(prefix..).unwrap_or_default();
                let quote = quotes.first().copied().unwrap_or(b'"');
                let count = if quotes.starts_with(&[quote; 3]) { 3 } else { 1 };
                context.extend_from_slice(string.get(..prefix + count).unwrap_or_default());
                in_string = true;
            }
            _ => {}
        }
    }
    if !in_string {
        context.push(b'\n');
    }
}
