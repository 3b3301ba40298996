/**
 * The addon of Skein: what src/native/door.ts and packets.ts declare, and nothing else. This file says what is exported.
 *
 *   door.cc             the exports
 *   netlink_socket.cc   NetlinkSocket for JavaScript     netlink.cc       the socket and its batches
 *   device_socket.cc    DeviceSocket for JavaScript      devices.cc       the ioctl
 *   frames/frame_socket.cc   FrameSocket for JavaScript     frames/frame_port.cc   frames of neighbours
 *   namespace_watch.cc  NamespaceWatch for JavaScript    netns_watch.cc   how the kernel tells us
 *   netns.cc            entering and identifying         processes.cc     who lives where
 *
 *   inject/send_socket.cc    SendSocket for JavaScript      inject/sender.cc        packets of our own
 *   inject/answer_socket.cc  AnswerSocket for JavaScript    inject/answer_port.cc   what comes back
 *   packet_port.cc           the packet socket of both, and its batches
 *
 *   packets/packet_door.cc   sockets, decoders, filters: src/native/packets.ts
 *
 *   sockets/socket_door.cc   sockets and who holds them: src/native/sockets.ts
 *
 *   dial/dial_door.cc   sockets that try to reach an address: src/native/dial.ts
 *
 *   drops/drops_door.cc packets that the kernel drops: src/native/drops.ts
 *
 *   bpf_image.cc        BPF without libbpf               bell.cc, watchpoint.cc   its ring buffer, its event
 *   bpf_watch.h         programs that tell by a ring     netns_watch.cc, drops/drop_watch.cc, sockets/socket_changes.cc
 *
 * Threads. The JavaScript thread never changes its network namespace and never waits for the kernel's lock of devices:
 * one side thread (side_thread.cc) enters namespaces and ends when it has nothing left to do, another sends and asks.
 * One thread (poller.cc) reads whatever the kernel pushes, for all sockets of the process, and hands whole buffers over.
 * Each packet socket has a thread of its own (packets/packet_reader.cc).
 * A mailbox (mailbox.cc) brings all of it back, one for each environment, so that worker threads may load the addon too.
 *
 * Ownership. Each descriptor has one owner (fd.h), or is held by the threads that use it (shared_fd.h). Errors are Failures in C++ and Errors with `code` in JavaScript.
 * Node-API 9 only: no V8, no libuv. It is linked with `-z nodelete`, as threads outlive the worker that started them.
 */
#include <napi.h>

#include "addon.h"
#include "arguments.h"
#include "device_socket.h"
#include "dial/dial_door.h"
#include "drops/drops_door.h"
#include "ebpf/kernel_flows.h"
#include "frames/frame_socket.h"
#include "inject/answer_socket.h"
#include "inject/send_socket.h"
#include "namespace_watch.h"
#include "netlink_socket.h"
#include "netns.h"
#include "packets/packet_door.h"
#include "processes.h"
#include "sockets/socket_door.h"

namespace skein {
namespace {

Napi::Value netnsIdentity(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  try {
    const NetnsIdentity found = identifyNetns(textArgument(info, 0, "path"));
    const auto identity = Napi::Object::New(env);
    identity.Set("cookie", Napi::BigInt::New(env, found.cookie));
    identity.Set("inode", Napi::Number::New(env, static_cast<double>(found.inode)));
    identity.Set("device", Napi::Number::New(env, static_cast<double>(found.device)));
    return identity;
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
}

Napi::Value processNamespacesBeside(const Napi::CallbackInfo& info) {
  using Found = std::vector<ProcessNamespace>;
  const Napi::Env env = info.Env();
  auto& thread = SideThread::namespaces();
  return Addon::of(env).mailbox->beside<Found>(env, thread, processNamespaces, [](Napi::Env then, Found found) {
    const auto list = Napi::Array::New(then, found.size());
    for (uint32_t i = 0; i < found.size(); i++) {
      const auto entry = Napi::Object::New(then);
      entry.Set("pid", Napi::Number::New(then, found[i].pid));
      entry.Set("inode", Napi::Number::New(then, static_cast<double>(found[i].inode)));
      list.Set(i, entry);
    }
    return list;
  });
}

Napi::Object load(Napi::Env env, Napi::Object exports) {
  auto* const addon = new Addon;
  env.SetInstanceData(addon);
  addon->mailbox = Mailbox::open(env);
  addon->netlinkSocket = Napi::Persistent(NetlinkSocket::define(env));
  addon->deviceSocket = Napi::Persistent(DeviceSocket::define(env));
  addon->namespaceWatch = Napi::Persistent(NamespaceWatch::define(env));
  ebpf::exportKernelFlows(env, exports);
  exports.Set("openNetlink", Napi::Function::New<openNetlinkSocket>(env, "openNetlink"));
  exports.Set("openDevices", Napi::Function::New<openDeviceSocket>(env, "openDevices"));
  exports.Set("netnsIdentity", Napi::Function::New<netnsIdentity>(env, "netnsIdentity"));
  exports.Set("processNamespaces", Napi::Function::New<processNamespacesBeside>(env, "processNamespaces"));
  exports.Set("watchNamespaces", Napi::Function::New<watchNamespaces>(env, "watchNamespaces"));
  frames::exportFrames(env, exports);
  inject::exportAnswers(env, exports);
  inject::exportSenders(env, exports);
  packets::exportPackets(env, exports);
  sockets::exportSockets(env, exports);
  dial::exportDial(env, exports);
  drops::exportDrops(env, exports);
  return exports;
}

}  // namespace
}  // namespace skein

static Napi::Object Init(Napi::Env env, Napi::Object exports) { return skein::load(env, exports); }

NODE_API_MODULE(skein, Init)
