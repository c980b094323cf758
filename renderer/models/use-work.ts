import { useState } from "react";
import { toast } from "../ui/toast.tsx";

/** Something that takes a while: whether it runs, and what it said at its end. Its failure is told in a toast. */
export function useWork() {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const run = (failure: string, work: () => Promise<string>) => {
    setBusy(true);
    setSaid("");
    work()
      .then(setSaid, (error: unknown) => toast.failure(failure, error))
      .finally(() => setBusy(false));
  };
  return { busy, said, run };
}
