/** The commands, in the order in which help lists them. Each is loaded when it is called. */
import type { ListedCommand } from './command.ts';

export const commands: readonly ListedCommand[] = [
  { name: 'up', doc: 'watch this host and answer questions about it', load: () => import('./commands/up.ts') },
  { name: 'query', doc: 'ask in Gremlin', load: () => import('./commands/query.ts') },
  { name: 'get', doc: 'list things: nodes, interfaces, routes…', load: () => import('./commands/get.ts') },
  { name: 'tree', doc: 'what contains what, as a tree', load: () => import('./commands/tree.ts') },
  { name: 'describe', doc: 'everything about one node', load: () => import('./commands/describe.ts') },
  { name: 'history', doc: 'how one node came to be as it is', load: () => import('./commands/history.ts') },
  { name: 'diff', doc: 'what changed between two moments', load: () => import('./commands/diff.ts') },
  { name: 'watch', doc: 'changes as they happen', load: () => import('./commands/watch.ts') },
  {
    name: 'capture',
    doc: 'look at packets, and make flows of them',
    load: () => import('./commands/capture.ts'),
  },
  { name: 'flows', doc: 'who spoke with whom', load: () => import('./commands/flows.ts') },
  {
    name: 'follow',
    doc: 'one conversation hop by hop, and where its packets get lost',
    load: () => import('./commands/follow.ts'),
  },
  {
    name: 'path',
    doc: 'how a packet gets from one end to another, and where it stops',
    load: () => import('./commands/path.ts'),
  },
  { name: 'pcap', doc: 'put the flows of a trace into the past', load: () => import('./commands/pcap.ts') },
  {
    name: 'rule',
    doc: 'what you say of the network yourself, wherever a query finds it',
    load: () => import('./commands/rule.ts'),
  },
  { name: 'set', doc: 'say something of one node', load: () => import('./commands/set.ts') },
  { name: 'unset', doc: 'take it back', load: () => import('./commands/unset.ts') },
  { name: 'graph', doc: "graphs of one's own, for any Gremlin driver", load: () => import('./commands/graph.ts') },
  {
    name: 'archive',
    doc: 'what is kept of the past: how much, whether it is right, in and out',
    load: () => import('./commands/archive.ts'),
  },
  { name: 'status', doc: 'what the server does, and what it cannot', load: () => import('./commands/status.ts') },
  { name: 'doctor', doc: 'check what Skein needs, and say what would do', load: () => import('./commands/doctor.ts') },
  { name: 'lab', doc: 'a small network to look at and play with', load: () => import('./commands/lab.ts') },
  { name: 'completion', doc: 'completion for bash, zsh and fish', load: () => import('./commands/completion.ts') },
  { name: 'version', doc: 'version of skein and of the server', load: () => import('./commands/version.ts') },
  {
    name: 'node-rule',
    doc: 'rule node, as Skydive calls it',
    hidden: true,
    load: () => import('./commands/node-rule.ts'),
  },
  {
    name: 'edge-rule',
    doc: 'rule edge, as Skydive calls it',
    hidden: true,
    load: () => import('./commands/edge-rule.ts'),
  },
  { name: '__complete', doc: 'words that could follow', hidden: true, load: () => import('./commands/__complete.ts') },
];
