import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { writeReciter } from "../../fixtures/gguf/index.ts";
import { CommandLine } from "../support/cli.ts";

const seemsConnected = pathToFileURL(resolve(import.meta.dirname, "../support/seems-connected.ts")).href;

/** A network of its own for a program: it has no route to anywhere, and its counters begin at nought. Null where there is none to be had. */
const isolated = [
  ["unshare", "--net"],
  ["unshare", "--map-root-user", "--net"],
].find(([program = "", ...args]) => spawnSync(program, [...args, "true"]).status === 0);

/** What the kernel counted of a network: packets given to it, and those that it had no route for. */
function counted(snmp: string): number {
  const counters = ["Ip.OutRequests", "Ip.OutNoRoutes", "Tcp.ActiveOpens", "Udp.OutDatagrams"];
  const values = new Map<string, number>();
  const lines = snmp.trim().split("\n");
  for (let n = 0; n + 1 < lines.length; n += 2) {
    const [protocol = "", ...names] = (lines[n] ?? "").split(" ");
    const numbers = (lines[n + 1] ?? "").split(" ").slice(1);
    names.forEach((name, index) => {
      values.set(`${protocol}${name}`.replace(":", "."), Number(numbers[index]));
    });
  }
  return counters.reduce((sum, name) => sum + (values.get(name) ?? Number.NaN), 0);
}

/** Asks in a network without a route; gives the answer and how much was tried over that network. */
async function askWithoutRoute(...args: string[]) {
  const line = new CommandLine();
  const key = "key-that-is-never-sent";
  line.write(
    "holdfast.yaml",
    JSON.stringify({
      fallback_chain: [
        {
          id: "by-address",
          provider: "openai",
          model: "any",
          base_url: "http://192.0.2.1/v1",
          api_key_env: "K",
        },
        {
          id: "by-name",
          provider: "anthropic",
          model: "any",
          base_url: "http://cloud.invalid",
          api_key_env: "K",
        },
        {
          id: "here",
          provider: "llama",
          model: writeReciter(join(line.folder, "here.gguf"), { sentence: "All is well." }),
        },
      ],
    }),
  );
  const counters = join(line.folder, "counters");
  const ended = await line.run(["ask", "--json", ...args, "Is anybody there?"], {
    // An app that knows that there is no network tries nothing in any case; this one believes in one.
    env: { K: key, NODE_OPTIONS: `--import=${seemsConnected}` },
    within: [
      ...(isolated ?? []),
      "sh",
      "-c",
      `"$@"; code=$?; cat /proc/net/snmp > '${counters}'; exit $code`,
      "sh",
    ],
  });
  return { ...ended, tried: counted(readFileSync(counters, "utf8")) };
}

it.runIf(isolated)("tries nothing over the network for a local-only question", async () => {
  const { code, stdout, tried } = await askWithoutRoute("--local-only");
  const { answer, attempts } = JSON.parse(stdout);
  expect({ code, answer }).toEqual({ code: 0, answer: "All is well." });
  expect(attempts.map(({ link }: { link: string }) => link)).toEqual(["here"]);
  expect(tried).toBe(0);
});

it.runIf(isolated)(
  "would have seen a try: the same question without the mark asks the cloud first",
  async () => {
    const { code, stdout, tried } = await askWithoutRoute();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tier: "local", link: "here" });
    expect(tried).toBeGreaterThan(0);
  },
);
