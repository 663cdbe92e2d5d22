//! The timeline: a lane per system around an id, drawn as SVG by the server.
//!
//! Invariant: what is drawn is a link, and every mark has its words, so that the drawing can be read aloud and walked by keys.

use std::sync::Arc;

use id_registry::Entry;
use maud::{Markup, html};

use super::page::link;
use super::when;

/// Widths and heights in units of the drawing.
const WIDTH: u64 = 1000;
const LANE: usize = 44;
const LABEL: u64 = 150;
const AXIS: usize = 34;

/// What one system made around the id.
pub(super) struct Lane {
    pub(super) system: Arc<str>,
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) is_cut: bool,
}

/// Draws lanes; `center_ms` is the id's time, `window_ms` the span to each side.
pub(super) fn draw(lanes: &[Lane], own: &Entry, center_ms: u64, window_ms: u64) -> Markup {
    let height = AXIS + LANE * lanes.len().max(1) + 8;
    let place = |ms: u64| x(ms, center_ms, window_ms);
    let ticks = [-4_i64, -3, -2, -1, 0, 1, 2, 3, 4];
    html! {
        svg.timeline viewBox=(format!("0 0 {WIDTH} {height}")) role="group"
            aria-label="Timeline: one lane per system" data-window=(window_ms) {
            @for tick in ticks {
                @let at = tick_place(tick);
                line.tick x1=(at) x2=(at) y1=(AXIS - 8) y2=(height - 8) {}
                text.tick-label x=(at) y="16" text-anchor=(if tick == 4 { "end" } else { "middle" }) { (tick_label(tick, window_ms)) }
            }
            @for (at, lane) in lanes.iter().enumerate() {
                @let y = AXIS + LANE * at + LANE / 2;
                line.lane x1=(LABEL) x2=(WIDTH - 20) y1=(y) y2=(y) {}
                text.lane-label x="0" y=(y + 5) { (short(&lane.system)) }
                @if lane.is_cut {
                    text.lane-note x="0" y=(y + 19) { "nearest only" }
                }
                @for entry in &lane.entries {
                    @let ms = entry.timestamp_ms().unwrap_or(center_ms);
                    @let is_own = entry.key == own.key;
                    @let words = format!("{} {} ({}, {})", entry.kind, entry.id, lane.system, when::offset(ms, center_ms));
                    a href=(link(&entry.id, Some(window_ms))) aria-label=(words) {
                        title { (words) }
                        @if is_own {
                            circle.own cx=(place(ms)) cy=(y) r="10" {}
                        } @else {
                            circle.mark cx=(place(ms)) cy=(y) r="7" data-kind=(entry.kind) {}
                        }
                    }
                }
            }
        }
    }
}

fn tick_place(tick: i64) -> u64 {
    let half = (WIDTH - LABEL - 20) / 2;
    let middle = LABEL + half;
    let away = half * tick.unsigned_abs() / 4;
    if tick < 0 { middle - away } else { middle + away }
}

fn tick_label(tick: i64, window_ms: u64) -> String {
    let ms = window_ms * tick.unsigned_abs() / 4;
    match tick {
        0 => "0".to_owned(),
        _ if tick < 0 => format!("\u{2212}{}", when::span(ms)),
        _ => format!("+{}", when::span(ms)),
    }
}

fn x(ms: u64, center_ms: u64, window_ms: u64) -> u64 {
    let half = (WIDTH - LABEL - 20) / 2;
    let middle = LABEL + half;
    let away = half * ms.abs_diff(center_ms).min(window_ms) / window_ms.max(1);
    if ms < center_ms { middle - away } else { middle + away }
}

/// A name that fits into the label.
fn short(name: &str) -> String {
    if name.chars().count() <= 18 {
        name.to_owned()
    } else {
        name.chars().take(17).chain(['\u{2026}']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_keep_the_order_of_time_and_stay_inside() {
        let places: Vec<u64> = (0..=4).map(|at| x(1_000 + at * 500, 2_000, 1_000)).collect();
        assert!(places.is_sorted() && places[0] == LABEL && places[4] == WIDTH - 20, "{places:?}");
        assert_eq!(x(0, 2_000, 1_000), LABEL);
        assert_eq!(x(u64::MAX, 0, 0), x(1, 0, 0));
        assert_eq!((tick_place(-4), tick_place(4)), (LABEL, WIDTH - 20));
    }
}
