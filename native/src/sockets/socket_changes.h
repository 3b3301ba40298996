/** Hears each change of state of TCP sockets, of all network namespaces (bpf/socket_states.bpf.c). */
#pragma once

#include <vector>

#include "bpf_watch.h"
#include "ebpf/ring.h"

namespace skein::sockets {

/** Told are records (bpf/socket.h), and how many changes were lost, ever, for want of room. */
class SocketChanges : public BpfWatch<ebpf::Ring, std::vector<uint8_t>, uint64_t> {
 public:
  /** Throws Failure. */
  SocketChanges();

 private:
  void tell() override;
};

}  // namespace skein::sockets
