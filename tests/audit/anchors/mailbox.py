"""A mail server of one mailbox on this machine: enough of RFC 5321 to take a message."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Mailbox:
    """What has arrived."""

    def __init__(self) -> None:
        self.port = 0
        self.refuses = False
        self.messages: list[EmailMessage] = []


@contextmanager
def taking_mail() -> Iterator[Mailbox]:
    """Take every message that comes, or refuse them all."""
    mailbox = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 mailbox")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.say("354 go on")
                    taken = b"".join(iter(self.rfile.readline, b".\r\n"))
                    parsed = message_from_bytes(taken, policy=policy.default)
                    assert isinstance(parsed, EmailMessage)
                    mailbox.messages.append(parsed)
                elif word == b"RCPT" and mailbox.refuses:
                    self.say("550 no such mailbox")
                    continue
                self.say("221 bye" if word == b"QUIT" else "250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        mailbox.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield mailbox
        finally:
            server.shutdown()
            thread.join()
