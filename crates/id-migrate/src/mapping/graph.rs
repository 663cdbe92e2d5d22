//! Mapping of a graph in memory: entities get new ids, and their edges follow.

use std::collections::BTreeMap;

use unified_id::Core;

use super::{Mapper, Unmappable};

/// Why a graph cannot be mapped; nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The mapping cannot take this entity.
    #[error("entity `{entity}`: {why}")]
    Unmappable {
        /// The entity's legacy id.
        entity: String,
        /// What is wrong with it.
        why: Unmappable,
    },
    /// Two entities would get one id.
    #[error("entities `{first}` and `{second}` would get one id")]
    Collision {
        /// One of them.
        first: String,
        /// The other one.
        second: String,
    },
}

/// The two ends of an edge; none where the end is no entity.
pub type MappedEdge = (Option<Core>, Option<Core>);

/// From legacy id to new id, for the entities of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphMap {
    ids: BTreeMap<String, Core>,
}

impl GraphMap {
    /// Maps entities, each with the time at which it was made if the mapping wants one.
    ///
    /// # Errors
    ///
    /// [`GraphError`] if the mapping cannot take an entity, or two would get one id.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_migrate::mapping::{graph::GraphMap, Mapper, Mapping};
    ///
    /// let mapper = Mapper { mapping: Mapping::Stable, fallback: None, namespace: "akosha".into(), table: "entities".into() };
    /// let map = GraphMap::of(&mapper, [("system:x", None), ("user:alice", None)])?;
    /// let (edges, dangling) = map.edges([("system:x", "user:alice"), ("system:x", "user:bob")]);
    /// assert_eq!(edges[0], (map.id("system:x"), map.id("user:alice")));
    /// assert_eq!(dangling, 1);
    /// # Ok::<(), id_migrate::mapping::graph::GraphError>(())
    /// ```
    pub fn of<'a>(
        mapper: &Mapper,
        entities: impl IntoIterator<Item = (&'a str, Option<u64>)>,
    ) -> Result<Self, GraphError> {
        let mut ids = BTreeMap::new();
        let mut owners: BTreeMap<u128, String> = BTreeMap::new();
        for (entity, time_ms) in entities {
            if ids.contains_key(entity) {
                continue;
            }
            let core = mapper
                .core(entity.as_bytes(), time_ms)
                .map_err(|why| GraphError::Unmappable { entity: entity.to_owned(), why })?;
            if let Some(first) = owners.insert(core.to_u128(), entity.to_owned()) {
                return Err(GraphError::Collision { first, second: entity.to_owned() });
            }
            ids.insert(entity.to_owned(), core);
        }
        Ok(Self { ids })
    }

    /// Returns the new id of an entity.
    #[must_use]
    pub fn id(&self, entity: &str) -> Option<Core> {
        self.ids.get(entity).copied()
    }

    /// Maps the two ends of each edge, and counts the edges of which an end is no entity.
    pub fn edges<'a>(
        &self,
        edges: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Vec<MappedEdge>, usize) {
        let mapped: Vec<_> =
            edges.into_iter().map(|(from, to)| (self.id(from), self.id(to))).collect();
        let dangling = mapped.iter().filter(|(from, to)| from.is_none() || to.is_none()).count();
        (mapped, dangling)
    }
}
