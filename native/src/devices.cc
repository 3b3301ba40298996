#include "devices.h"

#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cstring>

#include "failure.h"

namespace skein {
namespace {

/** The largest command: names of statistics are 32 bytes each, and drivers have thousands. */
constexpr size_t kCommandBytesMax = 1024 * 1024;
constexpr size_t kPageBytesMax = 64 * 1024;

/** Memory with nothing behind it: whoever writes past the end gets a fault, not our heap. */
class Fenced {
 public:
  Fenced() : base_(mmap(nullptr, kCommandBytesMax + kPageBytesMax, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    if (base_ == MAP_FAILED) throw Failure::of("mmap for ethtool");
    if (mprotect(base_, kCommandBytesMax, PROT_READ | PROT_WRITE) != 0) {
      const Failure failure = Failure::of("mprotect for ethtool");
      munmap(base_, kCommandBytesMax + kPageBytesMax);
      throw failure;
    }
  }
  ~Fenced() { munmap(base_, kCommandBytesMax + kPageBytesMax); }
  Fenced(const Fenced&) = delete;
  Fenced& operator=(const Fenced&) = delete;

  uint8_t* last(size_t size) const { return static_cast<uint8_t*>(base_) + kCommandBytesMax - size; }

 private:
  void* base_;
};

}  // namespace

Fd openDevices() {
  Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // A kernel may be without IPv4.
  if (!fd) fd = Fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!fd) throw Failure::of("open a socket for devices");
  return fd;
}

std::vector<uint8_t> ethtool(const Fd* devices, const std::string& interfaceName, const std::vector<uint8_t>& command) {
  const std::string attempt = "ethtool " + interfaceName;
  const size_t size = command.size();
  if (devices == nullptr) throw Failure{EBADF, attempt + " on a closed socket"};
  ifreq request{};
  if (interfaceName.empty() || interfaceName.size() >= sizeof request.ifr_name) throw Failure{ENODEV, attempt};
  // The kernel copies at least the command's number, and first looks at it.
  if (size < sizeof(uint32_t)) throw Failure{EINVAL, attempt};
  if (size > kCommandBytesMax) throw Failure{EMSGSIZE, attempt};
  memcpy(request.ifr_name, interfaceName.data(), interfaceName.size());
  const Fenced fenced;
  memcpy(fenced.last(size), command.data(), size);
  request.ifr_data = reinterpret_cast<char*>(fenced.last(size));
  if (ioctl(devices->get(), SIOCETHTOOL, &request) != 0) throw Failure::of(attempt);
  return std::vector<uint8_t>(fenced.last(size), fenced.last(size) + size);
}

}  // namespace skein
