//! A prefix that cannot be used, of a kind that nobody uses.

unified_id::kind! {
    pub Unused = "order2";
}

fn main() {}
