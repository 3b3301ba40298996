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

SocketChanges::SocketChanges()
    : loaded_(loadBpf(kImage)),
      ring_(std::make_unique<ebpf::Ring>(loaded_.maps[image::changes], SOCKET_RING_BYTES)) {
  putBpf(loaded_.maps[image::control], SOCKET_PID_NAMESPACE, ownPidNamespace());
  attached_ = attachBpf(loaded_.programs[image::socket_changed]);
}

void SocketChanges::listen(Deliver deliver) {
  const std::lock_guard lock(mutex_);
  deliver_ = std::move(deliver);
  ticket_ = poller::add(ring_->fd(), shared_from_this());
}

void SocketChanges::readable() {
  const std::lock_guard lock(mutex_);
  if (!ring_ || resting_) return;
  resting_ = true;
  poller::pause(ticket_, ring_->fd());
  std::vector<uint8_t> records;
  ring_->read([&records](const uint8_t* record, uint32_t size) { records.insert(records.end(), record, record + size); });
  deliver_(std::move(records), getBpf(loaded_.maps[image::control], SOCKET_LOST));
}

void SocketChanges::rearm() {
  const std::lock_guard lock(mutex_);
  if (!ring_ || !resting_) return;
  resting_ = false;
  poller::resume(ticket_, ring_->fd());
}

void SocketChanges::close() {
  const std::lock_guard lock(mutex_);
  if (!ring_) return;
  if (ticket_ != 0) poller::remove(ticket_, ring_->fd());
  attached_.reset();
  ring_.reset();
  loaded_ = BpfLoaded{};
  deliver_ = nullptr;
}

}  // namespace skein::sockets
