/** What a link of the chain does in a cell. */
export interface Place {
  link: LinkName;
  /** `down` answers 503 to everything. */
  role: "faulty" | "down" | "ready";
}

/** Links by name: three servers in three wire formats, the engine, and a sound model on this machine. */
export type LinkName = "alpha" | "beta" | "gamma" | "engine" | "local";

/** Where in the chain the fault sits. */
export const positions = ["first", "second", "all", "all, then local"] as const;
export type Position = (typeof positions)[number];

const place = (role: Place["role"]) => (link: LinkName) => ({ link, role });
const [faulty, down, ready] = [place("faulty"), place("down"), place("ready")];

/** The chain where servers are at fault. */
export const cloudPlaces: Record<Position, Place[]> = {
  first: [faulty("alpha"), ready("beta"), ready("gamma")],
  second: [down("alpha"), faulty("beta"), ready("gamma")],
  all: [faulty("alpha"), faulty("beta"), faulty("gamma")],
  "all, then local": [faulty("alpha"), faulty("beta"), faulty("gamma"), ready("local")],
};

/** The chain where the engine is at fault. */
export const enginePlaces: Record<Position, Place[]> = {
  first: [faulty("engine"), ready("alpha")],
  second: [down("alpha"), faulty("engine"), ready("beta")],
  all: [down("alpha"), down("beta"), faulty("engine")],
  "all, then local": [down("alpha"), faulty("engine"), ready("local")],
};

export const isRemote = ({ link }: Place): boolean => link !== "engine" && link !== "local";
