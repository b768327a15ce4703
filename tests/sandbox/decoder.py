"""Finds mail addresses the blunt way, independent of the product: undo every known disguise, then look for `@`."""

import html
import re
from urllib.parse import unquote

ADDRESS = re.compile(r"[a-z0-9][a-z0-9._-]*@(?:[a-z0-9-]+\.)+[a-z]{2,}")
AT = re.compile(r"\s*[\[(]\s*(?:at|arobase)\s*[\])]\s*|\s+arobase\s+", re.IGNORECASE)
DOT = re.compile(r"\s*[\[(]\s*(?:point|dot)\s*[\])]\s*|(?<=\w)\s+point\s+(?=\w)", re.IGNORECASE)
PAIR = re.compile(r'data-(?:user|name|local)="([^"]+)" data-(?:domain|host)="([^"]+)"')
REVERSED = re.compile(r'direction: ?rtl[^"]*">([^<]+)<')
CLOUDFLARE = re.compile(r'data-cfemail="([0-9a-f]+)"')


def addresses(page: str) -> set[str]:
    """Every address of the page, lower case; traps included."""
    plain = html.unescape(unquote(page))
    joined = re.sub(r"'\s*\+\s*'|\", \"", "", plain)
    spoken = DOT.sub(".", AT.sub("@", plain))
    texts = [plain, joined, spoken, *(found[::-1] for found in REVERSED.findall(page))]
    texts += [f"{user}@{host}" for user, host in PAIR.findall(page)]
    texts += [_cloudflare(code) for code in CLOUDFLARE.findall(page)]
    return {found for text in texts for found in ADDRESS.findall(text.lower())}


def _cloudflare(code: str) -> str:
    key, *rest = bytes.fromhex(code)
    return bytes(byte ^ key for byte in rest).decode()
