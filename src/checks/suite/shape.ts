/** The file of a suite, declared once: it is checked with these, and the JSON Schema and the reference are made of them. */
import * as z from 'zod';
import { codes } from '../result.ts';
import { suiteLimits } from './limits.ts';
import { named } from './words.ts';

const text = (is: string) => named(z.string().min(1).max(suiteLimits.textChars), { is });
const number = (is = 'a number') => named(z.number(), { is });
const whole = (min: number, max: number) =>
  named(z.int().min(min).max(max), { is: `a whole number from ${min} to ${max}` });
const choice = <const T extends readonly string[]>(values: T) =>
  named(z.enum(values), { is: `one of ${values.join(', ')}` });
const flag = () => named(z.boolean(), { is: 'true or false' });

export const durationShape = named(z.string().meta({ examples: ['500ms', '30s', '5m'] }), {
  is: 'a duration, like 500ms, 30s or 5m',
  rule: 'duration',
});
const momentIs = 'a moment, like -5m, now, 2026-11-21T10:30:00Z, rev:1234, or Unix seconds or ms';
const moment = () => named(z.union([text(momentIs), number(momentIs)]), { is: momentIs, rule: 'moment' });
const gremlin = (description: string) =>
  named(text('a query in Gremlin').meta({ description, examples: ["G.V().Has('Type', 'netns')"] }), {
    rule: 'gremlin',
    is: 'a query in Gremlin',
  });

const rangeMap = named(
  z.strictObject({
    equals: number().optional(),
    min: number().optional().meta({ description: 'So much at least.' }),
    max: number().optional().meta({ description: 'So much at most.' }),
  }),
  { is: 'a map with equals, min or max', rule: 'range' },
);
/** `5` is `{ equals: 5 }`. */
const range = (description: string) =>
  named(z.union([number(), rangeMap]), { is: 'a number, or a map with equals, min or max' })
    .optional()
    .meta({ description: `${description} A number, or min and max.` });

const retryShape = named(
  z.strictObject({
    for: durationShape.optional().meta({ description: 'Tries again for so long after the first attempt.' }),
    every: durationShape.optional().meta({ description: 'From the start of one attempt to the start of the next.' }),
    attempts: whole(1, 10_000).optional().meta({ description: 'At most so many.' }),
  }),
  { is: 'a map with for, every and attempts' },
);

export const pickShape = choice(['one', 'each', 'all']).optional().meta({
  description:
    'Of several that are meant: the first by name (the default), a result for each, or one result that all have to meet.',
});

const endpointMap = named(
  z.strictObject({
    gremlin: gremlin('Nodes that a query finds.').optional(),
    name: text('a name')
      .optional()
      .meta({ description: 'Name of a node, OWNER/NAME, or its id; as `skein path` reads it.' }),
    container: text('the name of a container').optional(),
    netns: text('the name of a namespace').optional().meta({ description: 'Name of a network namespace.' }),
    process: text('the name of a process').optional(),
    pid: whole(1, 4_194_304).optional().meta({ description: 'Number of a process.' }),
    ip: text('an address').optional().meta({ description: 'An address, in the graph or not.' }),
    address: text('an address').optional().meta({ description: 'The same as ip.' }),
    k8s: named(z.looseObject({}), { is: 'a map' })
      .optional()
      .meta({ description: 'Not yet: no probe reads Kubernetes so far.' }),
    pick: pickShape,
  }),
  { is: 'a map with one of gremlin, name, container, netns, process, pid, ip' },
);

const endpoint = (description: string) =>
  named(z.union([text('an endpoint'), endpointMap]), {
    is: 'the name of an endpoint, or what one is made of',
    rule: 'endpoint',
  }).meta({
    description: `${description} Name of an endpoint of this suite, or netns:NAME, container:NAME, process:NAME, pid:N, OWNER/NAME, an address, or a map.`,
  });

const protocols = ['icmp', 'icmp6', 'tcp', 'udp'] as const;
const proto = choice(protocols).optional().meta({ description: 'tcp when there is a port, else icmp.' });
const port = whole(1, 65_535).optional().meta({ description: 'Destination port of tcp and udp.' });
const method = choice(['inject', 'connect', 'model']).optional().meta({
  description:
    'inject sends packets and looks for them on their way; connect opens a socket inside of the namespace; model asks the graph alone and sends nothing (the default).',
});

const anyValue = z.json();
const params = named(z.record(z.string(), anyValue), { is: 'a map' });

const valueExpectation = named(
  z.strictObject({
    equals: anyValue.optional().meta({ description: 'Just this: one value, or a list of them.' }),
    min: number().optional(),
    max: number().optional(),
    count: range('How many were found.'),
    empty: flag().optional().meta({ description: 'Nothing was found.' }),
    contains: named(z.array(anyValue).min(1), { is: 'a list of values' })
      .optional()
      .meta({ description: 'Each of these is among what was found.' }),
    matches: named(z.string().min(1), { is: 'a regular expression (RE2)', rule: 'pattern' })
      .optional()
      .meta({ description: 'Each text that was found matches (RE2 syntax, anywhere in it).' }),
    values: named(z.array(anyValue), { is: 'a list of values' })
      .optional()
      .meta({ description: 'Just these were found, in whichever order.' }),
  }),
  { is: 'a map of what is expected', rule: 'range' },
);

