/** The thread that reads suites: see parsing.ts. */
import { once } from 'node:events';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Mistake } from '../../std/mistake.ts';
import { parseSuites } from '../suite/parse.ts';
import type { FromParser, ParserWork } from './parser-messages.ts';

/** Checks of one piece: taking them in takes a few ms. */
const PIECE = 100;

const port = parentPort as MessagePort;
const { files, vars, env, allowed } = workerData as ParserWork;
await tell();

async function tell(): Promise<void> {
  const said = (message: FromParser) => port.postMessage(message);
  try {
    const { suites, warnings } = parseSuites(files, { vars, env, allowed: new Set(allowed) });
    for (const [suite, { checks }] of suites.entries())
      for (let at = 0; at < checks.length; at += PIECE) {
        const taken = once(port, 'message');
        said({ kind: 'checks', suite, checks: checks.slice(at, at + PIECE) });
        await taken;
      }
    said({ kind: 'done', suites: suites.map(({ checks: _, ...suite }) => suite), warnings });
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    said({ kind: 'faults', faults: error.faults });
  }
}
