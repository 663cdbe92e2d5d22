//! A workflow that was started in one system, seen by all, and traced by one call.

use serde_json::{Value, json};
use unified_id::UnifiedId;

use crate::service::World;

/// What each system registers, in the words of its own models.
struct Systems {
    execution: String,
    pool: String,
    checkpoint: String,
    session: String,
    entity: String,
    tests: Vec<String>,
}

async fn start(world: &World) -> Systems {
    let [execution, pool, checkpoint] = [
        UnifiedId::workflow().to_string(),
        UnifiedId::pool().to_string(),
        UnifiedId::checkpoint().to_string(),
    ];
    let session = UnifiedId::session().to_string();
    let entity = UnifiedId::entity().to_string();
    let tests: Vec<String> = (0..3).map(|_| UnifiedId::test().to_string()).collect();
    let parent = json!([{"relation": "parent", "to": execution}]);
    let mut references = vec![
        json!({"id": session, "system": "session_buddy", "metadata": {"project": "crackerjack"}}),
        json!({"id": execution, "system": "mahavishnu", "metadata": {"model": "WorkflowExecution", "workflow_name": "nightly"},
            "links": [{"relation": "session", "to": session}], "aliases": ["thread_user123_run_1693430400000_a1b2c3d4"]}),
        json!({"id": pool, "system": "mahavishnu", "metadata": {"model": "PoolExecution"}, "links": parent}),
        json!({"id": checkpoint, "system": "mahavishnu", "metadata": {"model": "WorkflowCheckpoint"}, "links": parent}),
        json!({"id": entity, "system": "akosha", "metadata": {"entity_type": "repository"}, "links": parent}),
    ];
    references
        .extend(tests.iter().map(|id| json!({"id": id, "system": "crackerjack", "links": parent})));
    let done = world
        .post("/v1/register/batch", "writer", json!({"references": references}))
        .await
        .expect(200);
    assert!(
        done["results"].as_array().unwrap().iter().all(|result| result["ok"]["outcome"] == "new"),
        "{done}"
    );
    Systems { execution, pool, checkpoint, session, entity, tests }
}

#[tokio::test]
async fn a_workflow_is_traced_across_the_systems_by_one_call() {
    let world = World::new();
    let all = start(&world).await;
    // By the id that the old system wrote into its log.
    let trace =
        world.get("/v1/trace?id=thread_user123_run_1693430400000_a1b2c3d4").await.expect(200);
    assert_eq!(
        (&trace["found_by"], &trace["entry"]["id"]),
        (&json!("alias"), &json!(all.execution))
    );
    let linked = |relation: &str| -> Vec<&str> {
        let links = trace["links"].as_array().unwrap().iter();
        links
            .filter(|link| link["relation"] == relation)
            .map(|link| link["id"].as_str().unwrap())
            .collect()
    };
    assert_eq!(linked("session"), [&all.session]);
    let mut children = vec![&*all.pool, &*all.checkpoint, &*all.entity];
    children.extend(all.tests.iter().map(String::as_str));
    let mut found = linked("child");
    children.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, children);
    let lanes: Vec<&str> = trace["neighbours"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["system"].as_str().unwrap())
        .collect();
    assert_eq!(lanes, ["akosha", "crackerjack", "mahavishnu", "session-buddy"]);
}

#[tokio::test]
async fn each_system_finds_its_own_and_the_others() {
    let world = World::new();
    let all = start(&world).await;
    let of = async |query: &str| -> Vec<Value> {
        world.get(&format!("/v1/find?{query}")).await.expect(200)["entries"]
            .as_array()
            .unwrap()
            .clone()
    };
    assert_eq!(of("system=Session%20Buddy").await[0]["id"], *all.session);
    assert_eq!(of("system=crackerjack&kind=test").await.len(), 3);
    assert_eq!(of("system=mahavishnu").await.len(), 3);
    let related = world
        .get(&format!("/v1/related?id={}&system=akosha&window_ms=5000", all.tests[0]))
        .await
        .expect(200);
    assert_eq!(related["entries"][0]["id"], *all.entity);
}
