/** One run, in a thread of its own: nothing of it is used twice. It waits in place for what it asks. */
import { parentPort, workerData } from 'node:worker_threads';
import { Door } from './door.ts';
import type { FromThread, Setup } from './messages.ts';
import { runScript } from './script.ts';

const setup = workerData as Setup;
const tell = (message: FromThread) => parentPort?.postMessage(message);
tell({ kind: 'begun' });
const door = new Door(setup, tell);
tell(await runScript(setup, door));
