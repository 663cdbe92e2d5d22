//! The ClickHouse statements of the guide for Netra, as they stand there, on the real engine.

use id_migrate::engine::Phase;
use rusqlite::Connection;

use super::Case;

/// The statements of the guide's only SQL block, without its comments.
fn statements() -> Vec<String> {
    let guide = include_str!("../../../../docs/guide/migrate-netra.md");
    let block = guide.split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with("--")).collect();
    lines
        .join("\n")
        .split(';')
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty())
        .collect()
}

#[test]
fn the_statements_of_the_guide_run_on_clickhouse() {
    let owner = Case::new(
        "CREATE TABLE traces (trace_id TEXT PRIMARY KEY, at INTEGER); \
         INSERT INTO traces WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 99) SELECT 'trace,\"' || i, 1704164645 + i FROM n;",
    );
    let plan = owner.plan(&["traces.trace_id=created-at:at"]);
    Case::run(&plan, Phase::Contract).unwrap();
    let db = Connection::open(&owner.path).unwrap();
    let mut map = String::new();
    let mut read = db.prepare("SELECT legacy, new FROM _uid_map_1 ORDER BY legacy").unwrap();
    let mut rows = read.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cell = |at: usize| row.get::<_, String>(at).unwrap().replace('"', "\"\"");
        map.extend([format!("\"{}\",\"{}\"\n", cell(0), cell(1))]);
    }
    assert_eq!(map.lines().count(), 100);
    let mut guide = statements();
    assert_eq!(guide.len(), 6, "{guide:#?}");
    let rest = guide.split_off(3);
    let alone = |sql: &str| (sql.to_owned(), String::new());
    // Each trace has three spans; one more belongs to a trace that nobody knows.
    let work: Vec<(String, String)> = [
        alone("CREATE TABLE traces (trace_id String, timestamp DateTime, span UInt32) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (trace_id, span)"),
        alone("INSERT INTO traces SELECT concat('trace,\"', toString(number % 100)), toDateTime('2026-11-05 00:00:00') + number, intDiv(number, 100) FROM numbers(300)"),
        alone("INSERT INTO traces VALUES ('of nobody', '2026-11-06 00:00:00', 0)"),
        alone(&guide[0]),
        ("INSERT INTO id_map FORMAT CSV".to_owned(), map),
        alone(&guide[1]),
        alone(&guide[2]),
    ]
    .into();
    let mut queries = rest;
    queries.extend(
        [
            "SELECT count(), countIf(length(trace_id) = 26), countIf(trace_id = 'of nobody') FROM traces",
            "SELECT count() FROM traces AS n JOIN id_map AS m ON m.new = n.trace_id JOIN traces_new AS o ON o.trace_id = m.legacy AND o.span = n.span AND o.timestamp = n.timestamp",
        ]
        .map(str::to_owned),
    );
    let answers = id_testkit::chdb::run(&work, &queries);
    assert_eq!(answers, "301,300\n301,300\n301,300,1\n300\n");
}
