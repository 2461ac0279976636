/** The sorts of `SendErrorKind` in the core, which says what each means for a retry. */
export type Kind = "resolve" | "connect" | "tls" | "timeout" | "broken" | "too-large" | "unusable";

/** Why an exchange brought no whole answer. The core is given {@link Failure.text}. */
export class Failure extends Error {
  /** @param message in words, lowercase, with neither URL nor secret. */
  constructor(
    readonly kind: Kind,
    message: string,
    override readonly cause?: unknown,
  ) {
    super(message);
  }

  get text(): string {
    return JSON.stringify({ kind: this.kind, message: this.message });
  }
}

const KINDS: readonly [RegExp, Kind, string][] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "resolve", "the name of the host does not resolve"],
  [/^ECONNREFUSED$/, "connect", "connection refused"],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ENETDOWN)$/, "connect", "the host is unreachable"],
  [/^(EACCES|EPERM)$/, "connect", "the system does not permit the connection"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "connect", "no connection in time"],
  [/^(UNABLE_TO_GET_ISSUER_CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED)$/,
    "tls", "the server's certificate is from an unknown authority"],
  [/^CERT_HAS_EXPIRED$/, "tls", "the server's certificate has expired"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "tls", "the server's certificate is for another host"],
  [/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|EPROTO|CRL_|INVALID_CA)/, "tls", "the TLS handshake failed"],
  [/^(ERR_INVALID_\w+|ERR_UNESCAPED_CHARACTERS)$/, "unusable", "the URL cannot be requested"],
];

/** What `error` means. Its reason is often in a cause: `fetch` says no more than "fetch failed" itself. */
export function failure(error: unknown, throughProxy = false): Failure {
  if (error instanceof Failure) return error;
  // A cause can lead back to where it came from.
  for (let inner: unknown = error, depth = 0; inner instanceof Error && depth < 9; inner = inner.cause, depth++) {
    const { code } = inner as NodeJS.ErrnoException;
    const known = KINDS.find(([pattern]) => typeof code === "string" && pattern.test(code));
    if (known) return new Failure(known[1], throughProxy && known[1] === "connect" ? `${known[2]} through the proxy` : known[2], error);
  }
  return new Failure("broken", "the connection broke before the answer was complete", error);
}
