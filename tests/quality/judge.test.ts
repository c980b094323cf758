import { describe, expect, it } from "vitest";
import { says } from "../fixtures/scripted-provider.ts";
import { asking, finishedOf, setUp } from "./support.ts";

const kind = { requirements: [{ check: "judge" as const, question: "Is it kind?", link: "backup" }] };

describe("a judge", () => {
  it("is asked the plain question, with the answer as material", async () => {
    const { run, provider } = setUp({ cloud: [says("Good day.")], backup: [says("Yes.")] }, kind);
    expect(finishedOf(await run()).answer.text).toBe("Good day.");
    const asked = provider.calls.find(({ link }) => link === "backup")?.request.messages.at(-1)?.content;
    expect(asked).toContain("Is it kind?");
    expect(asked).toContain('"Good day."');
  });

  it("fails the answer with a no, whose reason is what to mend", async () => {
    const scripts = {
      cloud: [says("Go away."), says("Good day.")],
      backup: [says("**No**, it is rude."), says("YES. It greets.")],
    };
    const { run, provider } = setUp(scripts, kind);
    expect(finishedOf(await run()).answer.text).toBe("Good day.");
    const again = provider.calls.filter(({ link }) => link === "cloud")[1];
    expect(again?.request.messages.at(-1)?.content).toContain("The judge says: it is rude.");
  });

  it.each(["Perhaps.", "Nothing of the kind, yes."])(
    "that says neither yes nor no has not judged: %s",
    async (word) => {
      const { run, endings } = setUp({ cloud: [says("Good day.")], backup: [says(word)] }, kind);
      expect(finishedOf(await run(asking)).failure).toBeNull();
      expect(endings.at(-1)?.unchecked).toEqual(["judge"]);
    },
  );
});
