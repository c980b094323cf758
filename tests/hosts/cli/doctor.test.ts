import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokenModels, writeReciter } from "../../fixtures/gguf/index.ts";
import { refusedUrl, startUnruly, type Unruly } from "../../fixtures/unruly/index.ts";
import { CommandLine } from "../support/cli.ts";
import { linkTo, localLink } from "../support/links.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

describe("holdfast doctor", () => {
  it("says what works and what does not, with the mend, and exits with 0 while some link works", async () => {
    const line = new CommandLine();
    const model = writeReciter(`${line.folder}/recital.gguf`, { sentence: "OK" });
    const fallback_chain = [linkTo(unruly.url, "dead-key", "anthropic", "status-401"), localLink(model)];
    const file = line.write("holdfast.yaml", JSON.stringify({ fallback_chain }));
    const { code, stdout, stderr } = await line.run(["doctor"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`ok   Config: ${file}; 2 links: dead-key, local\n`);
    expect(stdout).toMatch(/^ok {3}Page: built$/m);
    expect(stdout).toMatch(/^(ok {2}|note) Keys: .+$/m);
    expect(stdout).toMatch(/^FAIL Link dead-key: it rejected the API key\n {7}\S.+$/m);
    expect(stdout).toMatch(/^ok {3}Link local: .+recital\.gguf answers; first word after \d+ ms$/m);
  });

  it("gives the findings as JSON", async () => {
    const line = new CommandLine({ fallback_chain: [linkTo(unruly.url, "primary", "openai", "any")] });
    const { code, stdout } = await line.run(["doctor", "--json"]);
    expect(code).toBe(0);
    const findings = JSON.parse(stdout);
    expect(findings).toContainEqual({
      what: "Link primary",
      state: "works",
      detail: expect.stringMatching(/^any answers; first word after \d+ ms$/),
      mend: null,
    });
    for (const finding of findings) {
      expect(Object.keys(finding)).toEqual(["what", "state", "detail", "mend"]);
      expect(["works", "limited", "broken"]).toContain(finding.state);
    }
  });

  it("exits with 20 when no link works, and says of each why", async () => {
    const line = new CommandLine();
    const model = `${line.folder}/portal.gguf`;
    brokenModels.webPage(model);
    const fallback_chain = [linkTo(await refusedUrl(), "away", "openai", "any"), localLink(model)];
    line.write("holdfast.yaml", JSON.stringify({ fallback_chain }));
    const { code, stdout } = await line.run(["doctor"]);
    expect(code).toBe(20);
    expect(stdout).toMatch(/^FAIL Link away: it could not be reached\n {7}\S.+$/m);
    expect(stdout).toMatch(/^FAIL Link local: .+\n {7}.*portal\.gguf.+$/m);
  });

  it("asks no link beyond this machine when --offline", async () => {
    const line = new CommandLine();
    const model = writeReciter(`${line.folder}/recital.gguf`, { sentence: "OK" });
    const fallback_chain = [linkTo(unruly.url, "primary", "openai", "any"), localLink(model)];
    line.write("holdfast.yaml", JSON.stringify({ fallback_chain }));
    const before = unruly.calls.length;
    const { code, stdout } = await line.run(["doctor", "--offline"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("Link primary");
    expect(unruly.calls.length).toBe(before);
  });
});
