/** Reads which sockets processes hold open, of all network namespaces (bpf/socket_walk.bpf.c). */
#pragma once

#include <cstdint>
#include <vector>

#include "bpf_image.h"

namespace skein::sockets {

struct Walked {
  std::vector<uint8_t> records;  // bpf/socket.h
  bool isCut = false;            // there are more
};

class SocketWalk {
 public:
  /** Throws Failure. */
  SocketWalk();

  /** One pass over the descriptors of all processes. On any thread. Throws Failure. */
  Walked walk() const;

 private:
  BpfLoaded loaded_;
  Fd link_;
};

}  // namespace skein::sockets
