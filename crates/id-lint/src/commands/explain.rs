//! `id-lint explain`: the page of a rule, which is the one in `docs/rules`.

use std::io::{self, Write as _};

use id_scan::RuleId;

use crate::args::Explain;
use crate::exit::{Outcome, Usage};

/// A code and its page.
macro_rules! page {
    ($code:literal) => {
        ($code, include_str!(concat!("../../../../docs/rules/", $code, ".md")))
    };
}

/// The pages of all rules.
const PAGES: &[(&str, &str)] = &[
    page!("UID001"),
    page!("UID002"),
    page!("UID003"),
    page!("UID004"),
    page!("UID005"),
    page!("UID006"),
    page!("UID007"),
    page!("UID008"),
    page!("UID009"),
    page!("UID010"),
    page!("UID011"),
    page!("UID012"),
    page!("UID013"),
    page!("UID014"),
    page!("UID015"),
    page!("UID016"),
    page!("UID017"),
];

/// The page of a rule.
pub(crate) fn page(rule: RuleId) -> &'static str {
    PAGES.iter().find(|(code, _)| *code == rule.code()).map_or("", |(_, page)| page)
}

/// Prints the page of a rule, or one line about each.
pub(crate) fn run(args: &Explain) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    if let Some(name) = &args.rule {
        let upper = name.to_uppercase();
        let rule = RuleId::find(name).or_else(|| RuleId::find(&upper)).ok_or_else(|| {
            let known = RuleId::all().flat_map(|rule| [rule.code(), rule.name()]);
            let near = id_scan::nearest(name, known);
            let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            Usage::new(format!("`{name}` is no rule{hint}"), "`id-lint explain` lists the rules")
        })?;
        out.write_all(page(rule).as_bytes())?;
    } else {
        let width = RuleId::all().map(|rule| rule.name().len()).max().unwrap_or(0);
        for rule in RuleId::all() {
            let severity: &str = rule.severity().into();
            let (code, name, summary) = (rule.code(), rule.name(), rule.summary());
            writeln!(out, "{code}  {name:width$}  {severity:7}  {summary}")?;
        }
    }
    out.flush()?;
    Ok(Outcome::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_page() {
        for rule in RuleId::all() {
            assert!(page(rule).starts_with(&format!("# {}", rule.code())), "{}", rule.code());
        }
        assert_eq!(PAGES.len(), RuleId::all().count());
    }
}
