//! The pages of the rules are tests: their code blocks say which lines have which finding.

use std::path::Path;

use id_scan::{Ban, Config, RuleId, Scanner};
use strum::IntoEnumIterator as _;

/// The languages of code blocks, and the name of a file of each.
const FENCES: [(&str, &str); 14] = [
    ("python", "page.py"),
    ("javascript", "page.js"),
    ("typescript", "page.ts"),
    ("go", "page.go"),
    ("java", "Page.java"),
    ("csharp", "Page.cs"),
    ("rust", "page.rs"),
    ("kotlin", "Page.kt"),
    ("ruby", "page.rb"),
    ("php", "page.php"),
    ("sql", "page.sql"),
    ("sh", "page.sh"),
    ("powershell", "page.ps1"),
    ("hcl", "page.tf"),
];

/// What the page of banned functions takes as its example.
fn ban() -> Ban {
    let instead = Some("`TraceId.new()` from `unified_id`".to_owned());
    Ban { module: "app.ids".to_owned(), function: "make_id".to_owned(), instead }
}

#[test]
fn the_pages_say_what_is_found() {
    let mut config = Config::new("/", []);
    config.bans.push(ban());
    let scanner = Scanner::new(&config);
    for rule in RuleId::iter() {
        let path = id_testkit::workspace_root().join(rule.page());
        let page = std::fs::read_to_string(path).unwrap();
        let (mut own, mut count) = (0, 0);
        let fences = page.lines().filter_map(|line| line.strip_prefix("```"));
        for fence in fences.filter(|fence| !fence.is_empty()) {
            let known = FENCES.iter().any(|(language, _)| *language == fence);
            assert!(known || fence == "toml", "{}: nothing tests `{fence}`", rule.code());
        }
        for (language, name) in FENCES {
            for block in page.split(&format!("```{language}\n")).skip(1) {
                let code = block.split("```").next().unwrap();
                let report = scanner.scan_text(Path::new(name), code.as_bytes()).unwrap();
                let found: Vec<_> =
                    report.findings.iter().map(|found| (found.line, found.rule.code())).collect();
                let said: Vec<_> = (1..)
                    .zip(code.lines())
                    .filter_map(|(line, text)| Some((line, text.split_once(" error: ")?.1)))
                    .flat_map(|(line, codes)| codes.split(", ").map(move |code| (line, code)))
                    .collect();
                assert_eq!(found, said, "{}: {language}", rule.code());
                own += said.iter().filter(|(_, code)| *code == rule.code()).count();
                count += 1;
            }
        }
        assert!(count >= 2, "{}: an example and what to use instead", rule.code());
        assert!(own > 0, "{}: the page shows no finding of its rule", rule.code());
    }
}
