"""A deliberately plain HTTP/1.1 client: it sends exactly the bytes it is given.

Ordinary clients tidy paths, verbs and headers before sending them, so they cannot show what a
server does with input nobody tidied.
"""

import json
import socket
import ssl
from dataclasses import dataclass, field


class Closed(Exception):
    """The server closed the connection where a response was expected."""


@dataclass
class Reply:
    """One response as it came over the wire."""

    status: int
    headers: list = field(default_factory=list)
    body: bytes = b""

    def header(self, name):
        """The value of the header `name`, or None."""
        values = self.all_headers(name)
        return values[0] if values else None

    def all_headers(self, name):
        """Every value of the header `name`, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def json(self):
        """The body as JSON, integers and fractions decoded by Python's rules."""
        return json.loads(self.body)

    @property
    def text(self):
        """The body as text."""
        return self.body.decode("utf-8")

    @property
    def errors(self):
        """The `errors` array of the body."""
        return self.json["errors"]


class Connection:
    """One TCP (or TLS) connection, kept open until `close`."""

    def __init__(self, host, port, cafile=None, timeout=20):
        self.socket = socket.create_connection((host, port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if cafile:
            context = ssl.create_default_context(cafile=cafile)
            self.socket = context.wrap_socket(self.socket, server_hostname=host)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the socket; the server sees the end of the stream."""
        self.socket.close()

    def send(self, data):
        """Send the bytes `data` unchanged."""
        self.socket.sendall(data)

    def _fill(self):
        try:
            chunk = self.socket.recv(65536)
        except (ConnectionResetError, BrokenPipeError) as reset:
            raise Closed("reset by peer") from reset
        if not chunk:
            raise Closed("end of stream")
        self.buffer += chunk

    def _line(self):
        while b"\n" not in self.buffer:
            self._fill()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def _exactly(self, count):
        while len(self.buffer) < count:
            self._fill()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read(self, head=False):
        """Read one response. `head` says that the request was HEAD, so that no body follows."""
        status_line = self._line()
        status = int(status_line.split(b" ")[1])
        headers = []
        while True:
            line = self._line()
            if not line:
                break
            key, _, value = line.partition(b":")
            headers.append((key.decode("latin-1"), value.strip().decode("latin-1")))
        reply = Reply(status, headers)
        if 100 <= status < 200:
            return self.read(head)
        if head or status in (204, 304):
            return reply
        if reply.header("Content-Type") == "text/event-stream":
            # It has no end; whoever wants more than the head reads it by itself.
            return reply
        length = reply.header("Content-Length")
        if (reply.header("Transfer-Encoding") or "").lower() == "chunked":
            while True:
                size = int(self._line().split(b";")[0], 16)
                reply.body += self._exactly(size)
                self._line()
                if size == 0:
                    return reply
        elif length is not None:
            reply.body = self._exactly(int(length))
        else:
            try:
                while True:
                    self._fill()
            except Closed:
                reply.body, self.buffer = self.buffer, b""
        return reply

    def closed_by_server(self):
        """Whether the server ends the connection (waits up to the socket's time limit)."""
        try:
            while True:
                self._fill()
        except Closed:
            return True
        except TimeoutError:
            return False


def encode(method, target, headers=(), body=None, host="localhost"):
    """The bytes of one request. `body` may be bytes, text, or anything JSON can hold."""
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode("utf-8")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{key}: {value}" for key, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")
