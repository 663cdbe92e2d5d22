//! Scrubbing: everything that is stored is read, and compared with what stands elsewhere.

use std::collections::HashMap;
use std::sync::PoisonError;

use crate::error::RegistryError;
use crate::key::Key;
use crate::names::Class;
use crate::queries::target_of;
use crate::record::{self, Content, StateContent};
use crate::store::{CounterRow, FullKey, Index, Range, ScrubReport};
use crate::writer::{Counters, Shared};

/// The most faults that are told.
pub(crate) const MAX_FAULTS: usize = 1_000;

/// How many rows are read at once.
const STEP: usize = 1_000;

/// Reads everything.
pub(crate) fn run(shared: &Shared) -> Result<ScrubReport, RegistryError> {
    let mut report = ScrubReport::default();
    shared.store.check_structure(&mut report)?;
    let seq_before = shared.store.health()?.last_seq;
    if shared.store.is_shared() {
        shared.load()?;
    }
    let mut counted: Counters = HashMap::default();
    for tenant in shared.names.tenants() {
        if let Some(no) = shared.names.number(0, Class::Tenant, tenant.as_str()) {
            records(shared, no, &mut counted, &mut report)?;
        }
    }
    let last_seq = events(shared, &mut report)?;
    // Counters can only be compared if nothing was written meanwhile.
    if last_seq == seq_before {
        let kept = shared.counters.read().unwrap_or_else(PoisonError::into_inner).clone();
        let stored = shared.store.counters()?;
        compare(&counted, stored.into_iter(), "the stored", &mut report);
        let mut kept: Vec<CounterRow> = kept.into_values().collect();
        kept.sort_unstable_by_key(|row| (row.tenant, row.system, row.kind));
        compare(&counted, kept.into_iter(), "the", &mut report);
    }
    Ok(report)
}

fn fault(report: &mut ScrubReport, what: String) {
    if report.faults.len() < MAX_FAULTS {
        report.faults.push(what);
    }
}

fn records(
    shared: &Shared,
    tenant: u32,
    counted: &mut Counters,
    report: &mut ScrubReport,
) -> Result<(), RegistryError> {
    let mut from = Some(Key::FIRST);
    while let Some(first) = from.take() {
        let range = Range {
            tenant,
            index: Index::All,
            from: first,
            to: Key::LAST,
            is_descending: false,
            limit: STEP,
        };
        let mut rows = 0;
        let mut next = None;
        let mut aliases = Vec::new();
        let read = shared.store.range(&range, &mut |key, body| {
            rows += 1;
            next = key.following();
            report.rows += 1;
            let full = FullKey { tenant, key };
            match record::decode(full, body) {
                Err(error) => fault(report, error.to_string()),
                Ok(Content::Entry(entry)) => {
                    let row = counter(counted, tenant, entry.system, entry.kind);
                    if matches!(entry.state, StateContent::Live) {
                        row.live += 1;
                    } else {
                        row.deleted += 1;
                    }
                }
                Ok(Content::Alias(_)) => aliases.push((full, target_of(full, body)?)),
            }
            Ok(true)
        });
        if let Err(error) = read {
            fault(report, error.to_string());
            return Ok(());
        }
        for (full, target) in aliases {
            let target = target.map(|key| FullKey { tenant, key });
            let body = match target {
                Some(target) => shared.store.get(target)?.map(|body| (target, body)),
                None => None,
            };
            match body.as_ref().map(|(target, body)| record::decode(*target, body)) {
                Some(Ok(Content::Entry(entry))) => {
                    counter(counted, tenant, entry.system, entry.kind).aliases += 1;
                }
                _ => fault(
                    report,
                    format!("the alias {:02x?} leads to nothing", full.key.to_bytes()),
                ),
            }
        }
        if rows == STEP {
            from = next;
        }
    }
    Ok(())
}

fn counter(counted: &mut Counters, tenant: u32, system: u32, kind: u32) -> &mut CounterRow {
    counted.entry((tenant, system, kind)).or_insert(CounterRow {
        tenant,
        system,
        kind,
        live: 0,
        deleted: 0,
        aliases: 0,
    })
}

fn events(shared: &Shared, report: &mut ScrubReport) -> Result<u64, RegistryError> {
    let mut seq = 0;
    loop {
        let rows = match shared.store.events(seq, STEP) {
            Ok(rows) => rows,
            Err(error) => {
                fault(report, error.to_string());
                return Ok(seq);
            }
        };
        for row in &rows {
            report.rows += 1;
            if row.seq != seq + 1 {
                fault(report, format!("event {} is missing", seq + 1));
            }
            seq = row.seq;
        }
        if rows.len() < STEP {
            return Ok(seq);
        }
    }
}

fn compare(
    counted: &Counters,
    kept: impl Iterator<Item = CounterRow>,
    whose: &str,
    report: &mut ScrubReport,
) {
    let mut seen = 0;
    for row in kept {
        let zero = CounterRow { live: 0, deleted: 0, aliases: 0, ..row };
        let found = counted.get(&(row.tenant, row.system, row.kind)).copied().unwrap_or(zero);
        seen += usize::from(counted.contains_key(&(row.tenant, row.system, row.kind)));
        if found != row {
            fault(
                report,
                format!(
                    "{whose} counters of tenant {}, system {}, kind {} say {} live, {} deleted, {} aliases; \
                     there are {}, {}, {}",
                    row.tenant,
                    row.system,
                    row.kind,
                    row.live,
                    row.deleted,
                    row.aliases,
                    found.live,
                    found.deleted,
                    found.aliases
                ),
            );
        }
    }
    if seen < counted.len() {
        fault(report, format!("{whose} counters lack {} rows", counted.len() - seen));
    }
}
