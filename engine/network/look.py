"""One page of Chromium on a screen of some size: what it shows there, and whether it fits."""

import asyncio
import base64
from contextlib import suppress
from typing import Any, cast

from playwright.async_api import Error as PlaywrightError

from engine.network.browser import Capture, Crashed
from engine.network.isolated import NOT_LOADED, evaluate
from engine.network.tab import PageTab

MEASURE_SECONDS = 4.0
PAINT_SECONDS = 5.0

# Elements named like a property stand in front of it (a form's fields, what the document holds), so properties are read
# from their prototypes. What the root cuts off at its side can't be scrolled to, nor what another element cuts off.
_MEASURE = """(async () => {
  const read = (of, name) => { const get = Object.getOwnPropertyDescriptor(of.prototype, name).get;
                               return on => get.call(on); };
  const call = (of, name) => (on, ...given) => of.prototype[name].call(on, ...given);
  const [rootOf, bodyOf, scrollerOf, fontsOf] =
    ["documentElement", "body", "scrollingElement", "fonts"].map(name => read(Document, name));
  const [first, all] = ["querySelector", "getElementsByTagName"].map(name => call(Document, name));
  const [attribute, box] = ["getAttribute", "getBoundingClientRect"].map(name => call(Element, name));
  const parentOf = read(Node, "parentElement"), beforeOf = read(Element, "previousElementSibling");
  const nameOf = read(Element, "localName"), widthOf = read(Element, "scrollWidth");

  await Promise.race([fontsOf(document).ready, new Promise(done => setTimeout(done, 2000))]);
  const root = rootOf(document), body = bodyOf(document);
  if (!root) return null;
  const side = element => getComputedStyle(element).overflowX;
  const cut = ["hidden", "clip"].includes(side(root) === "visible" && body ? side(body) : side(root));
  const scroller = scrollerOf(document) || root;
  const room = scroller.clientWidth;
  // A pixel is what rounding makes of a page that is shown smaller.
  const wide = cut || scroller.scrollWidth <= room + 1 ? room : scroller.scrollWidth;

  const ltr = getComputedStyle(root).direction !== "rtl", end = performance.now() + 500;
  const past = at => ltr ? at.right + scrollX - room : -at.left - scrollX;
  const scrolls = element => {
    for (let one = element; one && one !== body && one !== root; one = parentOf(one)) {
      const style = getComputedStyle(one);
      if (style.position === "fixed" || (one !== element && style.overflowX !== "visible")) return false;
    }
    return true;
  };
  // A box that sticks out, the outermost of its kind; else what a box can't hold (a long word), the innermost.
  const held = element => ({left: box(element).left, right: box(element).left + widthOf(element)});
  let widest = null, most = 0.5;
  for (const [measure, more] of wide > room ? [[box, 0.5], [held, 0]] : []) {
    if (widest) break;
    for (const element of all(document, "*")) {
      if (performance.now() > end) break;
      const at = measure(element);
      if (past(at) >= most + more && box(element).width && scrolls(element)) { widest = element; most = past(at); }
    }
  }
  const steps = [];
  for (let one = widest; one && one !== root && steps.length < 12; one = parentOf(one)) {
    const id = attribute(one, "id");
    if (id) { steps.unshift("#" + CSS.escape(id)); break; }
    let place = 1;
    for (let other = beforeOf(one); other; other = beforeOf(other)) place += nameOf(other) === nameOf(one);
    steps.unshift(nameOf(one) + (one === body ? "" : `:nth-of-type(${place})`));
  }
  const meta = first(document, 'meta[name="viewport" i]');
  const declares = !!(meta && (attribute(meta, "content") || "").trim());
  return [location.href, declares, room, wide, steps.join(" > ").slice(0, 300).toWellFormed()];
})()"""


class ScreenTab(PageTab):
    """Implements `Screen`."""

    not_loaded = NOT_LOADED - {"image", "font"}
    awaited = PageTab.awaited | {"image", "font", "stylesheet"}

    async def capture(self) -> Capture | None:
        try:
            async with asyncio.timeout(MEASURE_SECONDS):
                measured = cast("tuple[str, bool, int, int, str] | None", await evaluate(self._session, _MEASURE))
            if measured is None or not measured[0].startswith(("http://", "https://")):
                return None
            return Capture(*measured, await self._painted())
        except TimeoutError:
            return None
        except PlaywrightError as error:
            raise Crashed(str(error)) from None

    async def _painted(self) -> bytes | None:
        """The screen as a PNG, by the browser alone: Playwright would wait for the page's fonts without an end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PAINT_SECONDS):
                shot = cast("dict[str, Any]", await self._session.send("Page.captureScreenshot", {"format": "png"}))
                return base64.b64decode(shot["data"])
        return None
