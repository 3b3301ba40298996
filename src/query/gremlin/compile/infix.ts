/** `out().and().in()`: what stands around an `and()` or `or()` of its own is what it joins. `and` binds closer. (TinkerPop: ConnectiveStrategy.) */
import { Bytecode, type Instruction } from '../bytecode.ts';

/** `isRoot`: its first step is where it all starts, and belongs to neither side. */
export function joined(bytecode: Bytecode, isRoot: boolean): Bytecode {
  const { source, steps } = bytecode;
  if (!steps.some(isInfix)) return bytecode;
  const start = isRoot ? startOf(steps) : 0;
  return new Bytecode(source, [
    ...steps.slice(0, start),
    ...split(steps.slice(start), 'or', (part) => split(part, 'and')),
  ]);
}

function isInfix({ name, args }: Instruction): boolean {
  return (name === 'and' || name === 'or') && args.length === 0;
}

/** The first step with what modulates it. */
function startOf(steps: readonly Instruction[]): number {
  const next = steps.findIndex(({ name }, at) => at > 0 && !MODULATORS.has(name));
  return next < 0 ? steps.length : next;
}

const MODULATORS: ReadonlySet<string> = new Set(['as', 'property', 'from', 'to', 'with', 'by', 'option']);

function split(
  steps: readonly Instruction[],
  name: string,
  within: (part: readonly Instruction[]) => readonly Instruction[] = (part) => part,
): readonly Instruction[] {
  const parts: Instruction[][] = [[]];
  let at: Instruction | undefined;
  for (const step of steps)
    if (isInfix(step) && step.name === name) {
      at ??= step;
      parts.push([]);
    } else parts.at(-1)?.push(step);
  if (at === undefined) return within(steps);
  return [{ ...at, args: parts.map((part) => new Bytecode([], within(part))) }];
}
