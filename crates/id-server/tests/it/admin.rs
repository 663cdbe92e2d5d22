//! Administration over REST: who may, and what it does.

use id_registry::{Options, Registry};
use id_server::tokens::{Caller, Scope, Tokens};
use id_server::{Config, Service};
use serde_json::{Value, json};
use unified_id::{Tenant, UnifiedId};

use crate::service::{Answer, World};

fn world(folder: &std::path::Path) -> World {
    let registry = Registry::open(&folder.join("data"), Options::default()).unwrap();
    let caller =
        |tenant: &str, name: &str, scope| Caller::new(Tenant::new(tenant).unwrap(), name, &[scope]);
    let tokens = Tokens::new([
        ("admin", caller("local", "admin", Scope::Admin)),
        ("writer", caller("local", "writer", Scope::Write)),
        ("theirs", caller("foreign", "theirs", Scope::Admin)),
    ]);
    let mut config = Config::default();
    config.backups = Some(folder.join("backups"));
    config.limits.backups = 2;
    World::of(Service::new(registry, tokens, config))
}

async fn register(world: &World, count: usize) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|_| UnifiedId::session().to_string()).collect();
    let references: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "system": "session-buddy", "metadata": {"secret": 1}}))
        .collect();
    let answer = world.post("/v1/register/batch", "writer", json!({"references": references}));
    answer.await.expect(200);
    ids
}

/// The result of what runs, after a line that says so.
#[track_caller]
fn done(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> =
        answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", answer.text);
    assert_eq!((&lines[0]["state"], &lines[1]["state"]), (&json!("running"), &json!("done")));
    lines[1]["result"].clone()
}

#[tokio::test]
async fn old_ids_go_and_keep_their_owner() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let ids = register(&world, 3).await;
    let purged = world.post("/v1/purge", "admin", json!({"id": ids[0]})).await.expect(200);
    assert_eq!(
        (&purged["entry"]["state"], &purged["entry"]["metadata"]),
        (&json!("purged"), &json!({}))
    );
    assert_eq!(
        world
            .post("/v1/purge", "admin", json!({"id": UnifiedId::session().to_string()}))
            .await
            .refused(404),
        "unknown_id"
    );
    // An hour is not over: nothing goes. Then everything that was registered goes, and what was deleted is purged.
    let hour = json!({"delete_after_ms": 3_600_000, "system": "session_buddy"});
    let kept = done(&world.post("/v1/retain", "admin", hour).await);
    assert_eq!((&kept["deleted"], &kept["purged"]), (&json!(0), &json!(0)));
    let none = done(&world.post("/v1/retain", "admin", json!({})).await);
    assert_eq!(none["deleted"], 0);
    let never = json!({"purge_after_ms": u64::MAX});
    assert_eq!(world.post("/v1/retain", "admin", never).await.refused(400), "bad_request");
    let all = json!({"delete_after_ms": 0, "purge_after_ms": 0});
    let mut gone = [0, 0];
    for _ in 0..3 {
        let step = done(&world.post("/v1/retain", "admin", all.clone()).await);
        gone[0] += step["deleted"].as_u64().unwrap();
        gone[1] += step["purged"].as_u64().unwrap();
        // The clock has to go on by a millisecond before what was deleted just now is old.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(gone, [2, 2]);
    let taken = json!({"id": ids[1], "system": "akosha"});
    assert_eq!(world.post("/v1/register", "writer", taken).await.refused(409), "conflict");
}

#[tokio::test]
async fn a_backup_is_opened_like_any_registry() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let ids = register(&world, 50).await;
    let made = done(&world.post("/v1/backup", "admin", json!({"name": "2026-11-29"})).await);
    assert_eq!(made["file"], "backups/2026-11-29.db");
    let copy = folder.path().join("backups/2026-11-29.db");
    assert_eq!(made["bytes"], copy.metadata().unwrap().len());
    let again = json!({"name": "2026-11-29"});
    assert_eq!(world.post("/v1/backup", "admin", again).await.refused(409), "backup");
    for name in ["", "../up", "a/b", ".hidden", "UPPER", "a b", &"a".repeat(65)] {
        let refused = world.post("/v1/backup", "admin", json!({"name": name})).await.refused(400);
        assert_eq!(refused, "bad_request", "{name}");
    }
    done(&world.post("/v1/backup", "admin", json!({"name": "second"})).await);
    let third = world.post("/v1/backup", "admin", json!({"name": "third"})).await;
    assert_eq!(third.refused(409), "backup");

    let restored = folder.path().join("restored");
    std::fs::DirBuilder::new().create(&restored).unwrap();
    std::fs::copy(&copy, restored.join("registry.db")).unwrap();
    let restored = Registry::open(&restored, Options::default()).unwrap();
    let tenant = Tenant::new("local").unwrap();
    assert!(ids.iter().all(|id| restored.resolve(&tenant, id).unwrap().is_some()));
}

#[tokio::test]
async fn a_scrub_says_what_it_read() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    register(&world, 20).await;
    let report = done(&world.ask("POST", "/v1/scrub", Some("admin"), None).await);
    assert_eq!((&report["clean"], &report["faults"]), (&json!(true), &json!([])));
    assert!(report["rows"].as_u64().unwrap() >= 40, "{report}");
}

#[tokio::test]
async fn only_admins_administer_and_only_the_servers_own_all_data() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path());
    let ids = register(&world, 1).await;
    let requests = [
        ("/v1/purge", json!({"id": ids[0]})),
        ("/v1/retain", json!({"delete_after_ms": 0})),
        ("/v1/backup", json!({"name": "a"})),
        ("/v1/scrub", json!({})),
    ];
    for (path, body) in requests {
        let nobody = world.ask("POST", path, None, Some(body.clone())).await;
        assert_eq!(nobody.refused(401), "unauthorized", "{path}");
        assert_eq!(world.post(path, "writer", body.clone()).await.refused(403), "scope", "{path}");
        let theirs = world.post(path, "theirs", body).await;
        match path {
            "/v1/purge" => assert_eq!(theirs.refused(404), "unknown_id"),
            "/v1/retain" => assert_eq!(done(&theirs)["looked_at"], 0),
            _ => assert_eq!(theirs.refused(403), "tenant", "{path}"),
        }
    }
    let entry = world.get(&format!("/v1/resolve?id={}", ids[0])).await.expect(200);
    assert_eq!(entry["entry"]["state"], "live");
    assert!(!folder.path().join("backups").exists());

    // A registry in memory has nothing to copy.
    let memory = World::new();
    let refused = memory.post("/v1/backup", "admin", json!({"name": "a"})).await.refused(501);
    assert_eq!(refused, "unsupported");
}
