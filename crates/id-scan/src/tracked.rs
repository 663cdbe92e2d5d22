//! The table of what is looked for: modules and the functions in them that make ids.
//!
//! Modules form a tree by their dotted names, so that `import a.b` and `from a import b` are the
//! same walk. The table is data: `lang/` fills it with what a language's standard library and
//! packages offer, tests fill it with other names. Nothing here knows a language.

use crate::config::Ban;
use crate::prefilter::Needle;

/// What a use makes or does, which decides the rule that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// A fresh uuid at every call.
    Fresh,
    /// The same uuid for the same arguments.
    Deterministic,
    /// An id of another library.
    Library,
    /// A class of another library, whose call without arguments makes an id.
    LibraryClass,
    /// A time: counts where it is built into an id.
    Time,
    /// Random digits: count where they are built into an id.
    Random,
    /// A digest: counts where a piece of it is built into an id.
    Digest,
    /// An object's address or hash: counts where it is taken for an id.
    Identity,
    /// An id that the database makes.
    Database,
    /// Another key behind a prefix.
    NaturalKey,
    /// An id that is taken apart.
    Parsing,
    /// A user id that is compared in part.
    UserPrefix,
    /// A generator that a test replaces.
    Patch,
    /// The definition of a generator.
    Generator,
    /// A use of a module that is to go.
    Legacy,
    /// The import of a module that is to go.
    LegacyImport,
    /// A function that imports the module of the name in its argument.
    Importer,
    /// The ban of that number in the configuration.
    Banned(u16),
}

impl Family {
    /// Whether a use makes a whole id, wherever it stands.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Fresh | Self::Deterministic | Self::Library | Self::LibraryClass)
    }

    /// Whether a use counts only where an id is built from it.
    #[must_use]
    pub fn is_part(self) -> bool {
        matches!(self, Self::Time | Self::Random | Self::Digest | Self::Identity)
    }
}

/// The functions of a module that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Functions {
    /// These names.
    Listed(Vec<(String, Family)>),
    /// Every name: what the differential test uses.
    Any(Family),
}

/// A module and its functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The dotted name.
    pub name: String,
    /// What counts in it.
    pub functions: Functions,
    /// Whether the names are so peculiar that a use counts even where nothing binds them.
    pub unbound: bool,
}

/// The index of a module in [`Tracked`].
pub(crate) type ModuleIdx = u32;

#[derive(Clone, Debug, Default)]
struct Node {
    /// The dotted name from the root.
    path: String,
    children: Vec<(Box<[u8]>, ModuleIdx)>,
    listed: Vec<(Box<[u8]>, Family)>,
    any: Option<Family>,
    unbound: bool,
}

/// All modules that are looked for.
#[derive(Clone, Debug)]
pub struct Tracked {
    nodes: Vec<Node>,
    needles: Vec<Needle>,
    legacy: Vec<(Box<[u8]>, ModuleIdx)>,
    separator: &'static str,
}

/// Whether two names are one; most differ in their first byte, so that it is looked at first.
fn is(known: &[u8], name: &[u8]) -> bool {
    known.first() == name.first() && known == name
}

impl Tracked {
    /// Makes the table of `modules`.
    #[must_use]
    pub fn new(modules: impl IntoIterator<Item = Module>) -> Self {
        Self::separated(".", modules)
    }

    /// Makes the table of modules whose names have parts between `separator`.
    pub(crate) fn separated(
        separator: &'static str,
        modules: impl IntoIterator<Item = Module>,
    ) -> Self {
        let (nodes, needles, legacy) = (vec![Node::default()], Vec::new(), Vec::new());
        let mut tracked = Self { nodes, needles, legacy, separator };
        for module in modules {
            tracked.add(module);
        }
        tracked
    }

    fn add(&mut self, module: Module) {
        let at = self.node(&module.name);
        self.add_needles(&module);
        let Some(node) = self.nodes.get_mut(at as usize) else { return };
        node.unbound = module.unbound;
        match module.functions {
            Functions::Listed(listed) => {
                let bytes =
                    listed.into_iter().map(|(name, family)| (name.into_bytes().into(), family));
                node.listed.extend(bytes);
            }
            Functions::Any(family) => node.any = Some(family),
        }
    }

    /// Of each family the text that a use cannot do without: the function's name where that is
    /// peculiar, for other libraries the module's, which an import spells.
    fn add_needles(&mut self, module: &Module) {
        let mut names = module.name.split(self.separator);
        match &module.functions {
            Functions::Listed(listed) => {
                for (name, family) in listed {
                    let needle = match family {
                        Family::Library | Family::LibraryClass => {
                            let root = module.name.split(self.separator).next();
                            Needle::module(root.unwrap_or_default().to_owned())
                        }
                        // The language has stems for them.
                        Family::Importer => continue,
                        family if family.is_part() => continue,
                        _ => Needle::sure(name.clone()),
                    };
                    self.needles.push(needle);
                }
            }
            Functions::Any(_) => {
                self.needles.extend(names.next().map(|root| Needle::sure(root.to_owned())));
            }
        }
    }

