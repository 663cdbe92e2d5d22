//! A file of statements, as every engine writes it for review.

/// Puts statements under a title, and under what a connection is set to first.
pub(crate) fn file(
    title: &str,
    settings: Option<&str>,
    statements: impl IntoIterator<Item = String>,
) -> String {
    let mut text = format!("-- {title}\n");
    text.extend(settings.map(|settings| format!("\n{settings};\n")));
    for statement in statements {
        text.push('\n');
        text.push_str(statement.trim_end_matches([';', '\n', ' ']));
        text.push_str(";\n");
    }
    text
}

/// Puts statements between the one that begins a transaction and its end.
pub(crate) fn one_transaction(begin: &str, statements: Vec<String>) -> Vec<String> {
    std::iter::once(begin.to_owned()).chain(statements).chain(["COMMIT".to_owned()]).collect()
}
