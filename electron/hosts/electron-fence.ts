import type { Session, WebContents } from "electron";
import { isPageUrl } from "./electron-page.ts";
import type { ElectronParts } from "./electron-parts.ts";

/** What the page itself may load: its own files, what it made itself, and the developer tools. */
const ownProtocols = new Set(["blob:", "data:", "devtools:"]);

/** Opens a link in the system's browser, if it is one for a browser. Anything else could start any program. */
function openOutside(shell: ElectronParts["shell"], address: string): void {
  if (!URL.canParse(address)) return;
  const { protocol, href } = new URL(address);
  if (protocol === "https:") void shell.openExternal(href);
}

/** Keeps contents on our page: no other address, no window, no webview. A link to the web opens in the system's browser. */
export function fenceContents(contents: WebContents, shell: ElectronParts["shell"]): void {
  const stay = (event: { url: string; preventDefault(): void }) => {
    if (isPageUrl(event.url)) return;
    event.preventDefault();
    openOutside(shell, event.url);
  };
  contents.on("will-navigate", stay);
  contents.on("will-redirect", (event) => {
    if (!isPageUrl(event.url)) event.preventDefault();
  });
  contents.on("will-frame-navigate", (event) => {
    if (!isPageUrl(event.url)) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(shell, url);
    return { action: "deny" };
  });
}

/** Denies the page every permission, download and request beyond its own files, whatever gets into it. */
export function fenceSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, answer) => {
    const isOwn = isPageUrl(details.url) || ownProtocols.has(new URL(details.url).protocol);
    answer({ cancel: !isOwn });
  });
}
