const MASK = "******";

/**
 * A function that masks `secrets` in a text: a second lock behind that of the core, for what the core never sees,
 * such as the errors of a `fetch` of the user's own.
 */
export function masker(secrets: readonly unknown[]): (text: string) => string {
  const texts = secrets.filter((secret) => typeof secret === "string").map((secret) => secret.trim());
  // As the core: what is shorter is no token, and would be found in words that only look alike.
  const long = texts.filter((secret) => secret.length >= 12);
  const known = long.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return (text) => known.reduce((masked, secret) => masked.split(secret).join(MASK), text);
}

/** What may be told of `error`: its message and code, and those of its causes. */
export function told(error: unknown, mask: (text: string) => string, depth = 0): Error | undefined {
  // A cause can lead back to where it came from.
  if (!(error instanceof Error) || depth > 8) return undefined;
  const plain = new Error(mask(String(error.message)));
  plain.name = mask(String(error.name));
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === "string") Object.assign(plain, { code: mask(code) });
  // The stack of the original can hold its message, and this one's leads only here.
  Object.defineProperty(plain, "stack", { value: `${plain.name}: ${plain.message}`, enumerable: false });
  const cause = told(error.cause, mask, depth + 1);
  if (cause) Object.defineProperty(plain, "cause", { value: cause, enumerable: false });
  return plain;
}
