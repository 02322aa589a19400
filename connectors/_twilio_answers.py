"""What Twilio answers over HTTP, read up to a length and a time."""

import re
from threading import local
from time import monotonic
from typing import Any

#: Bytes of the longest answer that is read: a page of a thousand messages, each of the longest.
LONGEST = 16 * 1024 * 1024
#: Bytes that are unpacked at a time.
PIECE = 16 * 1024


class Listener:
    """Reads each response in the thread that got it; requests calls `hear` before anybody else reads."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._asked = local()

    @property
    def retry_after(self) -> float | None:
        """Seconds that the last response asked this thread to wait, if any."""
        wait: float | None = getattr(self._asked, "wait", None)
        return wait

    def hear(self, response: Any, *_: object, **__: object) -> None:
        """Read a response; raises a RequestException for one that is too long or does not end in time."""
        # The client's exception drops the header. Twilio gives seconds, not the date that HTTP also allows.
        after = response.headers.get("Retry-After", "")
        self._asked.wait = float(after) if re.fullmatch(r"\d{1,6}", after, re.ASCII) else None
        # requests offers no other way to say that the content was read; it reads without any bound itself.
        response._content = self._content(response)
        # Else it would guess, at length.
        response.encoding = "utf-8"

    def _content(self, response: Any) -> bytes:
        from requests.exceptions import ContentDecodingError, ReadTimeout
        from urllib3.exceptions import HTTPError

        content, until = bytearray(), monotonic() + self._timeout
        try:
            # Whatever has come: iter_content would wait for a whole piece, however slowly it comes.
            while piece := response.raw.read1(PIECE, decode_content=True):
                content += piece
                if len(content) > LONGEST:
                    response.close()
                    raise ContentDecodingError("the answer is too long")
                if monotonic() > until:
                    response.close()
                    raise ReadTimeout("the answer does not end")
        except HTTPError as error:
            raise ContentDecodingError("the answer breaks off") from error
        return bytes(content)
