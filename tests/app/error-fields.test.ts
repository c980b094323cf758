import { expect, it } from "vitest";
import { errorFields } from "../../electron/app/error-fields.ts";

it("tells where an error came from, and of its causes as well", () => {
  const error = new Error("outer", { cause: new TypeError("inner") });
  expect(errorFields(error, true)).toMatchObject({
    error: "Error",
    message: "outer",
    cause: { error: "TypeError", message: "inner" },
  });
});

it("ends with a cause that leads back to its own error", () => {
  const error = new Error("round");
  error.cause = error;
  expect(JSON.stringify(errorFields(error, true)).match(/"message":"round"/g)).toHaveLength(6);
});
