import type { AnyRouter } from "@orpc/server";
import { RPCHandler } from "@orpc/server/message-port";
import type { IpcMainEvent, MessagePortMain, WebContents } from "electron";
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
 * Hands a MessagePort, with the app behind it, to our own page and to nothing else. A page that asks again (after a reload)
 * gets a new port, and the old one is closed.
 */
export function openDoor({ electron, router, page }: DoorOptions): void {
  const handler = new RPCHandler(router);
  let inUse: MessagePortMain | null = null;

  electron.ipcMain.on(portChannel, (event) => {
    const frame = event.senderFrame;
    if (frame === null || !isOurPage(event, page())) return;
    inUse?.close();
    const { port1, port2 } = new electron.MessageChannelMain();
    inUse = port1;
    port1.once("close", () => {
      if (inUse === port1) inUse = null;
    });
    handler.upgrade(port1);
    port1.start();
    frame.postMessage(portChannel, null, [port2]);
  });
}

/** Our window's main frame, showing our page: a frame inside it, another window or another origin is not. */
function isOurPage({ sender, senderFrame }: IpcMainEvent, page: WebContents | null): boolean {
  return (
    page !== null &&
    senderFrame !== null &&
    sender.id === page.id &&
    senderFrame.parent === null &&
    senderFrame.origin === pageOrigin &&
    isPageUrl(senderFrame.url)
  );
}
