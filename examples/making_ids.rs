//! Making ids: typed constructors, kinds of one's own, ids on threads that are older than the format.

use unified_id::{Id, IdKind, RunId, ThreadScope, UnifiedId};

unified_id::kind! {
    /// An order of the shop.
    pub Order = "order";
    /// One line of an order; it carries its order.
    pub OrderLine = "orderline" in Order;
}

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), unified_id::ParseError> {
    // A run carries its thread: whoever reads the run id knows the thread, without a look-up.
    let thread = UnifiedId::thread();
    let run: RunId = UnifiedId::run(thread);
    assert_eq!(run.thread(), thread);
    println!("{thread}\n{run}");

    // Ids of one process are strictly increasing, on all threads.
    let next = UnifiedId::run(thread);
    assert!(run < next);

    // A websocket carries its user.
    let user = UnifiedId::user();
    let websocket = UnifiedId::websocket(user);
    assert!(websocket.belongs_to(user));
    println!("{websocket}");

    // A thread that was made before this format keeps its key.
    let old: ThreadScope = "thread_user123_session456".parse()?;
    println!("{}", UnifiedId::run(&old));

    // Kinds of one's own: one line each, with the whole API. A wrong prefix does not compile.
    let order = Id::<Order>::new();
    let line = Id::<OrderLine>::new(order);
    assert_eq!(line.scope(), order);
    println!("{order}\n{line}");

    // A kind that is known only at run time.
    let any = UnifiedId::make(IdKind::Message, Some(&thread.to_string()))?;
    println!("{any}");

    // The core goes into a uuid column, a ULID column or 16 bytes without conversion.
    println!("{}\n{}", thread.core().uuid_text(), thread.core().ulid_text());
    Ok(())
}
