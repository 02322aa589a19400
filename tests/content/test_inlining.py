"""CSS inlined into a document, and nothing else changed."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aftershow.content.html.inlining import in_ascii, inline_css

PAGE = "<!doctype html><html><head><style>{}</style></head><body>{}</body></html>"


def test_rules_become_style_attributes() -> None:
    """A program that ignores <style> still shows the design."""
    html = inline_css(PAGE.format("p { color: #333 }", "<p>Hello</p>"))
    assert '<p style="color:#333">Hello</p>' in html
    assert "<style>" not in html


def test_important_survives_in_media_queries() -> None:
    """A phone's rules win over what was inlined."""
    html = inline_css(
        PAGE.format("@media (max-width: 600px) { p { color: red !important } }", "<p>Hello</p>")
    )
    assert "@media (max-width: 600px)" in html
    assert "color: red !important" in html


def test_pseudo_classes_stay_in_the_head() -> None:
    """Links still answer to the mouse."""
    html = inline_css(PAGE.format("a:hover { color: blue } a { color: red }", '<a href="#">x</a>'))
    assert "a:hover {color:blue !important}" in html
    assert 'style="color:red"' in html


def test_addresses_stay_as_they_were_written() -> None:
    """Neither é nor a space in a link is percent-encoded behind the marketer's back."""
    html = inline_css(PAGE.format("", '<a href="https://example.com/é x?a=1&amp;b=&quot;">x</a>'))
    assert 'href="https://example.com/é x?a=1&amp;b=&quot;"' in html


def test_a_page_without_a_doctype_gets_that_of_today() -> None:
    """No browser falls back to the ways of 1999, and a comment before the page stays."""
    assert inline_css("<!--x--><p>x</p>").startswith("<!DOCTYPE html>\n<!--x--><html>")
    assert inline_css(PAGE.format("", "x")).startswith("<!DOCTYPE html>\n<html>")


def test_a_style_can_be_left_alone() -> None:
    """What email programs know and premailer does not reaches them."""
    rules = "@font-face { font-family: X } @supports (display: grid) { p { color: red } }"
    page = f'<html><head><style data-premailer="ignore">{rules}</style></head><body><p>x</p></body></html>'
    assert f"<style>{rules}</style>" in inline_css(page)


def test_css_outside_of_ascii_is_escaped_as_css_does() -> None:
    """A quotation mark that CSS adds arrives, whatever the transfer encoding."""
    html = inline_css(PAGE.format('q:before { content: "„" }', "<q>x</q>"))
    assert "\\201e " in html


def test_html_in_ascii_says_the_same() -> None:
    """Characters outside of ASCII become references."""
    assert in_ascii("<p>Grüße 😀</p>") == "<p>Gr&#252;&#223;e &#128512;</p>"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A web server that notes what is asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"p { color: red }")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "reach",
    ['<style>@import url("{}/a.css");</style>', '<link rel="stylesheet" href="{}/b.css">'],
)
def test_nothing_is_fetched_from_the_network(reach: str, server: tuple[str, list[str]]) -> None:
    """Compiling a template tells nobody that it is compiled."""
    url, asked = server
    inline_css(f"<html><head>{reach.format(url)}</head><body><p>x</p></body></html>")
    assert asked == []


def test_nothing_is_read_from_the_disk(tmp_path: Path) -> None:
    """A template can't carry a file of ours out of the house."""
    (tmp_path / "secret.css").write_text("p { color: #abcdef }")
    html = inline_css(PAGE.format(f'@import url("file://{tmp_path}/secret.css");', "<p>x</p>"))
    assert "abcdef" not in html
