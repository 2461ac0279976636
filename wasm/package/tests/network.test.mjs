// The network as people have it, on each Node that is supported: a CONNECT proxy, a private authority, timeouts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { dist, here, run, temporary } from "./support.mjs";

const NODES = ["node-18", "node-20", "node-22", "node-24"];
const GOOD = JSON.stringify({ data: { branchDeployments: { nodes: [] } } });
const files = temporary();
const ca = join(files, "ca.pem");
let upstream, tunnels, proxy, proxyPort, plain;

/** A private authority, and a certificate of its for `acme.test`. */
function certificates() {
  const openssl = (...args) => execFileSync("openssl", args, { cwd: files, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=private");
  openssl("req", ...key, "-keyout", "key.pem", "-out", "req.pem", "-subj", "/CN=acme.test");
  writeFileSync(join(files, "ext"), "subjectAltName=DNS:acme.test\n");
  openssl("x509", "-req", "-in", "req.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", "cert.pem");
  return { key: readFileSync(join(files, "key.pem")), cert: readFileSync(join(files, "cert.pem")) };
}

/** Every name leads to the upstream: `acme.test` is known to the proxy alone. */
function tunnel(request, socket) {
  tunnels.push([request.url, request.headers["proxy-authorization"]]);
  if (request.url.startsWith("refused.")) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  const upstreamSocket = connect(upstream.address().port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
  });
  for (const [one, other] of [[socket, upstreamSocket], [upstreamSocket, socket]]) one.on("error", () => other.destroy());
}

const answer = (request, response) => request.url.includes("slow") || response.end(GOOD);

before(async () => {
  const identity = certificates();
  tunnels = [];
  upstream = createHttps(identity, answer).listen(0, "127.0.0.1");
  plain = createHttp(answer).listen(0, "127.0.0.1");
  // As a forward proxy it is sent whole URLs.
  proxy = createHttp((request, response) => (tunnels.push([request.url, request.headers["proxy-authorization"]]), response.end(GOOD))).on("connect", tunnel).listen(0, "127.0.0.1");
  await Promise.all([once(upstream, "listening"), once(plain, "listening"), once(proxy, "listening")]);
  proxyPort = proxy.address().port;
});
after(() => [upstream, plain, proxy].forEach((server) => (server.closeAllConnections(), server.close())));

/** What the package says on that Node: the list, or code and message of the error. */
async function ask(node, { env = {}, options = {} }) {
  const program = `
    const { listBranchDeployments } = require(${JSON.stringify(join(dist, "index.cjs"))});
    const options = ${JSON.stringify(options)};
    listBranchDeployments({ retry_budget: 2, api_token: "token-of-the-test", ...options })
      .catch(({ code, message, cause }) => [code, message, cause && cause.message])
      .then((answer) => console.log(JSON.stringify([process.version.split(".")[0], answer])));`;
  const { stdout, stderr, code } = await run(join(here, "nodes/node_modules", node, "bin/node"), ["-e", program], { env: { HOME: files, ...env } });
  assert.equal(code, 0, stderr);
  const [version, result] = JSON.parse(stdout);
  assert.equal(version, node.replace("node-", "v"));
  return result;
}

for (const node of NODES) {
  test(`${node}: proxies, authorities and timeouts`, { skip: existsSync(join(here, "nodes/node_modules", node)) ? false : "not installed" }, async () => {
    const url = "https://acme.test";
    const HTTPS_PROXY = `http://us%40er:pa%20ss@127.0.0.1:${proxyPort}`;
    tunnels.length = 0;
    assert.deepEqual(await ask(node, { env: { HTTPS_PROXY, SSL_CERT_FILE: ca }, options: { url } }), []);
    const authorization = `Basic ${Buffer.from("us@er:pa ss").toString("base64")}`;
    assert.deepEqual(tunnels, [["acme.test:443", authorization]]);
    // Each way of trusting the private authority, and none.
    const options = { url };
    assert.deepEqual(await ask(node, { env: { https_proxy: HTTPS_PROXY }, options: { ...options, ca: readFileSync(ca, "utf8") } }), []);
    assert.deepEqual(await ask(node, { env: { ALL_PROXY: HTTPS_PROXY, NODE_EXTRA_CA_CERTS: ca }, options }), []);
    const [code, message] = await ask(node, { env: { HTTPS_PROXY }, options });
    assert.equal(code, "plus.tls");
    assert.match(message, /the server's certificate is from an unknown authority/);
    const wrongHost = await ask(node, { env: { HTTPS_PROXY, SSL_CERT_FILE: ca }, options: { url: "https://other.test" } });
    assert.match(wrongHost[1], /the server's certificate is for another host/);
    const unreadable = await ask(node, { env: { HTTPS_PROXY, SSL_CERT_FILE: join(files, "gone.pem") }, options });
    assert.match(unreadable[1], /gone\.pem` cannot be read: ENOENT/);
    // What the proxy refuses is no answer of Dagster+, and its password is in no error.
    const refused = await ask(node, { env: { HTTPS_PROXY, SSL_CERT_FILE: ca }, options: { url: "https://refused.test" } });
    assert.equal(refused[0], "plus.unreachable");
    assert.match(refused[1], /the proxy refused: 407/);
    assert.doesNotMatch(JSON.stringify(refused), /pa ss|pa%20ss/);
    // Plain HTTP goes through the proxy as a whole URL, and past it where NO_PROXY says so.
    const local = `http://127.0.0.1:${plain.address().port}`;
    const HTTP_PROXY = `http://127.0.0.1:${proxyPort}`;
    tunnels.length = 0;
    assert.deepEqual(await ask(node, { env: { HTTP_PROXY }, options: { url: local } }), []);
    assert.deepEqual(tunnels.map(([target]) => target), [`${local}/graphql`]);
    assert.deepEqual(await ask(node, { env: { HTTP_PROXY, NO_PROXY: "127.0.0.0/8" }, options: { url: local } }), []);
    assert.equal(tunnels.length, 1);
    // The budget bounds an answer that does not come; a port where nobody listens is told at once.
    const slow = await ask(node, { options: { url: `${local}/slow`, retry_budget: 1 } });
    assert.equal(slow[0], "plus.unreachable");
    assert.match(slow[1], /no answer within \d+ s|time/);
    const nobody = await ask(node, { options: { url: "http://127.0.0.1:9" } });
    assert.match(nobody[1], /connection refused/);
  });
}
