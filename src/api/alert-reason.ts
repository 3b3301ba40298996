/** What a condition found, as a reason to fire: the first of it as /api/topology would give it, and what makes it another. */
import { createHash } from 'node:crypto';
import type { Reason } from '../alerts/standing.ts';
import type { Flow } from '../flow/flow.ts';
import type { Answer } from '../query/query.ts';
import { someOf } from '../std/some-of.ts';
import { topologyPieces } from './answer.ts';

/** Elements in one message, and characters of all of them. */
const ITEMS_MAX = 100;
const CHARS_MAX = 64 * 1024;
const TEXT_CHARS = 200;
const KEY_CHARS = 200;
const NAMED = 5;

/** Undefined: nothing. An answer that is one value is a reason unless it is 0, false, '' or nothing. */
export function reasonOf(answer: Answer): Reason | undefined {
  switch (answer.kind) {
    case 'nodes':
      return ofMany(
        answer.nodes,
        'node',
        (one) => one.id,
        nameOf,
        (nodes) => jsonOf({ ...answer, nodes }),
      );
    case 'edges':
      return ofMany(
        answer.edges,
        'edge',
        (one) => one.id,
        nameOf,
        (edges) => jsonOf({ ...answer, edges }),
      );
    case 'flows':
      return ofMany(
        answer.flows,
        'flow',
        ({ UUID }) => UUID,
        flowText,
        (flows) => jsonOf({ ...answer, flows }),
      );
    case 'graph': {
      const { nodes } = answer;
      return ofMany(
        nodes,
        'node',
        (one) => one.id,
        nameOf,
        (some) => jsonOf({ ...answer, nodes: some, edges: [] }),
      );
    }
    case 'paths':
      return ofMany(
        answer.paths,
        'path',
        (path) => path.map(({ id }) => id).join(' '),
        (path) => path.map(nameOf).join(' - '),
        (paths) => jsonOf({ ...answer, paths }),
      );
    case 'values':
      return ofMany(answer.values, 'value', json, json, (values) => jsonOf({ ...answer, values }));
    case 'value':
      return reasonOfValue(answer.value);
    default:
      return reasonOfValue(JSON.parse(jsonOf(answer)));
  }
}

/** Of plain JSON: an object or a list is a reason when there is something in it. */
export function reasonOfValue(value: unknown): Reason | undefined {
  const isNothing = !value || (typeof value === 'object' && Object.keys(value).length === 0);
  if (isNothing) return undefined;
  const text = json(value);
  return { key: keyFor(text), text: shortened(text), data: text.length <= CHARS_MAX ? value : null };
}

function ofMany<T>(
  all: readonly T[],
  noun: string,
  keyOf: (one: T) => string,
  shown: (one: T) => string,
  textOf: (some: readonly T[]) => string,
): Reason | undefined {
  if (all.length === 0) return undefined;
  let some = all.slice(0, ITEMS_MAX);
  let text = textOf(some);
  while (text.length > CHARS_MAX && some.length > 1) {
    some = some.slice(0, Math.floor(some.length / 2));
    text = textOf(some);
  }
  if (text.length > CHARS_MAX) text = '[]';
  const names = someOf(all.map(shown), NAMED);
  return {
    key: keyFor(all.map(keyOf).sort().join('\n')),
    text: shortened(`${all.length} ${noun}${all.length === 1 ? '' : 's'}: ${names}`),
    data: JSON.parse(text),
    ...(some.length < all.length && { count: all.length }),
  };
}

/** It is kept while the reason lasts: what is long is only compared. */
function keyFor(text: string): string {
  return text.length > KEY_CHARS ? createHash('sha256').update(text).digest('base64') : text;
}

function nameOf({
  id,
  metadata,
}: {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}): string {
  return String(metadata.Name ?? metadata.RelationType ?? id);
}

/** `10.0.0.1:40312 > 10.0.0.2:80 HTTP` */
function flowText({ Network, Transport, Application, TrackingID }: Flow): string {
  if (Network === undefined) return TrackingID;
  const [from, to] = [Network.A, Network.B].map((host) => (host.includes(':') && Transport ? `[${host}]` : host));
  return Transport ? `${from}:${Transport.A} > ${to}:${Transport.B} ${Application}` : `${from} > ${to} ${Application}`;
}

function jsonOf(answer: Answer): string {
  return [...topologyPieces(answer)].join('');
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

function shortened(text: string): string {
  return text.length > TEXT_CHARS ? `${text.slice(0, TEXT_CHARS - 1)}…` : text;
}
