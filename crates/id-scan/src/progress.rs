//! How far a migration is: ids that the library makes against ids that something else makes.
//!
//! Two scans are compared, one of stray ids and one of calls of the library, which is looked for as
//! a module that is to go would be. Both are counted by service, category, owner and phase. Nothing
//! is read here; who asks for the scans hands them in. What comes out is for `id-lint report`.

use std::collections::BTreeMap;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::config::Config;
use crate::diagnostic::{Finding, LegacyModule, Report};
use crate::fix::{Applicability, Profile};
use crate::owners::Owners;
use crate::rules::RuleId;

/// Minutes that a finding takes by what its fix is: someone reads a safe one, tries an unsafe one,
/// writes the others. A guess for planning, not a measurement.
const MINUTES: [(Option<Applicability>, u64); 4] = [
    (Some(Applicability::Safe), 1),
    (Some(Applicability::Unsafe), 5),
    (Some(Applicability::DisplayOnly), 10),
    (None, 15),
];

/// The row of what no service, category or owner is known of.
const NONE: &str = "(none)";

/// What was counted in one part of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Share {
    /// Ids that the library makes.
    pub migrated: usize,
    /// Ids that something else makes.
    pub stray: usize,
    /// Findings that a safe fix rewrites.
    pub safe: usize,
    /// What the stray ones may take, in minutes.
    pub minutes: u64,
}

impl Share {
    /// The migrated part in percent; a part with nothing to migrate is whole.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts of a tree are far below 2 to the 52nd")]
    pub fn percent(&self) -> f64 {
        match self.migrated + self.stray {
            0 => 100.0,
            all => self.migrated as f64 * 100.0 / all as f64,
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Share", 5)?;
        fields.serialize_field("percent", &self.percent())?;
        fields.serialize_field("migrated", &self.migrated)?;
        fields.serialize_field("stray", &self.stray)?;
        fields.serialize_field("safe", &self.safe)?;
        fields.serialize_field("minutes", &self.minutes)?;
        fields.end()
    }
}

/// How far a migration is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// Everything.
    pub total: Share,
    /// By the service that a path names.
    pub by_service: BTreeMap<String, Share>,
    /// By the category that a path names.
    pub by_category: BTreeMap<String, Share>,
    /// By owner; what several own counts for each.
    pub by_owner: BTreeMap<String, Share>,
    /// By the phase in which it comes, from 1.
    pub by_phase: BTreeMap<u8, Share>,
    /// Stray findings by priority.
    pub by_priority: BTreeMap<&'static str, usize>,
    /// Modules that are to go; one without importers can be removed.
    pub legacy: Vec<LegacyModule>,
}

/// The settings of a scan that finds the calls of the library of a profile.
#[must_use]
pub fn library_config(config: &Config, profile: &Profile) -> Config {
    let mut library = config.clone();
    library.legacy_modules.clone_from(&profile.own);
    library.bans.clear();
    library.fixes = None;
    library.tracked = crate::tracked::Tracked::new([]);
    library.rules.off = RuleId::all().filter(|rule| *rule != RuleId::LegacyIdModule).collect();
    library
}

/// Whether a finding is an id that something else makes.
fn is_stray(found: &Finding) -> bool {
    let makes = !matches!(
        found.rule,
        RuleId::AdHocIdParsing | RuleId::UserIdPrefix | RuleId::PatchedGenerator
    );
    makes && found.legacy_import.is_none() && found.counts()
}

/// Whether a use of the library makes an id: `UserId.new()`, `UnifiedId.run(thread)`.
fn makes_id(found: &Finding) -> bool {
    let name = found.function.as_str();
    let makes = matches!(name, "new" | "batch" | "adopt")
        || name.starts_with("generate")
        || unified_id::IdKind::from_prefix(name).is_some();
    makes && found.legacy_import.is_none()
}

