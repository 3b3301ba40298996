/* What crosses between bpf/netns_watch.bpf.c and native/src/watch.cc: the keys of the map `known`. */
#ifndef SKEIN_NETNS_WATCH_H
#define SKEIN_NETNS_WATCH_H

enum netns_watch_key {
  NETNS_WATCH_HOME, /* inode of the namespace whose processes come and go all the time, and never leave it empty */
  NETNS_WATCH_LIST, /* kernel address that is written when a namespace is made; 0 before it is found */
  NETNS_WATCH_KEYS
};

#endif
