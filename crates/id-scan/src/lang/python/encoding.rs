//! Finds the encoding of a Python file and checks that its bytes are text in it.
//!
//! UTF-8 unless a comment in the first two lines says otherwise. The lexer needs ASCII in its
//! places and nothing else, so text in other encodings is not converted: where a byte below 128
//! may be a part of a longer character, a stand-in of the same length is made. Offsets therefore
//! always are those of the file.
//!
//! Specification: PEP 263, <https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations>.

use encoding_rs::{CoderResult, Encoding, UTF_8};

use crate::lang::Decoded;
use crate::source::BOM;

/// Reads how the bytes of a file are text.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let Some((at, name)) = cookie(bytes) else { return utf8(bytes) };
    let name = String::from_utf8_lossy(name).to_ascii_lowercase().replace('_', "-");
    let name = match name.as_str() {
        "utf-8" | "utf8" | "u8" | "utf-8-sig" | "cp65001" => return utf8(bytes),
        name if name.starts_with("utf-8-") => return utf8(bytes),
        _ if bytes.starts_with(BOM) => {
            let message =
                format!("the byte order mark says UTF-8, `{}` does not", shortened(&name));
            return Decoded { fault: Some((at, message)), ..Decoded::default() };
        }
        "latin-1" | "latin1" | "iso-8859-1" | "iso-latin-1" | "l1" => {
            return Decoded { single_byte: true, ..Decoded::default() };
        }
        "ascii" | "us-ascii" => {
            let fault = bytes.iter().position(|byte| !byte.is_ascii());
            let fault = fault.map(|at| (at, "the file is not text in `ascii`".to_owned()));
            return Decoded { single_byte: true, fault, masked: None };
        }
        name => name.to_owned(),
    };
    if let Some(width) = width(&name) {
        return fixed(bytes, width);
    }
    if is_shifted(&name) {
        return shifted(bytes, name.starts_with("hz"));
    }
    match Encoding::for_label(label(&name).as_bytes()) {
        Some(found) if found == UTF_8 => utf8(bytes),
        Some(found) if found.is_single_byte() => {
            let fault = found.decode_without_bom_handling_and_without_replacement(bytes).is_none();
            let fault = fault.then(|| (at, format!("the file is not text in `{name}`")));
            Decoded { single_byte: true, fault, masked: None }
        }
        Some(found) if found.is_ascii_compatible() => mask(bytes, found, &name),
        None if is_single_byte(&name) => Decoded { single_byte: true, ..Decoded::default() },
        _ => {
            let fault = Some((at, format!("the encoding `{}` is not known", shortened(&name))));
            Decoded { single_byte: true, fault, masked: None }
        }
    }
}

fn utf8(bytes: &[u8]) -> Decoded {
    let fault = std::str::from_utf8(bytes).err();
    let fault = fault.map(|error| (error.valid_up_to(), "the file is not UTF-8".to_owned()));
    Decoded { fault, ..Decoded::default() }
}

/// The declared encoding and its place.
fn cookie(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut at = bytes.len() - text.len();
    for line in text.split_inclusive(|&byte| byte == b'\n' || byte == b'\r').take(3) {
        let blank = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c)).count();
        let rest = line.get(blank..).unwrap_or_default();
        if rest.first() == Some(&b'#') {
            let found = memchr::memmem::find_iter(rest, b"coding").find_map(|found| {
                let after = rest.get(found + 6..)?;
                let (first, after) = after.split_first()?;
                let skip = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                let name = after.get(skip..)?;
                let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
                let name = name.get(..name.iter().take_while(is_name).count())?;
                (matches!(first, b':' | b'=') && !name.is_empty())
                    .then_some((at + blank + found, name))
            });
            if found.is_some() {
                return found;
            }
        } else if !rest.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            return None;
        }
        at += line.len();
        if at > 0 && memchr::memchr_iter(b'\n', bytes.get(..at).unwrap_or_default()).count() >= 2 {
            return None;
        }
    }
    None
}

