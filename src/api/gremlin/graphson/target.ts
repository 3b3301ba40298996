/** What values are written for, and what all that hold others share. */
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import { writtenMax } from '../codec-limits.ts';
import { tooLarge } from '../too-large.ts';
import type { WireElements } from '../wire-elements.ts';

export interface Target {
  readonly elements: WireElements;
  readonly isTyped: boolean;
  value(value: Argument): string;
}

export function typed(type: string, text: string, { isTyped }: Target): string {
  return isTyped ? `{"@type":"${type}","@value":${text}}` : text;
}

export function writeList(values: readonly Argument[], to: Target): string {
  let text = '[';
  let comma = '';
  for (const value of values) {
    text += comma + to.value(value);
    if (text.length > writtenMax) throw tooLarge();
    comma = ',';
  }
  return `${text}]`;
}
