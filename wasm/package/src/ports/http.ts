import * as http from "node:http";
import * as https from "node:https";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import type { Environment } from "../options.js";
import { authorities, type Authorities } from "./authorities.js";
import { Failure, failure } from "./failure.js";
import { proxyFor } from "./proxy.js";

/** How the network is reached. */
export interface Network {
  env: Environment;
  ca?: Authorities | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

/** The network of one call. */
export interface Exchange {
  /** Sends one request, without retries and redirects. Rejects with the text of a {@link Failure}. */
  send(head: string, body: Uint8Array): Promise<Answer>;
  /** Ends every exchange that is under way, and all connections. */
  close(): void;
}

/** An answer as the core reads it. */
export interface Answer {
  status: number;
  /** Names and values in turn. */
  headers: string[];
  body: Uint8Array;
}

/** A request as the core writes it. */
interface Head {
  method: string;
  url: string;
  headers: [string, string][];
  timeout_milliseconds: number;
  max_body: number;
}

/** The longest time that `setTimeout` takes. */
const LONGEST = 2 ** 31 - 1;

/** What a call that has been ended waits for. */
const NEVER = new Promise<never>(() => {});

/** The network, through `fetch` if one is given, else through `node:http(s)`, which is the same on every Node. */
export function connect(network: Network): Exchange & { failure?: Failure; token?: string } {
  const closing = new AbortController();
  let agent: http.Agent | undefined;
  let ca: (string | Buffer)[] | undefined;
  const exchange: ReturnType<typeof connect> = {
    async send(text, body) {
      const head = JSON.parse(text) as Head;
      exchange.token = head.headers.find(([name]) => name === "dagster-cloud-api-token")?.[1] ?? "";
      const ending = new AbortController();
      if (closing.signal.aborted) return NEVER;
      delete exchange.failure;
      const end = () => ending.abort();
      closing.signal.addEventListener("abort", end);
      const timer = setTimeout(end, Math.min(head.timeout_milliseconds, LONGEST));
      try {
        if (network.fetch) return await fetched(network.fetch, head, body, ending.signal);
        if (!agent) {
          const url = new URL(head.url);
          ca = url.protocol === "https:" ? trusted(network) : undefined;
          agent = agentFor(url, ca, network.env);
        }
        return await requested({ agent, ca, signal: ending.signal }, head, body);
      } catch (error) {
        // The call has been ended: its core waits for ever, and goes with the instance.
        if (closing.signal.aborted) return NEVER;
        const late = ending.signal.aborted && !(error instanceof Failure);
        const seconds = Math.floor(head.timeout_milliseconds / 1000);
        exchange.failure = late ? new Failure("timeout", `no answer within ${seconds} s`) : failure(error, agent instanceof HttpsProxyAgent);
        throw exchange.failure.text;
      } finally {
        clearTimeout(timer);
        closing.signal.removeEventListener("abort", end);
      }
    },
    close() {
      closing.abort();
      agent?.destroy();
    },
  };
  return exchange;
}

function agentFor(url: URL, ca: (string | Buffer)[] | undefined, env: Environment): http.Agent {
  const secure = url.protocol === "https:";
  const proxy = proxyFor(url, env);
  if (!proxy) return secure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  let proxyUrl: URL;
  try {
    proxyUrl = new URL(proxy);
  } catch {
    throw new Failure("unusable", "the proxy's URL in the environment is malformed");
  }
  if (!/^https?:$/.test(proxyUrl.protocol)) {
    throw new Failure("unusable", "the proxy in the environment is no HTTP proxy");
  }
  if (!secure) return new HttpProxyAgent(proxyUrl);
  // The authorities count for the proxy, if it speaks TLS, and those of a request for the server behind it.
  return new HttpsProxyAgent(proxyUrl, ca && { ca });
}

function trusted(network: Network): (string | Buffer)[] | undefined {
  try {
    return authorities(network.ca, network.env);
  } catch (error) {
    throw new Failure("unusable", (error as Error).message);
  }
}

function requested(options: https.RequestOptions, head: Head, body: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers } = head;
    const send = new URL(head.url).protocol === "https:" ? https.request : http.request;
    const length = { "content-length": body.length };
    const request = send(head.url, { ...options, method, headers: { ...Object.fromEntries(headers), ...length } });
    request.on("error", reject);
    // A tunnel that is refused is answered by the proxy, and what it says is not from the service.
    request.on("proxyConnect", ({ statusCode, statusText }: { statusCode: number; statusText: string }) => {
      if (statusCode !== 200) request.destroy(new Failure("connect", `the proxy refused: ${statusCode} ${statusText.toLowerCase()}`));
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("error", reject);
      response.on("aborted", () => reject(new Failure("broken", "the connection broke before the answer was complete")));
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > head.max_body) request.destroy(tooLarge(head));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.rawHeaders, body: Buffer.concat(chunks) }));
    });
    request.end(body);
  });
}

async function fetched(fetch: typeof globalThis.fetch, head: Head, body: Uint8Array, signal: AbortSignal): Promise<Answer> {
  const { method, headers } = head;
  const ended = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  // A `fetch` of the user's own may not heed the signal.
  const response = await Promise.race([fetch(head.url, { method, headers, body: new Uint8Array(body), signal, redirect: "manual" }), ended]);
  if (typeof response?.status !== "number" || typeof response.arrayBuffer !== "function") {
    throw new Failure("unusable", "`fetch` has answered with no Response");
  }
  const bytes = await Promise.race([bodyOf(response, head), ended]);
  return { status: response.status, headers: [...response.headers].flat().map(String), body: bytes };
}

/** The body, of which no more is taken than is allowed. */
async function bodyOf(response: Response, head: Head): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const take = (chunk: Uint8Array) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > head.max_body) throw tooLarge(head);
  };
  const reader = response.body?.getReader?.();
  if (!reader) take(new Uint8Array(await response.arrayBuffer()));
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) take(part.value);
  } catch (error) {
    void reader?.cancel().catch(() => {});
    throw error;
  }
  return Buffer.concat(chunks);
}

function tooLarge(head: Head): Failure {
  return new Failure("too-large", `the answer is larger than ${Math.floor(head.max_body / 1024 / 1024)} MiB`);
}
