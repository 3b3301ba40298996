/** What steps take: each reader checks, names what is wrong, and gives the step arguments it can trust. */
import { type Address, parseAddress } from '../std/address.ts';
import { type Condition, isMatcher, readConditions, readKey } from './condition.ts';
import { seriesNames, seriesOf } from './counters.ts';
import type { Faults } from './faults.ts';
import type { Key } from './key.ts';
import type { Kind } from './kind.ts';
import type { Argument, Call } from './syntax.ts';
import { type Moment, momentHint, momentOfNumber, parseMoment, parseOffset } from './times.ts';

export interface Parameters<Args> {
  /** As the reference prints them: `key[, value, …]`. */
  readonly text: string;
  /** What may stand at a place, for completion. */
  expects(index: number): Expected;
  /** Undefined when something was wrong and has been said. */
  read(call: Call, faults: Faults, takes: Kind): Args | undefined;
}

export type Expected =
  | 'nothing'
  | 'key'
  | 'value'
  | 'id'
  | 'time'
  | 'number'
  | 'text'
  | 'name'
  | 'order'
  | 'matcher'
  | 'series';

export const nothing: Parameters<null> = {
  text: '',
  expects: () => 'nothing',
  read: (call, faults) => (countIs(call, 0, 0, faults) ? null : undefined),
};

/** An element's id, or none for all. */
export const optionalId: Parameters<{ id: string | undefined }> = {
  text: '[id]',
  expects: (index) => (index === 0 ? 'id' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 0, 1, faults)) return undefined;
    const [id] = call.args;
    if (id === undefined) return { id: undefined };
    const text = readText(call, id, 'an id', faults);
    return text === undefined ? undefined : { id: text };
  },
};

export function conditions({ least }: { least: 0 | 1 }): Parameters<readonly Condition[]> {
  return {
    text: least === 0 ? '[key, value, …]' : 'key[, value, …]',
    expects: (index) => (index % 2 === 0 ? 'key' : 'value'),
    read(call, faults) {
      if (!countIs(call, least, Number.POSITIVE_INFINITY, faults)) return undefined;
      return readConditions(call.name, call.args, faults);
    },
  };
}

export function keys({
  least,
  most = Number.POSITIVE_INFINITY,
}: {
  least: 0 | 1;
  most?: number;
}): Parameters<readonly Key[]> {
  const one = most === 1 ? 'key' : 'key, …';
  return {
    text: least === 0 ? `[${one}]` : one,
    expects: (index) => (index < most ? 'key' : 'nothing'),
    read(call, faults) {
      if (!countIs(call, least, most, faults)) return undefined;
      const read = call.args.map((argument) => readKey(call.name, argument, faults));
      return read.every((key) => key !== undefined) ? read : undefined;
    },
  };
}

/** A key; some kinds of input stand for themselves and may do without. */
export function optionalKey({ mayLack }: { mayLack: readonly Kind[] }): Parameters<{ readonly key: Key | undefined }> {
  return {
    text: '[key]',
    expects: (index) => (index === 0 ? 'key' : 'nothing'),
    read(call, faults, takes) {
      if (!countIs(call, mayLack.includes(takes) ? 0 : 1, 1, faults)) return undefined;
      const [argument] = call.args;
      if (argument === undefined) return { key: undefined };
      const key = readKey(call.name, argument, faults);
      return key && { key };
    },
  };
}

/** Names of sets, given by As. */
export function names({ most = Number.POSITIVE_INFINITY }: { most?: number }): Parameters<readonly string[]> {
  return {
    text: most === 1 ? 'name' : 'name, …',
    expects: (index) => (index < most ? 'name' : 'nothing'),
    read(call, faults) {
      if (!countIs(call, 1, most, faults)) return undefined;
      const read = call.args.map((argument) => readText(call, argument, 'a name', faults));
      return read.every((name) => name !== undefined) ? read : undefined;
    },
  };
}

/** Whole numbers from zero on, exactly as many as there are words for them. */
export function counts(...words: readonly string[]): Parameters<readonly number[]> {
  return {
    text: words.join(', '),
    expects: (index) => (index < words.length ? 'number' : 'nothing'),
    read(call, faults) {
      if (!countIs(call, words.length, words.length, faults)) return undefined;
      const read = call.args.map((argument) => readCount(call, argument, faults));
      return read.every((count) => count !== undefined) ? read : undefined;
    },
  };
}

/** A name, and whatever is given to what has it. */
export interface Called {
  readonly name: string;
  readonly params: readonly (string | number | boolean)[];
}

export const called: Parameters<Called> = {
  text: 'name[, parameter, …]',
  expects: (index) => (index === 0 ? 'text' : 'value'),
  read(call, faults) {
    const [name, ...given] = call.args;
    if (name === undefined) {
      faults.add('query.argument', `${call.name} requires at least 1 parameter`, call, `${call.name}('FlowMatrix')`);
      return undefined;
    }
    const text = readText(call, name, 'the name of a workflow', faults);
    const params = given.map((argument) => {
      if (argument.kind !== 'word' && argument.kind !== 'call') return argument.value;
      faults.add('query.argument', `${call.name}: a parameter is a text, a number, true or false`, argument);
      return undefined;
    });
    return text !== undefined && params.every((param) => param !== undefined) ? { name: text, params } : undefined;
  },
};

