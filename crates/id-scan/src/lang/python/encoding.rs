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
    let key: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    match key.as_str() {
        "utf8" | "utf" | "u8" | "utf8sig" | "utf8ucs2" | "utf8ucs4" | "cp65001" => {
            return utf8(bytes);
        }
        _ if name.starts_with("utf-8-") => return utf8(bytes),
        _ if bytes.starts_with(BOM) => {
            let message =
                format!("the byte order mark says UTF-8, `{}` does not", shortened(&name));
            return Decoded { fault: Some((at, message)), ..Decoded::default() };
        }
        "latin1" | "iso88591" | "isolatin1" | "l1" | "8859" | "iso8859" | "charmap" => {
            return Decoded { single_byte: true, ..Decoded::default() };
        }
        "ascii" | "usascii" | "us" | "646" | "iso646us" | "iso646irv1991" | "isoir6"
        | "csascii" | "ansix341968" | "ansix341986" | "idna" => {
            let fault = bytes.iter().position(|byte| !byte.is_ascii());
            let fault = fault.map(|at| (at, format!("the file is not text in `{name}`")));
            return Decoded { single_byte: true, fault, masked: None };
        }
        "utf7" | "u7" | "unicode11utf7" => return utf7(bytes),
        "unicodeescape" => return escaped(bytes, at, true),
        "rawunicodeescape" => return escaped(bytes, at, false),
        _ => {}
    }
    if let Some(width) = width(&key) {
        return fixed(bytes, width);
    }
    if is_shifted(&key) {
        return shifted(bytes, key.starts_with("hz"));
    }
    match Encoding::for_label(label(&name, &key).as_bytes()) {
        Some(found) if found == UTF_8 => utf8(bytes),
        Some(found) if found.is_single_byte() => {
            let fault = found.decode_without_bom_handling_and_without_replacement(bytes).is_none();
            let fault = fault.then(|| (at, format!("the file is not text in `{name}`")));
            Decoded { single_byte: true, fault, masked: None }
        }
        Some(found) if found.is_ascii_compatible() => mask(bytes, found, &name),
        None if is_single_byte(&key) => Decoded { single_byte: true, ..Decoded::default() },
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

/// The spelling of the encoding standard for a name that the language knows by another; `key` is
/// the name without its signs, as different spellings have different ones.
fn label(name: &str, key: &str) -> String {
    match key {
        "cp932" | "932" | "ms932" | "mskanji" | "windows31j" | "sjis" | "shiftjis"
        | "csshiftjis" | "xmacjapanese" => "shift_jis".to_owned(),
        "eucjp" | "ujis" => "euc-jp".to_owned(),
        "euckr" | "cp949" | "949" | "uhc" | "ms949" | "ksc5601" | "ksc56011987" | "ksx1001"
        | "xmackorean" => "euc-kr".to_owned(),
        "gbk" | "gb2312" | "gb23121980" | "gb231280" | "euccn" | "eucgb2312cn" | "cp936"
        | "936" | "ms936" | "xmacsimpchinese" => "gbk".to_owned(),
        "gb180302000" => "gb18030".to_owned(),
        "big5tw" | "big5hkscs" | "hkscs" | "cp950" | "950" | "ms950" | "xmactradchinese" => {
            "big5".to_owned()
        }
        "macroman" => "macintosh".to_owned(),
        _ => match key.strip_prefix("cp").unwrap_or(key) {
            page @ ("1250" | "1251" | "1252" | "1253" | "1254" | "1255" | "1256" | "1257"
            | "1258") => format!("windows-{page}"),
            _ if name.starts_with("iso8859-") => name.replacen("iso8859", "iso-8859", 1),
            _ => name.to_owned(),
        },
    }
}

/// Encodings of one byte for each character that the encoding standard leaves out.
fn is_single_byte(key: &str) -> bool {
    let bare = key.strip_prefix("cs").unwrap_or(key);
    let numbered = bare.strip_prefix("cp").or_else(|| bare.strip_prefix("ibm")).unwrap_or(bare);
    let page = !numbered.is_empty() && numbered.bytes().all(|byte| byte.is_ascii_digit());
    // Code pages whose letters are not where ASCII has them.
    let foreign = ["037", "039", "273", "424", "500", "875", "1026", "1140"];
    (page && !foreign.contains(&numbered))
        || ["mac", "iso8859", "isoir", "latin", "tis620", "pc"]
            .iter()
            .any(|family| bare.starts_with(family))
        || matches!(bare, "l7" | "l8" | "l10" | "thai" | "palmos" | "isoceltic" | "elot928")
        || matches!(bare, "hproman8" | "roman8" | "r8" | "cpgr" | "cpis" | "pcp852" | "koi8t")
        || matches!(bare, "kz1048" | "rk1048" | "strk10482002" | "ptcp154" | "pt154")
        || matches!(bare, "cyrillicasian" | "cp866u" | "ruscii")
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
fn width(key: &str) -> Option<Width> {
    Some(match key {
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
fn is_shifted(key: &str) -> bool {
    let key = key.strip_prefix("cs").unwrap_or(key);
    key.starts_with("iso2022") || ["hz", "hzgb", "hzgb2312"].contains(&key)
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

/// Makes the stand-in of UTF-7, where `+` begins characters in base 64 and `+-` is a plus sign.
fn utf7(bytes: &[u8]) -> Decoded {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut fault = bytes.iter().position(|byte| !byte.is_ascii());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        if first != b'+' {
            masked.push(first);
            rest = after;
            continue;
        }
        let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
        let digits = after.iter().take_while(is_digit).count();
        let closed = after.get(digits) == Some(&b'-');
        if digits == 0 {
            fault = fault.or_else(|| (!closed).then(|| bytes.len() - rest.len()));
            // The sign stands where the next token is its neighbour.
            masked.extend_from_slice(if closed { b" +" } else { b"+" });
        } else {
            // Eight digits are three units of UTF-16.
            let end = masked.len() + 1 + digits + usize::from(closed);
            for _ in 0..(digits * 3 / 8).max(1) {
                masked.extend_from_slice(b"\xc3\x80");
            }
            masked.resize(end, 0x80);
        }
        rest = after.get(digits + usize::from(closed)..).unwrap_or_default();
    }
    let fault = fault.map(|at| (at, "the file is not text in `utf-7`".to_owned()));
    Decoded { masked: Some(masked), fault, ..Decoded::default() }
}

/// Makes the stand-in of Latin-1 with escapes: `\uXXXX` and `\UXXXXXXXX` are one character; if
/// `all`, a backslash is written twice, and of the other escapes only `\xXX` is read.
fn escaped(bytes: &[u8], at: usize, all: bool) -> Decoded {
    let mut masked = Vec::with_capacity(bytes.len());
    let mut fault = None;
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let count = match (first, rest.get(1)) {
            (b'\\', Some(b'u')) => 6,
            (b'\\', Some(b'U')) => 10,
            (b'\\', Some(b'x')) if all => 4,
            (b'\\', next) if all || next == Some(&b'\\') => {
                if all && next != Some(&b'\\') {
                    let message = "escapes of `unicode-escape` are read as they stand".to_owned();
                    fault.get_or_insert((at, message));
                }
                // The lexer reads the second one as what the first one escapes.
                let count = if next == Some(&b'\\') { 2 } else { 1 };
                masked.push(b'\\');
                masked.resize(masked.len() + count - 1, if all { 0x80 } else { b'\\' });
                rest = rest.get(count..).unwrap_or_default();
                continue;
            }
            _ => 1,
        };
        let (character, after) = rest.split_at(count.min(rest.len()));
        push(&mut masked, first, character.len());
        rest = after;
    }
    Decoded { masked: Some(masked), fault, ..Decoded::default() }
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
    fn characters_between_plus_and_minus_are_masked() {
        let text = b"# coding: utf-7\nx = '+AOk-+MEL/cQ-' +- y";
        let decoded = decode(text);
        let masked = decoded.masked.unwrap();
        assert_eq!((decoded.fault, masked.len()), (None, text.len()));
        assert!(masked.ends_with(b"'  + y"), "{masked:?}");
        let quoted = masked.split(|byte| *byte == b'\'').nth(1).unwrap();
        assert_eq!(quoted.iter().filter(|byte| **byte & 0xc0 != 0x80).count(), 3);
        assert!(decode(b"# coding: utf-7\nx = 1 + 2").fault.is_some());
    }

    #[test]
    fn escapes_are_one_character() {
        let masked = |name: &str, text: &str| {
            let text = format!("# coding: {name}\n{text}");
            let decoded = decode(text.as_bytes());
            let masked = decoded.masked.unwrap();
            assert_eq!(masked.len(), text.len());
            let columns = masked.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            (columns - name.len() - 11, decoded.fault.is_some())
        };
        assert_eq!(masked("unicode_escape", r"'\xe9\u8868\\n'"), (6, false));
        assert_eq!(masked("unicode_escape", r"'\n'"), (4, true));
        assert_eq!(masked("raw_unicode_escape", r"'\u8868\n\\u8868'"), (12, false));
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
