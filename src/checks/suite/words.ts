/** What each shape is called in a mistake (`is`), and the rule that looks at its values beyond their form. */
import * as z from 'zod';

/** Names of rules; what each does is in rules.ts, which knows the file around the value. */
export type RuleName =
  | 'duration'
  | 'endpoint'
  | 'gremlin'
  | 'matrix'
  | 'metric'
  | 'moment'
  | 'nodePattern'
  | 'pattern'
  | 'range'
  | 'reachExpectation'
  | 'span'
  | 'traffic'
  | 'whole';

export interface Words {
  /** `a duration, like 500ms, 30s or 5m`. */
  readonly is?: string;
  readonly rule?: RuleName;
}

export const words = z.registry<Words>();

export function named<S extends z.ZodType>(schema: S, told: Words): S {
  words.add(schema, told);
  return schema;
}

/** Without `optional` and the like around it. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  let inner = schema;
  for (;;) {
    const { def } = inner._zod as unknown as { def: { innerType?: z.core.$ZodType } };
    if (def.innerType === undefined) return inner;
    inner = def.innerType;
  }
}

interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
}

export function defOf(schema: z.core.$ZodType): Def {
  return schema._zod.def as unknown as Def;
}

/** The shape that a value of this kind is held against, of a choice of several. */
export function chosen(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  const inner = bare(schema);
  const { options } = defOf(inner);
  if (options === undefined) return inner;
  const fitting = options.map((option) => chosen(option, value)).filter((option) => isFor(defOf(option).type, value));
  return fitting[0] ?? inner;
}

function isFor(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
    case 'record':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'enum':
    case 'string':
      return typeof value === 'string';
    default:
      return type === typeof value;
  }
}

/** The shape of what is there under a key or index; undefined when nothing may be. */
export function below(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  const { shape, element, valueType } = defOf(schema);
  if (typeof step === 'number') return element;
  if (shape) return Object.hasOwn(shape, step) ? shape[step] : undefined;
  return valueType;
}