export interface Order {
  readonly descending: boolean;
  readonly key: Key | undefined;
}

export const order: Parameters<Order> = {
  text: '[ASC|DESC][, key]',
  expects: (index) => (index === 0 ? 'order' : index === 1 ? 'key' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 0, 2, faults)) return undefined;
    const [first, second] = call.args;
    if (first === undefined) return { descending: false, key: undefined };
    if (first.kind === 'word' && (first.value === 'ASC' || first.value === 'DESC')) {
      const descending = first.value === 'DESC';
      if (second === undefined) return { descending, key: undefined };
      const key = readKey(call.name, second, faults);
      return key && { descending, key };
    }
    if (second !== undefined) {
      faults.add('query.argument', `${call.name}: the order comes first`, first, `${call.name}(ASC, 'key') or DESC`);
      return undefined;
    }
    const key = readKey(call.name, first, faults);
    return key && { descending: false, key };
  },
};

/** Edges to follow, by any of the pairs, and how far. */
export interface Reach {
  /** None: those of ownership. */
  readonly edges: readonly Condition[];
  readonly depth: number;
}

export const reach: Parameters<Reach> = {
  text: '[edge key, value, …][, depth]',
  expects: (index) => (index % 2 === 0 ? 'key' : 'value'),
  read(call, faults) {
    const last = call.args.at(-1);
    const hasDepth = call.args.length % 2 === 1 && !(last !== undefined && isMatcher(last));
    if (hasDepth && last?.kind !== 'number') {
      const message = `${call.name}: the last argument is how far to go, a whole number`;
      faults.add('query.argument', message, last ?? call, `${call.name}('RelationType', 'layer2', 3)`);
      return undefined;
    }
    const depth = hasDepth && last !== undefined ? readCount(call, last, faults) : 1;
    const edges = readConditions(call.name, hasDepth ? call.args.slice(0, -1) : call.args, faults);
    return edges && depth !== undefined ? { edges, depth } : undefined;
  },
};

export interface Way {
  readonly target: readonly Condition[];
  readonly edges: readonly Condition[];
}

export const way: Parameters<Way> = {
  text: 'Metadata(key, value, …)[, Metadata(edge key, value, …)]',
  expects: (index) => (index < 2 ? 'matcher' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 1, 2, faults)) return undefined;
    const read = call.args.map((argument) => {
      if (isMatcher(argument)) {
        if (argument.args.length > 0) return readConditions('Metadata', argument.args, faults);
        faults.add('query.argument', 'Metadata needs a key and a value', argument, "Metadata('Name', 'eth0')");
      } else faults.add('query.argument', `${call.name} takes Metadata(…)`, argument, "Metadata('Name', 'eth0')");
      return undefined;
    });
    if (!read.every((part) => part !== undefined)) return undefined;
    return { target: read[0] ?? [], edges: read[1] ?? [] };
  },
};

export interface Window {
  readonly at: Moment;
  /** Length of the time before, ms; Infinity with FOREVER; undefined: the moment alone. */
  readonly lengthMs: number | undefined;
}

export const timeWindow: Parameters<Window> = {
  text: 'time[, duration]',
  expects: (index) => (index < 2 ? 'time' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 1, 2, faults)) return undefined;
    const [time, length] = call.args as [Argument, Argument | undefined];
    const at = readMoment(call, time, faults);
    const lengthMs = length === undefined ? undefined : readDuration(call, length, faults);
    if (at === undefined || (length !== undefined && lengthMs === undefined)) return undefined;
    return { at, lengthMs };
  },
};

/** Until now when the second is left out. */
export interface Moments {
  readonly from: Moment;
  readonly to: Moment;
}

export const moments: Parameters<Moments> = {
  text: 'from[, to]',
  expects: (index) => (index < 2 ? 'time' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 1, 2, faults)) return undefined;
    const [first, second] = call.args as [Argument, Argument | undefined];
    const from = readMoment(call, first, faults);
    const to: Moment | undefined = second === undefined ? { kind: 'now' } : readMoment(call, second, faults);
    return from && to ? { from, to } : undefined;
  },
};

export const address: Parameters<{ readonly text: string; readonly address: Address }> = {
  text: 'ip',
  expects: (index) => (index === 0 ? 'text' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 1, 1, faults)) return undefined;
    const argument = call.args[0] as Argument;
    const text = readText(call, argument, 'an IP address', faults);
    if (text === undefined) return undefined;
    const parsed = parseAddress(text);
    if (parsed !== undefined) return { text, address: parsed };
    faults.add('query.argument', `${call.name}: "${text}" is not an IP address`, argument, "such as '10.0.0.1'");
    return undefined;
  },
};

