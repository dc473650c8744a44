"""Ports for the servers that tests start."""

import socket


def free_port() -> int:
    """A port that nobody has, and that the system gives to nobody else for a minute, so that no other test gets it.

    A connection on it has just been closed from this side: a port in that state is passed over by whoever asks for any,
    but can be listened on by name (RFC 9293, 3.6.1: TIME-WAIT).
    """
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as caller:
        caller.connect(listening.getsockname())
        answering, _ = listening.accept()
        answering.close()
        caller.recv(1)  # the end, which this side was the first to say
        return int(listening.getsockname()[1])
