//! The door: who is let in, and what each may do.

use axum::body::Body;
use axum::http::Request;
use id_server::Config;
use serde_json::json;

use crate::service::{Answer, World};

const WORKFLOW: &str = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";

/// Every path with the method that it has.
const PATHS: [(&str, &str); 19] = [
    ("GET", "/"),
    ("GET", "/id/a"),
    ("GET", "/page.js"),
    ("GET", "/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/ws"),
    ("POST", "/mcp"),
    ("GET", "/v1/inspect?id=a"),
    ("GET", "/v1/resolve?id=a"),
    ("GET", "/v1/find"),
    ("GET", "/v1/stats"),
    ("GET", "/v1/export"),
    ("POST", "/v1/register"),
    ("GET", "/v1/audit"),
    ("POST", "/v1/tokens"),
    ("GET", "/nothing"),
    ("OPTIONS", "/v1/stats"),
];

async fn ask(world: &World, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused_everywhere_before_anything_else() {
    let world = World::new();
    for (method, path) in PATHS {
        for headers in [
            &[("host", "evil.example:8681")][..],
            &[][..],
            &[("host", "localhost:8681"), ("host", "evil.example")],
            &[("host", "localhost:8681"), ("origin", "http://evil.example")],
            &[("host", "localhost:8681"), ("origin", "null")],
            &[("host", "localhost:8681"), ("origin", "http://localhost:3000")],
            &[
                ("host", "localhost:8681"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "cors"),
            ],
            // A valid token changes nothing.
            &[("host", "evil.example"), ("authorization", "Bearer admin")],
        ] {
            let answer = ask(&world, method, path, headers).await;
            assert!(
                ["host", "origin"].contains(&answer.refused(403).as_str()),
                "{method} {path} {headers:?}"
            );
            assert!(!answer.headers.contains_key("access-control-allow-origin"));
        }
    }
    // A request line with the whole address.
    let answer = ask(&world, "GET", "http://evil.example/v1/stats", &[("host", "localhost")]).await;
    assert_eq!(answer.refused(403), "host");
}

#[tokio::test]
async fn reading_is_open_on_this_machine_and_writing_is_not() {
    let world = World::new();
    let register = json!({"id": WORKFLOW, "system": "mahavishnu"});
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/v1/stats",
        "/v1/find",
        "/v1/systems",
    ] {
        assert_eq!(world.get(path).await.status, 200, "{path}");
    }
    for (path, body) in [
        ("/v1/register", register.clone()),
        ("/v1/register/batch", json!({"references": [register]})),
        ("/v1/new", json!({"kind": "workflow"})),
        ("/v1/delete", json!({"id": WORKFLOW})),
        ("/v1/systems", json!({"name": "a"})),
        ("/v1/tokens", json!({"name": "a", "scopes": ["admin"]})),
    ] {
        for token in [None, Some("wrong"), Some("")] {
            let answer = world.ask("POST", path, token, Some(body.clone())).await;
            assert_eq!(answer.refused(401), "unauthorized", "{path} {token:?}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
        assert_eq!(world.post(path, "reader", body).await.refused(403), "scope", "{path}");
    }
    for path in ["/v1/delete", "/v1/systems", "/v1/tokens"] {
        assert_eq!(world.post(path, "writer", json!({})).await.refused(403), "scope", "{path}");
    }
    assert_eq!(world.ask("GET", "/v1/audit", Some("writer"), None).await.refused(403), "scope");
    assert_eq!(
        world.ask("GET", "/v1/stats", Some("wrong"), None).await.refused(401),
        "unauthorized"
    );
}

#[tokio::test]
async fn by_another_name_reading_needs_a_token_too() {
    let mut config = Config::default();
    config.hosts.push("ids.example.com".to_owned());
    let world = World::with(config);
    let host = ("host", "ids.example.com");
    for path in ["/", "/v1/stats", "/v1/export"] {
        assert_eq!(ask(&world, "GET", path, &[host]).await.refused(401), "unauthorized", "{path}");
    }
    assert_eq!(
        ask(&world, "GET", "/v1/stats", &[host, ("authorization", "Bearer reader")]).await.status,
        200
    );
}

#[tokio::test]
async fn a_writer_is_bound_to_its_system_and_tenant() {
    let world = World::new();
    let of = |system: &str| json!({"id": WORKFLOW, "system": system});
    assert_eq!(world.post("/v1/register", "bound", of("akosha")).await.refused(403), "system");
    assert_eq!(world.post("/v1/register", "bound", of("Mahavishnu")).await.status, 201);
    let path = format!("/v1/resolve?id={WORKFLOW}");
    assert_eq!(world.ask("GET", &path, Some("foreign"), None).await.refused(404), "not_registered");
    assert_eq!(world.ask("GET", "/v1/stats", Some("foreign"), None).await.expect(200)["live"], 0);
    assert_eq!(
        world.post("/v1/register", "foreign", of("akosha")).await.status,
        201,
        "another tenant, another id"
    );
}

#[tokio::test]
async fn only_named_origins_get_an_answer_they_can_read() {
    let mut config = Config::default();
    config.origins.push("https://app.example.com".to_owned());
    let world = World::with(config);
    let (host, origin) = (("host", "localhost"), ("origin", "https://app.example.com"));
    let answer = ask(&world, "OPTIONS", "/v1/register", &[host, origin]).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["access-control-allow-origin"]),
        (204, &"https://app.example.com".parse().unwrap())
    );
    let answer = ask(&world, "GET", "/v1/stats", &[host, origin]).await;
    assert_eq!(
        (&answer.headers["vary"], answer.status.as_u16()),
        (&"Origin".parse().unwrap(), 200)
    );
    assert!(
        !ask(&world, "GET", "/v1/stats", &[host])
            .await
            .headers
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn every_answer_has_the_headers_that_bind_browsers() {
    let world = World::new();
    for (method, path) in PATHS {
        let answer = ask(&world, method, path, &[("host", "localhost")]).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
    }
}

#[tokio::test]
async fn who_asks_too_often_has_to_wait() {
    let mut config = Config::default();
    (
        config.limits.requests_per_second,
        config.limits.burst,
        config.limits.wrong_tokens_per_minute,
    ) = (1, 5, 3);
    let world = World::with(config);
    for _ in 0..5 {
        assert_eq!(world.get("/v1/stats").await.status, 200);
    }
    let answer = world.get("/v1/stats").await;
    assert_eq!(
        (answer.refused(429).as_str(), &answer.headers["retry-after"]),
        ("rate", &"1".parse().unwrap())
    );
    assert_eq!(
        world.ask("GET", "/v1/stats", Some("reader"), None).await.status,
        200,
        "a token has a rate of its own"
    );
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(world.ask("GET", "/v1/stats", Some("guess"), None).await.status.as_u16());
    }
    assert_eq!(codes, [401, 401, 401, 429, 429]);
}

#[tokio::test]
async fn minted_tokens_have_their_rights_and_no_more() {
    let world = World::new();
    let wanted =
        json!({"name": "ci", "scopes": ["write"], "tenant": "ci", "system": "crackerjack"});
    let token = world.post("/v1/tokens", "admin", wanted).await.expect(200)["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let test = json!({"id": "test_01m7wqt1fcff4sq3cdmzk4w7rt", "system": "crackerjack"});
    assert_eq!(world.post("/v1/register", &token, test).await.status, 201);
    assert_eq!(
        world
            .post("/v1/tokens", &token, json!({"name": "b", "scopes": ["admin"]}))
            .await
            .refused(403),
        "scope"
    );
    for wrong in [
        json!({"name": "", "scopes": []}),
        json!({"name": "a", "scopes": [], "lifetime_s": 0}),
        json!({"name": "a", "scopes": [], "tenant": "\u{1}probe-a"}),
        json!({"name": "a", "scopes": ["root"]}),
    ] {
        assert_eq!(
            world.post("/v1/tokens", "admin", wrong.clone()).await.refused(400),
            "bad_request",
            "{wrong}"
        );
    }
}
