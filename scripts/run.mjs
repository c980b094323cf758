// @ts-check
// The one launcher behind every npm script: makes the clone ready, then runs what was asked for on Node 24.
const minimum = 20;
const version = process.versions.node;
if (Number(version.split(".")[0]) < minimum) {
  console.error(
    `Holdfast needs Node ${minimum} or later to set itself up; this is ${version}. Install a newer Node, then run again.`,
  );
  process.exit(1);
}
const { launch } = await import("./launch.mjs");
process.exitCode = await launch(process.argv.slice(2));
