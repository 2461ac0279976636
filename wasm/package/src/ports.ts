import { webcrypto } from "node:crypto";
import type { Progress } from "./options.js";
import { decode } from "./ports/charset.js";
import { openFiles, type FilePorts } from "./ports/files.js";
import { connect, type Exchange, type Network } from "./ports/http.js";

/** What the core asks of its host. The traits of `crates/core/src/ports.rs` say what each method is for. */
export interface Ports extends FilePorts {
  send: Exchange["send"];
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since any fixed point. */
  monotonic(): number;
  random(): bigint;
  sleep(milliseconds: number): Promise<void>;
  decode(label: string, bytes: Uint8Array): string | undefined;
  /** `event` is JSON, `message` is the same in words. */
  emit(event: string, message: string): void;
}

/** What the ports of one call are made of. */
export interface Surroundings extends Network {
  cwd: string;
  /** Hears of progress. What it throws ends the call. */
  onEvent?: ((event: Progress) => void) | undefined;
  /** Ends the call with `error`. */
  fail(error: unknown): void;
}

/** The ports of one call. */
export interface Opened {
  ports: Ports;
  /** Closes all that they have opened. */
  close(): void;
  /** What the last exchange failed with, if it failed. */
  lastFailure(): unknown;
  /** The token that was sent, which may be from a file that the core has read. */
  token(): string | undefined;
}

/** Makes the ports of one call. */
export function openPorts(surroundings: Surroundings): Opened {
  const files = openFiles(surroundings.cwd);
  const exchange = connect(surroundings);
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  const ports: Ports = {
    ...files.ports,
    send: exchange.send,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => webcrypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        // A call that has been ended is not to go on.
        if (closed) return;
        const timer = setTimeout(() => (timers.delete(timer), resolve()), milliseconds);
        timers.add(timer);
      }),
    decode,
    emit(event, message) {
      try {
        const listened: unknown = surroundings.onEvent?.({ ...JSON.parse(event), message } as Progress);
        Promise.resolve(listened).catch(surroundings.fail);
      } catch (error) {
        surroundings.fail(error);
      }
    },
  };
  const close = () => {
    closed = true;
    timers.forEach(clearTimeout);
    exchange.close();
    files.close();
  };
  return { ports, close, lastFailure: () => exchange.failure?.cause, token: () => exchange.token };
}
