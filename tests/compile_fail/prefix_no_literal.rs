//! A prefix is written out, so that it can be found.

const PREFIX: &str = "order";

unified_id::kind! {
    pub Order = PREFIX;
}

fn main() {}
