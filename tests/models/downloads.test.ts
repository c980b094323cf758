import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { type DownloadsOptions, proxyFetch } from "../../electron/models/index.ts";
import { FileServer, modelBytes } from "./support/file-server.ts";
import { downloadsIn, openShelf, wanted } from "./support/shelf.ts";

const megabyte = 1024 * 1024;
/** Three pieces, the last one short. */
const bytes = modelBytes(40 * megabyte + 1234);

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-models-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A shelf, a folder and downloads over it. */
function setUp(over: Partial<DownloadsOptions> = {}) {
  const folder = folderForTest();
  const shelf = openShelf(folder);
  const downloads = downloadsIn(folder, shelf, over);
  onTestFinished(async () => {
    await downloads[Symbol.asyncDispose]();
    shelf[Symbol.dispose]();
  });
  return { folder, shelf, downloads, path: join(folder, "model.gguf") };
}

async function serve(
  options?: { ranges?: boolean; etag?: string | null },
  content = bytes,
): Promise<FileServer> {
  const server = await FileServer.start(content, options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** The failure's text; the test fails when there is none. */
const failureOf = (ended: Promise<void>): Promise<string> =>
  ended.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: Error) => error.message,
  );

const models = (folder: string) => readdirSync(folder).filter((name) => /^[^.].*\.gguf/.test(name));

test("a file is fetched in pieces, compared with its SHA-256, and only then has its name", async () => {
  const server = await serve();
  const { downloads, shelf, path, folder } = setUp();
  const id = await downloads.start(
    wanted({ url: server.url, sha256: server.sha256, sizeBytes: bytes.length }),
  );
  await downloads.ended(id);
  expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(models(folder)).toEqual(["model.gguf"]);
  expect(server.asked.length).toBe(3);
  expect(downloads.list()).toEqual([]);
  expect(shelf.models()).toMatchObject([
    { id: "model", path, origin: "download", verified: "sha256", sha256: server.sha256, memory_bytes: 1_000 },
  ]);
});

test("without a checksum the size is checked, and that is said", async () => {
  const server = await serve();
  const { downloads, shelf } = setUp();
  await downloads.ended(await downloads.start(wanted({ url: server.url })));
  expect(shelf.models()[0]?.verified).toBe("size");
});

test("cuts are mended: each goes on where the connection broke", async () => {
  const server = await serve();
  let cuts = 0;
  server.trouble = (request, response, [first, last]) => {
    if (request.headers.range === "bytes=0-3" || cuts >= 6 || last - first < megabyte) return false;
    cuts += 1;
    response.writeHead(206, {
      "content-length": last - first + 1,
      etag: server.etag ?? "",
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
    });
    response.write(bytes.subarray(first, first + 600_000), () => setTimeout(() => response.destroy(), 20));
    return true;
  };
  const { downloads, path } = setUp();
  await downloads.ended(await downloads.start(wanted({ url: server.url, sha256: server.sha256 })));
  expect(readFileSync(path).equals(bytes)).toBe(true);
  expect(cuts).toBe(6);
  expect(server.asked).toContain(`bytes=600000-${16 * megabyte - 1}`);
});

