import { Check, Copy } from "lucide-react";
import { type ComponentProps, Fragment, memo, useEffect, useRef, useState } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeHighlight from "rehype-highlight";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import type { Seam } from "../../../electron/contract/index.ts";
import { cn } from "../../ui/cn.ts";
import { useCopy } from "../use-copy.ts";
import { BlockSplitter } from "./blocks.ts";
import { whenWorthwhile } from "./deferred.ts";
import { Joints, jointsOf } from "./joints.tsx";
import "./markdown.css";

/** Only these leave the page; everything else that looks like a link is plain text. */
const linkProtocols = /^(?:https?:|mailto:)/i;

function Link({ href, children }: ComponentProps<"a">) {
  if (href === undefined || !linkProtocols.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}

/** A remote image would tell its server that the answer is being read; so it is a link that the person may follow. */
function Image({ src, alt }: ComponentProps<"img">) {
  const label = alt ? `Image: ${alt}` : "Image";
  return <Link href={typeof src === "string" ? src : undefined}>{label}</Link>;
}

function Table(props: ComponentProps<"table">) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard too
    <section className="scroll-x" tabIndex={0} aria-label="Table">
      <table>{props.children}</table>
    </section>
  );
}

function CodeBlock({ children }: ComponentProps<"pre">) {
  const pre = useRef<HTMLPreElement>(null);
  const { copied, copy } = useCopy();
  return (
    <div className="code-block">
      <button
        type="button"
        aria-label={copied ? "Copied" : "Copy code"}
        onClick={() => copy(pre.current?.textContent ?? "")}
      >
        {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide code is scrolled by keyboard too */}
      <pre ref={pre} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}

/** The corner of a table that has names on both sides heads nothing. */
function HeaderCell({ children, style }: ComponentProps<"th">) {
  return children == null ? <td style={style} /> : <th style={style}>{children}</th>;
}

const components: Components = { a: Link, img: Image, table: Table, th: HeaderCell, pre: CodeBlock };
const remarkPlugins = [remarkGfm];
// Sanitised first: what the highlighter adds afterwards is its own markup, not the model's.
const rehypePlugins = [rehypeSanitize, rehypeHighlight];

/** Blocks beyond so many are parsed when they are worth it, and until then stand as the text that they are. */
const parsedAtOnce = 60;

interface MarkdownBlockProps {
  source: string;
  continued: boolean;
  /** Whether to wait until it comes near the visible part. */
  deferred: boolean;
}

const MarkdownBlock = memo(function MarkdownBlock({ source, continued, deferred }: MarkdownBlockProps) {
  const [parsed, setParsed] = useState(!deferred);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (parsed || element.current === null) return;
    return whenWorthwhile(element.current, () => setParsed(true));
  }, [parsed]);
  return (
    <div ref={element} className={cn("markdown-block", continued && "continued")}>
      {parsed ? (
        <ReactMarkdown components={components} remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins}>
          {source}
        </ReactMarkdown>
      ) : (
        <p className="whitespace-pre-wrap">{source}</p>
      )}
    </div>
  );
});

interface MarkdownProps {
  text: string;
  /** Where other links went on with the text. */
  seams?: readonly Seam[] | undefined;
}

const noSeams: readonly Seam[] = [];

/** A model's Markdown, streamed or stored alike. Blocks that are finished are not rendered again. */
export const Markdown = memo(function Markdown({ text, seams = noSeams }: MarkdownProps) {
  const [splitter] = useState(() => new BlockSplitter());
  const blocks = splitter.split(text);
  const joints = jointsOf(text, blocks, seams);
  return (
    <div className="markdown">
      {blocks.map((block, index) => (
        <Fragment key={block.offset}>
          <Joints joints={joints.filter((joint) => joint.before === index)} />
          <MarkdownBlock source={block.source} continued={block.continued} deferred={index >= parsedAtOnce} />
        </Fragment>
      ))}
      <Joints joints={joints.filter((joint) => joint.before === blocks.length)} />
    </div>
  );
});
