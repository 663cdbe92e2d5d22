//! A `Ulid` does not say on which thread a run is.

fn invent_the_thread(value: ulid::Ulid) -> unified_id::RunId {
    value.into()
}

fn main() {}
