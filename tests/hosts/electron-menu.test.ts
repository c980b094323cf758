import { describe, expect, it } from "vitest";
import { menuTemplate } from "../../electron/hosts/electron-menu.ts";

const rolesOf = (template: ReturnType<typeof menuTemplate>) => JSON.stringify(template);

describe("the application menu", () => {
  it("has the developer tools only where the program is not packaged", () => {
    expect(rolesOf(menuTemplate("linux", false))).toContain("toggleDevTools");
    expect(rolesOf(menuTemplate("linux", true))).not.toContain("toggleDevTools");
  });

  it("begins with the app's own menu on macOS only", () => {
    expect(menuTemplate("darwin", true)[0]?.role).toBe("appMenu");
    expect(menuTemplate("win32", true)[0]?.role).toBe("fileMenu");
  });
});