/** By the key that says what a check is: what stands under it, and what may be expected. */
export const bodyShapes = {
  reach: {
    doc: 'Whether packets get from one end to another.',
    body: named(
      z.strictObject({
        from: endpoint('Where it begins.'),
        to: endpoint('Where it is to go.'),
        proto,
        port,
        method,
        count: whole(1, 1000)
          .optional()
          .meta({ description: 'Packets (inject) or connections (connect) of one attempt; 1 when left out.' }),
      }),
      { is: 'a map with from and to', rule: 'traffic' },
    ),
    expect: named(
      z.strictObject({
        result: choice(['delivered', 'dropped', 'refused', 'unreachable']).optional().meta({
          description:
            'delivered (the default); dropped: no answer; refused: a reset, a closed port or an ICMP error; unreachable: either of the two.',
        }),
        code: choice(codes).optional().meta({ description: 'Just this code, such as NO_ROUTE.' }),
        lossPercent: range('Of the packets sent.'),
        rttMs: named(z.strictObject({ p50: range('Median.'), p95: range('95 of 100.'), max: range('The slowest.') }), {
          is: 'a map with p50, p95 or max',
        })
          .optional()
          .meta({ description: 'Round trip, milliseconds.' }),
        by: named(
          z.strictObject({
            type: text('a type')
              .optional()
              .meta({ description: 'rule, route, policy, interface, socket or neighbour; or the type of the node.' }),
            node: text('the name of a node').optional(),
            rule: text('a part of a rule').optional().meta({ description: 'A part of the text of the rule.' }),
          }),
          { is: 'a map with type, node or rule' },
        )
          .optional()
          .meta({ description: 'Who drops it.' }),
      }),
      { is: 'a map of what is expected', rule: 'reachExpectation' },
    ),
    needsExpect: false,
  },
  path: {
    doc: 'Which way packets go, by the graph alone.',
    body: named(
      z.strictObject({
        from: endpoint('Where it begins.'),
        to: endpoint('Where it is to go.'),
        layer: choice(['l2', 'l3']).optional().meta({ description: 'Hops of this layer count alone.' }),
        proto,
        port,
      }),
      { is: 'a map with from and to', rule: 'traffic' },
    ),
    expect: z.strictObject({
      reaches: flag().optional().meta({ description: 'It gets there; true when left out.' }),
      contains: patterns('Each is met by a hop: `Type=vxlan`.'),
      absent: patterns('None is met by any hop.'),
      maxHops: whole(0, 1000).optional(),
      mtu: range('Largest packet that passes whole, bytes.'),
    }),
    needsExpect: false,
  },
  query: {
    doc: 'What a query gives.',
    body: gremlin('Asked of now, or of `at` or `between`.'),
    expect: valueExpectation,
    needsExpect: true,
  },
  changed: {
    doc: 'How much changed between two moments.',
    body: named(
      z.strictObject({
        from: moment(),
        to: moment().optional().meta({ description: 'now when left out.' }),
        query: gremlin('Which elements are looked at; all when left out.').optional(),
      }),
      { is: 'a map with from and to', rule: 'span' },
    ),
    expect: named(
      z.strictObject({
        added: range('Elements that are new.'),
        removed: range('Elements that are gone.'),
        updated: range('Elements that differ.'),
      }),
      { is: 'a map with added, removed or updated', rule: 'range' },
    ),
    needsExpect: true,
  },
  matrix: {
    doc: 'Who reaches whom, as a table. All of it is tried, and shown beside what was expected.',
    body: named(
      z.strictObject({
        endpoints: named(z.array(text('the name of an endpoint')).min(1).max(suiteLimits.matrixEndpoints), {
          is: 'a list of endpoints',
        })
          .optional()
          .meta({ description: 'Those of the table, in any order; the columns when left out.' }),
        table: text('a table: a line of names, then a line for each with + - .').meta({
          description: 'First the columns (to), then a row for each (from): + gets there, - does not, . is not tried.',
        }),
        proto,
        port,
        method,
      }),
      { is: 'a map with table', rule: 'matrix' },
    ),
    expect: z.strictObject({}),
    needsExpect: false,
  },
  metric: {
    doc: 'What a number of /metrics is.',
    body: named(
      text('an expression over metrics').meta({
        examples: ['max(skein_archive_size_bytes / skein_archive_size_limit_bytes)'],
      }),
      {
        is: 'an expression over metrics',
        rule: 'metric',
      },
    ),
    expect: rangeMap,
    needsExpect: true,
  },
  workflow: {
    doc: 'What a workflow of the server gives.',
    body: named(
      z.strictObject({
        name: text('the name of a workflow'),
        params: params.optional().meta({ description: 'Its parameters, by name.' }),
      }),
      { is: 'a map with name and params' },
    ),
    expect: valueExpectation,
    needsExpect: true,
  },
} as const;

