"""Which ids came by, in one bit for each: a set of them would grow to hundreds of megabytes over the years."""


class Seen:
    """Numbers of rows, which PostgreSQL gives without large gaps, or days and months."""

    def __init__(self) -> None:
        self._bits, self._words = bytearray(), set[str]()

    def add(self, key: int | str) -> None:
        if isinstance(key, str):
            self._words.add(key)
            return
        place, bit = divmod(key, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1024 - len(self._bits)))
        self._bits[place] |= 1 << bit

    def __contains__(self, key: int | str) -> bool:
        if isinstance(key, str):
            return key in self._words
        place, bit = divmod(key, 8)
        return place < len(self._bits) and bool(self._bits[place] >> bit & 1)
