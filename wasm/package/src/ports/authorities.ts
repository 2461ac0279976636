import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import type { Environment } from "../options.js";

/** One certificate authority or several, as PEM. */
export type Authorities = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * The authorities to trust: those given beside Node's own, else those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name
 * in place of them, as for the binary. `undefined` leaves it to Node, which knows `NODE_EXTRA_CA_CERTS`.
 */
export function authorities(given: Authorities | undefined, env: Environment): (string | Buffer)[] | undefined {
  if (given !== undefined) {
    const list = typeof given === "string" || given instanceof Uint8Array ? [given] : given;
    return [...rootCertificates, ...list.map((one) => (typeof one === "string" ? one : Buffer.from(one)))];
  }
  const files = env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : [];
  if (env.SSL_CERT_DIR) files.push(...filesIn(env.SSL_CERT_DIR));
  if (!env.SSL_CERT_FILE && !env.SSL_CERT_DIR) return undefined;
  const found = files.map((file) => reading(file, () => readFileSync(file))).filter((pem) => pem.includes("-----BEGIN"));
  if (found.length === 0) throw new Error(`no certificate authority is in ${files.map((file) => `\`${file}\``).join(", ")}`);
  return found;
}

function filesIn(directory: string): string[] {
  const entries = reading(directory, () => readdirSync(directory, { withFileTypes: true }));
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(directory, entry.name));
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new Error(`the certificate authorities in \`${path}\` cannot be read: ${reason}`);
  }
}
