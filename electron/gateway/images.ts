import { z } from "zod";
import type { ContentPart } from "../contract/index.ts";

type ImageSource = Extract<ContentPart, { type: "image" }>["source"];

const inline = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/]*={0,2})$/;
const address = /^https?:\/\/[\w.-]+(?::\d{1,5})?(?:[/?#]\S*)?$/;

/** An http or https address, which the provider fetches itself. */
export const webAddress = z.string().regex(address, "is no http(s) address");

/** An image as OpenAI's clients name it: inline, or where the provider finds it. */
export const imageUrl = z
  .string()
  .regex(
    new RegExp(`${inline.source}|${address.source}`),
    "is neither data:image/…;base64,… nor an http(s) address",
  );

/** The source of an image whose address `imageUrl` has accepted. */
export function toImageSource(url: string): ImageSource {
  const [, mediaType, data] = inline.exec(url) ?? [];
  return mediaType === undefined || data === undefined ? { url } : { media_type: mediaType, data };
}
