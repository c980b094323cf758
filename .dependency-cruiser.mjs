// The arrows of the house, one rule each:
// hosts -> app -> (gateway, quality, cache, models, engine, providers, health, store, drills) -> chain -> contract.
// tests/scripts/arrows.test.ts breaks every rule once and sees it fire.
import { createRequire } from "node:module";

// swc's visitor, which dependency-cruiser extends, does not know `using` declarations and throws: they are visited as
// the variables that they are (docs/decisions/0051-arrows-with-swc.md).
const { Visitor } = createRequire(import.meta.url)("@swc/core/Visitor.js");
const { visitStatement } = Visitor.prototype;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement;
};

const rooms = "gateway|quality|cache|models|engine|providers|health|store|drills";
const packages = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "contract-imports-nothing-of-ours",
      comment:
        "Everything rests on the contract; were it to import us, page and main process would drag each other in.",
      severity: "error",
      from: { path: "^electron/contract/" },
      to: { path: "^(electron|renderer|scripts)/", pathNot: "^electron/contract/" },
    },
    {
      name: "contract-needs-two-packages",
      comment: "The page bundles the contract: only zod and oRPC's contract may come along with it.",
      severity: "error",
      from: { path: "^electron/contract/" },
      to: {
        dependencyTypes: [...packages, "core"],
        pathNot: "node_modules/(zod|@orpc/contract)/",
      },
    },
    {
      name: "chain-imports-contract-only",
      comment:
        "The chain is the product: it knows providers, health and cache only as interfaces of its own.",
      severity: "error",
      from: { path: "^electron/chain/" },
      to: { path: "^(electron|renderer|scripts)/", pathNot: "^electron/(chain|contract)/" },
    },
    {
      name: "chain-is-pure",
      comment:
        "No Electron, no HTTP, no disk: clock, random and everything else is passed in, so that its tests are exact.",
      severity: "error",
      from: { path: "^electron/chain/" },
      to: { dependencyTypes: [...packages, "core"] },
    },
    {
      name: "notices-import-contract-only",
      comment:
        "A notice is made from a receipt and its language's words and nothing else, so that it can be derived again wherever a receipt is.",
      severity: "error",
      from: { path: "^electron/notices/" },
      to: { pathNot: "^electron/(notices|contract)/|node_modules/(zod|intl-messageformat)/" },
    },
    {
      name: "rooms-import-no-siblings",
      comment: "Each room can be read, tested and replaced alone; the composition root joins them.",
      severity: "error",
      from: { path: `^electron/(${rooms})/` },
      to: { path: `^electron/(${rooms}|notices)/`, pathNot: "^electron/$1/" },
    },
    {
      name: "rooms-do-not-know-who-uses-them",
      comment:
        "A room that imports app/, hosts/ or the page could not be used by another host, nor tested without them.",
      severity: "error",
      from: { path: `^electron/(${rooms})/` },
      to: { path: "^(electron/(app|hosts|preload)|renderer|scripts)/" },
    },
    {
      name: "app-does-not-know-its-host",
      comment: "The same app runs in Electron, behind a browser and on the command line.",
      severity: "error",
      from: { path: "^electron/app/" },
      to: { path: "^(electron/(hosts|preload)|renderer|scripts)/" },
    },
    {
      name: "hosts-do-not-know-the-page",
      comment: "A host serves the built page as files; its source belongs to another program.",
      severity: "error",
      from: { path: "^electron/hosts/" },
      to: { path: "^(renderer|scripts|electron/preload)/" },
    },
    {
      name: "renderer-imports-contract-only",
      comment: "The page reaches the main process through the typed door and in no other way.",
      severity: "error",
      from: { path: "^renderer/" },
      to: { path: "^(electron|scripts)/", pathNot: "^electron/contract/" },
    },
    {
      name: "renderer-has-no-node",
      comment: "The page is sandboxed: Node and Electron are not there at run time.",
      severity: "error",
      from: { path: "^renderer/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "preload-is-a-bridge",
      comment:
        "The bridge has Electron's rights inside the page: it holds a dozen lines and pulls in nothing.",
      severity: "error",
      from: { path: "^electron/preload/" },
      to: { pathNot: "node_modules/electron/" },
    },
    {
      name: "only-the-desktop-knows-electron",
      comment: "Electron is missing in the other hosts: its parts are passed in by the desktop host.",
      severity: "error",
      from: { path: "^(electron|renderer)/", pathNot: "^electron/(hosts/electron[^/]*\\.ts$|preload/)" },
      to: { path: "node_modules/electron/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "folders-are-entered-by-their-index",
      comment: "A folder's index.ts says what others may touch; the rest may change without asking them.",
      severity: "error",
      from: { path: "^electron/([^/]+)/" },
      to: {
        path: "^electron/[^/]+/",
        pathNot: ["^electron/$1/", "^electron/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "page-enters-contract-by-its-index",
      comment: "The same for the page, which has the contract as its only folder of ours.",
      severity: "error",
      from: { path: "^renderer/" },
      to: { path: "^electron/contract/", pathNot: "^electron/contract/index\\.ts$" },
    },
    {
      name: "no-circles",
      comment: "Files that need each other at run time can not be loaded or tested one at a time; types may.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports and that imports nothing is not part of the program.",
      severity: "error",
      from: { path: "^(electron|renderer)/", orphan: true, pathNot: "\\.d\\.ts$" },
      to: {},
    },
    {
      name: "no-tests-in-the-program",
      comment: "Doubles and fixtures must not ship.",
      severity: "error",
      from: { path: "^(electron|renderer)/" },
      to: { path: "^tests/" },
    },
    {
      name: "program-has-its-packages",
      comment:
        "The main side loads packages at run time; a devDependency is not there where Holdfast is installed.",
      severity: "error",
      from: { path: "^electron/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
        pathNot: "node_modules/electron/",
      },
    },
    {
      name: "imports-resolve",
      comment: "An import that leads nowhere fails only when the line is reached.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser can use; swc reads the same files.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^out/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
