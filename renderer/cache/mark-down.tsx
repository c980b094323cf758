import { ThumbsDown } from "lucide-react";
import { useEffect, useState } from "react";
import type { StoredMessage } from "../../electron/contract/index.ts";
import { useApp } from "../app-model.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { Tooltip } from "../ui/tooltip.tsx";

/** Marks an answer down, so that it is never given again when nothing else can answer; pressed again, takes that back. */
export function MarkDown({ message }: { message: StoredMessage }) {
  const { cache } = useApp();
  const [marked, setMarked] = useState(false);
  useEffect(() => {
    let current = true;
    cache.isMarked(message.conversation_id, message.id).then(
      (found) => current && setMarked(found),
      (error: unknown) => console.error("The marks could not be read:", error),
    );
    return () => {
      current = false;
    };
  }, [cache, message.conversation_id, message.id]);
  const toggle = () =>
    cache.markDown(message.id, !marked).then(
      () => setMarked(!marked),
      (error: unknown) => toast.failure("The answer was not marked.", error),
    );
  return (
    <Tooltip
      text={marked ? "Marked down: never given again from the cache" : "A bad answer: never give it again"}
    >
      <Button
        variant="quiet"
        size="icon"
        aria-label="Mark this answer down"
        aria-pressed={marked}
        className={marked ? "text-bad" : undefined}
        onClick={() => void toggle()}
      >
        <ThumbsDown aria-hidden />
      </Button>
    </Tooltip>
  );
}
