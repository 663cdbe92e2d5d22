//! Numbers for names: tenants, systems, kinds and writers stand in every row, so they are written there as numbers.
//!
//! Invariant: a number is given once and for ever, in the transaction of its first use; nothing here is ever removed but what
//! was given in a transaction that failed.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use unified_id::Tenant;

use crate::error::{RegistryError, RegistryErrorKind, shown};
use crate::options::Limits;
use crate::store::NameRow;
use crate::system::{System, Systems};

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum Class {
    Tenant = 1,
    System = 2,
    Kind = 3,
    Writer = 4,
    /// What is known of a system beside its name; the text is the system's name, the body its definition.
    Definition = 5,
}

impl Class {
    fn from_code(code: u8) -> Option<Self> {
        [Self::Tenant, Self::System, Self::Kind, Self::Writer, Self::Definition]
            .into_iter()
            .find(|class| *class as u8 == code)
    }
}

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// All names, shared by readers and the writer.
#[derive(Debug, Default)]
pub(crate) struct Names(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    /// By number, which counts from 1.
    all: Vec<Option<Name>>,
    tenants: Map<Arc<str>, u32>,
    numbers: Map<(u32, Class), Map<Arc<str>, u32>>,
    systems: Map<u32, Arc<Systems>>,
    known: Option<Arc<Systems>>,
}

#[derive(Clone, Debug)]
struct Name {
    tenant: u32,
    class: Class,
    text: Arc<str>,
    as_tenant: Option<Tenant>,
}

