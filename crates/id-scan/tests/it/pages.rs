//! The pages of the rules are tests: their code blocks say which lines have which finding.

use std::path::Path;

use id_scan::{Config, RuleId, scan_text};
use strum::IntoEnumIterator as _;

#[test]
fn the_pages_say_what_is_found() {
    let config = Config::new("/", []);
    for rule in RuleId::iter() {
        let path = id_testkit::workspace_root().join(format!("docs/rules/{}.md", rule.code()));
        let page = std::fs::read_to_string(path).unwrap();
        let blocks: Vec<_> = page.split("```python\n").skip(1).collect();
        assert!(blocks.len() >= 2, "{}: an example and what to use instead", rule.code());
        let mut own = 0;
        for block in blocks {
            let code = block.split("```").next().unwrap();
            let report = scan_text(&config, Path::new("page.py"), code.as_bytes()).unwrap();
            let found: Vec<_> =
                report.findings.iter().map(|found| (found.line, found.rule.code())).collect();
            let said: Vec<_> = (1..)
                .zip(code.lines())
                .filter_map(|(line, text)| Some((line, text.split_once("# error: ")?.1)))
                .collect();
            assert_eq!(found, said, "{}", rule.code());
            own += said.iter().filter(|(_, code)| *code == rule.code()).count();
        }
        assert!(own > 0, "{}: the page shows no finding of its rule", rule.code());
    }
}
