import type { MenuItemConstructorOptions } from "electron";

/** The application menu: the system's standard roles, and the developer tools only where the program is not packaged. */
export function menuTemplate(platform: NodeJS.Platform, isPackaged: boolean): MenuItemConstructorOptions[] {
  const forDevelopers: MenuItemConstructorOptions[] = [{ type: "separator" }, { role: "toggleDevTools" }];
  return [
    ...(platform === "darwin" ? [{ role: "appMenu" } as const] : []),
    { role: "fileMenu" },
    { role: "editMenu" },
    {
      label: "&View",
      submenu: [
        { role: "reload" },
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
        ...(isPackaged ? [] : forDevelopers),
      ],
    },
    { role: "windowMenu" },
  ];
}
