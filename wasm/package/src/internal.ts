// Everything in one bundle with one copy of the core: the package's entries and its command line share it.
export * from "./api.js";
export { call } from "./call.js";
export { internal, io, OffshootError, usage } from "./error.js";
export { slashed } from "./ports/files.js";
export { proxyFor } from "./ports/proxy.js";
export { decode } from "./ports/charset.js";
export { masker } from "./secrets.js";
