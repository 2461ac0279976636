//! The core of offshoot for JavaScript: glue only, no logic.
//!
//! `operations` re-exports the boundary of the core with JSON text going in and out, `ports` are the core's ports
//! on an object of the package. Who calls makes an instance of this module for each call and drops it afterwards, so
//! that whatever a trap leaves behind goes with it.
#![cfg(target_arch = "wasm32")]

mod json;
mod operations;
mod panics;
mod ports;
