import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { contentSecurityPolicy } from "../../electron/hosts/page-headers.ts";
import { createPageServer } from "../../electron/hosts/page-server.ts";
import { PageSession } from "../../electron/hosts/page-session.ts";
import { temporaryFolder } from "./support/program.ts";

const secret = "not for the page";

const policy = contentSecurityPolicy("'self'");

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A page server over a small page, with a file beside it that it must never serve. */
async function serve() {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  const renderer = join(folder.path, "renderer");
  mkdirSync(join(renderer, "assets"), { recursive: true });
  writeFileSync(join(renderer, "index.html"), "<title>The page</title>");
  writeFileSync(join(renderer, "assets", "page.js"), "export {};");
  writeFileSync(join(folder.path, "secret.txt"), secret);

  const session = new PageSession(folder.path);
  const connected: unknown[] = [];
  const received: [string, string][] = [];
  const server = createPageServer({
    renderer,
    session,
    connect: (socket) => connected.push(socket),
    receiveModel: async ({ fileName, sizeBytes, body }) => {
      const content = await readText(body);
      if (content !== "GGUF") throw new Error(`${fileName} is not a GGUF file.`);
      received.push([fileName, `${sizeBytes} bytes`]);
      return { state: "installed", id: "given" };
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;

  const get = async (
    path: string,
    headers: Record<string, string> = {},
    method = "GET",
    body?: string,
  ): Promise<Reply> => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } }).end(body);
    const [reply] = await once(asked, "response");
    return { status: reply.statusCode, headers: reply.headers, body: await readText(reply) };
  };
  /** The cookie of whoever opens the one-time link. */
  const letIn = async () => {
    const { headers } = await get(`/?token=${session.token}`);
    return (headers["set-cookie"]?.[0] ?? "").split(";", 1)[0] ?? "";
  };
  /** How the server takes a WebSocket: `open`, or the status with which it refuses. */
  const upgrade = async (headers: Record<string, string>, path = "/rpc"): Promise<string | number> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host, ...headers } });
    socket.on("error", () => {});
    onTestFinished(() => socket.terminate());
    return Promise.race([
      once(socket, "open").then(() => "open"),
      once(socket, "unexpected-response").then(([, { statusCode }]) => statusCode as number),
    ]);
  };
  return {
    folder: folder.path,
    session,
    port,
    host,
    origin: `http://${host}`,
    get,
    letIn,
    upgrade,
    connected,
    received,
  };
}

