//! The metrics, and that rules and dashboard use what there is.

use std::collections::BTreeSet;

use id_testkit::workspace_root;
use serde_json::{Value, json};

use crate::service::World;

/// The names that a text of metrics has, with the suffixes of histograms.
fn names(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect()
}

/// The names of metrics in an expression: all words that begin as ours do.
fn used(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_name = |word: &&str| word.starts_with("ulid_") || word.starts_with("cross_system_");
    words.filter(is_name).map(str::to_owned).collect()
}

/// What a server exports that has just started, with its data on a disk.
async fn exported() -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let service = id_server::open(
        folder.path(),
        id_server::Config::default(),
        id_registry::Options::default(),
    );
    names(&World::of(service.unwrap()).get("/metrics").await.text)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace_root().join(path)).unwrap()
}

#[tokio::test]
async fn every_metric_of_the_rules_is_exported_by_a_server_that_has_just_started() {
    let exported = exported().await;
    let rules = read("docs/prometheus/ulid_alerts.yml");
    let rules: String = rules.lines().filter(|line| !line.starts_with('#')).collect();
    let used = used(&rules);
    assert!(used.len() > 20, "{used:?}");
    let missing: Vec<_> = used.difference(&exported).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_metric_of_the_dashboard_is_exported_and_every_exported_one_is_shown() {
    let exported = exported().await;
    let dashboard: Value =
        serde_json::from_str(&read("docs/grafana/ULID_Ecosystem_Monitoring.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let rows: Vec<&str> = panels
        .iter()
        .filter(|panel| panel["type"] == "row")
        .map(|row| row["title"].as_str().unwrap())
        .collect();
    assert_eq!(rows, ["Generation", "Resolution", "Applications", "Routing"]);
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let used: BTreeSet<String> =
        targets.flat_map(|target| used(target["expr"].as_str().unwrap())).collect();
    let missing: Vec<_> = used.difference(&exported).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let unseen: Vec<_> = exported
        .difference(&used)
        .filter(|name| !["_sum", "_count"].iter().any(|end| name.ends_with(end)))
        .collect();
    assert!(unseen.is_empty(), "no panel shows {unseen:?}");
}

#[tokio::test]
async fn the_guide_names_every_metric() {
    let guide = read("docs/guide/server.md");
    for name in exported().await {
        let name = ["_bucket", "_sum", "_count"]
            .iter()
            .fold(name.as_str(), |name, end| name.strip_suffix(end).unwrap_or(name));
        assert!(guide.contains(&format!("`{name}`")), "{name}");
    }
}

#[tokio::test]
async fn what_happens_is_counted_under_its_name() {
    let world = World::new();
    let register =
        |system: &str| json!({"id": "workflow_01m7wqt1fbff4sq3bgc5bhn9e0", "system": system});
    world.post("/v1/register", "writer", register("mahavishnu")).await.expect(201);
    world.post("/v1/register", "writer", register("akosha")).await.refused(409);
    world.get("/v1/resolve?id=01m7wqt1fbff4sq3bgc5bhn9e0").await.expect(200);
    world.get("/v1/resolve?id=no").await.refused(400);
    world.get("/v1/inspect?id=run_user123_a1b2c3d4").await.expect(200);
    world.ask("GET", "/v1/audit", None, None).await.refused(401);
    let answer = world.get("/metrics").await;
    assert!(
        answer.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(answer.text.ends_with("# EOF\n"));
    for line in [
        "ulid_registrations_total{outcome=\"new\"} 1",
        "ulid_registrations_total{outcome=\"conflict\"} 1",
        "ulid_collisions_total 1",
        "ulid_resolutions_total{result=\"found\"} 1",
        "ulid_resolutions_total{result=\"invalid\"} 1",
        "ulid_resolution_duration_seconds_count 2",
        "ulid_resolution_duration_seconds_bucket{le=\"0.001\"}",
        "ulid_requests_refused_total{cause=\"unauthorized\"} 1",
        "ulid_registry_entries{state=\"live\"} 1",
        "ulid_registry_entries_by_kind{kind=\"workflow\"} 1",
        "ulid_registry_entries_by_system{system=\"mahavishnu\"} 1",
        "ulid_application_duration_seconds_count{operation=\"workflow_creation\"} 1",
    ] {
        assert!(answer.text.contains(line), "{line}\n{}", answer.text);
    }
}
