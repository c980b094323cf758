import { hasPython } from "../fixtures/python.ts";

const isHere = hasPython();

/** Whether tests that need Python run. In CI they always do: without Python they fail there. */
export const canUsePython = isHere || Boolean(process.env.CI);

if (!canUsePython) {
  console.error(
    "\n!!! What needs Python is LEFT OUT: python3 with its venv module is not here (Debian: python3-venv).\n",
  );
}
