#!/usr/bin/env node
// @ts-check
// The command `holdfast`, for those who link the package: npm link, then holdfast ask "…" anywhere.
process.argv.splice(2, 0, "holdfast");
await import("./run.mjs");
