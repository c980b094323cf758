import type * as Electron from "electron";

/** What the desktop host uses of Electron's main process, so that a double can stand in for it. */
export type ElectronParts = Pick<
  typeof Electron,
  | "app"
  | "BrowserWindow"
  | "dialog"
  | "ipcMain"
  | "Menu"
  | "MessageChannelMain"
  | "nativeTheme"
  | "protocol"
  | "screen"
  | "session"
  | "shell"
>;
