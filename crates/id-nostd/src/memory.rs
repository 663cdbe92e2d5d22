//! Memory from one static block that is never given back, and what a panic does.
//!
//! Invariant: no byte is handed out twice. Enough for a program that ends after a few thousand allocations.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

const BYTES: usize = 1 << 20;

/// Hands out a block from front to back.
struct Bump {
    block: UnsafeCell<[u8; BYTES]>,
    /// How much is handed out.
    used: AtomicUsize,
}

// SAFETY: `block` is touched only through what `alloc` hands out, and `used` makes sure that no part goes out twice.
unsafe impl Sync for Bump {}

// SAFETY: what is handed out lies in the block, is aligned, and overlaps nothing else that was handed out.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let block = self.block.get().cast::<u8>();
        let place = |used: usize| {
            let start = (block.addr() + used).checked_next_multiple_of(layout.align())?;
            let start = start - block.addr();
            let end = start.checked_add(layout.size())?;
            (end <= BYTES).then_some((start, end))
        };
        let (relaxed, next) = (Ordering::Relaxed, |used| place(used).map(|(_, end)| end));
        match self.used.fetch_update(relaxed, relaxed, next).ok().and_then(place) {
            Some((start, _)) => block.wrapping_add(start),
            None => null_mut(),
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Bump = Bump { block: UnsafeCell::new([0; BYTES]), used: AtomicUsize::new(0) };

#[cfg(panic = "abort")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[link(name = "c")]
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
