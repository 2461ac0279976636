//! What a panic says, kept for the caller, who sees only a trap.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the message of the panic to come. Runs when the module is instantiated.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| LAST.set(Some(panic.to_string()))));
}

/// The message of the panic that ended a call in a trap, if it was one.
#[wasm_bindgen(js_name = panicMessage)]
pub fn panic_message() -> Option<String> {
    LAST.take()
}

/// Panics at its first step.
#[cfg(feature = "defect")]
#[wasm_bindgen(unchecked_return_type = "Promise<string>")]
pub fn defect(_ports: crate::ports::Ports, request: String) -> js_sys::Promise {
    #[expect(clippy::panic, reason = "it is what this is for")]
    wasm_bindgen_futures::future_to_promise(async move { panic!("no such luck: {request}") })
}
