#include "frames/frame_socket.h"

#include <algorithm>

#include "packets/packet_options.h"

namespace skein::frames {
namespace {

/** openFrames(options): Promise<FrameSocket> */
Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  return Addon::of(env).mailbox->inNetns<Fd>(
      env, textIn(given, "netns"),
      [options = packets::portOptionsIn(given)] { return openFrames(options); },
      [](Napi::Env then, Fd fd) { return FrameSocket::wrap(then, std::move(fd)); });
}

}  // namespace

void exportFrames(Napi::Env env, Napi::Object exports) {
  Addon::of(env).frameSocket = Napi::Persistent(FrameSocket::define(env));
  exports.Set("openFrames", Napi::Function::New<open>(env, "openFrames"));
}

Napi::Function FrameSocket::define(Napi::Env env) {
  return DefineClass(env, "FrameSocket",
                     {InstanceMethod<&FrameSocket::join>("join"), InstanceMethod<&FrameSocket::onFrames>("onFrames"),
                      InstanceMethod<&FrameSocket::close>("close")});
}

Napi::Value FrameSocket::wrap(Napi::Env env, Fd fd) {
  auto port = std::make_shared<FramePort>(std::move(fd));
  return Addon::of(env).frameSocket.New({Napi::External<std::shared_ptr<FramePort>>::New(env, &port)});
}

/** Under the kernel's lock of all devices. */
Napi::Value FrameSocket::join(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) throw Napi::TypeError::New(env, "interfaceIndex must be a number");
  const Napi::Uint8Array given = bytesArgument(info, 1, "address");
  MacAddress address;
  if (given.ByteLength() != address.size()) throw Napi::TypeError::New(env, "address must have 6 bytes");
  std::copy_n(given.Data(), address.size(), address.begin());
  using Nothing = std::monostate;
  return Addon::of(env).mailbox->beside<Nothing>(
      env, SideThread::kernel(),
      [port = port_, interfaceIndex = info[0].As<Napi::Number>().Int32Value(), address] {
        port->join(interfaceIndex, address);
        return Nothing{};
      },
      [](Napi::Env then, Nothing) { return then.Undefined(); });
}

void FrameSocket::tell(Napi::Env env, const Napi::FunctionReference& listener, const Batch& batch) {
  listener.Call({Napi::Buffer<uint8_t>::Copy(env, batch.data(), batch.size())});
}

}  // namespace skein::frames
