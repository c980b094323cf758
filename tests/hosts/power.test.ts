import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runsOnBattery } from "../../electron/hosts/power.ts";
import { temporaryFolder } from "./support/program.ts";

const battery = { type: "Battery", status: "Discharging" };
const mains = { type: "Mains", online: "0" };
const mouse = { type: "Battery", status: "Discharging", scope: "Device" };

it.each([
  ["a laptop that is unplugged", { BAT0: battery, AC: mains }, true],
  ["a laptop without a word on its mains", { BAT0: battery }, true],
  ["a laptop that is plugged in", { BAT0: battery, AC: { ...mains, online: "1" } }, false],
  ["a laptop that charges", { BAT0: { ...battery, status: "Charging" }, AC: mains }, false],
  ["a desktop with a mouse of its own battery", { hid_mouse: mouse }, false],
  ["a machine without any word", {}, false],
] as const)("battery power is told from the supplies of %s", (_, supplies, expected) => {
  using folder = temporaryFolder();
  for (const [name, facts] of Object.entries<Record<string, string>>(supplies)) {
    mkdirSync(join(folder.path, name));
    for (const [fact, value] of Object.entries(facts))
      writeFileSync(join(folder.path, name, fact), `${value}\n`);
  }
  expect(runsOnBattery(folder.path)).toBe(expected);
});

it("a system without such supplies runs on no battery", () => {
  expect(runsOnBattery("/nowhere/power_supply")).toBe(false);
});
