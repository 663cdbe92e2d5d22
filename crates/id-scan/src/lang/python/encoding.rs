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
        || ["koi8-t", "kz1048", "ptcp154", "hp-roman8", "tis-620"].contains(&name)
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
