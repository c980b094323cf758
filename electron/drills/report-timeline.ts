import type { DrillReport } from "../contract/index.ts";
import { escaped } from "./html.ts";
import { ms } from "./words.ts";

const width = 1_000;
const left = 8;
const faultHeight = 22;
const plotHeight = 150;
const footHeight = 22;
/** About as wide as a letter of a label. */
const letterWidth = 5.6;

/** The drill as a picture: a bar for each fault, and a dot for each answer, as high as its first word took. */
export function timelineSvg({ faults, answers, duration_ms, end }: DrillReport): string {
  const lasted = Math.max(duration_ms, 1);
  const x = (atMs: number) => left + (Math.min(atMs, lasted) / lasted) * (width - 2 * left);
  const bars = faults.map(({ text, from_ms, to_ms }, index) => {
    const y = index * faultHeight;
    const wide = Math.max(2, x(to_ms ?? lasted) - x(from_ms));
    const textAt = Math.max(left, Math.min(x(from_ms) + 6, width - left - text.length * letterWidth));
    return `<rect class="fault" x="${round(x(from_ms))}" y="${y + 2}" width="${round(wide)}" height="${faultHeight - 4}" rx="3"/><text x="${round(textAt)}" y="${y + 15}">${escaped(text)}</text>`;
  });
  const top = faults.length * faultHeight + 6;
  const floor = top + plotHeight;
  const times = answers.map(({ first_token_ms, duration_ms: whole }) => first_token_ms ?? whole);
  const highest = Math.max(1, ...times);
  const dots = answers.map(({ at_ms, tier, link, n }, index) => {
    const time = times[index] ?? 0;
    const y = floor - 6 - (time / highest) * (plotHeight - 24);
    const title = `${n}: ${tier ?? "lost"}${link ? ` (${link})` : ""}, ${ms(time)}`;
    return `<circle class="${tier ?? "lost"}" cx="${round(x(at_ms))}" cy="${round(y)}" r="4"><title>${escaped(title)}</title></circle>`;
  });
  const label = `Timeline of ${answers.length} answers under ${faults.length} faults`;
  return `<svg viewBox="0 0 ${width} ${floor + footHeight}" role="img" aria-label="${label}">
${bars.join("\n")}
<line class="lane" x1="${left}" x2="${width - left}" y1="${floor}" y2="${floor}"/>
<text x="${left}" y="${top + 10}">first token, up to ${ms(highest)}</text>
${dots.join("\n")}
<text x="${left}" y="${floor + 15}">0 s</text>
<text x="${width - left}" y="${floor + 15}" text-anchor="end">${ms(lasted)}${end === "finished" ? "" : ` (${end})`}</text>
</svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
