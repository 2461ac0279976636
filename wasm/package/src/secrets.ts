const MASK = "******";

/**
 * A function that masks `secrets` in a text: a second lock behind that of the core, for what the core never sees,
 * such as the errors of a `fetch` of the user's own.
 */
export function masker(secrets: readonly unknown[]): (text: string) => string {
  const known = secrets.map((secret) => String(secret ?? "").trim()).filter((secret) => secret.length > 3);
  return (text) => known.reduce((masked, secret) => masked.split(secret).join(MASK), text);
}

/** What may be told of `error`: its message and code, and those of its causes. */
export function told(error: unknown, mask: (text: string) => string): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const plain = new Error(mask(error.message));
  plain.name = error.name;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === "string") Object.assign(plain, { code });
  // The stack of the original can hold its message, and this one's leads only here.
  Object.defineProperty(plain, "stack", { value: `${plain.name}: ${plain.message}`, enumerable: false });
  const cause = told(error.cause, mask);
  if (cause) Object.defineProperty(plain, "cause", { value: cause, enumerable: false });
  return plain;
}
