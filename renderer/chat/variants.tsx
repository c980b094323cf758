import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "../ui/button.tsx";

interface VariantsProps {
  /** Place of the shown variant, from 0. */
  at: number;
  count: number;
  onChoose: (at: number) => void;
}

/** Picks one of several answers to the same question. */
export function Variants({ at, count, onChoose }: VariantsProps) {
  if (count < 2) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as a form
    <div role="group" aria-label="Answers to this question" className="flex items-center">
      <Button
        variant="quiet"
        size="icon"
        aria-label="Earlier answer"
        disabled={at === 0}
        onClick={() => onChoose(at - 1)}
      >
        <ChevronLeft aria-hidden />
      </Button>
      <span className="reading px-0.5 text-ink-soft">
        {at + 1}/{count}
      </span>
      <Button
        variant="quiet"
        size="icon"
        aria-label="Later answer"
        disabled={at === count - 1}
        onClick={() => onChoose(at + 1)}
      >
        <ChevronRight aria-hidden />
      </Button>
    </div>
  );
}
