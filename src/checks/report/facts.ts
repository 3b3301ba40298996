/** What a failure shows, in words: the same in every format. */
import type { PathNode } from '../../contract/path.ts';
import type { ChangesEvidence, CheckResult, MatrixResult, ResultHop } from '../result.ts';

export interface Told {
  /** `expected`, `got`, `stopped at`… */
  readonly label: string;
  readonly lines: readonly string[];
}

/** In the order in which they are worth reading. Texts may hold whatever the network said. */
export function factsOf(result: CheckResult): readonly Told[] {
  const { evidence = {} } = result;
  const facts: Told[] = [];
  const tell = (label: string, ...lines: (string | undefined)[]) => {
    const told = lines.filter((line) => line !== undefined);
    if (told.length > 0) facts.push({ label, lines: told });
  };
  tell('expected', result.expected);
  tell('got', gotOf(result));
  // Of a value there is no more to say than what it is.
  if (result.reason !== undefined && !gotOf(result)?.endsWith(result.reason))
    tell(result.status === 'failed' ? 'because' : 'reason', result.reason);
  if (result.matrix) tell('table', ...tableLines(result.matrix));
  if (evidence.stopsAt) tell('stopped at', drawPlace(evidence.stopsAt));
  if (evidence.lostBetween)
    tell('lost between', `${drawPlace(evidence.lostBetween.from)} and ${drawPlace(evidence.lostBetween.to)}`);
  tell('dropped', dropOf(result));
  if (evidence.by) {
    const { type, text, node } = evidence.by;
    tell('decided by', `${type}: ${text}${node ? ` at ${drawPlace(node)}` : ''}`);
  }
  if (evidence.hops && evidence.hops.length > 0) tell('hops', ...hopLines(evidence.hops));
  if (evidence.changes) {
    tell('last good run', goodRun(evidence.changes));
    tell('changed since', ...changeLines(evidence.changes));
  }
  if (evidence.pcapng) {
    const { file, packets, bytes } = evidence.pcapng;
    tell(
      'packets',
      `${packets} packet${packets === 1 ? '' : 's'}, ${bytes} bytes${file === undefined ? ' (--artifacts DIR keeps them)' : `: ${file}`}`,
    );
  }
  if (evidence.queries && evidence.queries.length > 0)
    tell('look at', ...evidence.queries.map((query) => `skein query "${query}"`));
  if (evidence.missing && evidence.missing.length > 0) tell('not known', ...evidence.missing);
  if (result.attempts > 1) tell('attempts', String(result.attempts));
  tell('what would do', result.hint);
  return facts;
}

export function gotOf({ code, got }: CheckResult): string | undefined {
  if (code === undefined || got?.includes(code)) return got;
  return got === undefined ? code : `${code}: ${got}`;
}

/** For the one line that many show alone: what was got, with where and why, where that is known. */
export function whyOf(result: CheckResult): string | undefined {
  const { code, reason } = result;
  if (reason === undefined) return gotOf(result);
  return code === undefined || reason.includes(code) ? reason : `${code}: ${reason}`;
}

/** `eth0 (device) in blue on host1` */
export function drawPlace({ name, type, namespace, host }: PathNode): string {
  return `${name} (${type})${namespace === undefined ? '' : ` in ${namespace}`}${host ? ` on ${host}` : ''}`;
}

function dropOf({ evidence: { drop } = {} }: CheckResult): string | undefined {
  if (drop === undefined) return undefined;
  const where = [drop.location && `in ${drop.location}`, drop.node && `at ${drawPlace(drop.node)}`].filter(Boolean);
  return `${drop.reason}, ${drop.packets} packet${drop.packets === 1 ? '' : 's'}${where.length > 0 ? ` ${where.join(' ')}` : ''}`;
}

/** Longer ways are cut in the middle, never where they stop. */
const HOPS_MAX = 40;

export function hopLines(hops: readonly ResultHop[]): readonly string[] {
  const lines = hops.map((hop, index) => hopLine(hop, index + 1));
  if (lines.length <= HOPS_MAX) return lines;
  const half = HOPS_MAX / 2;
  return [...lines.slice(0, half), `… ${lines.length - HOPS_MAX} more …`, ...lines.slice(-half)];
}

function hopLine({ depth, node, how, mtu, seen, delayUs, counters, issues, stops }: ResultHop, number: number): string {
  const more = [
    mtu !== undefined && `MTU ${mtu}`,
    seen !== undefined && `seen ${seen}`,
    delayUs !== undefined && `+${delayUs} µs`,
    ...Object.entries(counters ?? {}).map(([name, value]) => `${name} ${value}`),
  ].filter((one) => typeof one === 'string');
  const place = node.namespace ?? node.host;
  const notes = (issues ?? []).map((issue) => `; ${issue}`).join('');
  const tail = more.length > 0 ? ` [${more.join(', ')}]` : '';
  return `${number}. ${'  '.repeat(depth)}${node.name} (${node.type}${place ? `, ${place}` : ''})  ${how}${tail}${notes}${stops === true ? '  <- stops here' : ''}`;
}

function goodRun({ lastGreenAt }: ChangesEvidence): string {
  return lastGreenAt === undefined ? 'not known' : drawTime(lastGreenAt);
}

/** All that was listed is in JSON. */
const CHANGES_MAX = 10;

function changeLines({ from, added, removed, updated, list }: ChangesEvidence): string[] {
  const head = `${drawTime(from)}: ${added} added, ${removed} removed, ${updated} updated`;
  const lines = list
    .slice(0, CHANGES_MAX)
    .map(({ at, change, node, text }) => `${drawTime(at)}  ${change}  ${node ? `${drawPlace(node)}: ` : ''}${text}`);
  const left = added + removed + updated - lines.length;
  return [head, ...lines, ...(left > 0 && lines.length > 0 ? [`and ${left} more`] : [])];
}

/** Both tables side by side; what differs is marked by a `!`. */
export function tableLines({ columns, rows }: MatrixResult): readonly string[] {
  const nameWidth = Math.max(8, ...rows.map(({ name }) => name.length));
  const widths = columns.map((column) => Math.max(2, column.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(nameWidth), ...cells.map((cell, index) => cell.padEnd(widths[index] ?? 2))].join('  ');
  const lines = [
    `${line('expected', columns)}  |  ${line('got', columns)}`.trimEnd(),
    ...rows.map(({ name, cells }) => {
      const expected = cells.map((cell) => cell.expected);
      const got = cells.map((cell) => (isWrong(cell) ? `${cell.got}!` : cell.got));
      return `${line(name, expected)}  |  ${line(name, got)}`.trimEnd();
    }),
  ];
  const reasons = rows.flatMap(({ name, cells }) =>
    cells.flatMap((cell, index) => {
      if (!isWrong(cell)) return [];
      const why = [cell.code, cell.reason].filter(Boolean).join(': ');
      return [`${name} → ${columns[index]}: ${cell.expected} expected, ${cell.got} got${why ? ` (${why})` : ''}`];
    }),
  );
  return [...lines, ...reasons];
}

function isWrong({ expected, got }: { readonly expected: string; readonly got: string }): boolean {
  return expected !== '.' && expected !== got;
}

export function drawTime(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
