//! Lint rules and their pages: a page `docs/rules/UID001.md` for every rule code, and no other.

use std::collections::BTreeMap;

use super::{File, Finding};

const PAGES: &str = "docs/rules/";
const CODE: &str = "crates/id-scan/src/";

/// Finds codes without a page and pages without a code. Before the first page there is no check.
pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let pages: Vec<&str> = files
        .iter()
        .filter_map(|file| file.path.strip_prefix(PAGES)?.strip_suffix(".md"))
        .filter(|name| name.starts_with("UID"))
        .collect();
    if pages.is_empty() {
        return Vec::new();
    }
    let mut codes = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust() && file.path.starts_with(CODE)) {
        for (at, line) in file.text.lines().enumerate() {
            for code in quoted_codes(line) {
                codes.entry(code).or_insert((file.path.as_str(), at + 1));
            }
        }
    }
    let without_page = codes.iter().filter(|(code, _)| !pages.contains(*code)).map(|(code, at)| {
        let what_to_do = format!("write {PAGES}{code}.md");
        Finding::new(at.0, at.1, format!("the rule {code} has no page"), what_to_do)
    });
    let without_code = pages.iter().filter(|page| !codes.contains_key(*page)).map(|page| {
        let what = format!("no rule has the code {page}");
        Finding::new(&format!("{PAGES}{page}.md"), 1, what, "delete the page or add the rule")
    });
    without_page.chain(without_code).collect()
}

/// Returns every `"UID` + three digits + `"` of a line, without the quotes.
fn quoted_codes(line: &str) -> impl Iterator<Item = &str> {
    line.split('"').filter(|word| {
        let digits = word.strip_prefix("UID").unwrap_or_default();
        digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    #[test]
    fn codes_and_pages_match() {
        let code = file("crates/id-scan/src/rules/mod.rs", "const A: &str = \"UID001\";\n");
        let page = file("docs/rules/UID001.md", "# UID001\n");
        let surplus = file("docs/rules/UID002.md", "# UID002\n");
        let second = file("crates/id-scan/src/rules/b.rs", "//! B.\nf(\"UID003\", 1)\n");
        assert!(check(&[file("docs/rules/README.md", ""), page, code]).is_empty());
        let findings = check(&[surplus, second]);
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert!(
            lines[0].starts_with("crates/id-scan/src/rules/b.rs:2: the rule UID003"),
            "{lines:?}"
        );
        assert!(lines[1].starts_with("docs/rules/UID002.md:1: no rule"), "{lines:?}");
    }

    #[test]
    fn without_pages_nothing_is_asked() {
        assert!(check(&[file("crates/id-scan/src/a.rs", "\"UID001\"")]).is_empty());
    }
}
