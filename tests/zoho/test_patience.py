"""An answer ends in time, however slowly it comes: over a real socket."""

import socket
import threading
import time

import pytest

from zoho import endpoints as e
from zoho.client import ZohoClient
from zoho.errors import ZohoRetryLater
from zoho.patience import new_session

STARTS = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Filler: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
}


@pytest.fixture
def dripping():
    """Return the address of a server that goes on with one byte after another."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    threads = []

    def serve(start):
        line, _peer = listening.accept()
        with line:
            line.recv(65536)
            line.sendall(start)
            while not over.wait(0.05):
                try:
                    line.sendall(b" ")
                except OSError:
                    return

    def begin(part):
        threads.append(threading.Thread(target=serve, args=[STARTS[part]]))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield begin
    over.set()
    for thread in threads:
        thread.join()
    listening.close()


@pytest.mark.parametrize("part", list(STARTS))
def test_an_answer_in_drops_ends_in_time(dripping, part):
    """Each byte comes soon enough for the session, and there is no end of them."""
    session = new_session(patience=0.5)
    client = ZohoClient(dripping(part), "1", "1000.a.b", session)
    began = time.monotonic()
    with pytest.raises(ZohoRetryLater, match="too long") as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert (caught.value.code, client.calls) == ("timeout", 1)
    assert 0.4 < time.monotonic() - began < 5
