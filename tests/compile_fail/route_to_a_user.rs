//! An event goes to a thread; a user is none.

use unified_id::{LiveThreads, RouteKey, Tenant, UserId};

fn route(tenant: &Tenant, live: &impl LiveThreads) {
    let user = UserId::new();
    let _ = RouteKey::new(tenant, user);
    let _ = live.is_live(&user);
}

fn main() {}