impl Progress {
    /// Counts what two scans found: that of stray ids, with fixes, and that of [`library_config`].
    ///
    /// Files of the library itself do not count.
    #[must_use]
    pub fn of(stray: &Report, library: &Report, profile: &Profile, owners: &Owners) -> Self {
        let mut progress = Self::default();
        let own = |path: &str| {
            let parts =
                path.split('/').map(|part| part.split_once('.').map_or(part, |(stem, _)| stem));
            parts.into_iter().any(|part| profile.own.iter().any(|own| own == part))
        };
        for found in stray.findings.iter().filter(|found| is_stray(found) && !own(&found.path)) {
            let far = found.fix.as_ref().map(|fix| fix.applicability);
            let minutes = MINUTES.iter().find(|(known, _)| *known == far).map_or(0, |(_, n)| *n);
            let safe = usize::from(far == Some(Applicability::Safe));
            progress.add(found, owners, Share { migrated: 0, stray: 1, safe, minutes });
            let priority: &str = found.priority.into();
            *progress.by_priority.entry(priority).or_default() += 1;
        }
        for found in library.findings.iter().filter(|found| makes_id(found) && !own(&found.path)) {
            progress.add(found, owners, Share { migrated: 1, ..Share::default() });
        }
        progress.legacy.clone_from(&stray.legacy);
        progress
    }

    fn add(&mut self, found: &Finding, owners: &Owners, share: Share) {
        let service = found.service.clone().unwrap_or_else(|| NONE.to_owned());
        let mut owned = owners.of(&found.path);
        if owned.is_empty() {
            owned.push(NONE.to_owned());
        }
        let rows = [
            &mut self.total,
            self.by_service.entry(service).or_default(),
            self.by_category.entry(found.category.clone()).or_default(),
            self.by_phase.entry(found.priority.phase()).or_default(),
        ];
        let count = |row: &mut Share| {
            row.migrated += share.migrated;
            row.stray += share.stray;
            row.safe += share.safe;
            row.minutes += share.minutes;
        };
        rows.into_iter().for_each(count);
        for owner in owned {
            count(self.by_owner.entry(owner).or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Scanner, fix::Profile};

    #[test]
    fn ids_of_the_library_are_counted_against_stray_ones() {
        let profile = Profile::find("unified-id").expect("it is built in");
        let mut config = Config::new("/", []);
        config.fixes = Some(profile.clone());
        let text = b"import uuid\nfrom unified_id import UserId, UnifiedId, parse_any\n\
            user_id = UserId.new()\nx = f(default_factory=UserId.new)\nrun = UnifiedId.run(t)\n\
            y = parse_any(z)\nsession_id = str(uuid.uuid4())\nz = a.split('_')\n";
        let scan = |config: &Config, path: &str| {
            Scanner::new(config).scan_text(Path::new(path), text).expect("it is source")
        };
        let stray = scan(&config, "/auth_service/ids.py");
        let library = scan(&library_config(&config, &profile), "/auth_service/ids.py");
        let owners = Owners::parse("* @all\n/auth_service/ @auth @security\n");
        let progress = Progress::of(&stray, &library, &profile, &owners);
        assert_eq!((progress.total.migrated, progress.total.stray), (3, 1));
        assert!((progress.total.percent() - 75.0).abs() < 1e-9);
        assert_eq!((progress.total.safe, progress.total.minutes), (1, 1));
        assert_eq!(progress.by_service["auth_service"], progress.total);
        assert_eq!(progress.by_owner.keys().collect::<Vec<_>>(), ["@auth", "@security"]);
        assert_eq!(progress.by_priority["critical"], 1);
        // The library itself makes ids as it likes.
        let stray = scan(&config, "/src/unified_id/ids.py");
        assert_eq!(Progress::of(&stray, &stray, &profile, &owners).total, Share::default());
        assert!((Share::default().percent() - 100.0).abs() < 1e-9);
    }
}
