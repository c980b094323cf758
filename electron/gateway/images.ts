import { z } from "zod";
import type { ContentPart } from "../contract/index.ts";

type ImageSource = Extract<ContentPart, { type: "image" }>["source"];

const inline = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/]*={0,2})$/;

/** An image as OpenAI's clients name it: inline, or where the provider finds it. */
export const imageUrl = z
  .string()
  .refine(
    (url) => inline.test(url) || isWebAddress(url),
    "is neither data:image/…;base64,… nor an http(s) address",
  );

/** The source of an image whose address `imageUrl` has accepted. */
export function toImageSource(url: string): ImageSource {
  const [, mediaType, data] = inline.exec(url) ?? [];
  return mediaType === undefined || data === undefined ? { url } : { media_type: mediaType, data };
}

/** Whether a text is an http or https address. */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
