import { Archive, ArrowLeftRight, Cloud, HardDrive, type LucideIcon, Unplug } from "lucide-react";
import type { Level, Tier } from "../../electron/contract/index.ts";

interface TierLook {
  label: string;
  /** What it means for the person, as a sentence. */
  text: string;
  icon: LucideIcon;
  /** The text colour's class; colour never stands alone. */
  color: string;
  /** The same colour for a rule beside the answer. */
  rule: string;
}

export const tierLooks: Record<Tier, TierLook> = {
  cloud: {
    label: "Cloud",
    text: "Answered by your first provider.",
    icon: Cloud,
    color: "text-tier-cloud",
    rule: "border-tier-cloud",
  },
  backup: {
    label: "Backup",
    text: "Answered by another provider than your first.",
    icon: ArrowLeftRight,
    color: "text-tier-backup",
    rule: "border-tier-backup",
  },
  local: {
    label: "Local",
    text: "Answered by a model on this machine.",
    icon: HardDrive,
    color: "text-tier-local",
    rule: "border-tier-local",
  },
  cache: {
    label: "Cached",
    text: "An earlier answer to the same or a very similar question.",
    icon: Archive,
    color: "text-tier-cache",
    rule: "border-tier-cache",
  },
  offline: {
    label: "Offline",
    text: "Nothing could answer.",
    icon: Unplug,
    color: "text-tier-offline",
    rule: "border-tier-offline",
  },
};

interface LevelLook {
  label: string;
  text: string;
}

/** The levels, most first. */
export const levelLooks: Record<Level, LevelLook> = {
  full: { label: "Full", text: "Every link may answer, with every feature." },
  reduced: { label: "Reduced", text: "Cheaper or fewer links; answers may be shorter." },
  minimal: { label: "Minimal", text: "Only models on this machine answer." },
  cached: { label: "Cached", text: "Only earlier answers are given." },
  offline: { label: "Offline", text: "Nothing can answer at the moment." },
};
