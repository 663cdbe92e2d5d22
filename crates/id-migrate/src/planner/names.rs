//! What the names of tables and columns say about references.

pub(super) fn singular(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_suffix("ies")
        .map(|stem| format!("{stem}y"))
        .or_else(|| name.strip_suffix('s').map(str::to_owned))
        .unwrap_or(name)
}

/// Whether a column is named like a key: `job_id`, `parent_job_id` for `jobs.job_id` or `jobs.id`.
pub(super) fn refers_by_name(column: &str, table: &str, key: &str) -> bool {
    let column = column.to_lowercase();
    let key = key.to_lowercase();
    let is_general = ["id", "uuid", "key"].contains(&key.as_str());
    let by_table = format!("{}_{}", singular(table), if is_general { key.as_str() } else { "id" });
    let is = |name: &str| column == name || column.ends_with(&format!("_{name}"));
    is(&by_table) || (!is_general && is(&key))
}