/// The spelling of the encoding standard for a name that the language knows by another.
fn label(name: &str) -> String {
    match name {
        "cp932" | "ms932" | "mskanji" | "ms-kanji" | "sjis" | "shiftjis" | "s-jis" => {
            "shift_jis".to_owned()
        }
        "shift-jis" => "shift_jis".to_owned(),
        "eucjp" | "ujis" | "u-jis" => "euc-jp".to_owned(),
        "euckr" | "cp949" | "949" | "uhc" | "ms949" | "ks-c-5601" => "euc-kr".to_owned(),
        "gb2312" | "euccn" | "cp936" | "936" | "ms936" => "gbk".to_owned(),
        "gb18030-2000" => "gb18030".to_owned(),
        "cp950" | "950" | "ms950" | "big5-tw" | "big5hkscs" | "big5-hkscs" => "big5".to_owned(),
        "mac-roman" | "macroman" | "macintosh" => "macintosh".to_owned(),
        name if name.starts_with("cp125") => name.replacen("cp", "windows-", 1),
        name if name.starts_with("iso8859-") => name.replacen("iso8859", "iso-8859", 1),
        name => name.to_owned(),
    }
}

/// Encodings of one byte for each character that the encoding standard leaves out.
fn is_single_byte(name: &str) -> bool {
    let numbered = name.strip_prefix("cp").or_else(|| name.strip_prefix("ibm"));
    let page = numbered.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    // Code pages whose letters are not where ASCII has them.
    let foreign = ["cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"];
    (page && !foreign.contains(&name))
        || name.starts_with("mac-")
        || name.starts_with("iso-8859")
        || name.starts_with("latin")
        || ["koi8-t", "kz1048", "ptcp154", "hp-roman8", "tis-620", "palmos"].contains(&name)
}

/// Makes the stand-in: bytes of longer characters become bytes that no grammar knows.
fn mask(bytes: &[u8], encoding: &'static Encoding, name: &str) -> Decoded {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut masked = Vec::with_capacity(bytes.len());
    let mut fault = None;
    let mut output = [0; 64];
    let mut inside = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let last = at + 1 == bytes.len();
        let (result, _, written, errors) = decoder.decode_to_utf8(&[byte], &mut output, last);
        if errors || result == CoderResult::OutputFull {
            fault.get_or_insert_with(|| (at, format!("the file is not text in `{name}`")));
        }
        let written = output.get(..written).unwrap_or_default();
        // A byte that is itself is kept; the first byte of another character is a letter, what
        // follows looks like the rest of a UTF-8 character, so that it counts as one.
        let kept = written == [byte] || (errors && written.ends_with(&[byte]));
        masked.push(match (kept, inside) {
            (true, _) => byte,
            (false, false) => 0xc3,
            (false, true) => 0x80,
        });
        inside = !kept && written.is_empty();
    }
    Decoded { masked: Some(masked), single_byte: false, fault }
}

/// How many bytes a character has that begins with a byte.
type Width = fn(u8) -> usize;

/// The widths in an encoding of one to three bytes that the encoding standard leaves out.
fn width(name: &str) -> Option<Width> {
    let name = name.replace('-', "");
    Some(match name.as_str() {
        "eucjis2004" | "eucjisx0213" | "jisx0213" => |byte| match byte {
            0x8f => 3,
            0x80.. => 2,
            _ => 1,
        },
        "shiftjis2004" | "shiftjisx0213" | "sjis2004" | "sjisx0213" => |byte| match byte {
            0x81..=0x9f | 0xe0..=0xfc => 2,
            _ => 1,
        },
        "johab" | "cp1361" | "ms1361" => |byte| if byte < 0x80 { 1 } else { 2 },
        _ => return None,
    })
}

/// Makes the stand-in of an encoding whose first bytes tell how long a character is.
fn fixed(bytes: &[u8], width: Width) -> Decoded {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let (character, after) = rest.split_at(width(first).min(rest.len()));
        push(&mut masked, first, character.len());
        rest = after;
    }
    Decoded { masked: Some(masked), ..Decoded::default() }
}

