/** What `with('~tinkerpop.pageRank.times', 30)` says of a step that looks at the whole graph. */

import type { Argument } from '../bytecode.ts';
import type { Builder } from '../compile/builder.ts';
import type { Modulation, StepCall } from '../compile/calls.ts';
import { isNumber, toNumber } from '../value/num.ts';

export interface Settings {
  /** Of the last that was said; undefined when nothing was. */
  of(name: string): Setting | undefined;
  number(name: string, usual: number): number;
  text(name: string, usual: string): string;
}

export interface Setting {
  /** True where only the name was said. */
  readonly value: Argument;
  readonly from: Modulation;
}

export function settingsOf(call: StepCall, builder: Builder, names: readonly string[]): Settings {
  const said = new Map<string, Setting>();
  const prefix = `~tinkerpop.${call.name}.`;
  for (const modulation of call.modulations) {
    const [key, value = true] = modulation.args;
    const name = typeof key === 'string' && key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    if (name === undefined || !names.includes(name))
      builder.wrong(modulation, `${call.name} knows ${names.map((one) => `${prefix}${one}`).join(', ')}`);
    else said.set(name, { value, from: modulation });
  }
  return {
    of: (name) => said.get(name),
    number(name, usual) {
      const setting = said.get(name);
      if (setting === undefined) return usual;
      if (isNumber(setting.value)) return toNumber(setting.value);
      builder.wrong(setting.from, `${prefix}${name} is a number`);
      return usual;
    },
    text(name, usual) {
      const setting = said.get(name);
      if (setting === undefined) return usual;
      if (typeof setting.value === 'string') return setting.value;
      builder.wrong(setting.from, `${prefix}${name} is a text`);
      return usual;
    },
  };
}
