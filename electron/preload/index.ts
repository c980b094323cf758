import { contextBridge, ipcRenderer } from "electron";

/** The bridge: tells the page that it is in a window of the desktop app, and brings it the port it asks for. */
contextBridge.exposeInMainWorld("holdfast", { desktop: true });

window.addEventListener("message", (event) => {
  if (event.source === window && event.data === "holdfast:ready") ipcRenderer.send("holdfast:port");
});
ipcRenderer.on("holdfast:port", (event) => {
  window.postMessage("holdfast:port", window.location.origin, event.ports);
});
