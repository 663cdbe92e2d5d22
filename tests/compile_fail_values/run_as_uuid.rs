//! A run would lose its thread as a `Uuid`.

fn lose_the_thread(run: unified_id::RunId) -> uuid::Uuid {
    run.into()
}

fn main() {}
