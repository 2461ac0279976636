import { BlockList, isIP } from "node:net";
import type { Environment } from "../options.js";

/**
 * The proxy for `url`, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, by the rules of the binary
 * (`crates/native/src/proxy.rs`): lower-case names come first; exceptions are hosts with all that is below them,
 * addresses, networks (`10.0.0.0/8`), each with or without a port, and `*`.
 *
 * `HTTP_PROXY` in capitals is not read where `REQUEST_METHOD` is set: a CGI server sets it from a request header.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const scheme = url.protocol.slice(0, -1);
  const capitals = scheme === "https" ? env.HTTPS_PROXY : env.REQUEST_METHOD ? undefined : env.HTTP_PROXY;
  const proxy = env[`${scheme}_proxy`] || capitals || env.all_proxy || env.ALL_PROXY;
  if (!proxy) return undefined;
  const exceptions = (env.no_proxy || env.NO_PROXY || "").split(/[,\s]+/).filter(Boolean);
  if (exceptions.some((exception) => excepts(exception.toLowerCase(), url))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function excepts(exception: string, url: URL): boolean {
  if (exception === "*") return true;
  const { name, port } = split(exception);
  if (port && port !== (url.port || (url.protocol === "https:" ? "443" : "80"))) return false;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host)) return within(host, name);
  const domain = name.replace(/^\*?\./, "");
  return host === domain || host.endsWith(`.${domain}`);
}

/** A second colon is an IPv6 address. */
function split(exception: string): { name: string; port?: string | undefined } {
  const match = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(exception);
  return match ? { name: (match[1] ?? "").replace(/^\[|\]$/g, ""), port: match[2] } : { name: exception };
}

function within(host: string, range: string): boolean {
  const [network = "", bits] = range.split("/");
  if (!isIP(network)) return false;
  const list = new BlockList();
  const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");
  try {
    if (bits === undefined) list.addAddress(network, family(network));
    else list.addSubnet(network, Number(bits), family(network));
  } catch {
    return false;
  }
  return list.check(host, family(host));
}
