//! A run would lose its thread as a `Ulid`.

fn lose_the_thread(run: unified_id::RunId) -> ulid::Ulid {
    run.into()
}

fn main() {}
