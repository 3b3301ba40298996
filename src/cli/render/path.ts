/** A path as a table with its verdict, and as a picture for tickets. */
import type { PathHop, PathReply, PathTravel } from '../../contract/path.ts';
import type { Paint } from '../../std/paint.ts';
import { drawTime } from '../moment.ts';
import { cellText, type Grid } from './grid.ts';
import { mermaidText } from './mermaid.ts';
import { widthOf } from './printable.ts';
import type { Drawing } from './reply.ts';
import { drawTable } from './table.ts';
import { linesOf } from './wrap.ts';

/** Where nobody says how wide the page is. */
const WIDTH = 100;
/** How a packet goes on is worth so much at least, however long the names. */
const HOW_MIN = 30;

export function drawPath(reply: PathReply, drawing: Drawing): string {
  const { paint, clock } = drawing;
  const when = reply.time === null ? '' : `  at ${drawTime(reply.time, clock)}`;
  const { from, to } = reply;
  const title = `${from.text} → ${to.text}  ${packetText(reply)}${when}`;
  const parts = [`${paint.strong(cellText(title))}\n`, travelText(reply.there, drawing)];
  if (reply.back) parts.push(`\n${paint.strong('and back')}\n`, travelText(reply.back, drawing));
  return parts.join('');
}

function travelText(travel: PathTravel, drawing: Drawing): string {
  const { paint } = drawing;
  const width = drawing.width ?? WIDTH;
  const table = drawTable(grid(travel.hops, width), { ...drawing, width: undefined });
  const notes = travel.hops.flatMap(({ issues }, at) =>
    issues.filter(({ weight }) => weight === 'warns').map(({ text }) => wrapped(`hop ${at + 1}: ${text}`, width, '  ')),
  );
  return `${table}${[...notes, verdict(travel, paint, width)].map((line) => `${line}\n`).join('')}`;
}

function verdict({ reaches, reason, stopsAt, mtu, assumed, hops }: PathTravel, paint: Paint, width: number): string {
  const size = mtu === undefined || reaches === 'no' ? '' : `, packets of up to ${mtu} bytes`;
  const at = hops.length;
  const last = hops.findLast(({ node }) => node.id === stopsAt?.id);
  const where =
    stopsAt === undefined ? '' : ` at hop ${placeOf(hops, stopsAt.id) ?? at}, ${last ? hopName(last) : stopsAt.name}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  const provided = assumed.length > 0 && reaches === 'yes' ? ', provided that' : '';
  const words = { yes: `reaches${size}${provided}`, no: `stops${where}${why}`, unknown: `unknown${where}${why}` }[
    reaches
  ];
  const line = wrapped(words, width, '  ');
  const told = reaches === 'yes' ? line : reaches === 'no' ? paint.removed(line) : paint.dim(line);
  const others = assumed.filter((one) => one !== reason);
  const granted = others.length > 0 && reaches !== 'yes' ? ['taken for granted:'] : [];
  return [told, ...granted, ...others.map((one) => wrapped(`- ${one}`, width, '  '))].join('\n');
}

function placeOf(hops: readonly PathHop[], id: string): number | undefined {
  const at = hops.findLastIndex(({ node }) => node.id === id);
  return at < 0 ? undefined : at + 1;
}

function grid(hops: readonly PathHop[], width: number): Grid {
  const rows = hops.map((hop, at) => ({
    hop: at + 1,
    node: `${'  '.repeat(hop.depth)}${cellText(hopName(hop))}`,
    type: cellText(hop.node.type),
    where: cellText(hop.node.namespace ?? hop.node.host),
    mtu: hop.mtu,
    how: cellText(hop.how.text),
  }));
  const widest = (texts: readonly string[]) => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const taken =
    3 +
    widest(['NODE', ...rows.map(({ node }) => node)]) +
    widest(['TYPE', ...rows.map(({ type }) => type)]) +
    widest(['WHERE', ...rows.map(({ where }) => where)]) +
    5 +
    5 * 2;
  const room = Math.max(HOW_MIN, width - taken);
  return {
    columns: [
      { title: 'HOP' },
      { title: 'NODE' },
      { title: 'TYPE' },
      { title: 'WHERE' },
      { title: 'MTU', isOptional: true },
      { title: 'HOW' },
    ],
    rows: rows.flatMap(({ hop, node, type, where, mtu, how }) => {
      const [first = '', ...more] = linesOf(how, room);
      const rest = more.map((line) => [undefined, '', '', '', undefined, line]);
      return [[hop, node, type, where, mtu, first], ...rest];
    }),
  };
}

/** Rules have no names: their table and priority say more than an id. */
function hopName({ node, how: { rule } }: PathHop): string {
  return rule === undefined ? node.name : `rule ${rule.table}/${rule.priority}`;
}

function wrapped(text: string, width: number, indent: string): string {
  const [first = '', ...more] = linesOf(cellText(text), width - indent.length);
  return [first, ...more.map((line) => indent + line)].join('\n');
}

const protocols = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmp6'],
]);

function packetText({ packet: { source, destination, protocol, destinationPort } }: PathReply): string {
  const name = protocol === undefined ? '' : (protocols.get(protocol) ?? `protocol ${protocol}`);
  const from = /^(0\.0\.0\.0|::)$/.test(source) ? 'no address' : source;
  return `${from} → ${destination} ${name}${destinationPort === undefined ? '' : ` ${destinationPort}`}`;
}

export function pathMermaid(reply: PathReply): string {
  const { hops, reaches, reason } = reply.there;
  const boxes = hops.map((hop, at) => {
    const { node, mtu } = hop;
    const size = mtu === undefined ? '' : `, MTU ${mtu}`;
    return `h${at + 1}["${mermaidText(`${hopName(hop)} (${node.type})`)}<br/>${mermaidText(`${node.namespace ?? node.host}${size}`)}"]`;
  });
  const links = hops.slice(1).map((hop, at) => {
    const arrow = hop.depth > 0 ? '-.->' : '-->';
    return `h${at + 1} ${arrow}|"${mermaidText(hop.how.text)}"| h${at + 2}`;
  });
  const bad = hops.flatMap(({ issues }, at) => (issues.some(({ weight }) => weight === 'stops') ? [`h${at + 1}`] : []));
  const end =
    reaches === 'yes'
      ? []
      : [
          `stop(["${mermaidText(`${reaches === 'no' ? 'stops' : 'unknown'}: ${reason ?? ''}`)}"])`,
          `h${hops.length} -.-x stop`,
        ];
  const marks = bad.map((id) => `style ${id} stroke:#c00,stroke-width:3px`);
  const title = `%% ${mermaidText(`${reply.from.text} → ${reply.to.text} ${packetText(reply)}`)}`;
  return `flowchart TD\n${[title, ...boxes, ...links, ...end, ...marks].map((line) => `  ${line}\n`).join('')}`;
}
