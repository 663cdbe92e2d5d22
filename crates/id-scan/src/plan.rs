//! The settings of a scan as tables that can be searched for: per language what is tracked and the
//! needles of the prefilter, each made when the first file of the language is met.
//!
//! Made from `config.rs`, read by `engine.rs` and the languages.

use std::sync::OnceLock;

use strum::EnumCount as _;

use crate::config::Config;
use crate::lang::Language;
use crate::prefilter::{Needle, Prefilter};
use crate::suppress;
use crate::tracked::Tracked;

/// Everything that is made once for a scan.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) config: &'a Config,
    languages: [OnceLock<Tables>; Language::COUNT],
}

/// What is made once for a language.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) tracked: Tracked,
    pub(crate) prefilter: Prefilter,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(config: &'a Config) -> Self {
        Self { config, languages: [const { OnceLock::new() }; Language::COUNT] }
    }

    pub(crate) fn language(&self, language: Language) -> &Tables {
        // Every language has a place: the array is as long as the enum.
        let place = self.languages.get(language as usize).unwrap_or(&self.languages[0]);
        place.get_or_init(|| {
            let tracked = language.tracked(self.config);
            // A comment of the linter's own is read also where it allows nothing.
            let mark = Needle::sure(suppress::MARK);
            let needles = language.needles(self.config, &tracked);
            let prefilter = Prefilter::new(needles.into_iter().chain([mark]));
            Tables { tracked, prefilter }
        })
    }
}
