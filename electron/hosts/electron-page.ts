import { readFile, realpath } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { pageHeaders } from "./page-headers.ts";

/** The page's own scheme and origin: no other program and no site on the network can be it. */
export const pageScheme = "app";
export const pageOrigin = `${pageScheme}://holdfast`;

/** The page is standard (it has an origin), secure, and may fetch from itself; it bypasses no policy. */
export const pagePrivileges = {
  scheme: pageScheme,
  privileges: { standard: true, secure: true, supportFetchAPI: true },
} as const;

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** The page speaks over its port; it has nothing to connect to. */
const headers = pageHeaders("'none'");

/** Whether an address is one of the page's. `URL.origin` is "null" for schemes of one's own, so its parts are compared. */
export function isPageUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return `${protocol}//${host}` === pageOrigin && username === "" && password === "";
}

/**
 * Answers requests to the page's scheme with files of `folder` and nothing else: neither another host of the scheme, nor a
 * path or a link that leads out of the folder.
 */
export function pageHandler(folder: string): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    if (!isPageUrl(url)) return refusal(403);
    if (method !== "GET" && method !== "HEAD") return refusal(405);
    const file = await fileOf(folder, new URL(url).pathname);
    if (file === null) return refusal(404);
    const body = await readFile(file).catch(() => null);
    if (body === null) return refusal(404);
    const type = contentTypes[extname(file).toLowerCase()] ?? "application/octet-stream";
    return new Response(method === "HEAD" ? null : body, { headers: { ...headers, "Content-Type": type } });
  };
}

/** The file that a path names, with every link followed; null when there is none inside the folder. */
async function fileOf(folder: string, pathname: string): Promise<string | null> {
  try {
    const path = decodeURIComponent(pathname);
    if (path.includes("\0") || path.includes("\\")) return null;
    const root = await realpath(folder);
    const file = await realpath(join(root, path === "/" ? "index.html" : path));
    const inside = relative(root, file);
    return inside === "" || inside === ".." || inside.startsWith(`..${sep}`) ? null : file;
  } catch {
    return null;
  }
}

function refusal(status: number): Response {
  return new Response(null, { status, headers });
}