/// Adds a character of that many bytes: ASCII as it is, others as in [`mask`].
fn push(masked: &mut Vec<u8>, first: u8, count: usize) {
    masked.push(if first.is_ascii() && count == 1 { first } else { 0xc3 });
    masked.resize(masked.len() + count - 1, 0x80);
}

/// Whether texts of an encoding switch between ASCII and another set of characters.
fn is_shifted(name: &str) -> bool {
    let name = name.strip_prefix("cs").unwrap_or(name).replace('-', "");
    name.starts_with("iso2022") || ["hz", "hzgb", "hzgb2312"].contains(&name.as_str())
}

/// What a switch in a text does; numbers are the bytes of a character, 0 for ASCII.
enum Switch {
    To(usize),
    /// Makes a set ready for the byte that switches to it.
    Ready(usize),
    /// Only the next character is another one.
    Single,
    /// None: the sign that switches, written twice.
    Tilde,
}

/// The switch that `text` begins with, and how many bytes it has.
fn switch(text: &[u8], tildes: bool, width: usize, ready: usize) -> Option<(usize, Switch)> {
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    match (byte(0), byte(1)) {
        (b'~', b'{') if tildes => Some((2, Switch::To(2))),
        (b'~', b'}') if tildes => Some((2, Switch::To(0))),
        (b'~', b'~') if tildes && width == 0 => Some((2, Switch::Tilde)),
        _ if tildes => None,
        (0x0e, _) => Some((1, Switch::To(ready))),
        (0x0f, _) => Some((1, Switch::To(0))),
        (0x1b, b'N') => Some((2, Switch::Single)),
        (0x1b, first) => {
            let between = |byte: &&u8| matches!(byte, 0x20..=0x2f);
            let marks = text.iter().skip(1).take_while(between).count();
            let ascii = b"BJ".contains(&byte(marks + 1));
            let width = if first == b'$' { 2 } else { usize::from(!ascii) };
            let is_ready = b").".contains(&byte(marks));
            Some((marks + 2, if is_ready { Switch::Ready(width) } else { Switch::To(width) }))
        }
        _ => None,
    }
}

/// Makes the stand-in of ISO 2022 or of HZ: what switches has no width, and what stands between is
/// no ASCII although its bytes look so.
fn shifted(bytes: &[u8], tildes: bool) -> Decoded {
    let mut masked = Vec::with_capacity(bytes.len());
    let (mut width, mut ready, mut once) = (0, 0, false);
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let count = if let Some((count, does)) = switch(rest, tildes, width, ready) {
            let tilde = matches!(does, Switch::Tilde);
            match does {
                Switch::To(to) => width = to,
                Switch::Ready(to) => ready = to,
                Switch::Single => once = true,
                Switch::Tilde => {}
            }
            let count = count.min(rest.len());
            masked.resize(masked.len() + count, 0x80);
            if let Some(last) = masked.last_mut().filter(|_| tilde) {
                *last = b'~';
            }
            count
        } else {
            let foreign = (width > 0 || once) && !matches!(first, b'\n' | b'\r');
            once = false;
            let count = if foreign { width.max(1).min(rest.len()) } else { 1 };
            push(&mut masked, if foreign { 0x80 } else { first }, count);
            count
        };
        rest = rest.get(count..).unwrap_or_default();
    }
    Decoded { masked: Some(masked), ..Decoded::default() }
}

