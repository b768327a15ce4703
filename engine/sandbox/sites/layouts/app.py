"""A site that only its script draws: an empty root, one bundle, and perhaps a question to its own API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.sandbox.sites.layouts.frame import Frame

CONTACT_API = "/api/contact.json"
Boxes = Mapping[str, tuple[str, str]]

# `model` and `boxes` stand above it in the bundle. An address is put together here, and nowhere before.
PROGRAM = """
const show = (slot, user, host) => {
  const address = [user, host].join(String.fromCharCode(64));
  const link = Object.assign(document.createElement("a"), {href: "mail" + "to:" + address, textContent: address});
  document.querySelectorAll(`[data-slot="${slot}"]`).forEach((one) => one.replaceChildren(link.cloneNode(true)));
};
const fill = (found) => Object.entries(found).forEach(([slot, [user, host]]) => show(slot, user, host));
const here = location.pathname.replace(/(.)\\/$/, "$1");
const page = model.pages[here] || model.missing;
document.title = page.title;
document.getElementById("root").innerHTML =
  `<header class="bar"><a href="/">${model.name}</a><nav>${model.nav}</nav></header>` +
  `<main>${page.blocks.map((one) => `<section class="box">${one}</section>`).join("")}</main>` +
  `<footer>${model.footer}</footer>`;
"""
BUILT = "setTimeout(() => fill(boxes), 60);\n"
FETCHED = f'fetch("{CONTACT_API}").then((answer) => answer.json()).then((found) => fill(found.boxes));\n'


@dataclass(frozen=True, slots=True)
class Model:
    """What the bundle draws: HTML by path, `boxes` from slot to local part and domain."""

    name: str
    nav: str
    footer: str
    pages: Mapping[str, tuple[str, tuple[str, ...]]]  # path -> (title, blocks)
    missing: tuple[str, tuple[str, ...]]


def page(frame: Frame) -> str:
    """The shell: the same for every path."""
    script = bundle_path(frame)
    return f"""<!doctype html>
<html lang="{frame.language}">
<head>
{frame.charset_tag}
<meta name="viewport" content="width=device-width, initial-scale=1.0" />
<title>{frame.shown_name}</title>
<script type="module" crossorigin src="{script}"></script>
<link rel="stylesheet" crossorigin href="{script[:-3]}.css">
{frame.style("app", 60)}
{frame.head}
</head>
<body>
{frame.top}
<noscript>You need to enable JavaScript to run this app.</noscript>
<div id="root"></div>
{frame.tail}
</body>
</html>
"""


def bundle_path(frame: Frame) -> str:
    return f"/assets/index-{frame.rng.getrandbits(32):08x}.js"


def bundle(model: Model, boxes: Boxes | None) -> str:
    """The script; without `boxes` it asks the site's API for them."""
    shown = {
        "name": model.name,
        "nav": model.nav,
        "footer": model.footer,
        "pages": {path: {"title": title, "blocks": blocks} for path, (title, blocks) in model.pages.items()},
        "missing": {"title": model.missing[0], "blocks": model.missing[1]},
    }
    text = f"const model = {json.dumps(shown, ensure_ascii=False)};\n"
    if boxes is None:
        return f"{text}{PROGRAM}{FETCHED}"
    return f"{text}const boxes = {json.dumps(boxes)};\n{PROGRAM}{BUILT}"
