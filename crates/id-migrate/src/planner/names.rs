//! What the names of tables and columns say about references.

/// A name in lower case with `_` between its words, however it was spelled: `workflowRunId`, `Order Details`.
pub(super) fn snake(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for letter in name.chars() {
        if letter.is_whitespace() || letter == '-' || letter == '.' {
            words.push('_');
        } else {
            if letter.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit()) {
                words.push('_');
            }
            words.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words
}

/// What one row of a table may be called: `category` for `categories`, `box` for `boxes`; the table's own name, too.
fn singulars(table: &str) -> Vec<String> {
    let name = snake(table);
    let mut found = Vec::new();
    if let Some(stem) = name.strip_suffix("ies") {
        found.push(format!("{stem}y"));
    }
    if let Some(stem) = name.strip_suffix("es")
        && ["s", "x", "z", "ch", "sh"].iter().any(|end| stem.ends_with(end))
    {
        found.push(stem.to_owned());
    }
    if let Some(stem) = name.strip_suffix("people") {
        found.push(format!("{stem}person"));
    }
    if let Some(stem) = name.strip_suffix("children") {
        found.push(format!("{stem}child"));
    }
    found.extend(name.strip_suffix('s').map(str::to_owned));
    found.push(name);
    // Folded to lower case, as many schemas do with `LineItem`, it has no words left: `lineitem_id`.
    let joined: Vec<String> = found
        .iter()
        .filter(|name| name.contains('_'))
        .map(|name| name.replace('_', ""))
        .filter(|name| !name.is_empty())
        .collect();
    found.extend(joined);
    found
}

/// Whether a word is another spelling of a table, or of one of its rows: `User` for `users`.
pub(super) fn is_word_for(word: &str, table: &str) -> bool {
    let word = snake(word);
    singulars(table).contains(&word)
}

/// Whether a name ends in another one.
fn ends_in(column: &str, name: &str) -> bool {
    column.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('_'))
}

/// Whether a column is named like a key: `job_id`, `parent_job_id` for `jobs.job_id` or `jobs.id`.
pub(super) fn refers_by_name(column: &str, table: &str, key: &str) -> bool {
    let name = snake(column);
    refers_by_full_name(column, table, key)
        // `user_id` is said of a key called `uuid`, too.
        || singulars(table).iter().any(|row| ends_in(&name, &format!("{row}_id")))
}

/// As [`refers_by_name`], for a column that is not what tells the rows of its table apart: `profile_id` is then no name of
/// `profiles.user_id`, but `profile_user_id` is.
pub(super) fn refers_by_full_name(column: &str, table: &str, key: &str) -> bool {
    let (column, key) = (snake(column), snake(key));
    let is_general = ["id", "uuid", "key"].contains(&key.as_str());
    // A bare `name` or `code` is one of many: only together with the table it says which.
    let is_specific = !is_general
        && (key.trim_start_matches('_').contains('_')
            || key.len() > 4 && key.ends_with("id") && key != "rowid");
    is_specific && ends_in(&column, &key)
        || singulars(table).iter().any(|row| ends_in(&column, &format!("{row}_{key}")))
}

/// Whether a column is called like the id of a row of its table: `id`, `order_no` of `orders`.
pub(super) fn is_own_id(column: &str, table: &str) -> bool {
    const ENDS: [&str; 8] = ["id", "uuid", "key", "pk", "no", "nr", "number", "rowid"];
    let name = snake(column);
    ENDS.contains(&name.as_str())
        || singulars(table).iter().any(|row| {
            name.strip_prefix(row.as_str())
                .and_then(|rest| rest.strip_prefix('_'))
                .is_some_and(|end| ENDS.contains(&end))
        })
}

/// What one of several values would be called: `job_id` for `job_ids`.
pub(super) fn one_of_several(column: &str) -> Option<String> {
    snake(column).strip_suffix('s').map(str::to_owned)
}

/// Whether a column (in [`snake`]) is named like the key of a row of any table: `row_id`, `record`, `pk`, but not `level`.
pub(super) fn names_any_row(column: &str) -> bool {
    ["id", "pk", "key", "uuid", "rowid", "row", "record", "object", "entity"].contains(&column)
        || ["_id", "_pk", "_key", "_uuid", "_rowid"].iter().any(|end| column.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_refer_to() {
        let named = [
            ("job_id", "jobs", "job_id"),
            ("parent_job_id", "jobs", "id"),
            ("jobId", "Jobs", "id"),
            ("workflowRunId", "workflow_runs", "id"),
            ("workflow_run_id", "WorkflowRun", "id"),
            ("order id", "orders", "id"),
            ("category_id", "categories", "id"),
            ("status_id", "statuses", "id"),
            ("box_id", "boxes", "id"),
            ("person_id", "people", "id"),
            ("owner_user_uuid", "users", "uuid"),
            ("country_code", "countries", "code"),
            ("user_id", "users", "email"),
            ("user_id", "users", "uuid"),
            ("users_id", "users", "id"),
            ("lineitem_id", "LineItem", "id"),
            ("first_lineitem_id", "line_items", "id"),
        ];
        for (column, table, key) in named {
            assert!(refers_by_name(column, table, key), "{column} for {table}.{key}");
        }
        let others = [
            ("first_name", "users", "name"),
            ("name", "users", "name"),
            ("zip_code", "countries", "code"),
            ("id", "users", "id"),
            ("paid", "users", "id"),
            ("session_id", "users", "id"),
            ("job_ids", "jobs", "id"),
            ("order", "orders", "id"),
        ];
        for (column, table, key) in others {
            assert!(!refers_by_name(column, table, key), "{column} for {table}.{key}");
        }
        assert!(refers_by_full_name("profile_user_id", "profiles", "user_id"));
        assert!(!refers_by_full_name("profile_id", "profiles", "user_id"));
        assert_eq!(one_of_several("jobIds").as_deref(), Some("job_id"));
        assert_eq!(one_of_several("job_id"), None);
        for (column, table) in [("id", "jobs"), ("jobNo", "jobs"), ("job_id", "Job")] {
            assert!(is_own_id(column, table), "{column} of {table}");
        }
        for (column, table) in [("user_id", "jobs"), ("n", "jobs"), ("job_paid", "jobs")] {
            assert!(!is_own_id(column, table), "{column} of {table}");
        }
        assert!(is_word_for("WorkflowRun", "workflow_runs") && is_word_for("User", "users"));
    }
}
