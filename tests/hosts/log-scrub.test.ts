import { describe, expect, it } from "vitest";
import { withoutKeys } from "../../electron/hosts/log-scrub.ts";

describe("the fields of a line", () => {
  it("lose the values of fields that hold keys, also inside objects and lists", () => {
    const fields = { a: 1, token: "t", call: { "x-api-key": "k", b: 2 }, calls: [{ password: "p", c: 3 }] };
    expect(withoutKeys(fields)).toEqual({
      a: 1,
      token: "[removed]",
      call: { "x-api-key": "[removed]", b: 2 },
      calls: [{ password: "[removed]", c: 3 }],
    });
  });

  it("are not changed for whoever gave them", () => {
    const fields = { call: { headers: { a: 1 } }, calls: [{ secret: "s" }] };
    withoutKeys(fields);
    expect(fields).toEqual({ call: { headers: { a: 1 } }, calls: [{ secret: "s" }] });
  });

  it("are given back as they are where none holds a key", () => {
    const fields = { at: new Date(0), list: ["a"], none: null };
    expect(withoutKeys(fields)).toBe(fields);
  });
});
