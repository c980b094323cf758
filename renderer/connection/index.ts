/** The way to the main process: a MessagePort on the desktop, a WebSocket in a browser. */
export { Connection, type ConnectionState, NotConnected } from "./connection.ts";
export { ConnectionBanner } from "./connection-banner.tsx";
export { type Client, openHere } from "./transport.ts";
export { uploadModel } from "./upload.ts";
