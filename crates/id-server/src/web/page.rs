//! What the page shows: the reading of the text, what the registry knows, the timeline, the thread, the counts.

use axum::http::StatusCode;
use id_registry::{Entry, Listed, State, Stats, Trace, TraceLink, TraceOptions};
use maud::{DOCTYPE, Markup, html};
use std::sync::Arc;

use super::timeline::{self, Lane};
use super::when;
use crate::http::Problem;
use crate::inspect::Record;
use crate::state::Service;
use crate::tokens::Caller;

/// The time to each side where the address says nothing, and the bounds.
const WINDOW_MS: u64 = 60_000;
const MIN_WINDOW_MS: u64 = 10;
const MAX_WINDOW_MS: u64 = 86_400_000;

/// Systems in the counts; the others are summed up.
const BARS: usize = 8;

/// Examples of forms, each a real one.
const EXAMPLES: [(&str, &str); 5] = [
    ("typed", "thread_01m7wqt1fbff4sq3bgc5bhn9e0"),
    ("run in a thread", "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt"),
    ("bare", "01M7WQT1FBFF4SQ3BGC5BHN9E0"),
    ("UUID", "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0"),
    ("legacy", "thread_user123_run_1693430400000_a1b2c3d4"),
];

/// What is asked.
pub(super) struct Question {
    text: String,
    window_ms: u64,
}

impl Question {
    /// Blanks around a text come from copying, and are no part of an id.
    pub(super) fn new(text: String, window_ms: Option<u64>) -> Self {
        let text = if text.trim() == text { text } else { text.trim().to_owned() };
        Self { text, window_ms: window_ms.unwrap_or(WINDOW_MS).clamp(MIN_WINDOW_MS, MAX_WINDOW_MS) }
    }
}

/// What was found out.
pub(super) struct Findings {
    trace: Option<Result<Trace, Problem>>,
    /// The thread that the text names, with what belongs to it.
    thread: Option<Trace>,
    stats: Result<Stats, Problem>,
}

impl Findings {
    /// The status of the whole page: what is no id or not registered was answered all the same.
    pub(super) fn status(&self) -> StatusCode {
        match &self.trace {
            Some(Err(problem)) if problem.status >= 500 => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::OK,
        }
    }
}

/// Asks the service what the page needs.
pub(super) async fn ask(service: &Service, caller: &Caller, question: &Question) -> Findings {
    let stats = service.stats(caller);
    if question.text.is_empty() {
        return Findings { trace: None, thread: None, stats };
    }
    let key = service.inspect(&question.text).thread_key;
    let options = TraceOptions::around(question.window_ms);
    let trace = service.trace(caller, question.text.clone(), options).await;
    let thread = match key {
        Some(key) => {
            service.trace(caller, format!("thread_{key}"), TraceOptions::around(0)).await.ok()
        }
        None => None,
    };
    Findings { trace: Some(trace), thread, stats }
}

/// The address of an id's page.
pub(super) fn link(id: &str, window_ms: Option<u64>) -> String {
    let mut address = "/id/".to_owned();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            address.push(char::from(byte));
        } else {
            address.push_str(&percent(byte));
        }
    }
    match window_ms {
        Some(ms) if ms != WINDOW_MS => format!("{address}?window={ms}"),
        _ => address,
    }
}

fn percent(byte: u8) -> String {
    format!("%{byte:02X}")
}

/// The whole page.
pub(super) fn whole(service: &Service, question: &Question, findings: &Findings) -> Markup {
    let title = if question.text.is_empty() {
        "Unified ID".to_owned()
    } else {
        format!("{} \u{b7} Unified ID", shorten(&question.text))
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/page.css";
                script src="/page.js" defer {}
            }
            body {
                a.skip href="#answer" { "To the answer" }
                header {
                    a.brand href="/" { img src="/icon.svg" alt="" width="28" height="28"; span { "Unified ID" } }
                    nav {
                        a href="/openapi.json" { "API" }
                        a href="/metrics" { "Metrics" }
                        a href="/v1/systems" { "Systems" }
                    }
                }
                main {
                    form.search action="/" method="get" role="search" {
                        label for="q" { "Find any id" }
                        div.box {
                            input #q name="q" type="search" value=(question.text) placeholder="Paste an id in any form: typed, bare, UUID, legacy\u{2026}"
                                autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="600"
                                autofocus[question.text.is_empty()];
                            button type="submit" { "Find" }
                        }
                        p.hint { kbd { "/" } " search " kbd { "Esc" } " clear " kbd { "+" } " " kbd { "\u{2212}" } " zoom " kbd { "c" } " copy" }
                    }
                    div #answer aria-live="polite" aria-busy="false" { (inner(service, question, findings)) }
                }
                footer { "Reads any id that was ever issued. Everything on this page comes from this server." }
            }
        }
    }
}

