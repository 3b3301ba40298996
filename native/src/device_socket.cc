#include "device_socket.h"

#include "addon.h"
#include "arguments.h"
#include "devices.h"

namespace skein {

Napi::Value openDeviceSocket(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto netns = textIn(objectArgument(info, 0, "options"), "netns");
  return Addon::of(env).mailbox->inNetns<Fd>(env, netns, openDevices, [](Napi::Env then, Fd fd) {
    return DeviceSocket::wrap(then, std::move(fd));
  });
}

Napi::Function DeviceSocket::define(Napi::Env env) {
  return DefineClass(env, "DeviceSocket",
                     {InstanceMethod<&DeviceSocket::ethtool>("ethtool"),
                      InstanceMethod<&DeviceSocket::close>("close")});
}

Napi::Value DeviceSocket::wrap(Napi::Env env, Fd fd) {
  return Addon::of(env).deviceSocket.New({Napi::External<Fd>::New(env, &fd)});
}

DeviceSocket::DeviceSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DeviceSocket>(info) {
  if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "device sockets are made by openDevices()");
  fd_ = std::make_shared<SharedFd>(std::move(*info[0].As<Napi::External<Fd>>().Data()));
}

Napi::Value DeviceSocket::ethtool(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = textArgument(info, 0, "interfaceName");
  const Napi::Uint8Array given = bytesArgument(info, 1, "command");
  using Command = std::vector<uint8_t>;
  const Command command(given.Data(), given.Data() + given.ByteLength());
  return Addon::of(env).mailbox->beside<Command>(
      env, SideThread::kernel(),
      [fd = fd_, name, command] { return skein::ethtool(fd->hold().get(), name, command); },
      [](Napi::Env then, Command answer) {
        return Napi::Buffer<uint8_t>::Copy(then, answer.data(), answer.size());
      });
}

void DeviceSocket::close(const Napi::CallbackInfo&) { fd_->close(); }

}  // namespace skein
