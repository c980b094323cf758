import { readFileSync, statSync } from "node:fs";
import { basename, extname } from "node:path";
import type { ContentPart } from "../../contract/index.ts";

/** A file that can't be asked about: the text says which, and why. */
export class AttachmentError extends Error {
  override readonly name = "AttachmentError";
}

/** What models see pictures in, by the file's ending. */
const imageTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};
/** Larger ones fit no model. Bytes. */
const largestText = 2_000_000;
const largestImage = 10_000_000;

/** The files as parts of a question: a text with its name above it, a picture as it is. Throws an AttachmentError. */
export function attachments(paths: readonly string[]): ContentPart[] {
  return paths.map(partOf);
}

function partOf(path: string): ContentPart {
  const mediaType = imageTypes[extname(path).toLowerCase()];
  const bytes = read(path, mediaType === undefined ? largestText : largestImage);
  if (mediaType !== undefined) {
    return { type: "image", source: { media_type: mediaType, data: bytes.toString("base64") } };
  }
  return { type: "text", text: `File ${basename(path)}:\n${fence(textOf(path, bytes))}` };
}

function read(path: string, largest: number): Buffer {
  try {
    const { size } = statSync(path);
    if (size > largest) {
      const megabytes = largest / 1_000_000;
      throw new AttachmentError(
        `${path} is larger than ${megabytes} MB: cut it down, or ask about a part of it.`,
      );
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof AttachmentError) throw error;
    throw new AttachmentError(whyUnreadable(path, error as NodeJS.ErrnoException));
  }
}

function whyUnreadable(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return `There is no file ${path}.`;
  if (code === "EISDIR") return `${path} is a folder: name the files in it.`;
  return `${path} can't be read: ${message}.`;
}

function textOf(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const known = Object.keys(imageTypes).join(", ");
    throw new AttachmentError(`${path} is neither a text in UTF-8 nor a picture (${known}).`);
  }
}

/** A fence that is longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}\n${text.trimEnd()}\n${ticks}`;
}
