//! Reads the shared corpora: `tests/corpora/valid.toml` and `invalid.toml`, which every language of the project runs.

use id_testkit::workspace_root;
use serde::Deserialize;
use unified_id::{ParsedId, parse_any};

#[derive(Deserialize)]
struct Corpus {
    row: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    input: String,
    #[serde(default)]
    format: String,
    kind: Option<String>,
    scope: Option<String>,
    thread_key: Option<String>,
    canonical: Option<String>,
    uuid: Option<String>,
    timestamp_ms: Option<u64>,
    time_certain: Option<bool>,
    code: Option<String>,
    position: Option<usize>,
    reason: String,
}

fn rows(file: &str) -> Vec<Row> {
    let path = workspace_root().join("tests/corpora").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let corpus: Corpus = toml::from_str(&text).unwrap();
    assert!(corpus.row.len() >= 10, "{file} has too few rows");
    assert!(corpus.row.iter().all(|row| !row.reason.is_empty()), "{file}: a row without a reason");
    corpus.row
}

#[test]
fn valid() {
    for row in rows("valid.toml") {
        let id = parse_any(&row.input).unwrap_or_else(|error| panic!("{}: {error}", row.name));
        let (format, kind, scope, key, canonical, core, time) = match id {
            ParsedId::Unified(id) => (
                "canonical",
                Some(id.kind().to_string()),
                id.scope_text().map(str::to_owned),
                id.to_unified().thread_key().map(|key| key.to_string()),
                id.to_unified().to_string(),
                id.core(),
                id.time(),
            ),
            ParsedId::Foreign(id) => {
                ("typeid", None, None, None, id.to_string(), id.core(), Some(id.time()))
            }
            ParsedId::Bare(core) => {
                let time = (core.leading_ms(), core.timestamp_ms().is_some());
                ("ulid", None, None, None, core.to_string(), core, Some(time))
            }
            _ => panic!("{}: read as a legacy id", row.name),
        };
        assert_eq!(format, row.format, "{}", row.name);
        assert_eq!(kind, row.kind, "{}", row.name);
        assert_eq!(scope, row.scope, "{}", row.name);
        assert_eq!(key, row.thread_key, "{}", row.name);
        assert_eq!(Some(canonical), row.canonical, "{}", row.name);
        assert_eq!(Some(core.uuid_text()), row.uuid, "{}", row.name);
        assert_eq!(time.map(|(ms, _)| ms), row.timestamp_ms, "{}", row.name);
        assert_eq!(time.map(|(_, certain)| certain), row.time_certain, "{}", row.name);
    }
}

#[test]
fn canonical_texts_are_fixed_points() {
    for row in rows("valid.toml") {
        let canonical = row.canonical.unwrap();
        match parse_any(&canonical).unwrap() {
            ParsedId::Unified(id) => {
                assert!(id.is_canonical(), "{}", row.name);
                assert_eq!(id.to_unified().to_string(), canonical, "{}", row.name);
            }
            ParsedId::Foreign(id) => assert_eq!(id.to_string(), canonical, "{}", row.name),
            ParsedId::Bare(core) => assert_eq!(core.to_string(), canonical, "{}", row.name),
            other => panic!("{}: {other:?}", row.name),
        }
    }
}

#[test]
fn invalid() {
    for row in rows("invalid.toml") {
        let error = parse_any(&row.input).expect_err(&row.name);
        assert_eq!(Some(error.code()), row.code.as_deref(), "{}: {error}", row.name);
        assert_eq!(Some(error.position()), row.position, "{}: {error}", row.name);
    }
}

#[derive(Deserialize)]
struct Adoptions {
    row: Vec<Adoption>,
}

#[derive(Deserialize)]
struct Adoption {
    kind: unified_id::IdKind,
    text: String,
    core: unified_id::Core,
}

#[test]
fn adoption_gives_what_another_language_computes() {
    let text = std::fs::read_to_string(workspace_root().join("tests/corpora/adopt.toml")).unwrap();
    let corpus: Adoptions = toml::from_str(&text).unwrap();
    assert!(corpus.row.len() >= 8);
    for row in corpus.row {
        let key = unified_id::ThreadKey::parse(&row.text).unwrap();
        let adopted = unified_id::adopt(row.kind, &key);
        assert_eq!(adopted, row.core, "{}", row.text);
        assert_eq!((adopted.uuid_version(), adopted.timestamp_ms()), (Some(8), None));
    }
}
