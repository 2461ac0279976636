import { brotliDecompressSync } from "node:zlib";
import { instantiate, type Core } from "../generated/core.js";
import compressed from "../generated/module.js";

let compiled: WebAssembly.Module | undefined;

/**
 * An instance of the core, of its own: what a trap leaves behind goes with it. The module is compiled once, an
 * instance takes less than a millisecond.
 *
 * @param trapped is told of a trap that comes after the called function has returned its promise.
 */
export function instance(trapped: (error: unknown) => void): Core {
  compiled ??= new WebAssembly.Module(new Uint8Array(brotliDecompressSync(Buffer.from(compressed, "base64"))));
  return instantiate(compiled, trapped);
}
