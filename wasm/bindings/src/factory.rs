//! What wasm-bindgen writes, as one function that makes an instance.

/// Before what wasm-bindgen writes, in the function that makes an instance.
const BEFORE: &str = "export function instantiate(module, trapped) {\n";

/// What is called back after the call has returned has nobody to catch what it throws.
const AFTER: &str = "initSync({ module });
wasm = Object.fromEntries(Object.entries(wasm).map(([name, value]) => [name, !name.includes('_invoke_') ? value :
    (...values) => { try { return value(...values); } catch (error) { trapped(error); return [0, 0]; } }]));
";

/// `js` as one function that makes an instance.
pub fn factory(js: &str) -> String {
    let names: Vec<&str> = js.lines().filter_map(exported).collect();
    let kept = without_loader(js);
    let body: Vec<&str> = kept
        .lines()
        .filter(|line| !line.starts_with("export {"))
        .map(|line| line.strip_prefix("export ").unwrap_or(line))
        .collect();
    format!("{BEFORE}{}\n{AFTER}return {{ {} }};\n}}\n", body.join("\n"), names.join(", "))
}

/// Without the functions that fetch a module: this one is in the package.
fn without_loader(js: &str) -> String {
    let parts = (js.split_once("async function __wbg_load("), js.split_once("function initSync("));
    let (Some((before, _)), Some((_, after))) = parts else { return js.to_owned() };
    let init = after.split("async function __wbg_init(").next().unwrap_or_default();
    format!("{before}function initSync({init}")
}

/// The name of the function that `line` begins to export.
fn exported(line: &str) -> Option<&str> {
    line.strip_prefix("export function ")?.split('(').next()
}

/// The types in `ts` as they are, its functions as those of an instance, and nothing of how a module is loaded.
pub fn declarations(ts: &str) -> String {
    let (types, rest) = ts.split_at(ts.find("export function ").unwrap_or(ts.len()));
    let functions = rest.split("export type InitInput").next().unwrap_or_default();
    // The words of Rust's documentation in those of TypeScript's.
    let types = types.replace("`None`", "`null`").replace("[`", "`").replace("`]", "`");
    let functions = functions.replace("export function ", "");
    format!(
        "{types}\n/** The exports of an instance. */\nexport interface Core {{\n{functions}\n}}\n\n\
         /** An instance of its own. `trapped` is told of traps that come after a function has returned. */\n\
         export function instantiate(module: WebAssembly.Module, trapped: (error: unknown) => void): Core;\n"
    )
}
