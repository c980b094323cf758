import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redact } from "../../electron/providers/redact.ts";

describe("a text that is passed on", () => {
  test.each([
    ["Incorrect API key provided: sk-proj-abc123def456.", "sk-proj-abc123def456"],
    ["Incorrect API key provided: sk-abcd****wxyz", "sk-abcd****wxyz"],
    ["sent Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "eyJhbGciOiJIUzI1NiJ9"],
    ["key gsk_abcdefgh12345678 refused", "gsk_abcdefgh12345678"],
    ["https://host/v1?key=AIzaSyAbCdEfGhIjKlMn&alt=sse", "AIzaSyAbCdEfGhIjKlMn"],
    ["xai-abcdefgh12345678", "xai-abcdefgh12345678"],
    ["Credential=AKIAABCDEFGH12345678/20261121", "AKIAABCDEFGH12345678"],
    ["ABSKQmVkcm9ja0FQSUtleQ== is not valid", "ABSKQmVkcm9ja0FQSUtleQ=="],
    ["should have been 'POST x-amz-security-token:IQoJb3JpZ2luX2VjE/+==", "IQoJb3JpZ2luX2VjE/+=="],
  ])("loses the key in %j", (text, key) => {
    expect(redact(text)).not.toContain(key);
    expect(redact(text)).toContain("[key removed]");
  });

  test("loses the very key that was used, whatever it looks like", () => {
    const key = fc.string({ minLength: 4 });
    fc.assert(
      fc.property(fc.string(), key, fc.string(), (before, secret, after) => {
        fc.pre(!"[key removed]".includes(secret));
        expect(redact(before + secret + after, [secret])).not.toContain(secret);
      }),
    );
  });

  test.each([
    "The model gpt-4o does not exist.",
    "Rate limit reached for requests per min.",
    "risk-free task",
  ])("keeps %j as it is", (text) => {
    expect(redact(text)).toBe(text);
  });
});
