/** Workflows that come with Skein, with the names, parameters and results that those of Skydive have. */
import { readFileSync } from 'node:fs';
import type { Workflow } from '../workflow.ts';

/** Read when someone asks for them. A file is a module so that tools understand it; a workflow is the function alone. */
export function bundledWorkflows(): readonly Workflow[] {
  return said.map(({ file, ...workflow }) => ({
    ...workflow,
    Source: readFileSync(new URL(`./${file}`, import.meta.url), 'utf8').replace(/^export default /, ''),
    IsBundled: true,
  }));
}

const said: readonly (Omit<Workflow, 'Source' | 'IsBundled'> & { readonly file: string })[] = [
  {
    file: 'check-connectivity.js',
    UUID: '85757b38-6e21-11e8-b42d-28d2442e1329',
    Name: 'CheckConnectivity',
    Title: 'Do packets get from one interface to another, and back?',
    Abstract: 'Captures along the path, sends ICMP echo requests, and looks for flows that went both ways.',
    Description: 'Gives Connectivity (and State, the same) with the Flows that were seen. Needs the right to inject.',
    Parameters: [
      { Name: 'source', Description: 'where packets are sent from (TID)', Type: 'node' },
      { Name: 'destination', Description: 'where they go to (TID)', Type: 'node' },
    ],
  },
  {
    file: 'check-mtu.js',
    UUID: '85757b38-6e21-11e8-b42d-28d2442e1325',
    Name: 'CheckMTU',
    Title: 'Does the MTU shrink on the way from one interface to another?',
    Abstract: 'Looks at the MTU of each node of the shortest path, in order; true: it does not shrink.',
    Parameters: [
      { Name: 'source', Description: 'where the path begins (TID)', Type: 'node' },
      { Name: 'destination', Description: 'where it ends (TID)', Type: 'node' },
    ],
  },
  {
    file: 'flow-matrix.js',
    UUID: 'bcc2e200-7a57-11e8-913c-28d2442e1325',
    Name: 'FlowMatrix',
    Title: 'Which process speaks with which service?',
    Abstract: 'Finds the service at the other end of each open socket, and gives all of them as a graph or as DOT.',
    Parameters: [
      { Name: 'useFlows', Description: 'sockets of flows as well', Type: 'boolean' },
      {
        Name: 'format',
        Description: 'what it gives',
        Type: 'choice',
        Default: 'graph',
        Values: [
          { Description: 'processes and their connections, as a graph', Value: 'graph' },
          { Description: 'text for Graphviz', Value: 'dot' },
        ],
      },
      { Name: 'debug', Description: 'say what is found, on the console', Type: 'boolean' },
    ],
  },
  {
    file: 'flow-validation.js',
    UUID: '1c79a9d2-6fcb-4e10-7d40-78819b07781c',
    Name: 'FlowValidation',
    Title: 'Does a flow pass one checkpoint, or both, or all between them?',
    Abstract:
      'Captures at the checkpoints and waits until what is looked for has passed all of them, or the time is over.',
    Description: 'Gives Connectivity; where it is false, NotReachedNodes; Error where nothing could be captured.',
    Parameters: [
      { Name: 'Checkpoint-1', Description: 'a node (TID)', Type: 'node' },
      { Name: 'Checkpoint-2', Description: 'another (TID); may be left out', Type: 'node' },
      { Name: 'All', Description: 'capture on all nodes between the two', Type: 'boolean' },
      {
        Name: 'Protocol',
        Description: 'of the flow',
        Type: 'choice',
        Default: 'icmp',
        Values: [
          { Description: 'ICMP', Value: 'icmp' },
          { Description: 'TCP', Value: 'tcp' },
          { Description: 'UDP', Value: 'udp' },
        ],
      },
      { Name: 'Source-IP', Description: 'one end; may be left out', Type: 'string' },
      { Name: 'Destination-IP', Description: 'the other end; may be left out', Type: 'string' },
      { Name: 'ID/Port', Description: 'ICMP id, or port; may be left out', Type: 'string' },
      { Name: 'Time', Description: 'how long to wait, seconds', Type: 'integer', Default: 5 },
    ],
  },
];
