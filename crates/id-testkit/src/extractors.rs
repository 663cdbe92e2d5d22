//! The five old extractors, exactly as the systems had them: what thread each finds in a text.
//!
//! Invariant: written from the description of the originals; no code of the reader is used.

use std::sync::LazyLock;

use regex::Regex;

macro_rules! pattern {
    ($pattern:literal) => {
        LazyLock::new(|| Regex::new($pattern).expect("invariant: the pattern is written above"))
    };
}

/// Gives the thread that an old extractor finds, as it stands; `None` if it finds none.
pub type Extractor = fn(&str) -> Option<String>;

/// The name and the rule of each extractor that there was. `UnifiedIdGenerator` had none: the pair has to be remembered.
pub const EXTRACTORS: [(&str, Extractor); 4] = [
    ("IDManager", id_manager),
    ("run_id_generator", run_id_generator),
    ("UnifiedIDManager 2025-09-03", manager_0903),
    ("UnifiedIDManager 2025-09-12", manager_0912),
];

/// `IDManager`.
#[must_use]
pub fn id_manager(text: &str) -> Option<String> {
    static PATTERN: LazyLock<Regex> = pattern!("^run_(.+)_([a-f0-9]{8})$");
    PATTERN.captures(text).map(|found| found[1].to_owned())
}

/// `run_id_generator`.
#[must_use]
pub fn run_id_generator(text: &str) -> Option<String> {
    let (thread, _) = text.strip_prefix("thread_")?.split_once("_run_")?;
    (!thread.is_empty()).then(|| thread.to_owned())
}

/// `UnifiedIDManager` of 2025-09-03.
#[must_use]
pub fn manager_0903(text: &str) -> Option<String> {
    static PATTERN: LazyLock<Regex> = pattern!(r"^thread_(.*?)_run_([0-9]+)_([a-f0-9A-F]{8})$");
    if let Some(found) = PATTERN.captures(text) {
        return Some(found[1].to_owned());
    }
    let parts: Vec<&str> = text.split('_').collect();
    let last = parts.last()?;
    let is_hex = last.len() == 8 && last.chars().all(|character| character.is_ascii_hexdigit());
    if !text.starts_with("run_") || text.len() <= 13 || !is_hex {
        return None;
    }
    let middle = &parts[1..parts.len() - 1];
    let start = middle.iter().position(|part| !part.is_empty()).unwrap_or(middle.len());
    Some(middle[start..].join("_"))
}

/// `UnifiedIDManager` of 2025-09-12.
#[must_use]
pub fn manager_0912(text: &str) -> Option<String> {
    if ["websocket_factory_", "context_", "agent_"].iter().any(|start| text.starts_with(start)) {
        return Some(format!("thread_{text}"));
    }
    let parts: Vec<&str> = text.split('_').collect();
    if parts[0] == "run" && parts.len() >= 3 {
        return Some(parts[1..parts.len().saturating_sub(2).max(1)].join("_"));
    }
    Some(text.to_owned())
}
