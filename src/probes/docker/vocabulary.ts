/** What is known of Docker's containers and networks. */
import { keysOf } from '../../model/vocabulary.ts';
import { Container, networkType } from '../containers/vocabulary.ts';

export const types = [Container, networkType('docker', 'Docker')];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(keysOf(types));
