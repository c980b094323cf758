import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadLocale } from "../../electron/app/locales.ts";
import { language, noticeCode } from "../../electron/contract/index.ts";
import { localeFolder } from "../fixtures/english.ts";
import { folderForTest } from "./support.ts";

const fileOf = (name: string) => JSON.parse(readFileSync(join(localeFolder, `${name}.json`), "utf8"));
const placeholders = (sentence: string) => new Set(sentence.match(/(?<=\{)\w+(?=[},])/g) ?? []);

/** A folder with today's English and a German of `words`. */
function withGerman(words: unknown): string {
  const folder = folderForTest();
  copyFileSync(join(localeFolder, "en.json"), join(folder, "en.json"));
  writeFileSync(join(folder, "de.json"), JSON.stringify(words));
  return folder;
}

describe("loadLocale", () => {
  it.each(language.options)(
    "finds a file for %s whose sentences speak of the same things as English",
    (name) => {
      const english = fileOf("en").notices;
      const own = fileOf(name).notices;
      for (const code of noticeCode.options) {
        expect(placeholders(own[code].text), code).toEqual(placeholders(english[code].text));
        expect("action" in own[code], code).toBe("action" in english[code]);
      }
    },
  );

  it("says in English what another language lacks", () => {
    const folder = withGerman({ notices: { stopped: { text: "Angehalten." } } });
    const locale = loadLocale(folder, "de");
    expect(locale.notice("stopped", {}).text).toBe("Angehalten.");
    expect(locale.notice("better_answer", {}).text).toBe("A better answer is ready.");
  });

  it("names the file and the key that is not as it should be", () => {
    const folder = withGerman({ notices: { stoped: { text: "Angehalten." } } });
    expect(() => loadLocale(folder, "de")).toThrow(/de\.json can.t be used:[\s\S]*stoped/);
  });
});
