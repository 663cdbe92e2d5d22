//! The REST interface: what it gives, and how it refuses.

use serde_json::json;
use unified_id::UnifiedId;

use crate::service::World;

const WORKFLOW: &str = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";
const TEST: &str = "test_01m7wqt1fcff4sq3cdmzk4w7rt";

async fn world() -> World {
    let world = World::new();
    let workflow = json!({"id": WORKFLOW, "system": "mahavishnu", "metadata": {"name": "nightly"},
        "aliases": ["thread_user123_run_1693430400000_a1b2c3d4"]});
    world.post("/v1/register", "writer", workflow).await.expect(201);
    let test = json!({"id": TEST, "system": "crackerjack", "links": [{"relation": "parent", "to": WORKFLOW}]});
    world.post("/v1/register", "writer", test).await.expect(201);
    world
}

#[tokio::test]
async fn every_spelling_leads_to_the_entry() {
    let world = world().await;
    for (form, by) in [
        (WORKFLOW, "id"),
        ("workflow_01M7WQT1FBFF4SQ3BGC5BHN9E0", "id"),
        ("01m7wqt1fbff4sq3bgc5bhn9e0", "core"),
        ("01M7WQT1FBFF4SQ3BGC5BHN9E0", "core"),
        ("01a1f97d-05eb-7bc9-9b8d-7061571aa5c0", "core"),
        ("thread_user123_run_1693430400000_a1b2c3d4", "alias"),
    ] {
        let found = world.get(&format!("/v1/resolve?id={form}")).await.expect(200);
        assert_eq!(
            (&found["entry"]["id"], &found["found_by"]),
            (&json!(WORKFLOW), &json!(by)),
            "{form}"
        );
    }
    let batch = world
        .post(
            "/v1/resolve",
            "reader",
            json!({"ids": [TEST, "no id", UnifiedId::test().to_string()]}),
        )
        .await;
    let results = batch.expect(200)["results"].clone();
    assert_eq!(results[0]["ok"]["entry"]["system"], "crackerjack");
    assert_eq!(results[1]["problem"]["code"], "unparsable");
    assert_eq!(results[2]["problem"]["code"], "not_registered");
}

