/** A check in words: what it asks, of whom, how often, and what happens when it fails. */
import type { Check, Endpoint, Range, ValueExpectation } from '../checks/suite/suite.ts';
import { drawDuration } from './moment.ts';
import { cellText } from './render/grid.ts';

export function explained(check: Check): string {
  const { id, name, tags, severity, skip, timeoutMs, retry, holdMs, evidence, when, position } = check;
  const facts: (readonly [string, string | undefined])[] = [
    ['in', `${position.file}:${position.line}:${position.column}`],
    ...bodyFacts(check),
    ['of', whenText(when)],
    ['tags', tags.join(' ') || undefined],
    ['severity', `${severity}${severity === 'error' ? '' : ': a failure does not fail the run'}`],
    ['skipped', skip],
    ['tries', triesText(retry, timeoutMs)],
    ['holds', holdMs > 0 ? `once as expected it has to stay so for ${drawDuration(holdMs)}` : undefined],
    ['on failure', evidence.onFailure.join(', ') || 'nothing is gathered'],
  ];
  const lines = facts.flatMap(([label, text]) =>
    text === undefined ? [] : [`  ${label.padEnd(11)}${cellText(text)}\n`],
  );
  return `${cellText(id)}: ${cellText(name)}\n${lines.join('')}`;
}

function bodyFacts(check: Check): (readonly [string, string | undefined])[] {
  switch (check.kind) {
    case 'reach': {
      const { from, to, expect, method } = check;
      const more = [
        expect.code,
        expect.lossPercent && `loss ${rangeText(expect.lossPercent)} %`,
        ...Object.entries(expect.rttMs ?? {}).map(([key, range]) => `${key} ${rangeText(range)} ms`),
        ...Object.entries(expect.by ?? {}).map(([key, text]) => `by ${key} ${text}`),
      ].filter(Boolean);
      return [
        ['asks', `whether ${packetText(check)} gets from ${endText(from)} to ${endText(to)}`],
        ['method', methodTexts[method]],
        ['expects', [expect.result, ...more].join(', ')],
      ];
    }
    case 'path': {
      const { from, to, expect, layer } = check;
      const { reaches, contains, absent, maxHops, mtu } = expect;
      const more = [
        ...contains.map(({ text }) => `a hop with ${text}`),
        ...absent.map(({ text }) => `no hop with ${text}`),
        maxHops !== undefined && `at most ${maxHops} hops`,
        mtu && `MTU ${rangeText(mtu)}`,
      ].filter(Boolean);
      return [
        [
          'asks',
          `which way ${packetText(check)} goes from ${endText(from)} to ${endText(to)}${layer ? `, ${layer} alone` : ''}`,
        ],
        ['expects', [reaches ? 'gets there' : 'does not get there', ...more].join(', ')],
      ];
    }
    case 'query':
      return [
        ['asks', check.query],
        ['expects', valueText(check.expect)],
      ];
    case 'changed': {
      const expected = Object.entries(check.expect).map(([key, range]) => `${key} ${rangeText(range)}`);
      return [
        ['asks', `what changed from ${check.from} to ${check.to}${check.query ? `, of ${check.query}` : ''}`],
        ['expects', expected.join(', ')],
      ];
    }
    case 'matrix': {
      const cells = check.rows.flatMap((row) => row.cells);
      const count = (mark: string) => cells.filter((cell) => cell === mark).length;
      return [
        ['asks', `who reaches whom with ${packetText(check)}, ${check.rows.length} × ${check.columns.length}`],
        ['method', methodTexts[check.method]],
        ['expects', `${count('+')} get there, ${count('-')} do not, ${count('.')} are not tried`],
      ];
    }
    case 'metric':
      return [
        ['asks', check.text],
        ['expects', rangeText(check.expect)],
      ];
    case 'workflow':
      return [
        ['asks', `the workflow ${check.workflow} with ${JSON.stringify(check.params)}`],
        ['expects', valueText(check.expect)],
      ];
  }
}

const methodTexts = {
  inject: 'inject: sends packets, and looks for them on their way',
  connect: 'connect: a socket inside of the namespace',
  model: 'model: asks the graph alone, and sends nothing',
} as const;

function packetText({ proto, port }: { readonly proto: string; readonly port: number | undefined }): string {
  return port === undefined ? proto : `${proto} ${port}`;
}

function endText({ name, text, pick }: Endpoint): string {
  const what = name === text ? name : `${name} (${text})`;
  return pick === 'one' ? what : `${pick} of ${what}`;
}

function rangeText({ equals, min, max }: Range): string {
  const parts = [
    equals !== undefined && `= ${equals}`,
    min !== undefined && `≥ ${min}`,
    max !== undefined && `≤ ${max}`,
  ];
  return parts.filter(Boolean).join(' and ');
}

function valueText(expect: ValueExpectation): string {
  return Object.entries(expect)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

function whenText(when: Check['when']): string | undefined {
  if (when === undefined) return undefined;
  return when.kind === 'at' ? `the past: ${when.at}` : `the past: from ${when.from} to ${when.to}`;
}

function triesText({ forMs, everyMs, attempts }: Check['retry'], timeoutMs: number): string {
  const each = `${drawDuration(timeoutMs)} each`;
  if (forMs === 0) return `once, ${drawDuration(timeoutMs)} at most`;
  const most = attempts === undefined ? '' : `, ${attempts} times at most`;
  return `every ${drawDuration(everyMs)} for ${drawDuration(forMs)}${most}, ${each}`;
}
