/** What probes that ask an engine declare alike. */
import * as z from 'zod';
import { readEngineAddress } from './address.ts';

export const engineUrl = z
  .string()
  .refine((url) => readEngineAddress(url) !== undefined, 'has to be unix:///PATH or tcp://HOST:PORT');

export const engineLimits = {
  verifyMs: z.int().min(1_000).default(300_000).describe('How often everything is read anew, in ms'),
  answerMs: z.int().min(100).default(10_000).describe('How long an answer may take, in ms'),
  containersMax: z.int().min(1).default(10_000).describe('How many containers are shown at most'),
};

export const engineCounters = {
  connectionsLost: 'times that the engine stopped to answer',
  events: 'events that the engine told of',
  eventsTooLong: 'events that were passed over, as they were too long',
  badAnswers: 'answers that make no sense',
  containersNotShown: 'containers that were left out, as there were more than are shown',
  labelsLeftOut: 'labels that were left out, as they were too many, too long, or looked like a secret',
  refused: 'changes that the graph refused',
};