export const seriesName: Parameters<{ readonly series: string; readonly isTotal: boolean }> = {
  text: "['LastUpdateMetric']",
  expects: (index) => (index === 0 ? 'series' : 'nothing'),
  read(call, faults, takes) {
    if (!countIs(call, 0, 1, faults)) return undefined;
    const [argument] = call.args;
    if (argument === undefined) return { series: 'Metric', isTotal: false };
    const text = readText(call, argument, 'the name of a series', faults);
    if (text === undefined) return undefined;
    const series = takes === 'flows' && !flowSeries.includes(text) ? undefined : seriesOf(text);
    if (series !== undefined) return { series, isTotal: text === 'Metric' };
    faults.add(
      'query.argument',
      `${call.name}: no series named "${text}"`,
      argument,
      takes === 'flows' ? "'LastUpdateMetric' or 'Metric'" : seriesNames.map((name) => `'${name}'`).join(', '),
    );
    return undefined;
  },
};

const flowSeries = ['LastUpdateMetric', 'Metric'];

/** A whole number, or the one that is meant without. */
export function optionalCount(usual: number): Parameters<{ readonly count: number }> {
  return {
    text: '[count]',
    expects: (index) => (index === 0 ? 'number' : 'nothing'),
    read(call, faults) {
      if (!countIs(call, 0, 1, faults)) return undefined;
      const [argument] = call.args;
      const count = argument === undefined ? usual : readCount(call, argument, faults);
      return count === undefined ? undefined : { count };
    },
  };
}

/** Where the expression begins in the query goes with it: what is wrong in it is shown there. */
export const packetFilter: Parameters<{ readonly expression: string; readonly from: number }> = {
  text: 'expression',
  expects: (index) => (index === 0 ? 'text' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 1, 1, faults)) return undefined;
    const argument = call.args[0] as Argument;
    const expression = readText(call, argument, 'a packet filter', faults);
    return expression === undefined ? undefined : { expression, from: argument.from + 1 };
  },
};

/** A length of slices in seconds. */
export const optionalSeconds: Parameters<{ readonly seconds: number }> = {
  text: '[seconds]',
  expects: (index) => (index === 0 ? 'number' : 'nothing'),
  read(call, faults) {
    if (!countIs(call, 0, 1, faults)) return undefined;
    const [argument] = call.args;
    if (argument === undefined) return { seconds: 30 };
    if (argument.kind === 'number' && argument.value > 0) return { seconds: argument.value };
    faults.add('query.argument', `${call.name}: the length of a slice is a number of seconds above 0`, argument);
    return undefined;
  },
};

function readMoment(call: Call, argument: Argument, faults: Faults): Moment | undefined {
  let moment: Moment | undefined;
  if (argument.kind === 'string') moment = parseMoment(argument.value);
  else if (argument.kind === 'number') moment = momentOfNumber(argument.value);
  else if (argument.kind === 'word' && argument.value === 'NOW') moment = { kind: 'now' };
  if (moment === undefined) faults.add('query.time', `${call.name}: this is not a time`, argument, momentHint);
  return moment;
}

function readDuration(call: Call, argument: Argument, faults: Faults): number | undefined {
  let ms: number | undefined;
  if (argument.kind === 'string') ms = parseOffset(argument.value);
  else if (argument.kind === 'number') ms = argument.value * 1000;
  else if (argument.kind === 'word' && argument.value === 'FOREVER') ms = Number.POSITIVE_INFINITY;
  if (ms !== undefined && ms >= 0) return ms;
  const message = `${call.name}: this is not a length of time`;
  faults.add('query.time', message, argument, "such as '1h', '1h30m', a number of seconds, or FOREVER");
  return undefined;
}

function readText(call: Call, argument: Argument, what: string, faults: Faults): string | undefined {
  if (argument.kind === 'string') return argument.value;
  faults.add('query.argument', `${call.name} takes ${what}, a text`, argument, 'put it in quotes');
  return undefined;
}

function readCount(call: Call, argument: Argument, faults: Faults): number | undefined {
  if (argument.kind === 'number' && Number.isSafeInteger(argument.value) && argument.value >= 0) return argument.value;
  faults.add('query.argument', `${call.name} takes a whole number, 0 or more`, argument);
  return undefined;
}

function countIs(call: Call, least: number, most: number, faults: Faults): boolean {
  const count = call.args.length;
  if (count >= least && count <= most) return true;
  const wanted =
    most === 0
      ? 'no argument'
      : least === most
        ? plural(least)
        : count < least
          ? `at least ${plural(least)}`
          : `at most ${plural(most)}`;
  const where =
    count > most ? { from: (call.args[most] as Argument).from, to: (call.args.at(-1) as Argument).to } : call;
  faults.add('query.argument', `${call.name} takes ${wanted}, not ${count}`, where);
  return false;
}

function plural(count: number): string {
  return count === 1 ? 'one argument' : `${count} arguments`;
}
