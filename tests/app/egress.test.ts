import { describe, expect, it } from "vitest";
import { Egress } from "../../electron/app/egress.ts";
import type { Link, Provider } from "../../electron/chain/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

/** A provider that sends a request between two of its events, as those of the SDKs do. */
function setUp() {
  const sent: string[] = [];
  const egress = new Egress(async (input) => {
    sent.push(String(input));
    return new Response("ok");
  });
  const provider: Provider = {
    async *stream(_request, link) {
      yield { type: "connected" };
      await egress.fetch(`https://${link.id}.example/`);
      yield { type: "finish", reason: "stop", model: null, usage: null };
    },
  };
  const run = async (link: Link, local_only?: boolean) => {
    const request = { messages: [], ...(local_only && { local_only }) };
    for await (const _ of egress.guard(provider).stream(request, link, new AbortController().signal));
  };
  return { egress, sent, run };
}

const at = (id: string) => ({ id, baseUrl: `https://${id}.example/v1` });
const cloud = linkOf(at("cloud"));
const lan = linkOf({ ...at("lan"), tier: "local" });

describe("Egress", () => {
  it("lets a link's own request pass", async () => {
    const { run, sent } = setUp();
    await run(cloud);
    expect(sent).toEqual(["https://cloud.example/"]);
  });

  it("refuses a local-only request to a cloud link, whatever asked for it", async () => {
    const { run, sent } = setUp();
    await expect(run(cloud, true)).rejects.toThrow('link "cloud" is not on this machine');
    expect(sent).toEqual([]);
    await run(lan, true);
    expect(sent).toEqual(["https://lan.example/"]);
  });

  it("lets a local-only request go nowhere but to its own link, and to this machine", async () => {
    const { run, sent } = setUp();
    const elsewhere = { ...lan, baseUrl: "http://127.0.0.1:11434" };
    await expect(run(elsewhere, true)).rejects.toThrow("wanted to reach another host");
    expect(sent).toEqual([]);
  });

  it("refuses what no link answers for", async () => {
    const { egress, sent } = setUp();
    await expect(egress.fetch("https://elsewhere.example/")).rejects.toThrow("no link answers");
    expect(sent).toEqual([]);
  });

  it("keeps two requests at once apart", async () => {
    const { run, sent } = setUp();
    const both = await Promise.allSettled([run(cloud, true), run(cloud)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(sent).toHaveLength(1);
  });
});
