//! A `Uuid` does not say on which thread a run is.

fn invent_the_thread(value: uuid::Uuid) -> unified_id::RunId {
    value.into()
}

fn main() {}
