import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { os } from "@orpc/server";
import { describe, expect, it } from "vitest";
import { openDoor } from "../../electron/hosts/electron-door.ts";
import { electronDouble, FrameDouble, WebContentsDouble } from "../fixtures/electron-double/index.ts";

type Pinging = { ping(): Promise<string>; count(): Promise<AsyncIterable<number>> };

/** A page of ours in its window, with the door open for it. */
function withPage() {
  const double = electronDouble();
  const page = new WebContentsDouble();
  page.mainFrame = new FrameDouble("app://holdfast/", "app://holdfast");
  const counting = { ended: false };
  const router = {
    ping: os.handler(() => "pong"),
    count: os.handler(async function* () {
      try {
        for (let n = 1; ; n += 1) {
          yield n;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        counting.ended = true;
      }
    }),
  };
  let current: WebContentsDouble | null = page;
  openDoor({
    electron: double.electron,
    router,
    page: () => current as never,
  });
  const leave = () => {
    current = null;
  };
  return { ...double, page, counting, leave };
}

/** The port that a frame was given, as the page uses it. */
function clientOf(frame: FrameDouble): { client: Pinging; close(): void } {
  const port = frame.received.at(-1)?.ports[0]?.raw;
  if (!port) throw new Error("the frame was given no port");
  port.start();
  return { client: createORPCClient<never>(new RPCLink({ port })) as Pinging, close: () => port.close() };
}

describe("the door", () => {
  it("gives our page a port with the app behind it", async () => {
    const { page, sends } = withPage();
    sends("holdfast:port", page);
    const { client, close } = clientOf(page.mainFrame);
    expect(await client.ping()).toBe("pong");
    close();
  });

  it("gives each request of the page a port of its own", async () => {
    const { page, sends } = withPage();
    sends("holdfast:port", page);
    const first = clientOf(page.mainFrame);
    sends("holdfast:port", page);
    const second = clientOf(page.mainFrame);
    first.close();
    expect(await second.client.ping()).toBe("pong");
    second.close();
  });

  it("ends what runs through a port when the page that holds it is gone", async () => {
    const { page, sends, counting } = withPage();
    sends("holdfast:port", page);
    const { client, close } = clientOf(page.mainFrame);
    const numbers = (await client.count())[Symbol.asyncIterator]();
    expect(await numbers.next()).toEqual({ done: false, value: 1 });
    close();
    await expect.poll(() => counting.ended).toBe(true);
  });

  it("gives no port to a frame inside our page", () => {
    const { page, sends } = withPage();
    const inner = new FrameDouble("app://holdfast/", "app://holdfast", page.mainFrame);
    sends("holdfast:port", page, inner);
    expect(inner.received).toEqual([]);
    expect(page.mainFrame.received).toEqual([]);
  });

  it.each([
    ["another site", "https://example.com/", "https://example.com"],
    ["another host of our scheme", "app://elsewhere/", "app://elsewhere"],
    ["a page without an origin", "data:text/html,x", "null"],
    ["an origin that does not fit its address", "https://example.com/", "app://holdfast"],
  ])("gives no port to our window while it shows %s", (_what, url, origin) => {
    const { page, sends } = withPage();
    page.mainFrame = new FrameDouble(url, origin);
    sends("holdfast:port", page);
    expect(page.mainFrame.received).toEqual([]);
  });

  it("gives no port to another window, even if it shows our page", () => {
    const { sends } = withPage();
    const other = new WebContentsDouble();
    other.mainFrame = new FrameDouble("app://holdfast/", "app://holdfast");
    sends("holdfast:port", other);
    expect(other.mainFrame.received).toEqual([]);
  });

  it("gives no port to a frame that is gone already", () => {
    const { page, sends } = withPage();
    expect(() => sends("holdfast:port", page, null)).not.toThrow();
    expect(page.mainFrame.received).toEqual([]);
  });

  it("gives no port once the window is closed", () => {
    const { page, sends, leave } = withPage();
    leave();
    sends("holdfast:port", page);
    expect(page.mainFrame.received).toEqual([]);
  });
});
