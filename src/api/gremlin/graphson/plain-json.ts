export { readGraphson as readPlainJson } from './read-value.ts';
