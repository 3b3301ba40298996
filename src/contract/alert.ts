/** `/api/alert`: standing conditions in Skydive's shape, with what it lacks; `/api/alerts`: what became of them. */
import * as z from 'zod';
import { parseDuration } from '../std/duration.ts';
import { idShape, schemaVersion } from './element.ts';

const durationText = (what: string) =>
  z
    .string()
    .max(32)
    .refine((text) => text === '' || parseDuration(text) !== undefined, { error: 'is no duration, like 30s or 5m' })
    .meta({ description: what, example: '30s' });

const severityShape = z.enum(['critical', 'error', 'warning', 'info'], {
  error: 'has to be critical, error, warning or info',
});

const said = {
  Name: z.string().max(200).optional(),
  Description: z.string().max(2_000).optional(),
  Expression: z
    .string()
    .trim()
    .min(1, { error: "is missing: a query such as G.V().Has('State', 'DOWN'), or JavaScript" })
    .max(16 * 1024)
    .meta({
      description: 'Gremlin, or a JavaScript expression. What is not empty, zero or false is a reason to fire.',
    }),
  Trigger: z.string().max(64).meta({
    description: '`graph` (at every change of the graph) or `duration:10s` (again and again).',
    example: 'duration:10s',
  }),
  Action: z.string().max(2_048).meta({
    description:
      'Who is told: http(s)://… (a POST), script://NAME (run, the message on its standard input), log://NAME (a line in a file); nobody when empty.',
  }),
  Severity: severityShape,
  For: durationText('How long it has to be so before it fires.').optional(),
  KeepFor: durationText('How long it has to be over before it is resolved.').optional(),
  SilencedUntil: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Until then nobody is told; what happens is kept all the same.' }),
  Labels: z.record(z.string().max(100), z.string().max(500)).optional(),
};

/** Empty is what Skydive's clients send for what they do not say; what they send and we do not know is ignored. */
export const newAlertShape = z
  .object({
    ...said,
    Trigger: said.Trigger.default('graph'),
    Action: said.Action.default(''),
    Severity: severityShape.default('warning'),
  })
  .meta({ id: 'NewAlert' });

export const alertShape = z
  .object({ UUID: idShape, ...said, CreateTime: z.iso.datetime().meta({ description: 'RFC 3339.' }) })
  .meta({ id: 'Alert' });

const stateShape = z.enum(['inactive', 'pending', 'firing']);

export const alertStateShape = z
  .object({
    Alert: alertShape,
    State: stateShape,
    Since: z.iso.datetime().optional().meta({ description: 'Of that state.' }),
    Firing: z.string().optional().meta({ description: 'Names one time that it fires, from its beginning to its end.' }),
    Reason: z.string().optional().meta({ description: 'What it fires for, in short.' }),
    LastLooked: z.iso.datetime().optional(),
    TookMs: z.number().optional(),
    LateMs: z.int().optional().meta({
      description: 'How much later than it should have been that was, where it was more than may be.',
    }),
    Error: z
      .string()
      .optional()
      .meta({ description: 'Why the condition could not be looked at; its state is as it was.' }),
    Warnings: z
      .array(z.string())
      .optional()
      .meta({ description: 'What is odd about the condition, such as a key that nothing has.' }),
    Waiting: z.int().meta({ description: 'Messages that nobody has taken yet.' }),
    DeliveryError: z.string().optional().meta({ description: 'Why the last try to tell failed.' }),
  })
  .meta({ id: 'AlertState' });

export const alertEventShape = z
  .object({
    ID: z.string().meta({ description: 'Of the message: `FIRING-n`. A message that is sent again has the same.' }),
    Alert: idShape,
    Name: z.string().optional(),
    Severity: severityShape,
    State: z.enum(['firing', 'resolved']),
    Time: z.iso.datetime(),
    Reason: z.string(),
    Told: z
      .enum(['waiting', 'done', 'failed', 'silenced', 'nobody'])
      .meta({ description: 'What came of telling it; nobody: there is no action.' }),
    Note: z.string().optional(),
  })
  .meta({ id: 'AlertEvent' });

/** What is posted, given to a script, written to a file and sent to WebSockets (Namespace `Alert`). */
export const alertMessageShape = z
  .object({
    UUID: idShape.meta({ description: 'Of the alert.' }),
    Timestamp: z.iso.datetime(),
    ReasonData: z
      .unknown()
      .meta({ description: 'The answer it fires for, as /api/topology gives it; when it is resolved, the last one.' }),
    ReasonCount: z
      .int()
      .optional()
      .meta({ description: 'How many there are, where ReasonData holds the first of them.' }),
    ID: z.string(),
    State: z.enum(['firing', 'resolved']),
    Firing: z.string(),
    Sequence: z.int().meta({ description: '1 is the first message of a firing; it grows when its reason changes.' }),
    StartedAt: z.iso.datetime(),
    Name: z.string().optional(),
    Description: z.string().optional(),
    Severity: severityShape,
    Labels: z.record(z.string(), z.string()).optional(),
    Expression: z.string(),
    Host: z.string().meta({ description: 'Of the server that looked.' }),
    Test: z.boolean().optional().meta({ description: 'Sent to see whether it arrives.' }),
  })
  .meta({ id: 'AlertMessage' });

export const alertStatesShape = z
  .object({
    schema: z.literal(schemaVersion),
    kind: z.literal('alerts'),
    alerts: z.array(alertStateShape),
    held: z
      .string()
      .optional()
      .meta({ description: 'Why nobody is told for now, or why it is not known how they stand; absent: all is well.' }),
  })
  .meta({ id: 'AlertStates' });

export const alertHistoryShape = z
  .object({
    schema: z.literal(schemaVersion),
    kind: z.literal('alert-history'),
    events: z.array(alertEventShape).meta({ description: 'Oldest first; the last few hundred are kept.' }),
  })
  .meta({ id: 'AlertHistory' });

export type Severity = z.infer<typeof severityShape>;
export type WireAlert = z.infer<typeof alertShape>;
export type NewAlert = z.infer<typeof newAlertShape>;
export type AlertState = z.infer<typeof alertStateShape>;
export type AlertEvent = z.infer<typeof alertEventShape>;
export type AlertMessage = z.infer<typeof alertMessageShape>;
export type AlertStates = z.infer<typeof alertStatesShape>;
export type AlertHistory = z.infer<typeof alertHistoryShape>;
