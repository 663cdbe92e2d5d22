//! The page without a script: every form of an id is read, nothing a caller sends becomes markup.

use serde_json::json;
use unified_id::legacy::rows;

use crate::service::World;

const WORKFLOW: &str = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";

fn percent(text: &str) -> String {
    let each: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    each.concat()
}

#[tokio::test]
async fn every_form_typed_into_the_box_gives_its_reading() {
    let world = World::new();
    let mut forms: Vec<(String, String)> = rows()
        .iter()
        .filter(|row| !row.is_refused())
        .map(|row| (row.example().to_owned(), row.name().replace('_', " ")))
        .collect();
    forms.push((WORKFLOW.to_owned(), "typed id".to_owned()));
    forms.push((
        "order_item_01m7wqt1fbff4sq3bgc5bhn9e0".to_owned(),
        "typed id of another system".to_owned(),
    ));
    assert!(forms.len() > 30);
    for (form, name) in forms {
        for path in [format!("/?q={}", percent(&form)), format!("/id/{}", percent(&form))] {
            let page = world.get(&path).await;
            assert_eq!(page.status, 200);
            let name = if name == "ulid" { "bare id" } else { &name };
            assert!(
                page.text.contains(&format!("<span class=\"badge\">{name}</span>")),
                "{form}: {name}\n{}",
                page.text
            );
            assert!(!page.text.contains("Not an id"), "{form}");
        }
    }
}

#[tokio::test]
async fn what_is_no_id_is_explained_and_never_becomes_markup() {
    let world = World::new();
    for text in [
        "hello world",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "</title><script>",
        "\u{0}\u{202e}\u{1f600}",
        "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
    ] {
        let page = world.get(&format!("/?q={}", percent(text))).await;
        assert!(page.text.contains("Not an id") && page.text.contains("What to do:"), "{text}");
        for evil in ["<script>alert", "<img src=x", "</title><script>"] {
            assert!(!page.text.contains(evil), "{text}");
        }
    }
}

#[tokio::test]
async fn a_registered_id_has_its_owner_timeline_links_and_thread() {
    let world = World::new();
    let thread = "thread_01m7wqt1fbff4sq3bgc5bhn9e0";
    let run = "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt";
    for body in [
        json!({"id": thread, "system": "netra"}),
        json!({"id": run, "system": "netra", "links": [{"relation": "thread", "to": thread}], "metadata": {"x": "<b>&"}}),
        json!({"id": "test_01m7wqt1fdff4sq3cdmzk4w7rt", "system": "crackerjack"}),
    ] {
        world.post("/v1/register", "writer", body).await.expect(201);
    }
    let page = world.get(&format!("/id/{run}?window=500")).await.text;
    for expected in [
        "Made by <strong>netra</strong>",
        "data-window=\"500\"",
        ">crackerjack</text>",
        "Belongs together",
        "&lt;b&gt;&amp;",
        "href=\"/id/test_01m7wqt1fdff4sq3cdmzk4w7rt?window=500\"",
        "window=125",
        "window=2000",
        "aria-current=\"true\"",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    let part = axum::http::Request::builder()
        .uri(format!("/id/{run}"))
        .header("host", "localhost")
        .header("x-part", "1");
    let part = world.send(part.body(axum::body::Body::empty()).unwrap()).await.text;
    assert!(
        !part.contains("<html") && page.contains(part.lines().next().unwrap().get(..40).unwrap()),
        "{part}"
    );
}

#[tokio::test]
async fn nothing_is_loaded_from_anywhere_else() {
    let world = World::new();
    for path in ["/", "/page.css", "/page.js", "/icon.svg"] {
        let text = world.get(path).await.text.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !text.contains("http://") && !text.contains("https://") && !text.contains("url("),
            "{path}"
        );
        assert!(!text.contains(" style=") && !text.contains(" onclick="), "{path}");
    }
}
