import type { AnyRouter } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import type { WebContents, WebFrameMain } from "electron";
import { isPageUrl, pageOrigin } from "./electron-page.ts";
import type { ElectronParts } from "./electron-parts.ts";

/** The one channel between the preload script and the main process: a request for a port, and the port. */
export const portChannel = "holdfast:port";

export interface DoorOptions {
  electron: Pick<ElectronParts, "ipcMain" | "MessageChannelMain">;
  router: AnyRouter;
  /** The contents of the window that may ask; null while there is none. */
  page(): WebContents | null;
}

/**
 * Hands a MessagePort, with the app behind it, to our own page and to nothing else. Each request gets a port of its own; a
 * port, and all that runs through it, ends with the page that holds the other end.
 */
export function openDoor({ electron, router, page }: DoorOptions): void {
  const handler = new RPCHandler(router);
  electron.ipcMain.on(portChannel, (event) => {
    const frame = event.senderFrame;
    if (frame === null || !isOurPage(event.sender, frame, page())) return;
    const { port1, port2 } = new electron.MessageChannelMain();
    handler.upgrade(port1);
    port1.start();
    frame.postMessage(portChannel, null, [port2]);
  });
}

/** Whether this is our window's main frame showing our page: not a frame inside it, another window or another origin. */
function isOurPage(sender: WebContents, frame: WebFrameMain, page: WebContents | null): boolean {
  return (
    page !== null &&
    sender.id === page.id &&
    frame.parent === null &&
    frame.origin === pageOrigin &&
    isPageUrl(frame.url)
  );
}
