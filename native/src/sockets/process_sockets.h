/** Which process holds which socket, by /proc/PID/fd (proc_pid_fd(5)). */
#pragma once

#include <cstdint>
#include <vector>

namespace skein::sockets {

struct ProcessSocket {
  uint32_t inode;
  uint32_t pid;
};

struct ProcessSockets {
  std::vector<ProcessSocket> all;
  uint32_t hidden = 0;  // processes that are not ours to look at
  bool isCut = false;   // there are more
};

/** Throws Failure. */
ProcessSockets processSockets();

}  // namespace skein::sockets
