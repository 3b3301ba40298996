/** Whether a traversal has to see all that comes before it can tell what comes of it: `order`, `count`, `dedup`, `limit`. */
import { type Argument, Bytecode } from '../bytecode.ts';
import { Token } from '../value/token.ts';

/** Anywhere within it. */
export function gathers(argument: Argument | readonly Argument[] | undefined): boolean {
  if (Array.isArray(argument)) return argument.some(gathers);
  if (!(argument instanceof Bytecode)) return false;
  return argument.steps.some(
    ({ name, args }) => (GATHERING.has(name) && !isLocal(args) && !isAside(name, args)) || args.some(gathers),
  );
}

/** Steps that make one value of all. */
export const REDUCING: ReadonlySet<string> = new Set([
  'count',
  'fold',
  'group',
  'groupCount',
  'max',
  'mean',
  'min',
  'sum',
  'tree',
]);

const GATHERING: ReadonlySet<string> = new Set([
  ...REDUCING,
  'aggregate',
  'barrier',
  'cap',
  'dedup',
  'limit',
  'order',
  'range',
  'sample',
  'skip',
  'tail',
]);

function isLocal(args: readonly Argument[]): boolean {
  return args.some((arg) => arg instanceof Token && arg.type === 'Scope' && arg.name === 'local');
}

/** With a name, what is gathered is put aside, and each passes. */
function isAside(name: string, args: readonly Argument[]): boolean {
  return (name === 'group' || name === 'groupCount' || name === 'tree') && args.length > 0;
}

/** Whether one of its own steps makes one of all. */
export function reduces(argument: Argument | undefined): boolean {
  return (
    argument instanceof Bytecode &&
    argument.steps.some(({ name, args }) => REDUCING.has(name) && !isLocal(args) && !isAside(name, args))
  );
}
