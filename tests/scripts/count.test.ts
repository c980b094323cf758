import { describe, expect, it } from "vitest";
import { closingLine, countTests, type VitestReport } from "../../scripts/checks/count.ts";

const report = (changes: Partial<VitestReport> = {}): VitestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  success: true,
  testResults: [],
  ...changes,
});

describe("the count of the tests", () => {
  it("is Vitest's own when all went well", () => {
    expect(countTests(report({ numPendingTests: 1, numTodoTests: 1 }), 0)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 2,
    });
  });

  it("counts a file that could not be loaded as a failure", () => {
    const testResults = [{ status: "failed", assertionResults: [] }];
    expect(countTests(report({ success: false, testResults }), 1).failed).toBe(1);
  });

  it("does not count a failed test twice", () => {
    const testResults = [{ status: "failed", assertionResults: [{ status: "failed" }] }];
    expect(countTests(report({ numFailedTests: 1, success: false, testResults }), 1).failed).toBe(1);
  });

  it("counts a failure outside every test", () => {
    expect(countTests(report(), 1).failed).toBe(1);
    expect(countTests(report({ success: false }), 0).failed).toBe(1);
  });

  it("counts a run without a report as a failure", () => {
    expect(countTests(null, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("the closing line", () => {
  it("names what was skipped only where something was", () => {
    expect(closingLine({ passed: 12, failed: 1, skipped: 0 })).toBe("12 passed, 1 failed");
    expect(closingLine({ passed: 12, failed: 0, skipped: 2 })).toBe("12 passed, 0 failed, 2 skipped");
  });
});
