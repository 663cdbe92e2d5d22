//! Properties that hold for every text.

use std::path::Path;
use std::sync::LazyLock;

use id_scan::{Config, Report, Scanner};
use proptest::prelude::*;

fn scan(text: &[u8]) -> Report {
    scan_as("any.py", text)
}

fn scan_as(name: &str, text: &[u8]) -> Report {
    static CONFIG: LazyLock<Config> = LazyLock::new(|| Config::new("/", []));
    static SCANNER: LazyLock<Scanner<'static>> = LazyLock::new(|| Scanner::new(&CONFIG));
    SCANNER.scan_text(Path::new(name), text).unwrap()
}

/// Pieces of the language, in any order: far more telling than random letters.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "uuid.uuid4()",
        "uuid",
        "uuid4",
        "import uuid\n",
        "from uuid import uuid4 as u\n",
        "f'",
        "f\"\"\"",
        "'",
        "\"",
        "'''",
        "\"\"\"",
        "{",
        "}",
        "{{",
        "}}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "=",
        ":=",
        ",",
        ".",
        "\\",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "    ",
        "#",
        "lambda ",
        "for ",
        " in ",
        "if ",
        "def f",
        "class A",
        "match x:\n",
        "case ",
        "type ",
        "global ",
        "nonlocal ",
        "del ",
        "as ",
        "!r",
        "\\N{",
        "rb'",
        "t'",
        "0x",
        "1.e5",
        "\u{e4}",
        "\u{feff}",
        "*",
        "->",
        "@",
        ";",
        "async ",
        "return ",
        "yield ",
        "\0",
        "with ",
        "except ",
        "try:",
        "else:",
        "...",
        "u()",
    ]);
    let bytes = prop::collection::vec(any::<u8>(), 0..4);
    let piece =
        prop_oneof![20 => pieces.prop_map(|piece: &str| piece.as_bytes().to_vec()), 1 => bytes];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Pieces of the languages of the shared engine.
fn shared_soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "v4()",
        "uuid.v4()",
        "import { v4 } from 'uuid';\n",
        "const { v4: u } = require('uuid');",
        "import ",
        "export {",
        "from",
        "const ",
        "let x = ",
        "var u",
        "u()",
        "u",
        "=> ",
        "=",
        "`",
        "${",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "<a b={",
        "<a>",
        "</a>",
        "/>",
        "<",
        ">",
        "/",
        "//",
        "/*",
        "*/",
        "'",
        "\"",
        "\\",
        "\n",
        "\r\n",
        ";",
        ",",
        ":",
        "?.",
        ".",
        "function f",
        "class A ",
        "catch (e) ",
        "return ",
        "new ",
        "runId",
        ".split('_')",
        ".toString(36)",
        "Math.random()",
        "Date.now()",
        "async ",
        "await ",
        "0x1f",
        "1.5",
        "...",
        "\u{e4}",
        "\0",
    ]);
    let bytes = prop::collection::vec(any::<u8>(), 0..4);
    let piece =
        prop_oneof![20 => pieces.prop_map(|piece: &str| piece.as_bytes().to_vec()), 1 => bytes];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_and_every_finding_is_inside(text in soup()) {
        let text = [b"uuid4 = uuid1\n".as_slice(), &text].concat();
        for found in scan(&text).findings {
            prop_assert!(found.byte_start < found.byte_end && found.byte_end <= text.len());
            prop_assert!((found.line, found.column) < (found.end_line, found.end_column));
            let piece = &text[found.byte_start..found.byte_end];
            prop_assert!(!piece.is_empty());
        }
    }

    #[test]
    fn no_text_makes_the_shared_engine_panic(text in shared_soup(), typed in any::<bool>()) {
        let text = [b"import { v4 } from 'uuid';\nv4();\n".as_slice(), &text].concat();
        let report = scan_as(if typed { "any.ts" } else { "any.js" }, &text);
        prop_assert!(report.findings.iter().any(|found| found.line == 2));
        for found in report.findings {
            prop_assert!(found.byte_start < found.byte_end && found.byte_end <= text.len());
            prop_assert!((found.line, found.column) < (found.end_line, found.end_column));
            prop_assert!(found.whole.start <= found.byte_start && found.byte_end <= found.whole.end);
        }
    }

    #[test]
    fn a_comment_or_a_string_around_a_line_removes_its_findings(
        line in "[a-z =(.]{0,12}uuid\\.uuid4\\(\\)[a-z).\\[\\]]{0,8}",
    ) {
        prop_assert_eq!(scan(format!("import uuid\n# {line}\n").as_bytes()).findings.len(), 0);
        prop_assert_eq!(scan(format!("import uuid\nx = '{line}'\n").as_bytes()).findings.len(), 0);
        prop_assert_eq!(scan(format!("import uuid\nr'''\n{line}\n'''\n").as_bytes()).findings.len(), 0);
        prop_assert_eq!(scan(format!("import uuid\nf'{{{{{line}}}}}'\n").as_bytes()).findings.len(), 0);
    }

    #[test]
    fn lines_before_move_findings_and_change_nothing_else(count in 0usize..30, text in soup()) {
        let text = [b"x\n".as_slice(), &text].concat();
        let before = scan(&text);
        let moved = [b"#\n".repeat(count), text].concat();
        let after = scan(&moved);
        prop_assert_eq!(before.findings.len(), after.findings.len());
        for (old, new) in before.findings.iter().zip(&after.findings) {
            prop_assert_eq!(&old.fingerprint, &new.fingerprint);
            prop_assert_eq!(old.byte_start + 2 * count, new.byte_start);
            prop_assert_eq!((old.line + count, old.column), (new.line, new.column));
        }
    }
}
