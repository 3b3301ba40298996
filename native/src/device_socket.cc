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
  fd_ = std::move(*info[0].As<Napi::External<Fd>>().Data());
}

Napi::Value DeviceSocket::ethtool(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const std::string name = textArgument(info, 0, "interfaceName");
  const Napi::Uint8Array command = bytesArgument(info, 1, "command");
  const auto answer = Napi::Buffer<uint8_t>::Copy(env, command.Data(), command.ByteLength());
  try {
    skein::ethtool(fd_, name, answer.Data(), answer.ByteLength());
  } catch (const Failure& failure) {
    throw toError(env, failure);
  }
  return answer;
}

void DeviceSocket::close(const Napi::CallbackInfo&) { fd_.reset(); }

}  // namespace skein
