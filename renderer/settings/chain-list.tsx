import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import type { LinkConfig } from "../../electron/contract/index.ts";
import { LinkRow } from "./link-row.tsx";

interface ChainListProps {
  chain: readonly LinkConfig[];
  readOnly: boolean;
  /** The link to bring into view. */
  focused: string | null;
  onReorder: (chain: LinkConfig[]) => void;
  onEdit: (link: LinkConfig) => void;
  onRemove: (link: LinkConfig) => void;
}

const instructions = {
  draggable:
    "Press Space to pick the link up, move it with the arrow keys, and press Space again to put it down. Escape leaves it where it was.",
};

/** The chain in its order, which is changed by dragging, by keyboard, or with the buttons of each row. */
export function ChainList({ chain, readOnly, focused, onReorder, onEdit, onRemove }: ChainListProps) {
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const ids = chain.map((link) => link.id);
  const place = (id: UniqueIdentifier | undefined) => ids.indexOf(String(id)) + 1;
  const move = (from: number, to: number) => {
    if (from !== to && to >= 0 && to < chain.length) onReorder(arrayMove([...chain], from, to));
  };
  const dropped = ({ active, over }: DragEndEvent) => {
    if (over !== null) move(place(active.id) - 1, place(over.id) - 1);
  };
  const announcements: Announcements = {
    onDragStart: ({ active }) => `Picked up ${active.id}, place ${place(active.id)} of ${ids.length}.`,
    onDragOver: ({ active, over }) => `${active.id} is at place ${place(over?.id)} of ${ids.length}.`,
    onDragEnd: ({ active, over }) =>
      `${active.id} was put down at place ${place(over?.id)} of ${ids.length}.`,
    onDragCancel: ({ active }) => `${active.id} stays where it was.`,
  };
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      accessibility={{ announcements, screenReaderInstructions: instructions }}
      onDragEnd={dropped}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy} disabled={readOnly}>
        <ol aria-label="The chain, in its order" className="rounded-lg border border-line-strong bg-raised">
          {chain.map((link, index) => (
            <LinkRow
              key={link.id}
              link={link}
              place={index + 1}
              last={index === chain.length - 1}
              readOnly={readOnly}
              focused={link.id === focused}
              onMove={(by) => move(index, index + by)}
              onEdit={() => onEdit(link)}
              onRemove={() => onRemove(link)}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  );
}
