//! The core of offshoot for JavaScript: glue only, no logic.
#![cfg(target_arch = "wasm32")]