/// The part below the box.
pub(super) fn inner(service: &Service, question: &Question, findings: &Findings) -> Markup {
    if question.text.is_empty() {
        return html! { (examples()) (counts(findings)) };
    }
    let record = service.inspect(&question.text);
    html! {
        (reading(&record))
        @match &findings.trace {
            Some(Ok(trace)) => (known(trace, question)),
            Some(Err(problem)) if problem.code == "not_registered" => (unknown(service, question)),
            Some(Err(problem)) if record.ok => (failure(problem)),
            _ => {}
        }
        @if let Some(thread) = &findings.thread { (thread_view(thread, &question.text)) }
    }
}

fn examples() -> Markup {
    html! {
        section.card {
            h2 { "Any form works" }
            ul.examples {
                @for (name, id) in EXAMPLES {
                    li { span.form-name { (name) } a.mono href=(link(id, None)) { (id) } }
                }
            }
        }
    }
}

fn counts(findings: &Findings) -> Markup {
    let stats = match &findings.stats {
        Ok(stats) => stats,
        Err(problem) => return failure(problem),
    };
    html! {
        section.card {
            h2 { "In the registry" }
            @if stats.live + stats.deleted == 0 {
                p.empty { "Nothing is registered yet. " code { "POST /v1/register" } " with the token of " code { "tokens.toml" } " adds the first id; reading any id works already." }
            } @else {
                div.numbers {
                    div { strong { (grouped(stats.live)) } " ids in use" }
                    div { strong { (grouped(stats.aliases)) } " aliases" }
                    div { strong { (grouped(stats.deleted)) } " deleted" }
                }
                div.columns {
                    div { h3 { "By system" } (bars(&stats.by_system)) }
                    div { h3 { "By kind" } (bars(&stats.by_kind)) }
                }
            }
        }
    }
}

fn bars(counts: &std::collections::BTreeMap<String, u64>) -> Markup {
    let mut all: Vec<(&str, u64)> =
        counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    all.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    let others: u64 = all.iter().skip(BARS).map(|(_, count)| count).sum();
    all.truncate(BARS);
    if others > 0 {
        all.push(("others", others));
    }
    let most = all.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    html! {
        ul.bars {
            @for (name, count) in all {
                li {
                    span.name { (name) }
                    progress max=(most) value=(count) aria-label=(format!("{name}: {count}")) {}
                    span.count { (grouped(count)) }
                }
            }
        }
    }
}

/// What the text itself says.
fn reading(record: &Record<'_>) -> Markup {
    if let Some(error) = &record.error {
        return html! {
            section.card.bad {
                h2 { span.badge.no { "Not an id" } }
                p.drawing.mono { (marked(record.input, error.position)) }
                p { (error.message) }
                p.help { strong { "What to do: " } (error.help) }
            }
        };
    }
    let format = record.format.unwrap_or("id");
    html! {
        section.card {
            h2 {
                span.badge { (words(format)) }
                @if let Some(kind) = record.kind { span.badge.kind { (kind) } }
                @if record.ambiguous { span.badge.warn { "ambiguous" } }
            }
            (drawing(record))
            dl.facts {
                @if let Some(ms) = record.timestamp_ms {
                    dt { "Made" }
                    dd { time datetime=(when::utc(ms).replace(" UTC", "Z").replace(' ', "T")) { (when::utc(ms)) }
                        @if record.time_certain == Some(false) { span.note { " (if its first bits are a time)" } } }
                }
                @if let Some(thread) = &record.thread { dt { "Thread" } dd { (copyable(thread)) } }
                @if let Some(user) = record.user { dt { "User" } dd { (copyable(user)) } }
                @if let Some(canonical) = &record.canonical { dt { "Canonical" } dd { (copyable(canonical)) } }
                @if let Some(core) = record.core {
                    dt { "Core" } dd { (copyable(&core.to_string())) }
                    dt { "UUID" } dd { (copyable(&core.uuid_text())) }
                }
                @if record.ambiguous {
                    dt { "Could also be" }
                    dd { @for other in &record.alternatives {
                        span.mono { (other.as_deref().unwrap_or("an id without a thread")) } " "
                    } }
                }
            }
        }
    }
}

