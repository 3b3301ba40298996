/** Ends of checks: from how a suite writes them to the grammar of `/api/path`. */
import { parseAddress } from '../../std/address.ts';
import { nearest } from '../../std/nearest.ts';
import { shown } from './form.ts';
import type { Endpoint, Json, Pick, Position } from './suite.ts';
import { textOf } from './text.ts';

type Named = Omit<Endpoint, 'name' | 'pick' | 'position'>;

/** What is wrong with an endpoint, in words. */
export interface Wrong {
  readonly message: string;
  readonly hint?: string;
  /** Of the map's key that is wrong. */
  readonly key?: string;
}

const keys = ['gremlin', 'name', 'container', 'netns', 'process', 'pid', 'ip', 'address'] as const;

/** Of a map: `{ netns: blue, pick: one }`. */
export function endpointOfMap(map: Readonly<Record<string, Json>>): Named | Wrong {
  if (map.k8s !== undefined)
    return {
      key: 'k8s',
      message: 'no probe reads Kubernetes so far, so nothing is known of its objects',
      hint: 'name the container, the namespace or a query instead: { container: web }',
    };
  const given = keys.filter((key) => map[key] !== undefined);
  const [key, second] = given;
  if (key === undefined) return { message: 'an endpoint says what it is', hint: `one of ${keys.join(', ')}` };
  if (second !== undefined)
    return { key: second, message: `an endpoint is one thing, and this says both ${key} and ${second}` };
  const text = textOf(map[key]);
  if (text === undefined) return { key, message: `${key} is ${shown(map[key] ?? null)}, and no text` };
  switch (key) {
    case 'gremlin':
      return { kind: 'gremlin', text };
    case 'name':
      return { kind: 'name', text };
    case 'ip':
    case 'address':
      return addressOf(text) ?? { key, message: `"${text}" is no address`, hint: 'like 10.0.0.1 or fd00::1' };
    default:
      return { kind: key, text: `${key}:${text}` };
  }
}

/** Of a text that is no name of an endpoint; undefined when it says nothing by itself. */
export function endpointOfText(text: string): Named | undefined {
  const address = addressOf(text);
  if (address) return address;
  const [, prefix] = /^(container|netns|process|pid):./.exec(text) ?? [];
  if (prefix !== undefined) return { kind: prefix as 'container' | 'netns' | 'process' | 'pid', text };
  if (/^[Gg]\s*\./.test(text)) return { kind: 'gremlin', text };
  if (/^host:./.test(text) || text.includes('/')) return { kind: 'name', text };
  return undefined;
}

function addressOf(text: string): Named | undefined {
  return parseAddress(text) === undefined ? undefined : { kind: 'address', text };
}

export class Endpoints {
  readonly used = new Set<string>();
  readonly #known = new Map<string, Endpoint>();
  /** Those that are there but wrong: of them is told where they stand. */
  readonly #wrong = new Set<string>();

  define(name: string, value: Json, position: Position): Wrong | undefined {
    const found = isMap(value) ? endpointOfMap(value) : undefined;
    if (found === undefined || 'message' in found) {
      this.#wrong.add(name);
      return found;
    }
    this.#known.set(name, { ...found, name, pick: pickOf(value), position });
    return undefined;
  }

  /** Undefined when the mistake is told already. */
  find(value: Json, position: Position): Endpoint | Wrong | undefined {
    if (isMap(value)) {
      const found = endpointOfMap(value);
      return 'message' in found ? found : { ...found, name: found.text, pick: pickOf(value), position };
    }
    if (typeof value !== 'string') return undefined;
    this.used.add(value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#wrong.has(value)) return undefined;
    const written = endpointOfText(value);
    if (written !== undefined) return { ...written, name: value, pick: 'one', position };
    const meant = nearest(value, this.#known.keys());
    const hint = meant ? `did you mean ${meant}?` : `define it under endpoints, or say what it is: netns:${value}`;
    return { message: `no endpoint is named "${value.slice(0, 60)}"`, hint };
  }

  get names(): readonly string[] {
    return [...this.#known.keys(), ...this.#wrong];
  }
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pickOf(value: Json): Pick {
  const pick = isMap(value) ? value.pick : undefined;
  return pick === 'each' || pick === 'all' ? pick : 'one';
}
