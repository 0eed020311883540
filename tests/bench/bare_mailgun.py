"""A bare Mailgun for benchmarks: `python -m tests.bench.bare_mailgun --port P --control C --log FILE`.

It reads each call whole, counts the readers in it and answers. What `tests.faults.receiver` does beside (filling each
reader's mail, writing it down) would take most of the time that is to be measured; so nothing is written to the log.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import threading
from collections import Counter

from tests.faults.mischief import serve_commands

READER = b'"v:delivery": '  # stands once for each reader in the recipients' variables
BODY = b'{"id": "<1@mailgun.example>", "message": "Queued. Thank you."}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def serve(server: socket.socket, seen: Counter[str]) -> None:
    """Answer for ever, each connection in a thread of its own."""
    while True:
        connection, _address = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(connection, seen), daemon=True).start()


def talk(connection: socket.socket, seen: Counter[str]) -> None:
    """Take calls over one connection until the other side hangs up."""
    with connection, connection.makefile("rb", buffering=1 << 18) as stream:
        while head := stream.readline():
            length = 0
            while head.strip():
                if head.lower().startswith(b"content-length:"):
                    length = int(head.partition(b":")[2])
                head = stream.readline()
            body = stream.read(length)
            seen.update(calls=1, count=body.count(READER) or 1)
            connection.sendall(ANSWER)


async def main() -> None:
    """Serve on 127.0.0.1 until killed; `{"do": "calls"}` and `{"do": "count"}` tell of calls and readers."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--control", type=int, required=True)
    options.add_argument("--log", help="taken so that it can be started like the others, and not written")
    given = options.parse_args()
    seen: Counter[str] = Counter()
    server = socket.create_server(("127.0.0.1", given.port), backlog=200)
    threading.Thread(target=serve, args=(server, seen), daemon=True).start()
    commands = await serve_commands({"calls": lambda: seen["calls"], "count": lambda: seen["count"]}, given.control)
    await commands.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