/// The text with its parts set apart and named.
fn drawing(record: &Record<'_>) -> Markup {
    let text = record.input;
    let mut at = 0;
    let mut pieces: Vec<(&str, Option<&str>)> = Vec::new();
    for part in &record.parts {
        if part.start < at {
            continue;
        }
        if part.start > at {
            pieces.push((&text[at..part.start], None));
        }
        pieces.push((&text[part.start..part.end], Some(part.name)));
        at = part.end;
    }
    if at < text.len() {
        pieces.push((&text[at..], None));
    }
    html! {
        p.drawing.mono data-copy=(text) {
            @for (piece, name) in pieces {
                @match name {
                    Some(name) => span.part data-name=(name) { span.text { (piece) } span.name { (name) } },
                    None => span.glue { (piece) },
                }
            }
            button.copy type="button" data-copy=(text) hidden aria-label="Copy the id" { "Copy" }
        }
    }
}

/// The text with the wrong place set apart; whatever it holds is shown, in so far as it can be seen.
fn marked(text: &str, position: usize) -> Markup {
    let visible = |text: &str| -> String {
        text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(300).collect()
    };
    let at =
        (0..=position.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut rest = text[at..].chars();
    let wrong: String = rest.next().map(String::from).unwrap_or_default();
    html! { (visible(&text[..at])) mark { (visible(&wrong)) } (visible(rest.as_str())) }
}

fn copyable(text: &str) -> Markup {
    html! { span.mono.value { (text) } button.copy type="button" data-copy=(text) hidden aria-label=(format!("Copy {text}")) { "Copy" } }
}

/// What the registry knows.
fn known(trace: &Trace, question: &Question) -> Markup {
    let entry = &trace.entry;
    html! {
        section.card {
            h2 {
                "Made by " strong { (entry.system) }
                span.badge.kind { (entry.kind) }
                @if !entry.is_live() { span.badge.warn { (entry.state.name()) } }
            }
            @if trace.by.name() == "alias" {
                p.note { "Found by an alias of " a.mono href=(link(&entry.id, None)) { (entry.id) } }
            }
            @if let State::Deleted { at_ms, reason, .. } = &entry.state {
                p.note { "Deleted " (when::utc(*at_ms)) @if !reason.is_empty() { ": " (reason) } }
            }
            dl.facts {
                dt { "Id" } dd { (copyable(&entry.id)) }
                dt { "Registered" } dd { (when::utc(entry.registered_at_ms)) " by " (entry.registered_by) }
                @if !trace.aliases.items.is_empty() {
                    dt { "Aliases" }
                    dd { ul.plain { @for alias in &trace.aliases.items { li { (copyable(alias)) } } }
                        @if trace.aliases.is_cut { p.note { "and more" } } }
                }
                @if !entry.metadata.is_empty() {
                    dt { "Metadata" } dd { pre.mono { (pretty(entry.metadata.as_str())) } }
                }
            }
        }
        (around(trace, question))
        @if !trace.links.items.is_empty() { (links(&trace.links)) }
    }
}

fn links(links: &Listed<TraceLink>) -> Markup {
    html! {
        section.card {
            h2 { "Belongs together" }
            ul.links {
                @for item in &links.items {
                    li {
                        span.badge.relation { (item.relation.name()) }
                        a.mono href=(link(&item.id, None)) { (item.id) }
                        @match &item.entry {
                            Some(entry) => span.note { (entry.system) " \u{b7} " (entry.kind) },
                            None => span.note { "not registered" },
                        }
                    }
                }
            }
            @if links.is_cut { p.note { "There are more than are shown." } }
        }
    }
}

fn around(trace: &Trace, question: &Question) -> Markup {
    let Some(center_ms) = trace.entry.timestamp_ms() else {
        return html! { section.card { h2 { "Around it" } p.empty { "This id holds no certain time, so nothing is near it." } } };
    };
    let lanes = lanes(trace);
    let window_ms = question.window_ms;
    let zoom = |ms: u64| link(&question.text, Some(ms.clamp(MIN_WINDOW_MS, MAX_WINDOW_MS)));
    html! {
        section.card #around {
            div.head {
                h2 { "Around it" }
                div.zoom role="group" aria-label="Zoom" {
                    a.button #zoom-in href=(zoom(window_ms / 4)) title="Closer" aria-label="Zoom in" { "+" }
                    span { "\u{b1} " (when::span(window_ms)) }
                    a.button #zoom-out href=(zoom(window_ms * 4)) title="Farther" aria-label="Zoom out" { "\u{2212}" }
                }
            }
            (timeline::draw(&lanes, &trace.entry, center_ms, window_ms))
            @if lanes.iter().map(|lane| lane.entries.len()).sum::<usize>() <= 1 {
                p.empty { "No other system registered anything within " (when::span(window_ms)) ". Zoom out to look farther." }
            }
            @if trace.neighbours_cut { p.note { "Only the nearest are shown: zoom in for all." } }
            details {
                summary { "As a list" }
                (list(&lanes, center_ms))
            }
        }
    }
}