describe("the one-time link", () => {
  it("serves nothing without it: not the page, not its files, not an unknown path", async () => {
    const { get } = await serve();
    for (const path of ["/", "/index.html", "/assets/page.js", "/nothing", "/?token=", "/?token=guess"]) {
      expect(await get(path)).toMatchObject({
        status: 403,
        body: expect.stringContaining("has not been let in"),
      });
    }
  });

  it("becomes a cookie that scripts can't read and other sites can't send, and leaves the address", async () => {
    const { get, session } = await serve();
    const { status, headers } = await get(`/?token=${session.token}`);
    expect({ status, location: headers.location }).toEqual({ status: 302, location: "/" });
    expect(headers["set-cookie"]?.[0]).toMatch(
      /^holdfast_session=[\w-]{40,}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  it("works once: another browser is refused, the one that was let in goes on", async () => {
    const { get, letIn, session } = await serve();
    const cookie = await letIn();
    expect((await get(`/?token=${session.token}`)).status).toBe(403);
    expect((await get(`/?token=${session.token}`, { cookie })).status).toBe(302);
    expect(await get("/", { cookie })).toMatchObject({ status: 200, body: "<title>The page</title>" });
  });

  it("refuses a cookie that is wrong in its last letter, or under another name", async () => {
    const { get, letIn } = await serve();
    const cookie = await letIn();
    const wrong = `${cookie.slice(0, -1)}${cookie.endsWith("a") ? "b" : "a"}`;
    expect((await get("/", { cookie: wrong })).status).toBe(403);
    expect((await get("/", { cookie: cookie.replace("holdfast_session", "other") })).status).toBe(403);
    expect((await get("/", { cookie: `a=b; ${cookie}; c=d` })).status).toBe(200);
  });

  it("keeps the session over a restart, in a file for its owner only, and gives each start a new link", async () => {
    const { folder, session, letIn } = await serve();
    const cookie = await letIn();
    const next = new PageSession(folder);
    expect(next.admits(cookie)).toBe(true);
    expect(next.token).not.toBe(session.token);
    expect(next.redeem(session.token, undefined)).toBeNull();
    if (process.platform !== "win32") expect(statSync(join(folder, "page-session")).mode & 0o777).toBe(0o600);
  });

  it("makes a new session when the kept one is damaged", async () => {
    const { folder, letIn } = await serve();
    const cookie = await letIn();
    writeFileSync(join(folder, "page-session"), "short");
    expect(new PageSession(folder).admits(cookie)).toBe(false);
    expect(new PageSession(folder).admits("holdfast_session=short")).toBe(false);
    expect(readFileSync(join(folder, "page-session"), "utf8")).toMatch(/^[\w-]{40,}$/);
  });
});

describe("another name for this address", () => {
  it.each(["elsewhere.example", "127.0.0.1.elsewhere.example", "elsewhere.example:80", "0.0.0.0"])(
    "refuses the host %j, with the cookie or the link",
    async (name) => {
      const { get, letIn, session } = await serve();
      const cookie = await letIn();
      expect((await get("/", { cookie, host: name })).status).toBe(403);
      expect((await get(`/?token=${session.token}`, { cookie, host: name })).status).toBe(403);
    },
  );

  it("takes the other names of loopback", async () => {
    const { get, letIn, port } = await serve();
    const cookie = await letIn();
    for (const name of [`localhost:${port}`, `[::1]:${port}`])
      expect((await get("/", { cookie, host: name })).status).toBe(200);
  });
});

describe("the page's socket", () => {
  it("opens for the page itself", async () => {
    const { letIn, upgrade, origin, connected } = await serve();
    expect(await upgrade({ cookie: await letIn(), origin })).toBe("open");
    expect(connected).toHaveLength(1);
  });

  it("is refused without the cookie, or with a wrong one", async () => {
    const { upgrade, origin, connected } = await serve();
    expect(await upgrade({ origin })).toBe(403);
    expect(await upgrade({ origin, cookie: "holdfast_session=guess" })).toBe(403);
    expect(connected).toEqual([]);
  });

  it("is refused to a page from elsewhere, even in the browser that was let in", async () => {
    const { letIn, upgrade, port, connected } = await serve();
    const cookie = await letIn();
    const others = ["https://elsewhere.example", `https://127.0.0.1:${port}`, "http://127.0.0.1:1", "null"];
    for (const origin of others) expect(await upgrade({ cookie, origin })).toBe(403);
    expect(await upgrade({ cookie })).toBe(403);
    expect(connected).toEqual([]);
  });

  it("is refused to another name for this address, though origin and host agree", async () => {
    const { letIn, upgrade } = await serve();
    const cookie = await letIn();
    const name = "elsewhere.example:4140";
    expect(await upgrade({ cookie, host: name, origin: `http://${name}` })).toBe(403);
  });

  it("is at its own path only", async () => {
    const { letIn, upgrade, origin } = await serve();
    expect(await upgrade({ cookie: await letIn(), origin }, "/other")).toBe(403);
  });
});

describe("what is served", () => {
  it("says with everything what the page may load, and from where: nothing from elsewhere, no inline script", async () => {
    const { get, letIn } = await serve();
    const cookie = await letIn();
    for (const path of ["/", "/assets/page.js", "/nothing"]) {
      const { headers } = await get(path, { cookie });
      expect(headers).toMatchObject({
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
      });
    }
    expect((await get("/")).headers["content-security-policy"]).toBe(policy);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/%252e%252e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "//secret.txt",
    "/./../secret.txt",
    "/page-session",
    "/../page-session",
  ])("has no file outside the page's folder: %s", async (path) => {
    const { letIn, host, port } = await serve();
    const cookie = await letIn();
    // Written as it stands: a client of HTTP would tidy the path up.
    const socket = connectTcp(port, "127.0.0.1");
    socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`);
    const reply = await readText(socket);
    expect(reply).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(reply).not.toContain(secret);
  });

  it("reads only: nothing can be written or deleted by HTTP", async () => {
    const { get, letIn, folder } = await serve();
    const cookie = await letIn();
    for (const method of ["PUT", "POST", "DELETE"]) {
      const { status } = await get("/index.html", { cookie }, method);
      expect(status).toBe(404);
    }
    expect(readFileSync(join(folder, "renderer", "index.html"), "utf8")).toBe("<title>The page</title>");
  });
});

describe("a model file from the page", () => {
  it("is taken from whoever was let in, under its name", async () => {
    const { get, letIn, origin, received } = await serve();
    const headers = { cookie: await letIn(), origin };
    const reply = await get("/models?name=my%20model.gguf", headers, "POST", "GGUF");
    expect(JSON.parse(reply.body)).toEqual({ state: "installed", id: "given" });
    expect(received).toEqual([["my model.gguf", "4 bytes"]]);
  });

  it("is refused with words that say why", async () => {
    const { get, letIn, origin } = await serve();
    const headers = { cookie: await letIn(), origin };
    const reply = await get("/models?name=film.mp4", headers, "POST", "ftyp");
    expect(reply).toMatchObject({ status: 400, body: "film.mp4 is not a GGUF file." });
  });

  it("is not taken from a page of elsewhere, nor without the cookie", async () => {
    const { get, letIn, origin, received } = await serve();
    const cookie = await letIn();
    const elsewhere = { cookie, origin: "http://127.0.0.1:1" };
    expect((await get("/models?name=a.gguf", elsewhere, "POST", "GGUF")).status).toBe(403);
    expect((await get("/models?name=a.gguf", { origin }, "POST", "GGUF")).status).toBe(403);
    expect(received).toEqual([]);
  });
});
