import type { AnyRouter } from "@orpc/server";
import type { BrowserWindow } from "electron";
import type { Settings } from "../contract/index.ts";
import { openDoor } from "./electron-door.ts";
import { fenceContents, fenceSession } from "./electron-fence.ts";
import { menuTemplate } from "./electron-menu.ts";
import { pageHandler, pagePrivileges, pageScheme } from "./electron-page.ts";
import type { ElectronParts } from "./electron-parts.ts";
import { openWindow } from "./electron-window.ts";
import type { WindowMemory } from "./electron-window-state.ts";
import type { ProgramPaths } from "./paths.ts";

/** The app as the desktop needs it. */
export interface DesktopApp extends AsyncDisposable {
  router: AnyRouter;
  /** What the person chose; the window's first colour follows it. */
  theme: Settings["theme"];
}

export interface DesktopOptions {
  electron: ElectronParts;
  /** Builds the app; called once, when Electron is ready and this is the only instance. */
  createApp(): DesktopApp | Promise<DesktopApp>;
  paths: Pick<ProgramPaths, "renderer" | "preload">;
  memory: WindowMemory;
  platform: NodeJS.Platform;
  /** What the person is told of an error that ends the start. */
  explain(error: unknown): string;
  /** Told of faults that end nothing. */
  onError(error: unknown): void;
}

/** How long the app may take to end before the program ends without it, milliseconds. */
const endLimitMs = 5_000;

/**
 * The desktop: one instance, one window, the app behind it. Call it before Electron is ready. Resolves when the window is
 * open, or when another instance has been brought to the front instead.
 */
export async function startDesktop(options: DesktopOptions): Promise<void> {
  const { electron, paths, memory, platform, onError } = options;
  const { app, protocol } = electron;
  protocol.registerSchemesAsPrivileged([pagePrivileges]);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  let window: BrowserWindow | null = null;
  const show = () => {
    window ??= openWindow({ electron, preload: paths.preload, memory, onError }).once("closed", () => {
      window = null;
    });
    if (window.isMinimized()) window.restore();
    window.focus();
  };
  app.on("web-contents-created", (_event, contents) => fenceContents(contents, electron.shell));
  app.on("window-all-closed", () => {
    if (platform !== "darwin") app.quit();
  });

  await app.whenReady();
  const holdfast = await create(options);
  if (holdfast === null) return;
  endBefore(app, holdfast, onError);
  electron.nativeTheme.themeSource = holdfast.theme;
  fenceSession(electron.session.defaultSession);
  protocol.handle(pageScheme, pageHandler(paths.renderer));
  openDoor({ electron, router: holdfast.router, page: () => window?.webContents ?? null });
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate(platform, app.isPackaged)));
  app.on("second-instance", show);
  app.on("activate", show);
  show();
}

/** The app; or null, and the end of the program, when it could not be built. */
async function create({ electron, createApp, explain }: DesktopOptions): Promise<DesktopApp | null> {
  try {
    return await createApp();
  } catch (error) {
    electron.dialog.showErrorBox("Holdfast can't start", explain(error));
    electron.app.exit(1);
    return null;
  }
}

/** Ends the app, and with it the engine process, before the program ends. */
function endBefore(
  app: ElectronParts["app"],
  holdfast: DesktopApp,
  onError: DesktopOptions["onError"],
): void {
  let ending = false;
  app.on("will-quit", (event) => {
    event.preventDefault();
    if (ending) return;
    ending = true;
    const limit = setTimeout(() => app.exit(1), endLimitMs);
    holdfast[Symbol.asyncDispose]().then(
      () => {
        clearTimeout(limit);
        app.exit(0);
      },
      (error) => {
        clearTimeout(limit);
        onError(error);
        app.exit(1);
      },
    );
  });
}