/// The lanes of a trace, its own entry among them.
fn lanes(trace: &Trace) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = trace
        .neighbours
        .iter()
        .map(|group| Lane {
            system: Arc::clone(&group.system),
            entries: group.entries.items.clone(),
            is_cut: group.entries.is_cut,
        })
        .collect();
    let own = Arc::clone(&trace.entry);
    match lanes.iter_mut().find(|lane| lane.system == own.system) {
        Some(lane) => lane.entries.push(own),
        None => {
            lanes.push(Lane { system: Arc::clone(&own.system), entries: vec![own], is_cut: false });
        }
    }
    lanes.sort_by(|left, right| left.system.cmp(&right.system));
    lanes
}

fn list(lanes: &[Lane], center_ms: u64) -> Markup {
    let mut all: Vec<&Entry> =
        lanes.iter().flat_map(|lane| &lane.entries).map(|entry| &**entry).collect();
    all.sort_by_key(|entry| (entry.timestamp_ms(), entry.key));
    html! {
        div.scroll { table {
            thead { tr { th { "Time" } th { "System" } th { "Kind" } th { "Id" } } }
            tbody {
                @for entry in all {
                    tr {
                        td { (when::offset(entry.timestamp_ms().unwrap_or(center_ms), center_ms)) }
                        td { (entry.system) } td { (entry.kind) }
                        td { a.mono href=(link(&entry.id, None)) { (entry.id) } }
                    }
                }
            }
        } }
    }
}

/// What belongs to the thread that the text names.
fn thread_view(thread: &Trace, asked: &str) -> Markup {
    let mut members: Vec<&TraceLink> = thread
        .links
        .items
        .iter()
        .filter(|link| link.relation.name() == "thread" || link.relation.name() == "child")
        .collect();
    members.sort_by_key(|link| link.entry.as_ref().and_then(|entry| entry.timestamp_ms()));
    html! {
        section.card {
            h2 { "Thread " a.mono href=(link(&thread.entry.id, None)) { (thread.entry.id) } }
            @if members.is_empty() {
                p.empty { "Nothing that belongs to this thread is registered." }
            } @else {
                ol.thread {
                    @for member in members {
                        li aria-current=[(member.id == asked).then_some("true")] {
                            @if let Some(ms) = member.entry.as_ref().and_then(|entry| entry.timestamp_ms()) {
                                time { (when::utc(ms)) }
                            }
                            a.mono href=(link(&member.id, None)) { (member.id) }
                            @if let Some(entry) = &member.entry { span.note { (entry.system) " \u{b7} " (entry.kind) } }
                        }
                    }
                }
                @if thread.links.is_cut { p.note { "There are more than are shown." } }
            }
        }
    }
}

fn unknown(service: &Service, question: &Question) -> Markup {
    let likely = service.registry().recognise(&service.config().tenant, &question.text);
    html! {
        section.card {
            h2 { "Not registered" }
            p.empty {
                "The text is an id, but no system has registered it."
                @if let Some(system) = likely.first() { " It looks like one of " strong { (system.name()) } "." }
            }
        }
    }
}

fn failure(problem: &Problem) -> Markup {
    html! {
        section.card.bad role="alert" {
            h2 { span.badge.no { (problem.title) } }
            p { (problem.detail) }
            p.help { strong { "What to do: " } (problem.help) }
        }
    }
}

/// A format's name for eyes.
fn words(format: &str) -> String {
    match format {
        "canonical" => "typed id".to_owned(),
        "typeid" => "typed id of another system".to_owned(),
        "ulid" => "bare id".to_owned(),
        other => other.replace('_', " "),
    }
}

fn pretty(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| json.to_owned())
}

/// A number with groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_any_text() {
        assert_eq!(link("run_a_b", None), "/id/run_a_b");
        assert_eq!(
            link("user:1/2?x=#y z\u{e4}", Some(500)),
            "/id/user%3A1%2F2%3Fx%3D%23y%20z%C3%A4?window=500"
        );
        assert_eq!(link("a", Some(WINDOW_MS)), "/id/a");
    }

    #[test]
    fn numbers_are_grouped() {
        let all = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn what_is_wrong_is_marked_wherever_it_is() {
        for (text, position, expected) in [
            ("abc", 1, "a<mark>b</mark>c"),
            ("abc", 9, "abc<mark></mark>"),
            ("\u{e4}b", 1, "<mark>\u{e4}</mark>b"),
            ("<i>", 0, "<mark>&lt;</mark>i&gt;"),
            ("a\u{0}b", 1, "a<mark>\u{fffd}</mark>b"),
        ] {
            assert_eq!(marked(text, position).into_string(), expected);
        }
    }
}
