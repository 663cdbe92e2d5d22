//! Tests of `unified-id` without its feature `fast`, in `tests/`; there is nothing else here.
