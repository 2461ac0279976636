//! Makes the JavaScript and TypeScript bindings of a WASM module.
//!
//! `offshoot-bindings MODULE.wasm DIRECTORY` writes `core.js`, `core.d.ts` and `core.wasm` into the directory.
//!
//! wasm-bindgen's own output holds one instance for the whole program. Here everything is put into one function,
//! `instantiate`, because each call of the package has an instance of its own.

mod factory;

use std::{env, error::Error, fs, path::PathBuf};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(module), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("usage: offshoot-bindings MODULE.wasm DIRECTORY".into());
    };
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name("core")
        .typescript(true)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .web(true)?
        .generate_output()?;
    fs::create_dir_all(&directory)?;
    fs::write(directory.join("core.js"), factory::factory(output.js()))?;
    fs::write(directory.join("core.d.ts"), factory::declarations(output.ts().unwrap_or_default()))?;
    fs::write(directory.join("core.wasm"), output.wasm_mut().emit_wasm())?;
    Ok(())
}
