import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { FakeApp } from "../support/fake-app.ts";
import { ask, builtPage, launch } from "../support/page.ts";
import { local } from "../support/scripts.ts";

/** What the preload script does, done in the page: hands over a port when asked; here it leads to the fake app's socket. */
function actAsPreload(): void {
  const ports: MessagePort[] = [];
  Object.assign(window, { holdfast: { desktop: true }, ports });
  window.addEventListener("message", (event) => {
    const [handedOver] = event.ports;
    if (handedOver !== undefined) ports.push(handedOver);
    if (event.data !== "holdfast:ready") return;
    const { port1, port2 } = new MessageChannel();
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/rpc`);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => port1.postMessage(data));
    socket.addEventListener("open", () => {
      port1.onmessage = ({ data }) => socket.send(data);
      window.postMessage("holdfast:port", location.origin, [port2]);
    });
  });
}

const countPorts = (page: Page) =>
  page.evaluate(() => (window as unknown as { ports: MessagePort[] }).ports.length);

/** Electron tells a port that its other end has closed, as this event; a browser does not. */
const closeFirstPort = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as { ports: MessagePort[] }).ports[0]?.dispatchEvent(new Event("close")),
  );

test("on the desktop the page talks through the port that it is handed, and asks for another when that closes", async () => {
  await using app = await FakeApp.start(await builtPage(), local);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.addInitScript(actAsPreload);
    await page.goto(app.url);
    await ask(page, "What can you do?");
    const badges = page.getByRole("button", { name: "Local", exact: true });
    await badges.waitFor();
    await closeFirstPort(page);
    await expect.poll(() => countPorts(page), { timeout: 12_000 }).toBe(2);
    await ask(page, "And again?");
    await badges.nth(1).waitFor();
  } finally {
    await browser.close();
  }
}, 240_000);
