/** Traversals and what stands in their arguments alone. */
import type { CardinalityValue, Instruction, Lambda, Strategy } from '../../../query/gremlin/bytecode.ts';
import { Bytecode } from '../../../query/gremlin/bytecode.ts';
import type { Predicate } from '../../../query/gremlin/value/predicate.ts';
import { instructionOf } from '../instructions.ts';
import { listedArgs } from '../predicate-args.ts';
import { type Target, writeEntries, writeItems } from './target.ts';
import { flag, type } from './type-codes.ts';

export function writeBytecode(value: Bytecode | CardinalityValue, to: Target): void {
  to.out.pair(type.bytecode, flag.none);
  const { steps, source } = value instanceof Bytecode ? value : { steps: [], source: [instructionOf(value)] };
  writeInstructions(steps, to);
  writeInstructions(source, to);
}

function writeInstructions(instructions: readonly Instruction[], to: Target): void {
  to.out.int32(instructions.length);
  for (const { name, args } of instructions) {
    to.out.text(name);
    writeItems(args, to);
  }
}

export function writePredicate(predicate: Predicate, to: Target): void {
  to.out.pair(predicate.isText ? type.textP : type.p, flag.none);
  to.out.text(predicate.name);
  writeItems(listedArgs(predicate), to);
}

export function writeStrategy({ name, configuration }: Strategy, to: Target): void {
  to.out.pair(type.traversalStrategy, flag.none);
  to.out.text(name);
  writeEntries(configuration, configuration.size, to);
}

export function writeLambda({ language }: Lambda, to: Target): void {
  to.out.pair(type.lambda, flag.none);
  to.out.text(language);
  // The code itself is not kept: it is refused anyway.
  to.out.text('');
  to.out.int32(-1);
}
