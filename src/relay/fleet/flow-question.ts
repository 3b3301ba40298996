/**
 * A question about flows, as it travels. What cannot be said in data stays behind: the answer then holds more than was
 * asked for, and whoever asked looks at each again.
 */
import type { FlowCondition, FlowQuery, FlowValue, Span } from '../../flow/view.ts';

export interface FlowQuestion {
  readonly time?: Span | undefined;
  readonly where: readonly {
    readonly anyOf: readonly { readonly field: string; readonly equals: readonly Scalar[] }[];
  }[];
  readonly sort?: { readonly field: string; readonly isDescending: boolean } | undefined;
  readonly limit?: number | undefined;
}

type Scalar = string | number | boolean;

/** Fields of which a flow has one value: it equals, or it does not, and nobody needs to look again. */
const SINGLE: ReadonlySet<string> = new Set([
  'UUID',
  'TrackingID',
  'L3TrackingID',
  'NodeTID',
  'CaptureID',
  'Application',
]);

export interface Asked {
  readonly question: FlowQuestion;
  /** The answer is exactly what was asked for. */
  readonly isExact: boolean;
}

export function askedOf({ time, where, sort, limit, skip = 0 }: FlowQuery): Asked {
  const told = where.filter(isSayable);
  const isExact =
    told.length === where.length && told.every(({ anyOf }) => anyOf.every(({ field }) => SINGLE.has(field)));
  return {
    isExact,
    question: {
      where: told.map(({ anyOf }) => ({ anyOf: anyOf.map(({ field, equals = [] }) => ({ field, equals })) })),
      ...(time && { time }),
      ...(sort && { sort }),
      // Each agent may have all of them.
      ...(isExact && limit !== undefined && { limit: skip + limit }),
    },
  };
}

/** As the table of an agent is asked. */
export function queryOf({ time, where, sort, limit }: FlowQuestion): FlowQuery {
  return {
    time,
    sort,
    limit,
    where: where.map(({ anyOf }) => ({
      anyOf: anyOf.map(({ field, equals }) => ({ field, equals, test: oneOf(new Set(equals)) })),
    })),
  };
}

function isSayable({ anyOf }: FlowCondition): boolean {
  return anyOf.every(({ equals }) => equals !== undefined);
}

function oneOf(values: ReadonlySet<Scalar>): (value: FlowValue | undefined) => boolean {
  return (value) =>
    Array.isArray(value) ? value.some((one) => values.has(one as Scalar)) : values.has(value as Scalar);
}
