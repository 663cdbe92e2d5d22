//! One structured log record for everything that was refused; never the payload.
//!
//! Fields: `outcome` (`ambiguous`, `unknown`, `rejected`), `why` (a stable name), `tenant`, `user` (of the connection), `id` (at
//! most 64 characters, escaped), `id_len`, and `candidates` (how many) or `not` (what a text is instead of an id). Records
//! are written while no lock is held.

use std::fmt;

use tracing::warn;
use unified_id::{Tenant, Unknown};

use crate::outcome::{Outcome, Refused, Rejected};
use crate::{Identity, User};

/// The target of every record: what a filter names.
const TARGET: &str = "id_router";

/// The longest piece of an id that is logged, in characters.
const SHOWN_CHARS: usize = 64;

/// The beginning of a text in quotes, with everything escaped that a terminal or a log reader might take for more.
struct Shown<'a>(&'a str);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(SHOWN_CHARS).map_or(self.0.len(), |(at, _)| at);
        write!(f, "{:?}", &self.0[..end])
    }
}

pub(crate) fn outcome(who: &Identity, id: &str, outcome: &Outcome) {
    let Outcome::Rejected { why } = outcome else { return };
    let (tenant, user) = (Shown(who.tenant().as_str()), who.user().to_string());
    let (user, shown, id_len) = (Shown(&user), Shown(id), id.len());
    match why {
        Rejected::Ambiguous { candidates } => {
            let count = candidates.threads().len() + usize::from(candidates.or_none());
            warn!(
                target: TARGET, outcome = "ambiguous", why = why.code(), ?tenant, ?user, id = ?shown, id_len,
                candidates = count, "an event was refused"
            );
        }
        Rejected::Unknown { why: Unknown::NotAnId(kind) } => warn!(
            target: TARGET, outcome = "unknown", why = "not_an_id", ?tenant, ?user, id = ?shown, id_len,
            not = kind.code(), "an event was refused"
        ),
        Rejected::Unknown { why } => warn!(
            target: TARGET, outcome = "unknown", why = why.code(), ?tenant, ?user, id = ?shown, id_len,
            "an event was refused"
        ),
        _ => warn!(
            target: TARGET, outcome = "rejected", why = why.code(), ?tenant, ?user, id = ?shown, id_len,
            "an event was refused"
        ),
    }
}

/// `what` is a connection, a subscription or a mapping; a mapping has no user.
pub(crate) fn refused(
    tenant: &Tenant,
    user: Option<&User>,
    what: &'static str,
    id: &str,
    why: &Refused,
) {
    let user = user.map(ToString::to_string).unwrap_or_default();
    let (tenant, user, shown, id_len) = (Shown(tenant.as_str()), Shown(&user), Shown(id), id.len());
    warn!(
        target: TARGET, outcome = "rejected", why = why.code(), what, ?tenant, ?user, id = ?shown, id_len,
        "a request was refused"
    );
}
