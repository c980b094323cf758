import { ChevronUp } from "lucide-react";
import { type Level, level as levels, type Status } from "../../electron/contract/index.ts";
import { cn } from "../ui/cn.ts";
import { Menu, MenuChoice } from "../ui/menu.tsx";
import { levelLooks } from "../words/index.ts";

const options = levels.options.map((value) => ({ value, ...levelLooks[value] }));

/** How many of the gauge's five steps a level fills. */
const stepsOf = (level: Level) => levels.options.length - levels.options.indexOf(level);

/** Five steps: filled up to the level in force, outlined up to the one that is allowed. */
function Gauge({ level, ceiling }: Pick<Status, "level" | "ceiling">) {
  const now = stepsOf(level);
  const allowed = stepsOf(ceiling);
  return (
    <span aria-hidden className="flex items-end gap-0.5">
      {levels.options.map((one, index) => (
        <span
          key={one}
          className={cn(
            "w-1.5",
            index >= allowed && "bg-line-strong/45",
            index < allowed && index >= now && "border border-caution",
            index < now && (now < 3 ? "bg-caution" : "bg-accent"),
          )}
          style={{ height: `${5 + index * 2}px` }}
        />
      ))}
    </span>
  );
}

interface LevelControlProps extends Pick<Status, "level" | "ceiling"> {
  onSet: (level: Level) => void;
}

/** The level in force, and the menu that sets the best one that may be used. */
export function LevelControl({ level, ceiling, onSet }: LevelControlProps) {
  const isLower = stepsOf(level) < stepsOf(ceiling);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="-mx-1.5 flex items-center gap-2 rounded-md px-1.5 py-0.5 hover:bg-line/60 data-[state=open]:bg-line/60"
        >
          <Gauge level={level} ceiling={ceiling} />
          <span className="text-ink-faint">Level</span>
          <span className="font-semibold">{levelLooks[level].label}</span>
          {isLower && <span className="text-caution">now, set to {levelLooks[ceiling].label}</span>}
          {!isLower && ceiling !== "full" && <span className="text-ink-soft">set by hand</span>}
          <ChevronUp aria-hidden className="size-3.5 text-ink-faint" />
        </button>
      }
    >
      <p className="max-w-92 px-2 pt-1.5 pb-2 text-xs text-ink-soft">
        {isLower
          ? `The chain went down to ${levelLooks[level].label} by itself, and goes up again when links answer. You allow ${levelLooks[ceiling].label}.`
          : "The best level that may be used. The chain goes lower by itself when it has to."}
      </p>
      <MenuChoice label="Level" value={ceiling} options={options} onChange={onSet} />
    </Menu>
  );
}