    /// Adds what a configuration bans; it comes before what the table says of the same function.
    pub(crate) fn ban(&mut self, bans: &[Ban]) {
        for (number, ban) in (0..).zip(bans) {
            let at = self.node(&ban.module);
            let family = Family::Banned(number);
            let Some(node) = self.nodes.get_mut(at as usize) else { continue };
            if ban.function == "*" {
                node.any = Some(family);
                let root = ban.module.split('.').next().unwrap_or_default();
                self.needles.push(Needle::sure(root.to_owned()));
            } else {
                node.listed.insert(0, (ban.function.as_bytes().into(), family));
                // A short name says nothing; its module is imported by name.
                let parts = ban.module.split(['.', '#', '/', ':']).map(str::to_owned);
                let longest = parts.max_by_key(String::len).unwrap_or_default();
                let is_short = ban.function.len() < 5 && longest.len() > ban.function.len();
                let needle = if is_short { longest } else { ban.function.clone() };
                self.needles.push(Needle::sure(needle));
            }
        }
    }

    /// Sets the modules that are to go, by their last names: everything in them counts.
    pub(crate) fn set_legacy(&mut self, modules: &[String]) {
        for module in modules {
            let at = self.add_child(ModuleIdx::MAX, module);
            if let Some(node) = self.nodes.get_mut(at as usize) {
                node.any = Some(Family::Legacy);
            }
            self.legacy.push((module.as_bytes().into(), at));
            self.needles.push(Needle::sure(module.clone()));
        }
    }

    /// The module that is to go of that last name.
    pub(crate) fn legacy(&self, name: &[u8]) -> Option<ModuleIdx> {
        self.legacy.iter().find(|(known, _)| is(known, name)).map(|&(_, module)| module)
    }

    /// Whether a module is one that is to go.
    pub(crate) fn is_legacy(&self, module: ModuleIdx) -> bool {
        self.legacy.iter().any(|&(_, known)| known == module)
    }

    /// The node of a dotted name, made where there is none.
    fn node(&mut self, name: &str) -> ModuleIdx {
        let mut at = 0;
        for part in name.split(self.separator) {
            at = match self.child(at, part.as_bytes()) {
                Some(next) => next,
                None => self.add_child(at, part),
            };
        }
        at
    }

    fn add_child(&mut self, parent: ModuleIdx, part: &str) -> ModuleIdx {
        let idx = ModuleIdx::try_from(self.nodes.len()).unwrap_or(ModuleIdx::MAX);
        let mut path = self.path(parent).to_owned();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part);
        self.nodes.push(Node { path, ..Node::default() });
        if let Some(node) = self.nodes.get_mut(parent as usize) {
            node.children.push((part.as_bytes().into(), idx));
        }
        idx
    }

    /// The literals of which at least one stands in every file that has a use: a use spells the
    /// name of its function, be it as an attribute, in an import or after a star import.
    pub(crate) fn needles(&self) -> &[Needle] {
        &self.needles
    }

    /// The dotted name of a module.
    pub(crate) fn path(&self, module: ModuleIdx) -> &str {
        self.nodes.get(module as usize).map_or("", |node| node.path.as_str())
    }

    /// The module `name` in `parent`; the root is 0.
    pub(crate) fn child(&self, parent: ModuleIdx, name: &[u8]) -> Option<ModuleIdx> {
        let children = &self.nodes.get(parent as usize)?.children;
        children.iter().find(|(child, _)| is(child, name)).map(|&(_, idx)| idx)
    }

    /// The modules in `parent`.
    pub(crate) fn children(&self, parent: ModuleIdx) -> impl Iterator<Item = (&[u8], ModuleIdx)> {
        let node = self.nodes.get(parent as usize);
        node.into_iter().flat_map(|node| &node.children).map(|(name, idx)| (&**name, *idx))
    }

    /// The function `name` of `module`.
    pub(crate) fn function(&self, module: ModuleIdx, name: &[u8]) -> Option<Family> {
        let node = self.nodes.get(module as usize)?;
        let listed = node.listed.iter().find(|(listed, _)| is(listed, name));
        listed.map(|&(_, family)| family).or(node.any)
    }

    /// The functions of `module` that a star import binds.
    pub(crate) fn listed(&self, module: ModuleIdx) -> impl Iterator<Item = (&[u8], Family)> {
        let node = self.nodes.get(module as usize);
        node.into_iter().flat_map(|node| &node.listed).map(|(name, family)| (&**name, *family))
    }

    /// The modules without a dot.
    pub(crate) fn roots(&self) -> impl Iterator<Item = &[u8]> {
        self.nodes.first().into_iter().flat_map(|root| &root.children).map(|(name, _)| &**name)
    }

    /// All functions by name, with their modules.
    pub(crate) fn all_listed(&self) -> impl Iterator<Item = (ModuleIdx, &[u8], Family)> {
        (0..).zip(&self.nodes).flat_map(|(idx, node)| {
            node.listed.iter().map(move |(name, family)| (idx, &**name, *family))
        })
    }

    /// Whether an unbound mention of `module` or its functions counts. A parent of a module that
    /// says so counts too.
    pub(crate) fn counts_unbound(&self, module: ModuleIdx) -> bool {
        self.nodes.get(module as usize).is_some_and(|node| {
            node.unbound || node.children.iter().any(|&(_, child)| self.counts_unbound(child))
        })
    }
}
