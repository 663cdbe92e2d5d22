//! The table of what is looked for: modules and the functions in them that make ids.
//!
//! Modules form a tree by their dotted names, so that `import a.b` and `from a import b` are the
//! same walk. The table is data: `lang/` fills it with what a language's standard library and
//! packages offer, tests fill it with other names. Nothing here knows a language.

/// What a tracked function makes, which decides the rule that names a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// A fresh id at every call.
    Fresh,
    /// The same id for the same arguments.
    Deterministic,
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
    needles: Vec<String>,
}

impl Tracked {
    /// Makes the table of `modules`.
    #[must_use]
    pub fn new(modules: impl IntoIterator<Item = Module>) -> Self {
        let mut tracked = Self { nodes: vec![Node::default()], needles: Vec::new() };
        for module in modules {
            tracked.add(module);
        }
        tracked
    }

    fn add(&mut self, module: Module) {
        let mut at = 0;
        for part in module.name.split('.') {
            at = match self.child(at, part.as_bytes()) {
                Some(next) => next,
                None => self.add_child(at, part),
            };
        }
        match &module.functions {
            Functions::Listed(listed) => {
                self.needles.extend(listed.iter().map(|(name, _)| name.clone()));
            }
            Functions::Any(_) => {
                self.needles.extend(module.name.split('.').next().map(str::to_owned));
            }
        }
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
    pub(crate) fn needles(&self) -> &[String] {
        &self.needles
    }

    /// The dotted name of a module.
    pub(crate) fn path(&self, module: ModuleIdx) -> &str {
        self.nodes.get(module as usize).map_or("", |node| node.path.as_str())
    }

    /// The module `name` in `parent`; the root is 0.
    pub(crate) fn child(&self, parent: ModuleIdx, name: &[u8]) -> Option<ModuleIdx> {
        let children = &self.nodes.get(parent as usize)?.children;
        children.iter().find(|(child, _)| **child == *name).map(|&(_, idx)| idx)
    }

    /// The function `name` of `module`.
    pub(crate) fn function(&self, module: ModuleIdx, name: &[u8]) -> Option<Family> {
        let node = self.nodes.get(module as usize)?;
        node.any.or_else(|| {
            node.listed.iter().find(|(listed, _)| **listed == *name).map(|&(_, family)| family)
        })
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