#[tokio::test]
async fn what_belongs_together_is_found() {
    let world = world().await;
    let trace = world.get("/v1/trace?id=01M7WQT1FBFF4SQ3BGC5BHN9E0").await.expect(200);
    assert_eq!(trace["links"][0]["id"], TEST);
    assert_eq!(trace["links"][0]["relation"], "child");
    assert_eq!(trace["neighbours"][0]["entries"][0]["id"], TEST);
    let related = world.get(&format!("/v1/related?id={WORKFLOW}&window_ms=1000")).await.expect(200);
    assert_eq!(related["entries"].as_array().unwrap().len(), 1, "without itself");
    let first = world.get("/v1/find?limit=1").await.expect(200);
    let next = first["next"].as_str().unwrap();
    let second = world.get(&format!("/v1/find?limit=1&cursor={next}")).await.expect(200);
    assert_eq!(
        (&first["entries"][0]["id"], &second["entries"][0]["id"]),
        (&json!(WORKFLOW), &json!(TEST))
    );
    assert_eq!(
        world.get(&format!("/v1/find?limit=1&kind=test&cursor={next}")).await.refused(400),
        "cursor"
    );
    let stats = world.get("/v1/stats").await.expect(200);
    assert_eq!((&stats["live"], &stats["by_system"]["mahavishnu"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn the_first_writer_keeps_an_id() {
    let world = world().await;
    let again = json!({"id": WORKFLOW, "system": "Mahavishnu"});
    assert_eq!(world.post("/v1/register", "writer", again).await.expect(200)["outcome"], "kept");
    let other = json!({"id": WORKFLOW, "system": "akosha"});
    assert_eq!(world.post("/v1/register", "writer", other.clone()).await.refused(409), "conflict");
    let batch = world.post(
        "/v1/register/batch",
        "writer",
        json!({"references": [other, {"id": "user:1", "system": "akosha", "kind": "entity"}]}),
    );
    let results = batch.await.expect(200)["results"].clone();
    assert_eq!(results[0]["problem"]["code"], "conflict");
    let deleted = world
        .post("/v1/delete", "admin", json!({"id": WORKFLOW, "reason": "old"}))
        .await
        .expect(200);
    assert_eq!(
        (&deleted["entry"]["state"], &deleted["entry"]["reason"]),
        (&json!("deleted"), &json!("old"))
    );
    let audit = world.ask("GET", "/v1/audit?after=2", Some("admin"), None).await;
    let last = audit.text.lines().last().unwrap();
    assert!(
        last.contains("\"action\":\"delete\"") && last.contains("\"writer\":\"admin\""),
        "{last}"
    );
}

#[tokio::test]
async fn an_export_has_a_line_for_each_entry() {
    let world = world().await;
    let many: Vec<_> = (0..1_000)
        .map(|_| json!({"id": UnifiedId::job().to_string(), "system": "crackerjack"}))
        .collect();
    world.post("/v1/register/batch", "writer", json!({"references": many})).await.expect(200);
    let export = world.get("/v1/export").await;
    assert_eq!(export.headers["content-type"], "application/x-ndjson");
    let lines: Vec<serde_json::Value> =
        export.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1_002);
    let workflow = lines.iter().find(|line| line["id"] == WORKFLOW).unwrap();
    assert_eq!(workflow["aliases"][0], "thread_user123_run_1693430400000_a1b2c3d4");
}

#[tokio::test]
async fn any_text_is_inspected() {
    let world = World::new();
    let reading = world.get("/v1/inspect?id=run_user123_a1b2c3d4").await.expect(200);
    assert_eq!((&reading["ok"], &reading["thread"]), (&json!(true), &json!("user123")));
    let reading = world.get("/v1/inspect?id=%00%F0%9F%98%80%22%3Cscript%3E").await.expect(200);
    assert_eq!(
        (&reading["ok"], &reading["input"]),
        (&json!(false), &json!("\u{0}\u{1f600}\"<script>"))
    );
    let readings = world
        .post("/v1/inspect", "reader", json!({"ids": ["", "a".repeat(600)]}))
        .await
        .expect(200);
    assert_eq!(readings[1]["error"]["code"], "too_long");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let world = World::new();
    for (path, status, code) in [
        ("/v1/resolve", 400, "bad_request"),
        ("/v1/resolve?id=a&id=b", 400, "bad_request"),
        ("/v1/resolve?id=a&more=b", 400, "bad_request"),
        ("/v1/resolve?id=hello%20world", 400, "unparsable"),
        ("/v1/resolve?id=workflow_01m7wqt1fbff4sq3bgc5bhn9e0", 404, "not_registered"),
        ("/v1/find?limit=0", 400, "bad_request"),
        ("/v1/find?limit=1001", 400, "bad_request"),
        ("/v1/find?limit=-1", 400, "bad_request"),
        ("/v1/find?cursor=abc", 400, "cursor"),
        ("/v1/related?id=01m7wqt1fbff4sq3bgc5bhn9e0&window_ms=86400001", 400, "limit"),
        ("/v1/nothing", 404, "no_such_page"),
    ] {
        assert_eq!(world.get(path).await.refused(status), code, "{path}");
    }
    assert_eq!(world.ask("DELETE", "/v1/stats", None, None).await.refused(405), "method");
    for (body, code) in [
        (json!([]), "bad_request"),
        (json!({"id": WORKFLOW}), "bad_request"),
        (json!({"id": WORKFLOW, "system": "a", "more": 1}), "bad_request"),
        (json!({"id": "no id", "system": "a"}), "unparsable"),
        (json!({"id": "01m7wqt1fbff4sq3bgc5bhn9e0", "system": "a"}), "missing_kind"),
        (json!({"id": WORKFLOW, "system": "a/b"}), "name"),
        (json!({"id": WORKFLOW, "system": "a", "metadata": {"a": "b".repeat(20_000)}}), "metadata"),
        (
            json!({"id": WORKFLOW, "system": "a", "links": [{"relation": "cousin", "to": TEST}]}),
            "bad_request",
        ),
    ] {
        assert_eq!(
            world.post("/v1/register", "writer", body.clone()).await.refused(400),
            code,
            "{body}"
        );
    }
    let long = json!({"ids": vec!["a"; 1_001]});
    assert_eq!(world.post("/v1/resolve", "reader", long).await.refused(400), "bad_request");
    let huge = json!({"ids": ["a".repeat(5 << 20)]});
    assert_eq!(world.post("/v1/inspect", "reader", huge).await.refused(413), "body");
}

#[tokio::test]
async fn made_ids_grow_and_are_counted() {
    let world = World::new();
    let made =
        world.post("/v1/new", "writer", json!({"kind": "workflow", "count": 50})).await.expect(200);
    let ids: Vec<String> = serde_json::from_value(made["ids"].clone()).unwrap();
    assert!(ids.len() == 50 && ids.is_sorted(), "{ids:?}");
    assert_eq!(
        world.post("/v1/new", "writer", json!({"kind": "run"})).await.refused(400),
        "bad_request"
    );
    assert!(world.get("/metrics").await.text.contains("ulid_generated_total 50\n"));
}

/// The description is a contract: a change of it is read, and told in the changelog.
#[test]
fn the_description_is_as_it_was() {
    let _guard = id_testkit::snapshots("http").bind_to_scope();
    insta::assert_snapshot!("openapi", id_server::openapi_json());
}