fn shortened(name: &str) -> &str {
    name.get(..64).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_stands_in_a_comment_of_the_first_two_lines() {
        assert_eq!(cookie(b"# -*- coding: latin-1 -*-\n"), Some((6, &b"latin-1"[..])));
        assert_eq!(cookie(b"#!/x\n# vim: set fileencoding=gbk :\n"), Some((22, &b"gbk"[..])));
        assert_eq!(cookie(b"\n\n# coding: gbk\n"), None);
        assert_eq!(cookie(b"x = 1\n# coding: gbk\n"), None);
        assert_eq!(cookie(b"'coding: gbk'\n"), None);
    }

    #[test]
    fn a_backslash_inside_a_character_is_masked() {
        // U+8868 is 0x95 0x5c in Shift-JIS.
        let decoded = decode(b"# coding: shift_jis\nx = '\x95\x5c' # uuid");
        let masked = decoded.masked.unwrap();
        assert_eq!(decoded.fault, None);
        assert!(!masked.contains(&b'\\'));
        assert!(masked.ends_with(b"' # uuid"));
    }

    #[test]
    fn every_character_counts_as_one() {
        // Half-width katakana are one byte, characters of GB 18030 up to four.
        let starts = |bytes: &[u8]| {
            let masked = decode(bytes).masked.unwrap();
            masked.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
        };
        assert_eq!(starts(b"# coding: shift_jis\n\xb1\xb2\x95\x5c"), 20 + 3);
        assert_eq!(starts(b"# coding: gb18030\n\x81\x30\x84\x36\xb0\xa1a"), 18 + 3);
    }

    /// What is left of a text when the bytes of other characters are taken out.
    fn ascii(bytes: &[u8]) -> String {
        let decoded = decode(bytes);
        assert_eq!(decoded.fault, None);
        let masked = decoded.masked.unwrap();
        assert_eq!(masked.len(), bytes.len(), "every byte keeps its place");
        let (head, rest) = masked.split_at(masked.iter().position(|&byte| byte == b'\n').unwrap());
        let starts = memchr::memchr_iter(0xc3, rest).count();
        let rest: String = rest.iter().filter(|b| b.is_ascii()).map(|&b| char::from(b)).collect();
        assert!(head.is_ascii());
        format!("{starts}:{}", rest.trim_start())
    }

    #[test]
    fn a_quote_inside_a_character_that_needs_a_switch_is_masked() {
        let jp = b"# coding: iso-2022-jp\n'\x1b$B$\"I=\x1b(B' # uuid";
        assert_eq!(ascii(jp), "2:'' # uuid");
        let jp = b"# coding: iso2022_jp_2\n'\x1b.A\x1bN'\x1b(I'\x1b(J' # uuid";
        assert_eq!(ascii(jp), "2:'' # uuid");
        let kr = b"# coding: iso2022_kr\n\x1b$)C'\x0eGQ\"\"\x0f' # uuid";
        assert_eq!(ascii(kr), "2:'' # uuid");
        let hz = b"# coding: hz\n'~{1m\"\"~}' # ~ uuid";
        assert_eq!(ascii(hz), "2:'' # ~ uuid");
        let hz = b"# coding: hz\n'~~{~{1m\"\"~}~~~~}' # uuid";
        assert_eq!(ascii(hz), "2:'~{~~}' # uuid");
    }

    #[test]
    fn a_backslash_inside_a_character_of_a_rare_encoding_is_masked() {
        assert_eq!(ascii(b"# coding: johab\n'\xd0\x5c' # uuid"), "1:'' # uuid");
        assert_eq!(ascii(b"# coding: shift_jis_2004\n'\x95\x5c\xb1' # uuid"), "2:'' # uuid");
        assert_eq!(ascii(b"# coding: euc_jisx0213\n'\x8f\xa1\xa1\xa4\xa2' #"), "2:'' #");
    }

    #[test]
    fn what_is_not_text_is_said_with_its_place() {
        assert_eq!(decode(b"x = '\xff'").fault, Some((5, "the file is not UTF-8".to_owned())));
        assert!(decode(b"# coding: klingon\n").fault.is_some());
        assert_eq!(decode(b"# coding: ascii\n'\xe9'").fault.unwrap().0, 17);
        assert!(decode(b"# coding: ascii\n''").fault.is_none());
        assert!(decode(b"\xef\xbb\xbf# coding: latin-1\n").fault.is_some());
        assert!(decode(b"\xef\xbb\xbf# coding: utf-8\n").fault.is_none());
        assert!(decode(b"# coding: koi8-r\n'\xc1'").fault.is_none());
    }
}
