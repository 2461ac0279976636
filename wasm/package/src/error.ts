import type { Code, Report } from "../generated/core.js";

/**
 * The error of every function here. `message` says what is wrong, in one line.
 *
 * Tokens are in none of its parts.
 */
export class OffshootError extends Error {
  /** The stable code, for scripts and for search, for example `plus.unauthorized`. */
  declare readonly code: Code;
  /** What a command exits with after this error. */
  declare readonly exitCode: number;
  /** What to do next, in one line. */
  declare readonly hint?: string;
  /** Longer text, such as the Python stack of a load error. */
  declare readonly detail?: string;
  /** What lies behind it, where that is known: the system's error of a connection, or a trap. */
  declare readonly cause?: unknown;

  readonly #report: Report;

  /** Made by this package only. */
  constructor(report: Report, cause?: unknown) {
    super(report.message);
    this.#report = report;
    this.code = report.code;
    this.exitCode = report.exit_code;
    if (report.hint !== undefined) this.hint = report.hint;
    if (report.detail !== undefined) this.detail = report.detail;
    if (cause !== undefined) Object.defineProperty(this, "cause", { value: cause, enumerable: false });
  }

  override get name(): string {
    return "OffshootError";
  }

  /** As the command line's `--json` and the HTTP sidecar show it. */
  toJSON(): Report {
    return this.#report;
  }
}

// The name that a stack and `util.inspect` show, whatever a minifier calls it.
Object.defineProperty(OffshootError, "name", { value: "OffshootError" });

/** An input that this package refuses before the core sees it. */
export function usage(message: string, hint: string): OffshootError {
  return new OffshootError({ code: "usage.invalid", message, hint, exit_code: 2, status: 400 });
}

/** As the binary, for the errors that people can mend. */
const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "it, or a directory on the way to it, is not there; is the path right?",
  EACCES: "look at the permissions, and as whom this runs",
};

/** Something local that failed, to complete "could not ...". */
export function io(doing: string, error: unknown): OffshootError {
  const { message, errno = 0, code = "" } = error as NodeJS.ErrnoException;
  // As the binary says it: `ENOENT: no such file or directory, open 'x'` is "No such file or directory (os error 2)".
  const words = /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
  const reason = `${words.charAt(0).toUpperCase()}${words.slice(1)} (os error ${-errno})`;
  const hint = HINTS[code] ?? "the system's own words say what it lacks";
  return new OffshootError({ code: "io", message: `could not ${doing}: ${reason}`, hint, exit_code: 1, status: 500 }, error);
}

/** A trap, a stack overflow, or whatever else should not have happened. */
export function internal(message: string, cause?: unknown): OffshootError {
  const hint = "this is a defect of offshoot: please report it with what you called";
  const report = { code: "internal" as const, message: `a defect of offshoot: ${message.replace(/\s*\n\s*/g, " ")}`, hint, exit_code: 1, status: 500 };
  return new OffshootError(report, cause);
}