impl Names {
    /// Takes what the store has.
    pub(crate) fn load(&self, rows: Vec<NameRow>) -> Result<(), RegistryError> {
        let mut table = Table::default();
        for row in rows {
            table.put(&row)?;
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = table;
        Ok(())
    }

    /// Takes what the store has, unless what is here was read later.
    ///
    /// For stores that others write to too: several threads ask, and the answer that comes last may be an old one. Numbers
    /// are never taken back there, so the table with the higher numbers is the newer one.
    pub(crate) fn catch_up(&self, rows: Vec<NameRow>) -> Result<(), RegistryError> {
        let read = Self::default();
        read.load(rows)?;
        self.catch_up_with(read);
        Ok(())
    }

    /// Takes the names of a group that was committed; see [`catch_up`](Self::catch_up).
    pub(crate) fn catch_up_with(&self, other: Self) {
        let other = other.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if other.all.len() >= table.all.len() {
            *table = other;
        }
    }

    fn read<T>(&self, ask: impl FnOnce(&Table) -> T) -> T {
        ask(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn tenant(&self, tenant: &Tenant) -> Option<u32> {
        self.read(|table| table.tenants.get(tenant.as_str()).copied())
    }

    pub(crate) fn tenant_of(&self, no: u32) -> Option<Tenant> {
        self.read(|table| table.name(no)?.as_tenant.clone())
    }

    pub(crate) fn tenants(&self) -> Vec<Tenant> {
        self.read(|table| {
            let mut all: Vec<Tenant> =
                table.all.iter().flatten().filter_map(|name| name.as_tenant.clone()).collect();
            all.sort();
            all
        })
    }

    pub(crate) fn text(&self, tenant: u32, class: Class, no: u32) -> Option<Arc<str>> {
        self.read(|table| table.text(tenant, class, no))
    }

    /// Returns the texts of several numbers with one look at the table; the first number that is not known is the error.
    pub(crate) fn texts<const N: usize>(
        &self,
        tenant: u32,
        numbers: [(Class, u32); N],
    ) -> Result<[Arc<str>; N], (Class, u32)> {
        let texts = self.read(|table| numbers.map(|(class, no)| table.text(tenant, class, no)));
        match texts.iter().position(Option::is_none) {
            Some(at) => Err(numbers[at]),
            None => Ok(texts.map(|text| text.expect("invariant: none is missing"))),
        }
    }

    pub(crate) fn number(&self, tenant: u32, class: Class, text: &str) -> Option<u32> {
        self.read(|table| table.numbers.get(&(tenant, class))?.get(text).copied())
    }

    /// Returns the systems of a tenant, or those that every tenant begins with.
    pub(crate) fn systems(&self, tenant: Option<u32>) -> Arc<Systems> {
        let found = self.read(|table| {
            tenant.and_then(|no| table.systems.get(&no)).or(table.known.as_ref()).cloned()
        });
        found.unwrap_or_else(|| {
            let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
            table.known.get_or_insert_with(|| Arc::new(Systems::known())).clone()
        })
    }

    /// Returns the number of a name, giving it one if it has none; `new` gets the row to be written then.
    pub(crate) fn intern(
        &self,
        tenant: u32,
        class: Class,
        text: &str,
        limits: &Limits,
        new: &mut Vec<NameRow>,
    ) -> Result<u32, RegistryError> {
        if let Some(no) = self.number(tenant, class, text) {
            return Ok(no);
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let have = table.numbers.get(&(tenant, class)).map_or(0, Map::len);
        let (most, what) = match class {
            Class::Tenant => (limits.tenants, "tenants"),
            Class::System | Class::Definition => (limits.systems, "systems of a tenant"),
            Class::Kind => (limits.kinds, "kinds of a tenant"),
            Class::Writer => (limits.writers, "writers of a tenant"),
        };
        if have >= most {
            return Err(RegistryError::limit(format!("`{}`", shown(text)), most, what));
        }
        let no = table.next_number();
        let row = NameRow { no, tenant, class: class as u8, text: text.to_owned(), body: None };
        table.put(&row)?;
        new.push(row);
        Ok(no)
    }

    /// Notes the definition of a system; `new` gets the row to be written.
    pub(crate) fn define(
        &self,
        tenant: u32,
        system: &System,
        limits: &Limits,
        new: &mut Vec<NameRow>,
    ) -> Result<(), RegistryError> {
        let systems = self.systems(Some(tenant));
        systems.check(system)?;
        if systems.of_normal(system.name()).is_none() && systems.len() >= limits.systems {
            return Err(RegistryError::limit("systems of a tenant", limits.systems, "systems"));
        }
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let no = (table.numbers.get(&(tenant, Class::Definition)))
            .and_then(|of| of.get(system.name()).copied())
            .unwrap_or_else(|| table.next_number());
        let body = serde_json::to_string(system)
            .expect("invariant: a system is made of texts, which JSON can hold");
        let row = NameRow {
            no,
            tenant,
            class: Class::Definition as u8,
            text: system.name().to_owned(),
            body: Some(body),
        };
        table.put(&row)?;
        new.push(row);
        Ok(())
    }
}

impl Table {
    fn name(&self, no: u32) -> Option<&Name> {
        self.all.get(no as usize)?.as_ref()
    }

    fn text(&self, tenant: u32, class: Class, no: u32) -> Option<Arc<str>> {
        let name = self.name(no)?;
        (name.class == class && name.tenant == tenant).then(|| name.text.clone())
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.all.len().max(1)).unwrap_or(u32::MAX)
    }

    fn put(&mut self, row: &NameRow) -> Result<(), RegistryError> {
        let wrong = |why: &str| RegistryError::corrupt(format!("the name number {} {why}", row.no));
        let class = Class::from_code(row.class).ok_or_else(|| wrong("is of an unknown class"))?;
        let text: Arc<str> = row.text.as_str().into();
        let as_tenant = match class {
            Class::Tenant => {
                let tenant = Tenant::new(&row.text).map_err(|_| wrong("is no tenant"))?;
                self.tenants.insert(text.clone(), row.no);
                Some(tenant)
            }
            Class::Definition => {
                let system: System = (row.body.as_deref())
                    .and_then(|body| serde_json::from_str(body).ok())
                    .ok_or_else(|| wrong("is no definition of a system"))?;
                let systems =
                    (self.systems.entry(row.tenant)).or_insert_with(|| Arc::new(Systems::known()));
                let mut changed = Systems::known();
                for other in systems.all() {
                    changed.put((**other).clone());
                }
                changed.put(system);
                *systems = Arc::new(changed);
                None
            }
            Class::System | Class::Kind | Class::Writer => None,
        };
        let at = row.no as usize;
        if at > self.all.len() + 1_000_000 {
            return Err(wrong("is out of all order"));
        }
        if self.all.len() <= at {
            self.all.resize(at + 1, None);
        }
        self.all[at] = Some(Name { tenant: row.tenant, class, text: text.clone(), as_tenant });
        self.numbers.entry((row.tenant, class)).or_default().insert(text, row.no);
        Ok(())
    }
}

/// The error of a system that nobody defined, with the name that was probably meant.
pub(crate) fn unknown_system(name: &str, systems: &Systems) -> RegistryError {
    let near = systems.all().iter().map(|system| system.name()).find(|known| {
        known.replace('-', "") == name.replace('-', "")
            || (known.len() > 3 && (known.starts_with(name) || name.starts_with(known)))
    });
    let help = near.map_or_else(
        || "define it first, or open the registry to new systems".to_owned(),
        |near| format!("did you mean `{near}`? A new one has to be defined first"),
    );
    RegistryError::new(
        RegistryErrorKind::UnknownSystem,
        format!("no system is named `{}`", shown(name)),
        help,
    )
}
