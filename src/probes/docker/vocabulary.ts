/** What is known of Docker's containers and networks. */
import { Container, networkType } from '../containers/vocabulary.ts';

export const types = [Container, networkType('docker', 'Docker')];

/** Every key of nodes of our own. */
export const OWNED: ReadonlySet<string> = new Set(types.flatMap(({ fields }) => Object.keys(fields.shape)));
