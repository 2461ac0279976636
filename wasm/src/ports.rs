//! The core's ports on an object of the package.

mod clock;
mod files;
mod http;

use offshoot_core::{
    ops::Event,
    ports::{Charset, Events},
    text::to_json,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(typescript_custom_section)]
const IMPORT: &str = r#"import type { Ports } from "../src/ports.js";"#;

#[wasm_bindgen]
extern "C" {
    /// All ports in one object: `Ports` in `package/src/ports.ts`, where each method is described. Those with
    /// `catch` throw what is described at the port that calls them; the others throw nothing.
    #[wasm_bindgen(typescript_type = "Ports")]
    pub type Ports;

    #[wasm_bindgen(method, structural, catch)]
    fn open(this: &Ports, path: &str) -> Result<Option<u32>, JsValue>;
    #[wasm_bindgen(method, structural, catch)]
    fn length(this: &Ports, file: u32) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = readAt)]
    fn read_at(this: &Ports, file: u32, offset: f64, buffer: &mut [u8]) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, structural)]
    fn close(this: &Ports, file: u32);
    #[wasm_bindgen(method, structural, catch, js_name = listDir)]
    fn list_dir(this: &Ports, path: &str) -> Result<Option<Vec<String>>, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = isDir)]
    fn is_dir(this: &Ports, path: &str) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, structural, catch, js_name = readLink)]
    fn read_link(this: &Ports, path: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, structural, catch)]
    async fn send(this: &Ports, head: String, body: Vec<u8>) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn now(this: &Ports) -> f64;
    #[wasm_bindgen(method, structural)]
    fn monotonic(this: &Ports) -> f64;
    #[wasm_bindgen(method, structural)]
    fn random(this: &Ports) -> u64;
    #[wasm_bindgen(method, structural)]
    async fn sleep(this: &Ports, milliseconds: f64);

    #[wasm_bindgen(method, structural)]
    fn decode(this: &Ports, label: &str, bytes: &[u8]) -> Option<String>;
    #[wasm_bindgen(method, structural)]
    fn emit(this: &Ports, event: String, message: String);
}

impl Charset for Ports {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        Self::decode(self, label, bytes)
    }
}

impl Events for Ports {
    fn emit(&self, event: Event) {
        Self::emit(self, to_json(&event), event.to_string());
    }
}
