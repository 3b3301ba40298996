#include "sockets/socket_changes.h"

#include <sys/stat.h>

#include "../../bpf/socket.h"
#include "failure.h"
#include "gen/socket_states.image.h"

namespace skein::sockets {
namespace {

namespace image = socket_states_image;

constexpr BpfImage kImage = {image::data,      sizeof image::data - 1, image::insns, sizeof image::insns - 1,
                             image::kMaps,     image::kPrograms};

/** Its inode. Throws Failure. */
uint64_t ownPidNamespace() {
  struct stat found;
  if (stat("/proc/self/ns/pid", &found) != 0) throw Failure::of("stat /proc/self/ns/pid");
  return found.st_ino;
}

}  // namespace

SocketChanges::SocketChanges() {
  loaded_ = loadBpf(kImage);
  ring_ = std::make_unique<ebpf::Ring>(loaded_.maps[image::changes], SOCKET_RING_BYTES);
  putBpf(loaded_.maps[image::control], SOCKET_PID_NAMESPACE, ownPidNamespace());
  attached_.push_back(attachBpf(loaded_.programs[image::socket_changed]));
}

void SocketChanges::tell() {
  std::vector<uint8_t> records;
  ring_->read([&records](const uint8_t* record, uint32_t size) { records.insert(records.end(), record, record + size); });
  deliver_(std::move(records), getBpf(loaded_.maps[image::control], SOCKET_LOST));
}

}  // namespace skein::sockets
