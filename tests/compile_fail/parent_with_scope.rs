//! A kind cannot be scoped to a kind that is scoped itself.

unified_id::kind! {
    pub Step = "step" in unified_id::kind::Run;
}

fn main() {}
