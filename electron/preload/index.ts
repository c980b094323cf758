import { contextBridge, ipcRenderer, webUtils } from "electron";

/** The bridge: tells the page that it is in a window of the desktop app, and brings it the port it asks for. */
contextBridge.exposeInMainWorld("holdfast", {
  desktop: true,
  // Where a file lies that the person dropped on the page; the page can't make such a file itself.
  pathOf: (file: File) => webUtils.getPathForFile(file),
});

window.addEventListener("message", (event) => {
  if (event.source === window && event.data === "holdfast:ready") ipcRenderer.send("holdfast:port");
});
ipcRenderer.on("holdfast:port", (event) => {
  window.postMessage("holdfast:port", window.location.origin, event.ports);
});
