"""A camera for tests: GStreamer's RTSP server with a moving picture. Prints its port; ends with its standard input.

rtsp_server.py PORT PROTOCOL [USER PASSWORD]: port 0 for any, protocol tcp or udp.
rtsp_server.py PORT PROTOCOL --clip FILE: plays a Motion JPEG file of 640 x 480 pixels and 15 frames a second again and
again without an end, as a camera does; all viewers see the same frames.
"""

import itertools
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

PICTURE = "( videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"


FRAMES = '( appsrc name=frames is-live=true format=time do-timestamp=true caps="image/jpeg,width=640,height=480,framerate=15/1" ! rtpjpegpay name=pay0 pt=26 )'


def read(clip):
    """The frames of the clip, each a JPEG."""
    frames = []
    pipeline = Gst.parse_launch(f'filesrc location="{clip}" ! avidemux ! image/jpeg ! fakesink name=end signal-handoffs=true')
    pipeline.get_by_name("end").connect("handoff", lambda _, frame, __: frames.append(frame.extract_dup(0, frame.get_size())))
    pipeline.set_state(Gst.State.PLAYING)
    ended = pipeline.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state(Gst.State.NULL)
    if ended.type == Gst.MessageType.ERROR:
        sys.exit(f"the clip cannot be read: {ended.parse_error()}")
    return frames


def play(frames, media):
    """Gives a frame to the media fifteen times a second, until nobody takes it any more."""
    source = media.get_element().get_by_name("frames")
    turns = itertools.cycle(frames)
    is_taken = lambda: source.emit("push-buffer", Gst.Buffer.new_wrapped(next(turns))) == Gst.FlowReturn.OK
    GLib.timeout_add(1000 // 15, is_taken)


def main(port, protocol, user=None, password=None):
    Gst.init(None)
    picture, frames = PICTURE, None
    if user == "--clip":
        frames = read(password)
        picture, user = FRAMES, None
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(picture)
    factory.set_shared(True)
    if frames:
        factory.connect("media-configure", lambda _, media: play(frames, media))
    factory.set_protocols({"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}[protocol])
    if user:
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth = GstRtspServer.RTSPAuth()
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/door", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


main(*sys.argv[1:])
