import type { BrowserWindow } from "electron";
import { pageOrigin } from "./electron-page.ts";
import type { ElectronParts } from "./electron-parts.ts";
import { defaultSize, smallestSize, usableState, type WindowMemory } from "./electron-window-state.ts";

/** The page's own ground (`--paper`), shown until the page has drawn itself. */
const paper = { light: "#f5f4ef", dark: "#14181a" };

export interface WindowOptions {
  electron: Pick<ElectronParts, "app" | "BrowserWindow" | "dialog" | "nativeTheme" | "screen">;
  /** The preload script, absolute. */
  preload: string;
  memory: WindowMemory;
  /** Told of a page that could not be loaded. */
  onError(error: unknown): void;
}

/** Opens the window on our page. It shows once the page has drawn itself, where it was when it was last closed. */
export function openWindow({ electron, preload, memory, onError }: WindowOptions): BrowserWindow {
  const { app, BrowserWindow, nativeTheme, screen } = electron;
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const state = usableState(memory.load(), workAreas);
  const window = new BrowserWindow({
    ...(state?.bounds ?? defaultSize),
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    title: "Holdfast",
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? paper.dark : paper.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: !app.isPackaged,
      // Chromium would fetch its dictionaries from the network, which nobody asked for.
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () =>
    memory.save({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
  );
  offerReload(window, electron);
  window.loadURL(`${pageOrigin}/`).catch(onError);
  return window;
}

/** When the page's process dies, the app lives on: the person may have the page again. */
function offerReload(window: BrowserWindow, { app, dialog }: WindowOptions["electron"]): void {
  window.webContents.on("render-process-gone", async (_event, { reason }) => {
    if (reason === "clean-exit" || window.isDestroyed()) return;
    const { response } = await dialog.showMessageBox(window, {
      type: "error",
      message: "Holdfast's page has stopped.",
      detail: `The system ended it (${reason}). Your conversations are safe, and an answer that was on its way goes on.`,
      buttons: ["Show it again", "Quit"],
      defaultId: 0,
      cancelId: 0,
    });
    if (response === 1) app.quit();
    else if (!window.isDestroyed()) window.webContents.reload();
  });
}