function patterns(description: string) {
  const one = named(text('KEY=VALUE'), { is: 'KEY=VALUE, like Type=vxlan', rule: 'nodePattern' });
  return named(z.array(one).min(1), { is: 'a list, like ["Type=vxlan"]' }).optional().meta({ description });
}

export type BodyName = keyof typeof bodyShapes;
export const bodyNames = Object.keys(bodyShapes) as BodyName[];

const head = {
  id: named(z.string().regex(/^[\w.:/-]{1,100}$/), { is: 'a word of letters, digits and _ - . : / (at most 100)' })
    .optional()
    .meta({
      description:
        'Unique; stable, for those who compare runs. Made of the name of the suite and a number when left out.',
    }),
  name: text('a sentence'),
  tags: named(
    z.array(named(z.string().regex(/^[\w.:/-]{1,64}$/), { is: 'a word of letters, digits and _ - . : /' })).max(64),
    { is: 'a list of words' },
  )
    .optional()
    .meta({ description: 'For --tag and --not-tag.' }),
  severity: choice(['error', 'warning', 'info']).optional().meta({
    description: 'Only failures of error fail the run; those of warning do with --strict. error when left out.',
  }),
  skip: text('a reason').optional().meta({ description: 'Why it is not run.' }),
  timeout: durationShape.optional().meta({ description: 'Of one attempt.' }),
  retry: retryShape.optional().meta({ description: 'Fine as soon as one attempt is as expected.' }),
  hold: durationShape.optional().meta({ description: 'Once as expected it has to stay so for so long.' }),
};

const time = {
  at: moment().optional().meta({ description: 'The past it is about.' }),
  between: named(z.strictObject({ from: moment(), to: moment() }), { is: 'a map with from and to', rule: 'span' })
    .optional()
    .meta({ description: 'A span of the past.' }),
};

export const checkShapes = Object.fromEntries(
  bodyNames.map((name) => {
    const { body, expect, doc, needsExpect } = bodyShapes[name];
    const expected = needsExpect ? expect : expect.optional();
    const shape = z.strictObject({ ...head, [name]: body, expect: expected, ...time });
    return [name, named(shape.meta({ title: name, description: doc }), { is: 'a check', rule: 'whole' })];
  }),
) as unknown as Readonly<Record<BodyName, z.ZodObject>>;

const evidence = z.strictObject({
  onFailure: named(z.array(choice(['path', 'pcap', 'diff'])), { is: 'a list of path, pcap and diff' })
    .optional()
    .meta({ description: 'What is gathered of a check that failed; all when left out.' }),
  pcapPackets: whole(1, 10_000).optional().meta({ description: 'Packets kept; 200 when left out.' }),
  since: durationShape
    .optional()
    .meta({ description: 'Changes are looked for so far back when no green run is known; 10m when left out.' }),
});

const scalar = named(z.union([z.string(), z.number(), z.boolean(), z.null()]), {
  is: 'a text, a number, true or false',
});
const variableName = /^[A-Za-z_]\w{0,63}$/;

export const suiteShapes = {
  apiVersion: named(z.literal('checks/v1'), { is: 'checks/v1' }),
  kind: named(z.literal('CheckSuite'), { is: 'CheckSuite' }),
  metadata: named(
    z.strictObject({
      name: named(z.string().regex(/^[\w.:/ -]{1,100}$/), { is: 'a name of letters, digits and _ - . : /' }),
      labels: named(z.record(z.string(), scalar), { is: 'a map' }).optional(),
    }),
    { is: 'a map with name' },
  ),
  vars: named(z.record(named(z.string().regex(variableName), { is: 'a name of letters, digits and _' }), scalar), {
    is: 'a map of variables',
  })
    .optional()
    .meta({ description: `Values for \${NAME}; --var NAME=VALUE counts more.` }),
  env: named(z.array(named(z.string().regex(variableName), { is: 'the name of a variable' })).max(100), {
    is: 'a list of names',
  })
    .optional()
    .meta({
      description: `Variables of the environment that this file uses as \${NAME}. Those that begin with CI_ need not be named.`,
    }),
  defaults: named(
    z.strictObject({
      timeout: head.timeout,
      retry: head.retry,
      hold: durationShape
        .optional()
        .meta({ description: 'Of checks of what should not be: once as expected, it has to stay so for so long.' }),
      method,
      severity: head.severity,
      tags: head.tags,
      evidence: named(evidence, { is: 'a map with onFailure, pcapPackets and since' }).optional(),
    }),
    { is: 'a map' },
  ).optional(),
  endpoints: named(z.record(z.string(), endpointMap), { is: 'a map of endpoints' })
    .optional()
    .meta({ description: 'Names for the ends of checks.' }),
};

/** All but the checks, which are looked at one by one. */
export const frameShape = z.strictObject({
  ...suiteShapes,
  checks: named(z.array(z.unknown()).min(1), { is: 'a list of checks' }),
});

/** The whole, for the schema. */
export const suiteShape = z.strictObject({
  ...suiteShapes,
  checks: z
    .array(z.union(bodyNames.map((name) => checkShapes[name]) as [z.ZodObject, z.ZodObject]))
    .min(1)
    .max(suiteLimits.checks),
});