test("a wrong checksum leaves no file, says so, and the next try begins anew", async () => {
  const server = await serve();
  const { downloads, folder, shelf, path } = setUp();
  const right = server.sha256;
  server.bytes = modelBytes(bytes.length, 2);
  const id = await downloads.start(wanted({ url: server.url, sha256: right }));
  expect(await failureOf(downloads.ended(id))).toMatch(/SHA-256/);
  expect(models(folder)).toEqual([]);
  expect(shelf.models()).toEqual([]);
  server.bytes = bytes;
  server.etag = '"two"';
  downloads.resume(id);
  await downloads.ended(id);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("a server that knows no ranges sends all in one go, and a cut begins anew", async () => {
  const server = await serve({ ranges: false });
  let cut = false;
  server.trouble = (request, response) => {
    if (request.headers.range !== undefined || cut) return false;
    cut = true;
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, 20 * megabyte), () => setTimeout(() => response.destroy(), 20));
    return true;
  };
  const { downloads, path } = setUp();
  await downloads.ended(await downloads.start(wanted({ url: server.url })));
  expect(cut).toBe(true);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("too little space is told before anything is fetched", async () => {
  const server = await serve();
  const { downloads, folder } = setUp({ freeBytes: async () => 10 * megabyte });
  const start = downloads.start(wanted({ url: server.url, sizeBytes: bytes.length }));
  await expect(start).rejects.toMatchObject({ kind: "no_space" });
  const id = await downloads.start(wanted({ url: server.url }));
  expect(await failureOf(downloads.ended(id))).toMatch(/10\.5 MB free/);
  expect(server.asked).toEqual([]);
  expect(models(folder).filter((name) => !name.endsWith(".part"))).toEqual([]);
});

test.runIf(existsSync("/dev/full"))(
  "a disk that fills up in the middle is told, and nothing looks whole",
  async () => {
    const server = await serve();
    const { downloads, folder } = setUp();
    const id = await downloads.start(wanted({ url: server.url }));
    await downloads.pause(id);
    rmSync(join(folder, "model.gguf.part"), { force: true });
    // Every write to it fails as on a full disk.
    symlinkSync("/dev/full", join(folder, "model.gguf.part"));
    downloads.resume(id);
    expect(await failureOf(downloads.ended(id))).toMatch(/disk is full/);
    expect(existsSync(join(folder, "model.gguf"))).toBe(false);
  },
);

test("a redirect is followed", async () => {
  const server = await serve();
  const gate = createServer((_request, response) => response.writeHead(302, { location: server.url }).end());
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  onTestFinished(() => void gate.close());
  const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}/here.gguf`;
  const { downloads, path } = setUp();
  await downloads.ended(await downloads.start(wanted({ url, sha256: server.sha256 })));
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("a proxy is used where the environment names one, and not where it is excepted", async () => {
  const server = await serve();
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(String(request.url));
    const onward = httpRequest(String(request.url), { headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const through = setUp({ fetch: proxyFetch({ HTTP_PROXY: address }) });
  await through.downloads.ended(
    await through.downloads.start(wanted({ url: server.url, sha256: server.sha256 })),
  );
  expect(seen.length).toBe(4);
  expect(seen).toContain(server.url);
  const direct = setUp({ fetch: proxyFetch({ HTTP_PROXY: address, NO_PROXY: "127.0.0.1" }) });
  await direct.downloads.ended(await direct.downloads.start(wanted({ url: server.url })));
  expect(seen.length).toBe(4);
});

test("a server that falls silent is given up after a few tries, and the download can be resumed", async () => {
  const server = await serve();
  let silent = true;
  server.trouble = (request, response) => {
    if (!silent || request.headers.range === "bytes=0-3") return false;
    response.writeHead(206, {
      "content-length": 16 * megabyte,
      etag: server.etag ?? "",
      "content-range": `bytes 0-${16 * megabyte - 1}/${bytes.length}`,
    });
    response.flushHeaders();
    return true;
  };
  const { downloads, path } = setUp({ connections: 1, idleMs: 60 });
  const id = await downloads.start(wanted({ url: server.url, sha256: server.sha256 }));
  expect(await failureOf(downloads.ended(id))).toMatch(/nothing came for 0\.06 s/);
  expect(downloads.list()).toMatchObject([{ state: "failed", total_bytes: bytes.length }]);
  silent = false;
  downloads.resume(id);
  await downloads.ended(id);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("a slow server shows progress, speed and time left, is paused and resumed without fetching twice", async () => {
  const server = await serve();
  server.trouble = (request, response, [first, last]) => {
    if (request.headers.range === "bytes=0-3") return false;
    response.writeHead(206, {
      "content-length": last - first + 1,
      etag: server.etag ?? "",
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
    });
    let at = first;
    const timer = setInterval(() => {
      if (response.destroyed || at > last) {
        clearInterval(timer);
        response.end();
        return;
      }
      response.write(bytes.subarray(at, Math.min(last + 1, at + megabyte)));
      at += megabyte;
    }, 30);
    return true;
  };
  const { downloads, path } = setUp({ connections: 1 });
  const id = await downloads.start(wanted({ url: server.url, sha256: server.sha256 }));
  await expect
    .poll(() => downloads.list()[0], { timeout: 20_000 })
    .toMatchObject({
      state: "downloading",
      bytes_per_second: expect.any(Number),
      seconds_left: expect.any(Number),
    });
  await downloads.pause(id);
  const [paused] = downloads.list();
  expect(paused?.state).toBe("paused");
  expect(paused?.received_bytes).toBeGreaterThan(0);
  server.trouble = () => false;
  server.asked.length = 0;
  downloads.resume(id);
  await downloads.ended(id);
  expect(server.asked[0]).toMatch(
    new RegExp(`^bytes=${(paused?.received_bytes ?? 0) % (16 * megabyte)}|^bytes=[1-9]`),
  );
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("after a kill in the middle, the next process goes on where it was and gets the right file", async () => {
  const server = await serve();
  server.trouble = (request, response, [first, last]) => {
    if (request.headers.range === "bytes=0-3" || first < 16 * megabyte) return false;
    response.writeHead(206, {
      "content-length": last - first + 1,
      etag: server.etag ?? "",
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
    });
    response.write(bytes.subarray(first, first + megabyte));
    return true; // and nothing more comes
  };
  const folder = folderForTest();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "killed-download.ts"), folder, server.url, server.sha256],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number(line) >= 16 * megabyte) break;
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(models(folder)).toEqual(["model.gguf.part"]);
  server.trouble = () => false;
  server.asked.length = 0;
  using shelf = openShelf(folder);
  await using downloads = downloadsIn(folder, shelf);
  downloads.resumeInterrupted();
  await downloads.ended("model");
  expect(readFileSync(join(folder, "model.gguf")).equals(bytes)).toBe(true);
  expect(server.asked.some((range) => range.startsWith("bytes=0-"))).toBe(false);
});

test("a file that was replaced between two tries is fetched anew, not joined from two versions", async () => {
  const server = await serve();
  const { downloads, path } = setUp({ connections: 1 });
  server.trouble = (request, response, [first]) => {
    if (request.headers.range === "bytes=0-3" || first === 0) return false;
    response.writeHead(503).end();
    return true;
  };
  const id = await downloads.start(wanted({ url: server.url }));
  expect(await failureOf(downloads.ended(id))).toMatch(/503/);
  server.trouble = () => false;
  server.bytes = modelBytes(bytes.length, 7);
  server.etag = '"two"';
  downloads.resume(id);
  await downloads.ended(id);
  expect(readFileSync(path).equals(server.bytes)).toBe(true);
});

test.each([
  [401, /HF_TOKEN/],
  [404, /does not have/],
  [418, /does not send/],
])("status %i is told as what it is, and leaves no file", async (status, said) => {
  const server = await serve();
  server.trouble = (_request, response) => {
    response.writeHead(status).end();
    return true;
  };
  const { downloads, folder } = setUp();
  const id = await downloads.start(wanted({ url: server.url }));
  expect(await failureOf(downloads.ended(id))).toMatch(said);
  await downloads.cancel(id);
  expect(models(folder)).toEqual([]);
  expect(downloads.list()).toEqual([]);
});

test("a web page in place of a model is refused before anything is written", async () => {
  const server = await serve({}, Buffer.from("<!doctype html><title>Sign in</title>"));
  const { downloads } = setUp();
  const id = await downloads.start(wanted({ url: server.url }));
  expect(await failureOf(downloads.ended(id))).toMatch(/not a GGUF model, but a web page/);
});

test("a file that is there already is never written over", async () => {
  const server = await serve();
  const { downloads, folder, shelf } = setUp();
  writeFileSync(join(folder, "model.gguf"), "mine");
  await downloads.ended(await downloads.start(wanted({ url: server.url })));
  expect(readFileSync(join(folder, "model.gguf"), "utf8")).toBe("mine");
  expect(shelf.models()[0]?.path).toBe(join(folder, "model-2.gguf"));
});
