import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";

const root = import.meta.dirname;
const at = (path: string) => resolve(root, path);

/** The programs of the main side: `out/main/<name>.js` from its source. */
const programs = {
  electron: at("electron/hosts/electron.ts"),
  browser: at("electron/hosts/browser.ts"),
  cli: at("electron/hosts/cli.ts"),
  engine: at("electron/engine/child.ts"),
};

export default defineConfig({
  // Programs load their dependencies from node_modules, so that native ones keep their own files.
  main: {
    build: {
      rolldownOptions: { input: programs, output: { chunkFileNames: "chunks/[name]-[hash].js" } },
    },
  },
  // A sandboxed preload script must be CommonJS; the package is of type "module", so it needs the .cjs ending.
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at("electron/preload/index.ts") },
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: at("renderer"),
    resolve: { alias: { "@": at("renderer") } },
    plugins: [react(), tailwindcss()],
    build: {
      outDir: at("out/renderer"),
      emptyOutDir: true,
      minify: true,
      rolldownOptions: { input: at("renderer/index.html") },
    },
  },
});
