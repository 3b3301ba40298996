/** Keys that no element has, where a traversal asks elements for them: most likely typing errors. */
import type { Fault } from '../../../std/mistake.ts';
import { didYouMean } from '../../../std/nearest.ts';
import { faultsMax } from '../../faults.ts';
import { Bytecode, type Instruction } from '../bytecode.ts';
import { placeOf } from '../compile/calls.ts';
import { GMap } from '../value/collections.ts';

/** `known`: names at the top of metadata. What the traversal itself writes is known to it. */
export function unknownKeys(bytecode: Bytecode, known: Iterable<string>): Fault[] {
  const names = new Set(known);
  const asked: { key: string; instruction: Instruction }[] = [];
  look(bytecode, asked, names);
  return asked.slice(0, faultsMax).flatMap(({ key, instruction }) => {
    const top = topOf(key);
    if (top === '' || top.startsWith('@') || names.has(top)) return [];
    const hint = didYouMean(top, names);
    const fault = { code: 'query.unknown-key', message: `no key named "${top}" is known`, ...placeOf(instruction) };
    return [hint === undefined ? fault : { ...fault, hint }];
  });
}

function look(bytecode: Bytecode, asked: { key: string; instruction: Instruction }[], names: Set<string>): void {
  for (const instruction of bytecode.steps) {
    const { name, args } = instruction;
    const texts = args.filter((arg) => typeof arg === 'string');
    if (name === 'property' || name === 'option' || name.startsWith('merge'))
      for (const text of [...texts, ...args.flatMap((arg) => (arg instanceof GMap ? [...arg.keys()] : []))])
        if (typeof text === 'string') names.add(topOf(text));
    // `has('person', 'name', 'x')`: the label comes first.
    if (name === 'has' || name === 'hasNot') {
      const key = args[args.length > 2 ? 1 : 0];
      if (typeof key === 'string') asked.push({ key, instruction });
    }
    if (name === 'values' || name === 'properties') for (const key of texts) asked.push({ key, instruction });
    for (const arg of args) if (arg instanceof Bytecode) look(arg, asked, names);
  }
}

function topOf(key: string): string {
  return key.replace(/^Metadata\./, '').split('.', 1)[0] as string;
}
