/** Culprits for people: the likeliest first, with reasons and consequences. */
import type { WhyCulprit, WhyReply } from '../../contract/why.ts';
import { drawTime } from '../moment.ts';
import { cellText } from './grid.ts';
import type { Drawing } from './reply.ts';

/** Consequences that are shown of each. */
const CONSEQUENCES = 5;

export function drawWhy(reply: WhyReply, drawing: Drawing): string {
  const { paint, clock } = drawing;
  const { from, to, window, before, after } = reply;
  const title = `${from} → ${to}  between ${drawTime(window.from, clock)} and ${drawTime(window.to, clock)}`;
  const lines = [paint.strong(cellText(title)), `  ${verdicts(before, after)}`];
  for (const culprit of reply.culprits) lines.push('', ...culpritLines(culprit, drawing));
  lines.push('', paint.dim(`  ${lookedText(reply)}`), ...reply.notes.map((note) => paint.dim(`  ${cellText(note)}`)));
  return `${lines.join('\n')}\n`;
}

function culpritLines(
  { rank, score, text, time, reasons, consequences }: WhyCulprit,
  { paint, clock }: Drawing,
): string[] {
  const head = `${String(rank).padStart(2)}. ${cellText(text)}`;
  const shown = consequences.slice(0, CONSEQUENCES);
  const more = consequences.length - shown.length;
  return [
    `${rank === 1 ? paint.strong(head) : head}  ${paint.dim(`${drawTime(time, clock)}, ${score} of 100`)}`,
    ...reasons.map((reason) => `    ${pointsText(reason.points)} ${cellText(reason.text)}`),
    ...shown.map((one) => paint.dim(`      with it: ${cellText(one)}`)),
    ...(more > 0 ? [paint.dim(`      and ${more} more`)] : []),
  ];
}

export function whyMarkdown(reply: WhyReply, { clock }: Drawing): string {
  const { from, to, window, before, after, culprits, notes } = reply;
  const lines = [
    `### Why ${code(from)} does not reach ${code(to)}`,
    '',
    `Between ${drawTime(window.from, clock)} and ${drawTime(window.to, clock)}: ${escaped(verdicts(before, after))}.`,
    '',
    ...culprits.flatMap(({ rank, score, text, time, reasons, consequences }) => [
      `${rank}. **${escaped(text)}** (${drawTime(time, clock)}, ${score} of 100)`,
      ...reasons.map((reason) => `   - ${pointsText(reason.points).trim()} ${escaped(reason.text)}`),
      ...consequences.slice(0, CONSEQUENCES).map((one) => `   - with it: ${escaped(one)}`),
    ]),
    ...(culprits.length > 0 ? [''] : []),
    `${lookedText(reply)}.`,
    ...notes.map((note) => `- ${escaped(note)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function verdicts(before: WhyReply['before'], after: WhyReply['after']): string {
  const said = ({ reaches, reason, mtu }: WhyReply['before']) => {
    const size = mtu === undefined || reaches === 'no' ? '' : `, packets of up to ${mtu} bytes`;
    const words = { yes: 'it reached', no: 'it stopped', unknown: 'unknown' }[reaches];
    return `${words}${reason === undefined ? size : `: ${cellText(reason)}`}`;
  };
  return `before: ${said(before)}; after: ${said(after)}`;
}

function lookedText({ looked, tookMs }: WhyReply): string {
  return `looked at ${looked.changes} changes of ${looked.elements} elements, in ${Math.round(tookMs)} ms`;
}

function pointsText(points: number): string {
  return `${points > 0 ? '+' : ''}${points}`.padStart(4);
}

function code(text: string): string {
  return `\`${cellText(text).replaceAll('`', "'")}\``;
}

function escaped(text: string): string {
  return cellText(text).replace(/[\\`*_[\]<>|]/g, (sign) => `\\${sign}`);
}
