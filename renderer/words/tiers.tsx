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

/** The levels, most first, each with what works at it. */
export const levelLooks: Record<Level, LevelLook> = {
  full: { label: "Full", text: "Every link may answer, with images, tools and answers of any length." },
  reduced: {
    label: "Reduced",
    text: "Only links of this level or below answer: no images, no tools, answers up to about 1,500 words.",
  },
  minimal: {
    label: "Minimal",
    text: "Only links of this level answer, as a rule the models on this machine: text alone, up to about 400 words.",
  },
  cached: {
    label: "Cached",
    text: "No link is asked. Earlier answers to the same question are given again.",
  },
  offline: { label: "Offline", text: "Nothing answers. You get an honest offline reply." },
};
